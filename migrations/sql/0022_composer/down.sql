alter table message drop column muted;
drop table vendor_block;
drop index planned_file;
alter table planned drop column file_id;
drop table macro_file;
