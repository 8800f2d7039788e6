delete from role_permission where permission in ('routing.read', 'routing.manage');
drop table presence_span;
alter table presence drop column wrap_up_until, drop column offers_missed;
drop table decision;
drop table routing_pass;
drop table offer;
drop table watch;
drop table conversation_entry;
drop table conversation_tag;
drop index conversation_waiting;
alter table conversation
    drop column turn_at, drop column weight, drop column skills, drop column relaxed, drop column team_id,
    drop column returned_by, drop column declined_by, drop column preferred_id, drop column preferred_until, drop column preferred_why, drop column language, drop column begun_at, drop column outcome,
    drop column offered_to, drop column offered_until, drop column first_answered_at, drop column last_answered_at,
    drop column first_due_at, drop column next_due_at, drop column resolve_due_at;
create index conversation_waiting on conversation (queue_id, queued_at) where state = 'queued';
alter table queue drop column retired_at;
alter table skill drop column language;
drop table routing_draft;
drop table routing_policy;
