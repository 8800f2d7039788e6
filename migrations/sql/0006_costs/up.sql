-- What each message cost: decided once, from the vendor's own words and the rate card of that day.

create table message_cost (
    message_id uuid primary key references message on delete cascade,
    channel_id uuid not null references channel,
    conversation_id uuid not null references conversation,
    queue_id uuid not null references queue,
    person_id uuid references person,            -- who wrote it
    direction text not null check (direction in ('in', 'out')),
    day date not null,                           -- in the account's time zone
    market text not null,                        -- of the card: CO, MX, rest of Latin America…
    category text not null,
    kind text not null,                          -- regular, free_customer_service, free_entry_point…
    currency text not null,
    vendor_micros bigint not null,               -- Meta's fee, in millionths
    carrier_micros bigint not null default 0,    -- Twilio's fee, in millionths
    card text not null,                          -- which card and rule decided it
    estimated boolean not null,
    posted_at timestamptz not null default now()
);
create index message_cost_conversation on message_cost (conversation_id);
create index message_cost_day on message_cost (day, channel_id);
create index message_cost_person on message_cost (person_id, day);
