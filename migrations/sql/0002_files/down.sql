drop table file_gone, file_at_vendor, file;
drop function file_goes;
