drop table message_cost;
