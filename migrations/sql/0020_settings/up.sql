-- How people want to see things, and the second factor of their sign-in.

alter table person
    add column density text not null default 'comfortable' check (density in ('comfortable', 'compact')),
    add column text_size text not null default 'normal' check (text_size in ('small', 'normal', 'large')),
    alter column time_zone drop default,
    -- Null: the company's own, whichever that is.
    alter column time_zone drop not null;
-- Nobody could choose one until now.
update person set time_zone = null where time_zone = 'America/Lima';

create table second_factor (
    person_id uuid primary key references person on delete cascade,
    sealed bytea not null,                       -- the key of the codes, in an envelope as channels' secrets
    last_step bigint not null,                   -- of the newest code that was taken: each opens once
    tries timestamptz[] not null default '{}',   -- codes given in the last minutes that were not right
    since timestamptz not null
);

-- Codes for who has lost the device: ten, each good once. The first letters find the row, the rest is hashed.
create table recovery_code (
    person_id uuid not null references second_factor on delete cascade,
    lookup text not null,
    hash text not null,                          -- Argon2id
    used_at timestamptz,
    primary key (person_id, lookup)
);

-- Who has given the right password and owes the second factor still. It opens nothing but that question.
create table half_sign_in (
    token_hash bytea primary key,                -- SHA-256 of 256 random bits in the browser's cookie
    person_id uuid not null references person on delete cascade,
    version integer not null,                    -- of the person's access: a new password ends it
    enrols boolean not null,                     -- has no second factor yet and must have one
    action text not null,                        -- how it began, for the audit
    expires_at timestamptz not null
);
create index half_sign_in_person on half_sign_in (person_id);
