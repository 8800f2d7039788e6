-- Routing: what the admins published, who was offered what, why each holder was chosen, and what falls due.

-- The document that decides, one row per published version; the greatest is the one that holds.
create table routing_policy (
    version integer primary key,
    document jsonb not null,
    digest text not null,                        -- of the document: nodes read it once
    note text not null default '',
    by_id uuid references person,
    published_at timestamptz not null
);
-- What is not published yet: one draft, on which all admins work.
create table routing_draft (
    only_row boolean primary key default true check (only_row),
    base integer not null,                       -- the version it began from
    revision bigint not null default 1,          -- raised by every save; a save names the one it saw
    document jsonb not null,
    by_id uuid references person,
    changed_at timestamptz not null
);

alter table skill add column language text;
-- Out of the routing; kept for what once waited there.
alter table queue add column retired_at timestamptz;

alter table conversation
    add column turn_at timestamptz not null default now(),  -- its place in the order of what waits: smaller goes first
    add column weight smallint not null default 1 check (weight >= 0),  -- slots it takes of its holder
    add column skills jsonb not null default '{}',          -- asked for beside what the queue asks for
    add column relaxed smallint not null default 0,         -- steps of the queue's relaxation it has gone
    add column team_id uuid references team on delete set null,  -- only people of this team take it
    add column returned_by uuid references person,          -- held it until it came to wait again
    add column declined_by uuid[] not null default '{}',    -- did not want it, in this wait
    add column preferred_id uuid references person,         -- goes before all others, until
    add column preferred_until timestamptz,
    add column preferred_why text check (preferred_why in ('owner', 'last_agent')),
    add column language text,                               -- as stated, else as the first message reads
    add column begun_at timestamptz not null default now(), -- when it was opened, or reopened
    add column outcome text,                                -- with what it was closed
    add column offered_to uuid references person,
    add column offered_until timestamptz,
    add column first_answered_at timestamptz,
    add column last_answered_at timestamptz,
    add column first_due_at timestamptz,                    -- by when the first answer was promised
    add column next_due_at timestamptz,                     -- by when the next one is
    add column resolve_due_at timestamptz;
update conversation set turn_at = queued_at, begun_at = opened_at;
drop index conversation_waiting;
create index conversation_waiting on conversation (queue_id, turn_at) where state = 'queued';

create table conversation_tag (
    conversation_id uuid not null references conversation on delete cascade,
    tag text not null check (length(tag) between 1 and 80),
    by_id uuid references person,                -- null: a rule
    at timestamptz not null,
    primary key (conversation_id, tag)
);
create index conversation_tag_tag on conversation_tag (tag);

-- Which rule brought a conversation into its queue, with what every rule was looked at for.
create table conversation_entry (
    conversation_id uuid not null references conversation on delete cascade,
    at timestamptz not null,
    policy integer not null,
    rule_id uuid,                                -- null: none held
    entered jsonb not null,
    primary key (conversation_id, at)
);

-- When time asks for something of an open conversation, and what it was given already. Rows go when it is closed.
create table watch (
    conversation_id uuid primary key references conversation on delete cascade,
    look_at timestamptz,                         -- null: nothing is due unless something else changes
    memory jsonb not null default '{}'
) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
create index watch_due on watch (look_at);

create table offer (
    id uuid primary key,
    conversation_id uuid not null references conversation on delete cascade,
    person_id uuid not null references person,
    queue_id uuid not null references queue,
    kind text not null check (kind in ('routed', 'transfer')),
    by_id uuid references person,                -- who hands it over; null: the router
    note text,
    weight smallint not null,                    -- slots kept for it while it stands
    reason jsonb not null,
    made_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    outcome text check (outcome in ('accepted', 'declined', 'lapsed', 'withdrawn')),
    check ((ended_at is null) = (outcome is null))
);
create unique index offer_open on offer (conversation_id) where ended_at is null;
create index offer_person on offer (person_id) where ended_at is null;
create index offer_expiry on offer (expires_at) where ended_at is null;
create index offer_conversation on offer (conversation_id, made_at);

-- A pass of the router: everybody who serves the queues it decided, as they stood when it began. A decision names its
-- pass and its place in it; why each was or was not chosen is computed from both, by the same pure functions.
create table routing_pass (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    policy integer not null,
    people jsonb not null
);
create index routing_pass_at on routing_pass (at);
create table decision (
    pass_id bigint not null references routing_pass on delete cascade,
    place integer not null,
    conversation_id uuid not null references conversation on delete cascade,
    at timestamptz not null,
    person_id uuid not null references person,
    offered boolean not null default false,      -- offered, or given
    work jsonb not null,                         -- what was known of the conversation
    primary key (pass_id, place)
);
create index decision_conversation on decision (conversation_id, at);

alter table presence
    add column wrap_up_until timestamptz,        -- takes nothing new before that
    add column offers_missed smallint not null default 0;

-- What people were, one row after the other; the last one has no end.
create table presence_span (
    person_id uuid not null references person on delete cascade,
    state text not null,
    code text,
    from_at timestamptz not null,
    until_at timestamptz,
    by_id uuid references person,                -- null: the machine
    primary key (person_id, from_at)
);
create unique index presence_span_current on presence_span (person_id) where until_at is null;
-- Everybody's line begins with what they are.
insert into presence_span (person_id, state, code, from_at)
select person_id, state, pause_code, since from presence;

-- Roles made before these permissions were.
insert into role_permission (role_id, permission, scope)
select id, 'routing.read', 'all' from role where name in ('supervisor', 'admin')
union all select id, 'routing.manage', 'all' from role where name = 'admin'
on conflict do nothing;
