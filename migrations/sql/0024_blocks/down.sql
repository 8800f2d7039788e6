alter table bulk_row drop column tries;
drop index vendor_block_contact;
delete from vendor_block v using vendor_block newer
where newer.channel_id = v.channel_id and newer.contact_id = v.contact_id
    and (newer.asked_at, newer.address) > (v.asked_at, v.address);
alter table vendor_block
    drop constraint vendor_block_pkey,
    drop column address,
    drop column asking_until,
    add primary key (contact_id, channel_id);
