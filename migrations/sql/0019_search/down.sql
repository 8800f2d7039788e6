drop index identity_piece;
drop index contact_words;
drop table name_word;
drop table search_progress;
drop table search_entry;
drop function search_month(timestamptz);
drop function search_words(text);
drop function search_fold(text);
