delete from role_permission where permission = 'macro.manage';
drop table macro;
drop table draft;
