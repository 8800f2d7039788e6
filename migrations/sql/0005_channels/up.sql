-- What we know of a connected number: what the vendor says of it, what was checked, what needs an admin.

-- The vendor's facts about a number, as last read or told (quality, limit, throughput, name, standing).
create table channel_facts (
    channel_id uuid primary key references channel on delete cascade,
    facts jsonb not null default '{}',
    profile jsonb,                               -- the business profile, as last read
    read_at timestamptz,
    changed_at timestamptz not null default now()
);

-- Every notice of a vendor about an account, a number or a template; unknown ones too.
create table notice (
    id uuid primary key,
    receipt_id bigint not null,
    account_key text not null,
    channel_id uuid references channel on delete cascade,   -- null: the whole account
    field text not null,
    said jsonb not null,
    raw jsonb not null,
    at timestamptz not null
);
create index notice_channel on notice (channel_id, at desc);
create index notice_account on notice (account_key, at desc);

-- The newest result of each check of the troubleshooter.
create table channel_check (
    channel_id uuid not null references channel on delete cascade,
    name text not null,
    result text not null check (result in ('ok', 'warning', 'failed', 'unknown')),
    found jsonb not null default '{}',
    checked_at timestamptz not null,
    primary key (channel_id, name)
);

-- What an admin has to look at. One open alarm of a kind per channel or account.
create table alarm (
    id uuid primary key,
    channel_id uuid references channel on delete cascade,
    account_key text,
    kind text not null,
    severity text not null check (severity in ('critical', 'warning', 'info')),
    data jsonb not null default '{}',
    raised_at timestamptz not null,
    last_at timestamptz not null,
    cleared_at timestamptz
);
create unique index alarm_open on alarm (kind, coalesce(channel_id::text, account_key, '')) where cleared_at is null;

-- When a channel was last heard of, by kind of webhook; kept by the applier, one row each.
create table channel_heard (
    channel_id uuid primary key references channel on delete cascade,
    message_at timestamptz,
    status_at timestamptz,
    notice_at timestamptz
) with (fillfactor = 50);

-- What came in and went out by the hour, counted from messages by a job: what is usual tells when silence is not.
create table channel_hour (
    channel_id uuid not null references channel on delete cascade,
    hour timestamptz not null,
    inbound integer not null default 0,
    primary key (channel_id, hour)
);

-- Getting a number ready at the vendor takes several steps over hours or days: a code is sent, entered, registered.
create table channel_setup (
    id uuid primary key,
    channel_id uuid references channel on delete cascade,   -- the one whose token and account are used
    number text not null,                        -- E.164
    step text not null,                          -- the next step
    vendor_id text,                              -- the number's id at the vendor, once it has one
    data jsonb not null default '{}',            -- answers given; no codes, no PINs
    error jsonb,                                 -- why the last step was refused
    started_by uuid references person,
    started_at timestamptz not null,
    changed_at timestamptz not null,
    finished_at timestamptz
);
create index channel_setup_open on channel_setup (started_at) where finished_at is null;
