-- A contact who was joined with another has several addresses on one number: each is asked about by itself, and goes with
-- its owner when contacts are joined and parted. And a row of a wide deed knows how often it was tried.

alter table vendor_block
    add column address text,                     -- the customer's there, as the vendor was asked about it
    add column asking_until timestamptz;         -- somebody is asking: nobody else does before
update vendor_block v set address = coalesce(
    (select c.reply_address from conversation c
     where c.contact_id = v.contact_id and c.channel_id = v.channel_id and c.reply_address <> ''
     order by c.last_activity_at desc limit 1),
    -- Of whom became a part of another since: their conversations went with them.
    (select c.reply_address from contact_merge j
         join conversation c on c.id::text in (select jsonb_array_elements_text(j.moved->'conversations'))
     where j.from_id = v.contact_id and j.undone_at is null and c.channel_id = v.channel_id and c.reply_address <> ''
     order by c.last_activity_at desc limit 1));
delete from vendor_block where address is null;
delete from vendor_block v using vendor_block newer
where newer.channel_id = v.channel_id and newer.address = v.address
    and (newer.asked_at, newer.contact_id) > (v.asked_at, v.contact_id);
alter table vendor_block
    drop constraint vendor_block_pkey,
    alter column address set not null,
    add primary key (channel_id, address);
create index vendor_block_contact on vendor_block (contact_id);

-- Whoever was joined into another goes on in them, and so does their block: blocked if either was.
with recursive parts as (
    select id, id as whole, merged_into from contact where merged_into is null
    union all
    select part.id, parts.whole, part.merged_into from contact part join parts on part.merged_into = parts.id
), moved as (
    -- Nobody asks for them any more, so it is for a person to ask again.
    update vendor_block v set contact_id = parts.whole, code = case when v.state = 'waiting' then 0 else v.code end,
        state = case when v.state = 'waiting' then 'failed' else v.state end
    from parts where parts.id = v.contact_id and parts.whole <> parts.id
    returning v.contact_id
)
update contact whole set blocked_at = part.blocked_at, blocked_by = part.blocked_by, blocked_reason = part.blocked_reason
from (select distinct on (parts.whole) parts.whole, c.blocked_at, c.blocked_by, c.blocked_reason
      from parts join contact c on c.id = parts.id where c.blocked_at is not null
      order by parts.whole, c.blocked_at) part
where whole.id = part.whole and whole.blocked_at is null and whole.id in (select contact_id from moved);

alter table bulk_row add column tries integer not null default 0;
