-- For how long after closing a customer's message goes on with the same conversation, in seconds; 0: it never does.
alter table channel
    add column reopen_within integer not null default 86400 check (reopen_within between 0 and 2592000);
