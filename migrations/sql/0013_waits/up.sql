-- Rehearsing a past day asks when conversations came to wait. Few events are of these kinds, so the index stays small;
-- nothing else finds events by their time.
create index event_waits on event (at) where kind in ('conversation_opened', 'conversation_reopened',
    'conversation_transferred') or (kind = 'conversation_assigned' and person_id is null);
