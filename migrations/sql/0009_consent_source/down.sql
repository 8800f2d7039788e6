drop index consent_once;
alter table consent drop column source;
