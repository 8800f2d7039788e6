-- Numbers by which states know people are hidden from whoever may not see addresses, whatever was ticked when the field was made.
update attribute set sensitive = true where kind ->> 'kind' = 'national_id';
alter table attribute add constraint attribute_national_id_hidden check (sensitive or kind ->> 'kind' <> 'national_id');
