-- Joined contacts stay joined: what was two spellings of one number has lost one of them.
delete from role_permission where permission in ('contact.merge', 'message.original', 'message.raw');
drop index event_line;
create index event_line on event (conversation_id, id)
    where kind not in ('message_received', 'message_submitted', 'delivery_changed');
alter table queue drop column confidential;
alter table conversation drop column last_holder_id;
drop table reaction;
drop index message_applied_to;
drop index message_waiting_for_target;
alter table message drop column applied_to;
alter table message drop column target;
alter table message drop column origin;
alter table message drop column revoked_at;
alter table message drop column edited_content;
alter table message drop column edited_at;
drop table consent;
drop function consent_is_append_only();
drop table address_change;
drop table contact_proposal;
drop table contact_merge;
alter table contact drop column merged_into;
drop index identity_live;
delete from identity where ended_at is not null;
create unique index identity_address on identity (kind, value);
alter table identity drop column ended_at;
alter table identity drop column account_key;
alter table identity drop column match_key;
drop function match_key(text, text);
