alter table person drop column signature;
