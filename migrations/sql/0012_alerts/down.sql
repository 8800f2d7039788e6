alter table person drop column list_order;
drop table alert;
drop index conversation_due;
alter table conversation drop column due_at;
