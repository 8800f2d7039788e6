-- The first schema: who works here, who writes to us, what was said, and the ledger and log that make it certain.
--
-- Rules that hold for every table:
--   * ids are time-ordered UUIDs (version 7) made by the program, so indexes grow at one end;
--   * uniqueness is decided by an index, never by a look-up;
--   * columns that change with every message are in no index, so those updates stay in their page (HOT).

create extension if not exists unaccent;
create extension if not exists pg_trgm;

-- People --------------------------------------------------------------------------------------------------------------

create table role (
    id uuid primary key,
    name text not null unique,
    created_at timestamptz not null default now()
);

create table role_permission (
    role_id uuid not null references role on delete cascade,
    permission text not null,
    scope text not null check (scope in ('own', 'queue', 'team', 'all')),
    primary key (role_id, permission)
);

create table person (
    id uuid primary key,
    email text not null check (email = lower(email)),
    name text not null,
    role_id uuid not null references role,
    password_hash text,                          -- null until the one-time link was used
    locale text not null default 'es',
    theme text not null default 'system',
    time_zone text not null default 'America/Lima',
    version integer not null default 1,          -- raised when role, password or access changes; ends cached tokens
    disabled_at timestamptz,
    created_at timestamptz not null default now()
);
create unique index person_email on person (email);

create table session (
    id uuid primary key,
    person_id uuid not null references person on delete cascade,
    token_hash bytea not null unique,            -- SHA-256 of 256 random bits
    csrf_token text not null,
    address text not null,
    agent text not null,
    created_at timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    ends_at timestamptz not null,                -- absolute end
    ended_at timestamptz
);
create index session_person on session (person_id) where ended_at is null;

create table one_time_link (
    token_hash bytea primary key,
    person_id uuid not null references person on delete cascade,
    expires_at timestamptz not null,
    used_at timestamptz
);

-- Failures only: successes are not counted, and nobody can lock a stranger out for good.
create table sign_in_failure (
    account text not null,
    address text not null,
    at timestamptz not null default now()
);
create index sign_in_failure_account on sign_in_failure (account, at);
create index sign_in_failure_address on sign_in_failure (address, at);

create table team (
    id uuid primary key,
    name text not null unique
);
create table team_member (
    team_id uuid not null references team on delete cascade,
    person_id uuid not null references person on delete cascade,
    primary key (team_id, person_id)
);
create index team_member_person on team_member (person_id);

create table skill (
    id uuid primary key,
    name text not null unique
);
create table person_skill (
    person_id uuid not null references person on delete cascade,
    skill_id uuid not null references skill on delete cascade,
    level smallint not null check (level between 1 and 5),
    primary key (person_id, skill_id)
);

create table queue (
    id uuid primary key,
    name text not null unique,
    position integer not null default 0,         -- order on screen
    priority smallint not null default 0,        -- higher goes first
    created_at timestamptz not null default now()
);
create table queue_member (
    queue_id uuid not null references queue on delete cascade,
    person_id uuid not null references person on delete cascade,
    primary key (queue_id, person_id)
);
create index queue_member_person on queue_member (person_id);
create table queue_team (
    queue_id uuid not null references queue on delete cascade,
    team_id uuid not null references team on delete cascade,
    primary key (queue_id, team_id)
);
create table queue_skill (
    queue_id uuid not null references queue on delete cascade,
    skill_id uuid not null references skill on delete cascade,
    level smallint not null default 1 check (level between 1 and 5),
    primary key (queue_id, skill_id)
);

-- One row per person who can take conversations. `load` is kept by the operations that change a holder, in the same
-- transaction; the router claims with `load < capacity` on this row, so two dispatchers can't overfill anybody.
create table presence (
    person_id uuid primary key references person on delete cascade,
    state text not null default 'offline' check (state in ('available', 'pre_pause', 'paused', 'offline')),
    pause_code text,
    since timestamptz not null default now(),
    lease_until timestamptz,                     -- believed until then; null for offline
    capacity integer not null default 8 check (capacity >= 0),
    load integer not null default 0 check (load >= 0),
    idle_since timestamptz not null default now(),  -- when the last conversation was given to them
    version bigint not null default 1
) with (fillfactor = 50);

-- Channels and contacts -----------------------------------------------------------------------------------------------

create table channel (
    id uuid primary key,
    kind text not null,
    name text not null,
    address text not null,                       -- our own number, as people write it
    vendor_key text not null unique,             -- how webhooks name it: phone_number_id:…, twilio:AC…:whatsapp:+…
    account_key text not null,                   -- how webhooks name its account: waba:…, twilio:AC…
    settings jsonb not null default '{}',        -- ids of the vendor; no secrets
    queue_id uuid not null references queue,     -- where its conversations begin
    per_second integer not null default 80,      -- the vendor's limit for the number
    disabled_at timestamptz,
    created_at timestamptz not null default now()
);

create table channel_secret (
    channel_id uuid not null references channel on delete cascade,
    name text not null,                          -- app_secret, verify_token, access_token, auth_token
    generation integer not null default 1,       -- two live ones during rotation
    sealed bytea not null,                       -- envelope: key id, wrapped data key, nonce, ciphertext
    last_four text not null,
    changed_at timestamptz not null default now(),
    primary key (channel_id, name, generation)
);

create table contact (
    id uuid primary key,
    name text not null,
    vip boolean not null default false,
    owner_id uuid references person on delete set null,
    created_at timestamptz not null default now()
);

create table identity (
    id uuid primary key,
    contact_id uuid not null references contact on delete cascade,
    kind text not null,
    value text not null check (length(value) <= 200),
    created_at timestamptz not null default now()
);
create unique index identity_address on identity (kind, value);
create index identity_contact on identity (contact_id);

-- Conversations and messages ------------------------------------------------------------------------------------------

create table conversation (
    id uuid primary key,
    contact_id uuid not null references contact,
    channel_id uuid not null references channel,
    queue_id uuid not null references queue,
    state text not null check (state in ('bot', 'queued', 'assigned', 'snoozed', 'closed')),
    assignee_id uuid references person,
    priority smallint not null default 0,
    reply_address text not null,                 -- exactly as the vendor gave it last
    must_act text not null default 'agent' check (must_act in ('agent', 'customer')),
    must_act_since timestamptz not null,
    window_until timestamptz,                    -- until when free text may be sent; null: no window, or never opened
    opened_at timestamptz not null,
    queued_at timestamptz not null,              -- since when it waits in its queue
    closed_at timestamptz,
    last_activity_at timestamptz not null,       -- newest message, ours or theirs
    last_position bigint not null default 0,     -- order of the newest message
    last_direction text,
    last_kind text,
    last_text text,                              -- first characters of the newest message, for lists
    last_author_id uuid references person,
    inbound_count bigint not null default 0,     -- unread for a person = this minus their read mark
    version bigint not null default 1,           -- raised by every change; older never overwrites newer on screen
    constraint conversation_holder check ((state = 'assigned') = (assignee_id is not null))
) with (fillfactor = 60);
-- One open conversation at a time for contact and channel, whoever opens it.
create unique index conversation_open on conversation (channel_id, contact_id) where state <> 'closed';
create index conversation_holder on conversation (assignee_id) where state = 'assigned';
create index conversation_waiting on conversation (queue_id, queued_at) where state = 'queued';
create index conversation_contact on conversation (contact_id, opened_at);

-- `position` is the order of receipt: the receipt's number and the place in it; replies draw from the same sequence.
create table message (
    id uuid primary key,
    conversation_id uuid not null references conversation,
    channel_id uuid not null references channel,
    direction text not null check (direction in ('in', 'out')),
    kind text not null,
    body text,                                   -- the words in it, for lists and search
    content jsonb not null,                      -- the whole typed content
    vendor_id text,
    client_id uuid,                              -- made by the browser: one click is one message
    author_id uuid references person,
    written_at timestamptz not null,             -- the vendor's second; ours for replies
    position bigint not null,
    reply_to text,                               -- vendor id of the quoted message
    context jsonb,
    referral jsonb,
    created_at timestamptz not null default now(),
    version bigint not null default 1
);
create unique index message_vendor on message (channel_id, vendor_id) where vendor_id is not null;
create unique index message_client on message (conversation_id, client_id) where client_id is not null;
create index message_thread on message (conversation_id, written_at, position);

create table delivery (
    message_id uuid primary key references message on delete cascade,
    channel_id uuid not null references channel,
    conversation_id uuid not null references conversation,
    position bigint not null,                    -- order within the conversation
    state text not null,
    changed_at timestamptz not null,
    attempts integer not null default 0,
    due_at timestamptz not null,                 -- not before
    lease_until timestamptz,                     -- while sending
    error_code bigint,
    error_detail text,
    advice text,                                 -- what a person can do about a failure
    pricing jsonb                                -- the vendor's, first one seen
) with (fillfactor = 60);
create index delivery_waiting on delivery (channel_id, position) where state in ('queued', 'sending');
-- Whether something of the same conversation goes before.
create index delivery_line on delivery (conversation_id, position) where state in ('queued', 'sending');
create index delivery_uncertain on delivery (channel_id, changed_at) where state = 'uncertain';

-- Committed before the vendor is called: after a crash it tells that the call may have been made.
create table delivery_attempt (
    message_id uuid not null references message on delete cascade,
    number integer not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    outcome text,                                -- accepted, refused, retry, uncertain
    code bigint,
    detail text,
    primary key (message_id, number)
);

-- Every report the vendor made, once. Without a message yet it waits here: reports can overtake the vendor's answer.
create table status_report (
    channel_id uuid not null references channel,
    vendor_id text not null,
    state text not null,
    message_id uuid references message on delete cascade,
    at timestamptz,
    code bigint,
    detail text,
    pricing jsonb,
    receipt_id bigint not null,
    received_at timestamptz not null default now(),
    primary key (channel_id, vendor_id, state)
);

create table assignment (
    id uuid primary key,
    conversation_id uuid not null references conversation,
    person_id uuid not null references person,
    queue_id uuid not null references queue,
    reason jsonb not null,
    by_id uuid references person,                -- null: the router
    started_at timestamptz not null,
    ended_at timestamptz
);
create unique index assignment_current on assignment (conversation_id) where ended_at is null;
create index assignment_person on assignment (person_id, started_at);

create table read_mark (
    person_id uuid not null references person on delete cascade,
    conversation_id uuid not null references conversation on delete cascade,
    inbound_count bigint not null,
    at timestamptz not null default now(),
    primary key (person_id, conversation_id)
) with (fillfactor = 70);

create table template (
    id uuid primary key,
    channel_id uuid not null references channel on delete cascade,
    vendor_id text,
    name text not null,
    language text not null,
    category text not null,
    status text not null,
    content jsonb not null,
    synced_at timestamptz,
    unique (channel_id, name, language)
);

-- Ledger and log ------------------------------------------------------------------------------------------------------

create sequence thread_position;

-- Raw webhooks, durable before they are acknowledged. Here and in `event` every row leaves a small partial index soon
-- after it came: swept by count, not by share, or the sweep comes seldom once there are years of rows.
create table receipt (
    id bigint primary key default nextval('thread_position'),
    source text not null,                        -- whatsapp, twilio_message, twilio_status
    received_at timestamptz not null default now(),
    query text not null default '',
    body bytea not null,
    state text not null default 'new' check (state in ('new', 'applied', 'quarantined')),
    tries smallint not null default 0,
    applied_at timestamptz
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000);
create index receipt_new on receipt (id) where state = 'new';

create table quarantine (
    id bigint generated always as identity primary key,
    receipt_id bigint not null references receipt,
    item integer,                                -- null: the whole receipt
    reason text not null,
    raw jsonb,
    at timestamptz not null default now(),
    released_at timestamptz
);
create index quarantine_receipt on quarantine (receipt_id);

-- What happened, in order. `id` is given at insert and says nothing about visibility; `seq` is given by the relay to
-- committed events only and is the one cursor that pages, hooks and reports follow.
create table event (
    id bigint generated always as identity primary key,
    seq bigint,
    at timestamptz not null,
    kind text not null,
    conversation_id uuid references conversation,
    message_id uuid,
    person_id uuid,                              -- whom it is about, for events about people
    actor_id uuid,                               -- who did it; null: the machine or a customer
    data jsonb not null
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000);
create unique index event_seq on event (seq) where seq is not null;
create index event_unnumbered on event (id) where seq is null;
-- For the lines of a thread. Messages and their deliveries, which are most events, are found by their own tables.
create index event_line on event (conversation_id, id)
    where kind not in ('message_received', 'message_submitted', 'delivery_changed');

-- Where numbering stands, and in which life of the database server. The relay locks this row to number, so numbers are
-- given by one at a time. Its commits are asynchronous: after a crash of Postgres the last ones may be lost, and then
-- numbering jumps ahead so that no cursor a page may hold is ever given to another event.
create table relay (
    only_row boolean primary key default true check (only_row),
    last_seq bigint not null default 0,
    postmaster_started_at timestamptz not null default pg_postmaster_start_time()
) with (fillfactor = 10);
insert into relay default values;

-- Who may do a thing alone for a while: sending for a channel, and the like. By database time.
create table lease (
    name text primary key,
    holder uuid not null,
    until timestamptz not null
);

create table job (
    id uuid primary key,
    kind text not null,
    payload jsonb not null,
    key text,                                    -- at most one waiting job of a kind and key
    due_at timestamptz not null,
    lease_until timestamptz,
    tries integer not null default 0,
    last_error text,
    failed_at timestamptz,                       -- gave up
    created_at timestamptz not null default now()
);
create unique index job_key on job (kind, key) where key is not null and failed_at is null;
create index job_due on job (due_at) where failed_at is null;

create table audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    actor_id uuid,
    address text,
    action text not null,
    object text,
    detail jsonb not null default '{}',
    succeeded boolean not null
);
create function audit_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'audit rows are never changed';
end $$;
create trigger audit_append_only before update or delete on audit
    for each row execute function audit_is_append_only();
create trigger audit_no_truncate before truncate on audit
    for each statement execute function audit_is_append_only();
