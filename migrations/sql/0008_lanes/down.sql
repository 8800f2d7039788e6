drop table content_at_vendor;
drop table customer_begun;
drop index delivery_waiting;
create index delivery_waiting on delivery (channel_id, position) where state in ('queued', 'sending');
alter table delivery drop column held, drop column lane;
