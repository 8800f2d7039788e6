drop table reconciled;
drop table ledger_gap;
drop index receipt_received;
drop table receipt_replay;
