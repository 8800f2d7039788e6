-- Notes are tables of their own: they never leave the house, so nothing on the way of messages has to know of them.
create table note (
    id uuid primary key,
    conversation_id uuid not null references conversation on delete cascade,
    author_id uuid not null references person,
    client_id uuid not null,                     -- made by the browser: one click is one note
    body text not null,
    written_at timestamptz not null,             -- to the second, as messages are
    position bigint not null                     -- from the messages' sequence, so that both stand in one order
);
create unique index note_client on note (conversation_id, client_id);
create index note_thread on note (conversation_id, written_at, position);

create table mention (
    note_id uuid not null references note on delete cascade,
    person_id uuid not null references person on delete cascade,
    conversation_id uuid not null references conversation on delete cascade,
    at timestamptz not null,
    seen_at timestamptz,                         -- when the person had the end of the thread before them
    primary key (note_id, person_id)
);
create index mention_person on mention (person_id, at desc);
-- What a page counts, and what is marked when a thread is open at its end.
create index mention_unseen on mention (person_id, conversation_id) where seen_at is null;
