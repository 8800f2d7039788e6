-- What stands under a person's answers; empty: nothing.
alter table person add column signature text not null default '' check (char_length(signature) <= 300);
