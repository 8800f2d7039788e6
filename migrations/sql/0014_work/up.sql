-- What agents do with a conversation beside answering: put it aside, close it with an outcome, block who abuses, and do
-- one thing to many at once.

-- The closing codes, a tree. Groups have children, only leaves are chosen.
create table outcome (
    id uuid primary key,
    parent_id uuid references outcome,
    name text not null check (length(name) between 1 and 80),
    position integer not null default 0,         -- order among its siblings
    required text[] not null default '{}',       -- keys of attributes that must be filled in to close with it
    retired_at timestamptz,                      -- not chosen any more; kept for what was closed with it
    created_at timestamptz not null default now()
);
create unique index outcome_name on outcome (parent_id, lower(name)) where retired_at is null;
create unique index outcome_top_name on outcome (lower(name)) where retired_at is null and parent_id is null;

-- What closing asks for, in the whole company.
create table closing_rule (
    only_row boolean primary key default true check (only_row),
    outcome_required boolean not null default false,
    required text[] not null default '{}'        -- keys of attributes, whatever the outcome
);
insert into closing_rule default values;

alter table conversation
    add column snoozed_until timestamptz,                    -- while snoozed; null: until the customer answers
    add column returns_to uuid references person,            -- held it when it was put aside: goes before all others when it waits again
    add column outcome_id uuid references outcome,           -- the leaf; `outcome` keeps its words as they were then
    add constraint conversation_snooze check (snoozed_until is null or state = 'snoozed');
create index conversation_snoozed on conversation (last_holder_id, snoozed_until) where state = 'snoozed';

alter table contact
    add column blocked_at timestamptz,                       -- what they write is kept, and asks nobody for anything
    add column blocked_by uuid references person,
    add column blocked_reason text;

-- One thing done to many conversations.
create table bulk (
    id uuid primary key,
    person_id uuid not null references person,   -- whose it is: done within their reach, as it is when each row's turn comes
    action jsonb not null,
    undoes uuid references bulk,
    total integer not null,
    begun_at timestamptz not null,
    cancelled_at timestamptz,
    ended_at timestamptz
);
create index bulk_person on bulk (person_id, begun_at);
create table bulk_row (
    bulk_id uuid not null references bulk on delete cascade,
    position integer not null,
    conversation_id uuid not null references conversation,
    result text,                                 -- null: its turn has not come; done, unchanged, or the word of a refusal
    before jsonb,                                -- what taking it back needs
    primary key (bulk_id, position)
);

-- Roles made before these permissions were.
insert into role_permission (role_id, permission, scope)
select role.id, p.permission, case role.name when 'agent' then p.agent when 'supervisor' then p.supervisor else 'all' end
from role, (values
    ('conversation.snooze', 'own', 'team'),
    ('conversation.reopen', 'own', 'team'),
    ('conversation.tag', 'own', 'team'),
    ('conversation.priority', 'own', 'team'),
    ('conversation.bulk', 'queue', 'team'),
    ('tag.manage', null, 'team'),
    ('contact.block', null, 'team'),
    ('outcome.manage', null, null)) as p (permission, agent, supervisor)
where role.name = 'admin' or role.name = 'supervisor' and p.supervisor is not null
    or role.name = 'agent' and p.agent is not null
on conflict do nothing;
