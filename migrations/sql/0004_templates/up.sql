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
    parameter_format text not null default 'POSITIONAL',
    components jsonb not null,
    quality text,
    rejected_reason text,
    rejection_detail text,                       -- the vendor's words and what they recommend
    coming_category text,
    coming_category_at timestamptz,
    ttl_seconds integer,
    edited_at timestamptz,
    synced_at timestamptz,
    created_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    unique (account_key, name, language)
);
create unique index template_vendor on template (account_key, vendor_id) where vendor_id is not null;

-- When an account was last asked for all of them, and what came of it.
create table template_sync (
    account_key text primary key,
    started_at timestamptz not null,
    finished_at timestamptz,
    found integer,
    error text
);
