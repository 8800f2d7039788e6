drop table mention;
drop table note;
