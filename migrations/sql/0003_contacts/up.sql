-- One person, many addresses: variants of a number are one, changed numbers are followed, two contacts can become one,
-- and what a customer allows us to write for is kept with its proof.

-- Two spellings of one number have the same key (Mexico 521/52, Argentina 549/54, Brazil with and without the ninth
-- digit). The program fills it; until then a value is its own key.
alter table identity add column match_key text;
update identity set match_key = value;
create index identity_match on identity (kind, match_key);
alter table identity add column ended_at timestamptz;   -- no longer theirs: the number or id was changed

alter table contact add column merged_into uuid references contact;   -- its messages are there now
create index contact_merged on contact (merged_into) where merged_into is not null;

-- Every join, with what moved, so that it can be told and taken back.
create table contact_merge (
    id uuid primary key,
    from_id uuid not null references contact,
    into_id uuid not null references contact,
    by_id uuid references person,                -- null: the vendor said that they are one
    reason jsonb not null,
    moved jsonb not null,
    at timestamptz not null default now(),
    undone_at timestamptz
);

-- Append-only: the newest row of a contact and purpose counts.
create table consent (
    id bigint generated always as identity primary key,
    contact_id uuid not null references contact,
    channel_id uuid references channel,
    purpose text not null,
    given boolean not null,
    proof text not null,
    at timestamptz not null,                     -- by the vendor's clock
    created_at timestamptz not null default now()
);
create index consent_contact on consent (contact_id, purpose, at desc, id desc);

-- What a message became: corrected, deleted. The message's own row keeps what was said first.
alter table message add column edited_at timestamptz;
alter table message add column edited_content jsonb;
alter table message add column revoked_at timestamptz;
-- Written before we were connected, or by the phone app beside us.
alter table message add column origin text check (origin in ('past', 'echo'));

-- Reactions, one per message and author.
create table reaction (
    message_id uuid not null references message on delete cascade,
    from_customer boolean not null,
    emoji text not null,
    at timestamptz not null,
    primary key (message_id, from_customer)
);
