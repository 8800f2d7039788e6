alter table channel drop column reopen_within;
