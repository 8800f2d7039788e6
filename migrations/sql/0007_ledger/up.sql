-- The ledger's trail: replays, gaps in what we heard, and what a reconciler found missing.

create table receipt_replay (
    id bigint generated always as identity primary key,
    receipt_id bigint not null references receipt,
    by_id uuid references person,                -- null: the program
    at timestamptz not null default now()
);
create index receipt_replay_receipt on receipt_replay (receipt_id);
create index receipt_received on receipt (received_at);

-- Stretches in which we may have missed something, and what became of them.
create table ledger_gap (
    id uuid primary key,
    channel_id uuid references channel on delete cascade,   -- null: all of them
    cause text not null,                         -- stopped, unreachable, silent, unknown_status…
    from_at timestamptz not null,
    until_at timestamptz not null,
    found integer,                               -- messages the reconciler brought
    settled_at timestamptz,
    created_at timestamptz not null default now()
);
create index ledger_gap_open on ledger_gap (from_at) where settled_at is null;

-- How far a channel's messages were listed at the vendor.
create table reconciled (
    channel_id uuid primary key references channel on delete cascade,
    until_at timestamptz not null,
    ran_at timestamptz not null,
    found integer not null default 0,
    error text
);
