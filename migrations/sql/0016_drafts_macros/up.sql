-- What somebody is writing, kept so that it outlives their page and is there for whoever takes over: one answer and one
-- note for each person and conversation.
create table draft (
    conversation_id uuid not null references conversation on delete cascade,
    person_id uuid not null references person on delete cascade,
    note boolean not null,
    body text not null,                          -- empty: it was sent or thrown away, and pages that think otherwise learn it
    version bigint not null default 1,
    at timestamptz not null,
    primary key (conversation_id, person_id, note)
) with (fillfactor = 70);
create index draft_person on draft (person_id) where body <> '';

-- Text and actions under a name: one's own, a team's, or everybody's.
create table macro (
    id uuid primary key,
    name text not null check (name ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    body text not null,
    actions jsonb not null default '[]' check (jsonb_typeof(actions) = 'array'),
    owner_id uuid references person on delete cascade,
    team_id uuid references team on delete cascade,
    changed_by uuid references person,
    changed_at timestamptz not null,
    check (owner_id is null or team_id is null)
);
create unique index macro_own on macro (owner_id, name) where owner_id is not null;
create unique index macro_team on macro (team_id, name) where team_id is not null;
create unique index macro_all on macro (name) where owner_id is null and team_id is null;

-- Roles made before this permission was.
insert into role_permission (role_id, permission, scope)
select id, 'macro.manage', 'own' from role where name = 'agent'
union all select id, 'macro.manage', 'team' from role where name = 'supervisor'
union all select id, 'macro.manage', 'all' from role where name = 'admin'
on conflict do nothing;
