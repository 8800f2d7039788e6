-- The ledger's trail: what each receipt told, replays, gaps in what we heard, and how far the vendors' lists were read.

alter table receipt add column forgotten_at timestamptz;   -- its body is gone, its trail stays
create index receipt_quarantined on receipt (id) where state = 'quarantined';

-- What a receipt told, item by item: by these it is found. Written a few seconds after it was applied, off the road of
-- messages.
create table receipt_item (
    receipt_id bigint not null references receipt on delete cascade,
    item integer not null,
    channel_id uuid,                             -- null: no channel of ours
    what text not null,                          -- message, status, notice…; broken: it could not be read
    vendor_id text,
    number_key text,                             -- the customer's address, one spelling for all its variants
    quotes text,                                 -- the vendor's id of the message it answers
    primary key (receipt_id, item)
);
create index receipt_item_vendor on receipt_item (vendor_id, receipt_id) where vendor_id is not null;
create index receipt_item_number on receipt_item (number_key, receipt_id) where number_key is not null;
create index receipt_item_channel on receipt_item (channel_id, receipt_id) where channel_id is not null;

-- The first receipt of each minute: a time finds its place in the ledger without an index on every row.
create table ledger_minute (
    minute timestamptz primary key,
    receipt_id bigint not null
);
-- How far each reader of the ledger has come: indexed, watched, forgotten.
create table ledger_progress (
    name text primary key,
    receipt_id bigint not null
);

-- Receipts that are applied again, in the background.
create table replay (
    id uuid primary key,
    by_id uuid references person,                -- null: the program
    wanted jsonb not null,                       -- what was chosen
    total integer not null,
    created_at timestamptz not null default now(),
    finished_at timestamptz
);
create index replay_recent on replay (created_at);
create table receipt_replay (
    id bigint generated always as identity primary key,
    replay_id uuid not null references replay on delete cascade,
    receipt_id bigint not null references receipt on delete cascade,
    state text not null default 'waiting' check (state in ('waiting', 'released', 'done', 'refused')),
    result text,                                 -- applied, quarantined; why it was refused
    made integer,                                -- messages that were not there before
    released_at timestamptz,
    done_at timestamptz,
    unique (replay_id, receipt_id)
);
create index receipt_replay_open on receipt_replay (state, id) where state in ('waiting', 'released');
create index receipt_replay_receipt on receipt_replay (receipt_id);

-- When a node that takes webhooks was last alive.
create table heartbeat (
    only_row boolean primary key default true check (only_row),
    at timestamptz not null
) with (fillfactor = 10);

-- Stretches in which we may have missed something, and what became of them.
create table ledger_gap (
    id uuid primary key,
    channel_id uuid references channel on delete cascade,   -- null: all of them
    cause text not null,                         -- stopped, unknown_status, quoted, silent
    from_at timestamptz not null,
    until_at timestamptz not null,
    seen integer not null default 1,             -- how many signs of it there were
    state text not null default 'open' check (state in ('open', 'settled', 'noted')),
    found integer,                               -- messages the reconciler brought
    settled_at timestamptz,
    created_at timestamptz not null default now()
);
-- One open gap of a cause per channel: further signs extend it.
create unique index ledger_gap_open on ledger_gap (cause, coalesce(channel_id::text, '')) where state = 'open';
create index ledger_gap_recent on ledger_gap (created_at);

-- How far a channel's messages were listed at the vendor.
create table reconciled (
    channel_id uuid primary key references channel on delete cascade,
    until_at timestamptz not null,
    ran_at timestamptz not null,
    listed integer not null default 0,           -- in the last run
    found integer not null default 0,            -- missed messages and statuses of the last run
    error text
);
