-- What each message cost: decided once, from the vendor's own words and the rate card of that day.

create table message_cost (
    message_id uuid primary key references message on delete cascade,
    channel_id uuid not null references channel,
    conversation_id uuid not null references conversation,
    queue_id uuid not null references queue,
    person_id uuid references person,            -- who wrote it
    direction text not null check (direction in ('in', 'out')),
    day date not null,                           -- in the account's time zone
    market text not null,                        -- of the card: CO, MX, LATAM…; empty: the address named none
    category text not null,                      -- marketing, utility, service…; inbound for customers' messages
    basis text not null,                         -- regular, free_customer_service, free_entry_point, failed…
    currency text not null,
    vendor_micros bigint,                        -- Meta's fee or the carrier's own price, in millionths
    unknown text,                                -- why there is none: never guessed, never zero for "not available"
    card text,                                   -- which card or whose word decided it
    carrier_micros bigint not null default 0,    -- Twilio's fee, in millionths
    carrier_card text,
    estimated boolean not null,
    posted_at timestamptz not null default now(),
    check ((vendor_micros is null) = (unknown is not null))
);
create index message_cost_conversation on message_cost (conversation_id);
create index message_cost_channel on message_cost (channel_id, day);
create index message_cost_person on message_cost (person_id, day) where person_id is not null;
create index message_cost_queue on message_cost (queue_id, day);

-- What a vendor's account is billed in, and where its days begin.
create table account_billing (
    account_key text primary key,                -- as channel.account_key
    currency text not null default 'USD',
    time_zone text not null,                     -- IANA
    source text not null default 'assumed' check (source in ('assumed', 'person', 'vendor')),
    changed_at timestamptz not null default now()
);

-- What the vendor's own books say, day by day, to be compared with ours and never to overwrite them.
create table vendor_cost (
    account_key text not null,
    day date not null,
    number text not null,                        -- digits
    category text not null,
    basis text not null,
    country text not null,
    volume bigint not null,
    cost_micros bigint,                          -- null: hidden, billed through a partner's credit line
    currency text not null,
    read_at timestamptz not null,
    primary key (account_key, day, number, category, basis, country)
);
create table vendor_cost_read (
    account_key text primary key,
    read_at timestamptz not null,
    until_day date,
    error text
);
