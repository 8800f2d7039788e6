-- What the house would have done meanwhile.
update presence p set load = held.n, capacity = greatest(12, held.n::int)
from (select assignee_id, count(*) as n from conversation where state = 'assigned' group by 1) held where held.assignee_id = p.person_id;
insert into assignment (id, conversation_id, person_id, queue_id, reason, started_at)
select gen_random_uuid(), id, assignee_id, queue_id, '{"why": "router"}', opened_at from conversation where state = 'assigned';
insert into read_mark (person_id, conversation_id, inbound_count)
select assignee_id, id, inbound_count - 1 from conversation where state = 'assigned' and last_position % 2 = 0;
insert into delivery (message_id, channel_id, conversation_id, position, state, changed_at, attempts, due_at)
select m.id, m.channel_id, m.conversation_id, m.position, 'read', m.written_at, 1, m.written_at
from message m where m.direction = 'out' and m.written_at > now() - interval '30 days';
update event set seq = id;
update relay set last_seq = coalesce((select max(id) from event), 0);
insert into search_entry (at, id, conversation_id, kind, direction, author_id, words)
select written_at, id, conversation_id, kind, direction, author_id, search_words(body) || search_month(written_at) from message where body is not null;
insert into name_word select distinct unnest(tsvector_to_array(search_words(name))) from contact where name !~ '^\+[0-9]+$' on conflict do nothing;
update search_progress set seq = (select last_seq from relay), caught_up = true;
