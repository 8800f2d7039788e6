-- What was promised first as one column that lists sort by, and what calls for a supervisor until one of them has seen it.

alter table conversation add column due_at timestamptz;  -- the second of the first of first_due_at, next_due_at, resolve_due_at
-- Times of what is closed were left standing.
update conversation set first_due_at = null, next_due_at = null, resolve_due_at = null
where state = 'closed' and coalesce(first_due_at, next_due_at, resolve_due_at) is not null;
update conversation set due_at = date_trunc('second', least(first_due_at, next_due_at, resolve_due_at))
where coalesce(first_due_at, next_due_at, resolve_due_at) is not null;
create index conversation_due on conversation (due_at) where state <> 'closed';

-- Each time something called for a supervisor. It stands until one of them has seen it, for all of them, or until what
-- it was about is over, which is read from the conversation; closing ends it for good.
create table alert (
    id bigint generated always as identity primary key,
    conversation_id uuid not null references conversation on delete cascade,
    queue_id uuid not null references queue,     -- where it was then
    kind text not null,
    raised_at timestamptz not null,
    seen_by uuid references person,
    seen_at timestamptz,
    over_at timestamptz,
    check ((seen_by is null) = (seen_at is null))
);
create index alert_standing on alert (conversation_id) where seen_at is null and over_at is null;
create index alert_raised on alert (queue_id, raised_at);

-- In which order a person wants their list.
alter table person add column list_order text not null default 'activity' check (list_order in ('activity', 'sla'));
