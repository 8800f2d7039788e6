delete from role_permission where permission in ('contact.update', 'attribute.manage');
alter table contact drop column version, drop column attributes, drop column language;
drop table attribute;
