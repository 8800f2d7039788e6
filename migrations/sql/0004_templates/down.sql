delete from role_permission where permission in ('template.read', 'template.manage');
drop table template_sync;
drop table template;
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
