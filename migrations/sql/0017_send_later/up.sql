-- An answer that is to go out later. It becomes a message of the same client id when its time comes, so that it goes once.
create table planned (
    id uuid primary key,
    conversation_id uuid not null references conversation on delete cascade,
    author_id uuid not null references person,
    client_id uuid not null,                     -- made by the browser: one click is one
    content jsonb not null,
    reply_to uuid references message on delete set null,
    due_at timestamptz not null,
    inbound_count bigint not null,               -- of the conversation then: whoever wrote since is answered anew
    state text not null default 'waiting' check (state in ('waiting', 'asked', 'sent', 'cancelled')),
    why text,                                    -- why it is asked again
    message_id uuid references message on delete set null,
    created_at timestamptz not null
) with (fillfactor = 80);
create unique index planned_client on planned (conversation_id, client_id);
create index planned_waiting on planned (due_at) where state = 'waiting';
create index planned_standing on planned (conversation_id, due_at) where state in ('waiting', 'asked');
