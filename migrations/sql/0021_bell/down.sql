alter table person drop column bell, drop column single_keys;
