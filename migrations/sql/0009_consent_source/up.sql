-- A word about consent is told again by a repeated webhook, or read again by a replay: it stays one.

-- By what we were told, as a hash: a message, a notice of the vendor about an address and a second, a refusal of a
-- message of ours. Null: told to a person, or written down before this was noted.
alter table consent add column source bytea;
create unique index consent_once on consent (channel_id, purpose, given, source) where source is not null;
