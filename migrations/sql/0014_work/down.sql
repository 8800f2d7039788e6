delete from role_permission where permission in ('conversation.snooze', 'conversation.reopen', 'conversation.tag',
    'conversation.priority', 'conversation.bulk', 'tag.manage', 'contact.block', 'outcome.manage');
drop table bulk_row;
drop table bulk;
alter table contact drop column blocked_at, drop column blocked_by, drop column blocked_reason;
-- Nothing but this version brings back what was put aside.
update conversation set state = 'queued', queued_at = now(), snoozed_until = null where state = 'snoozed';
insert into watch (conversation_id, look_at) select id, now() from conversation where state = 'queued' on conflict do nothing;
alter table conversation drop constraint conversation_snooze, drop column snoozed_until, drop column returns_to,
    drop column outcome_id;
drop table closing_rule;
drop table outcome;
