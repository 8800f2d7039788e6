drop table collected;
alter table contact drop column sources;
