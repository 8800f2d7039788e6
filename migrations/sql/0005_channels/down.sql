drop table channel_heard;
drop table alarm;
drop table channel_check;
drop table notice;
drop table channel_facts;
