delete from role_permission where permission = 'view.share';
alter table person drop constraint person_list_order_check;
update person set list_order = case list_order when 'due' then 'sla' else 'activity' end;
alter table person alter column list_order set default 'activity', add check (list_order in ('activity', 'sla'));
drop index conversation_closed_by;
drop index conversation_closed;
drop table saved_view;
