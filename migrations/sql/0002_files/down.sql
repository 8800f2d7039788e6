drop table file_at_vendor;
drop table file;
