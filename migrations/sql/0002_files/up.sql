-- Files that come with messages and files that people attach: one row each, the bytes in the store that MEDIA_URL names.

create table file (
    id uuid primary key,
    message_id uuid references message on delete cascade,   -- null while it is only attached to a draft
    channel_id uuid not null references channel,
    conversation_id uuid not null references conversation,  -- who may see the conversation may see the file
    person_id uuid references person,                       -- who attached it; null: it came from a customer
    state text not null check (state in ('waiting', 'stored', 'expired', 'refused', 'failed')),
    reason text,                                 -- why it is not here
    vendor_media_id text,                        -- where to ask for it; its address lives five minutes
    vendor_url text,
    vendor_sha256 text,                          -- as the vendor writes it: hex or base64
    until timestamptz,                           -- the vendor keeps it until then
    tries integer not null default 0,
    claimed_type text,                           -- what the vendor or the browser says it is
    type text,                                   -- what its bytes say it is
    name text,                                   -- the sender's name for it
    bytes bigint,
    sha256 bytea,
    width integer,
    height integer,
    seconds real,
    voice boolean not null default false,
    thumbnail boolean not null default false,    -- whether there is a small picture beside it
    created_at timestamptz not null default now(),
    changed_at timestamptz not null default now()
);
create index file_message on file (message_id);
create index file_waiting on file (created_at) where state = 'waiting';

-- What a vendor calls a file that we gave them, so that it is uploaded once.
create table file_at_vendor (
    file_id uuid not null references file on delete cascade,
    channel_id uuid not null references channel on delete cascade,
    vendor_media_id text not null,
    until timestamptz not null,
    primary key (file_id, channel_id)
);

-- Files go with their messages, by whatever way those go. The bytes follow later: nobody can delete rows and objects
-- in one transaction, so the row leaves a note behind.
create table file_gone (
    file_id uuid primary key,
    at timestamptz not null default now()
);
create function file_goes() returns trigger language plpgsql as $$
begin
    insert into file_gone (file_id) select id from gone on conflict do nothing;
    return null;
end $$;
create trigger file_goes after delete on file
    referencing old table as gone for each statement execute function file_goes();
