-- Files of quick replies and of answers that go out later, and blocking that the vendor is asked for, too.

-- A macro's own copy of a file: messages get copies of it, so it goes with the macro and not with any of them. The bytes
-- are in the store under the same id.
create table macro_file (
    id uuid primary key,
    macro_id uuid references macro on delete cascade,       -- null while the macro is still being written
    person_id uuid not null references person on delete cascade,
    position integer not null default 0,
    type text,
    name text,
    bytes bigint not null,
    sha256 bytea,
    width integer,
    height integer,
    seconds real,
    thumbnail boolean not null default false,
    created_at timestamptz not null
);
create index macro_file_macro on macro_file (macro_id, position);
create trigger macro_file_goes after delete on macro_file
    referencing old table as gone for each statement execute function file_goes();

-- While it stands, its file is not swept away as one that was never sent.
alter table planned add column file_id uuid references file on delete set null;
create index planned_file on planned (file_id) where file_id is not null;

-- What the vendor was asked for about a contact who was blocked here, or let in again. The block here stands on its own.
create table vendor_block (
    contact_id uuid not null references contact on delete cascade,
    channel_id uuid not null references channel on delete cascade,
    wanted boolean not null,                     -- whether they are to be blocked there
    state text not null check (state in ('waiting', 'done', 'failed')),
    code bigint,                                 -- why not, in the vendor's code
    detail text,                                 -- and in the vendor's words
    tries integer not null default 0,
    asked_at timestamptz not null,
    changed_at timestamptz not null,
    primary key (contact_id, channel_id)
);

-- Written while its contact was blocked: kept, and marked for whoever reads it.
alter table message add column muted boolean not null default false;
