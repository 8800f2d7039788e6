-- Who goes first, and why a message waits although nothing is wrong with it.

alter table delivery add column lane smallint not null default 0 check (lane in (0, 1)); -- 0: answers of people; 1: sent to many
alter table delivery add column held text;   -- held_for_quality, template_paused, customers_a_day
drop index delivery_waiting;
create index delivery_waiting on delivery (channel_id, lane, position) where state in ('queued', 'sending');

-- Customers whom the business wrote to outside the reply window: so many of them count in 24 hours, for all numbers of a
-- business together. One row each, with the last time.
create table customer_begun (
    portfolio text not null,
    contact_id uuid not null references contact on delete cascade,
    at timestamptz not null,
    primary key (portfolio, contact_id)
);
create index customer_begun_at on customer_begun (portfolio, at);

-- Questions that were made into contents at Twilio, so that each is made once.
create table content_at_vendor (
    account_key text not null,
    hash text not null,                          -- of its types
    content_sid text not null,
    created_at timestamptz not null default now(),
    primary key (account_key, hash)
);
