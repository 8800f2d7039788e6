alter table attribute drop constraint attribute_national_id_hidden;
