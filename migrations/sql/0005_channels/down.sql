drop table channel_setup;
drop table channel_hour;
drop table channel_heard;
drop table alarm;
drop table channel_check;
drop table notice;
drop table channel_facts;
