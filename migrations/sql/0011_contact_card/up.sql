-- What a company writes down about its contacts beside name and addresses.

create table attribute (
    key text primary key check (key ~ '^[a-z][a-z0-9_]{0,39}$'),
    name text not null check (length(btrim(name)) between 1 and 60),
    kind jsonb not null,
    sensitive boolean not null default false,   -- hidden from those who may not see addresses
    created_at timestamptz not null default clock_timestamp(),
    retired_at timestamptz                      -- its values stay; nobody sees them
);
create unique index attribute_name on attribute (lower(btrim(name))) where retired_at is null;

alter table contact
    add column language text check (language ~ '^[a-z]{2}$'),   -- as the contact stated it
    add column attributes jsonb not null default '{}' check (jsonb_typeof(attributes) = 'object'),
    add column version int not null default 1;                  -- of what people wrote on it

-- Roles made before these permissions were.
insert into role_permission (role_id, permission, scope)
select id, 'contact.update', 'own' from role where name = 'agent'
union all select id, 'contact.update', 'team' from role where name = 'supervisor'
union all select id, 'contact.update', 'all' from role where name = 'admin'
union all select id, 'attribute.manage', 'all' from role where name = 'admin'
on conflict do nothing;
