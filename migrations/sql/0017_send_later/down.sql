drop table planned;
