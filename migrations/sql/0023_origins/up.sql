-- From whom what is known of a contact is, and what bots and forms collected in a conversation.

-- By the key of a field: who wrote it or what collected it, and when. Fields without one were written by people before.
alter table contact add column sources jsonb not null default '{}' check (jsonb_typeof(sources) = 'object');

-- What was collected in a conversation and is no field of its contact, or differs from what people wrote there.
create table collected (
    conversation_id uuid not null references conversation on delete cascade,
    key text not null check (length(key) between 1 and 60),
    name text check (length(name) between 1 and 60),     -- what people read; null: forms give their questions only keys
    value text not null check (length(value) between 1 and 500),
    collector text not null check (collector in ('bot', 'form', 'import')),
    collector_name text not null,
    at timestamptz not null,
    position integer not null,                           -- in the order it was asked
    corrected_by uuid references person,
    corrected_at timestamptz,
    version integer not null default 1,
    primary key (conversation_id, key)
);
