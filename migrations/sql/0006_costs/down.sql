drop table vendor_cost_read;
drop table vendor_cost;
drop table account_billing;
drop table message_cost;
