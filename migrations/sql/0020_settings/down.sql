drop table half_sign_in;
drop table recovery_code;
drop table second_factor;
update person set time_zone = 'America/Lima' where time_zone is null;
alter table person
    alter column time_zone set not null,
    alter column time_zone set default 'America/Lima',
    drop column text_size,
    drop column density;
