-- Search over everything that was said, by name and by number.
--
-- What is searched stands in a narrow table of its own, filled a moment later by an indexer that follows the events, so
-- that storing a message costs what it did before. Its key is the time: common words are found by walking it from the
-- newest, rare ones by the inverted index (docs/decisions/0026).

-- Without marks above letters, in small letters, and with what joins words taken apart: the parser would keep
-- `factura_julio.pdf` and addresses whole. Immutable although `unaccent` is not declared so: its rules are a file of the
-- installation, and whoever changes it reindexes. Named with their schemas, because a restored dump has no search path.
do $$
declare
    home text;
begin
    select n.nspname into strict home from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'unaccent';
    execute format(
        'create function search_fold(text) returns text language sql immutable parallel safe strict as
         $f$ select %1$I.unaccent(''%1$I.unaccent''::regdictionary,
             lower(translate(left($1, 20000), ''._-/@:+=#&|\*''''’´`'', ''                 ''))) $f$', home);
    execute format(
        'create function search_words(text) returns tsvector language sql immutable parallel safe strict as
         $f$ select strip(to_tsvector(''pg_catalog.simple'', %1$I.search_fold($1))) $f$', current_schema());
end $$;
-- The month as a word, of a shape that no text has: all of a month stands together on disk, so that an index read for a
-- word and the newest months touches little however often the word was said before.
create function search_month(timestamptz) returns tsvector language sql immutable parallel safe strict as
$$ select array_to_tsvector(array['~' || to_char($1 at time zone 'UTC', 'YYYYMM')]) $$;

create table search_entry (
    at timestamptz not null,                     -- when it was written
    id uuid not null,                            -- of a message or a note
    conversation_id uuid not null references conversation on delete cascade,
    kind text not null,                          -- of the message; `note`
    direction text,                              -- null: a note
    author_id uuid,
    words tsvector not null,                     -- and the month
    primary key (at, id)
) with (autovacuum_analyze_scale_factor = 0.02);
create index search_entry_conversation on search_entry (conversation_id, at);
create index search_entry_words on search_entry using gin (words);
-- So many words are known to be common; what is not among them is rare.
alter table search_entry alter column words set statistics 1000;

-- How far the indexer has come: behind `seq` among the events, and before `before` among what was there already.
create table search_progress (
    only_row boolean primary key default true check (only_row),
    seq bigint not null,
    before uuid,                                 -- null: begins with the newest
    caught_up boolean not null default false
) with (fillfactor = 10);
insert into search_progress (seq) select last_seq from relay;

-- The words that contacts are called by: a name with a typo is looked for among these, and then by the names it may mean.
create table name_word (
    word text primary key
);
create index name_word_like on name_word using gin (word gin_trgm_ops);

-- Contacts by name and by a piece of their number. New customers are few beside messages.
create index contact_words on contact using gin (search_words(name)) where merged_into is null;
create index identity_piece on identity using gin (value gin_trgm_ops) where ended_at is null;
