-- Templates belong to the vendor's account, not to one number of it, and carry what the vendor thinks of them.

drop table template;
create table template (
    id uuid primary key,
    account_key text not null,                   -- as channel.account_key: waba:…, twilio:AC…
    vendor_id text,                              -- Meta's id, Twilio's HX…; null while it is only ours
    name text not null,
    language text not null,                      -- with an underscore
    category text not null,
    status text not null,                        -- the vendor's word; 'DRAFT' while it is only ours
    status_at timestamptz not null default now(),   -- when the vendor said so: an older notice changes nothing
    parameter_format text not null default 'POSITIONAL',
    components jsonb not null,                   -- our own form, see domain::template::Definition
    edited jsonb,                                -- a change of it that was not handed in yet
    quality text,
    quality_at timestamptz,
    rejected_reason text,
    rejection_detail text,                       -- the vendor's words and what they recommend
    refusal jsonb,                               -- why the vendor did not even take it for review: code, sentence
    coming_category text,
    coming_category_at timestamptz,
    ttl_seconds integer,
    edits timestamptz[] not null default '{}',   -- when it was edited at the vendor while approved
    submitted_at timestamptz,
    by_id uuid references person,                -- who wrote it here
    synced_at timestamptz,
    created_at timestamptz not null default now(),
    changed_at timestamptz not null default now()
);
create unique index template_vendor on template (account_key, vendor_id) where vendor_id is not null;
-- Not unique: Twilio lets two contents have one name, and a deleted template's name is used again.
create index template_name on template (account_key, name, language);
create index template_submitted on template (account_key, submitted_at) where submitted_at is not null;

-- When an account was last asked for all of them, and what came of it.
create table template_sync (
    account_key text primary key,
    started_at timestamptz not null,
    finished_at timestamptz,
    found integer,
    error text
);

-- The ready-made roles of an installation that exists already; a new one is founded with them.
insert into role_permission (role_id, permission, scope)
select role.id, given.permission, 'all'
from role join (values ('agent', 'template.read'), ('supervisor', 'template.read'), ('admin', 'template.read'),
        ('admin', 'template.manage')) as given (role, permission) on given.role = role.name
on conflict do nothing;
