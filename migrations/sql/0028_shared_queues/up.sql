-- In some queues colleagues answer for each other, without a conversation changing hands.
alter table queue add column shared boolean not null default false;
