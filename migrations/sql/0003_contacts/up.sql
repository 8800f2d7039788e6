-- One person, many addresses: variants of a number are one, changed numbers are followed, two contacts can become one,
-- and what a customer allows us to write for is kept with its proof.

-- Spellings of one number have one key (docs/decisions/0016): Mexico 521/52, Argentina 549/54 and its 15, Brazil's
-- mobiles with and without the ninth digit. The same rule as `domain::Address::key`; a test holds them together.
create function match_key(kind text, value text) returns text language sql immutable parallel safe as $$
    select case
        when kind <> 'phone' then value
        when value ~ '^\+521[2-9][0-9]{9}$' then '+52' || substr(value, 5)
        when value ~ '^\+549?(11|[23][0-9])[0-9]{8}$' then '+54' || right(value, 10)
        when value ~ '^\+549?1115[0-9]{8}$' then '+5411' || right(value, 8)
        when value ~ '^\+549?[23][0-9]{2}15[0-9]{7}$' then '+54' || left(right(value, 12), 3) || right(value, 7)
        when value ~ '^\+549?[23][0-9]{3}15[0-9]{6}$' then '+54' || left(right(value, 12), 4) || right(value, 6)
        when value ~ '^\+55[1-9]{2}[6-9][0-9]{7}$' then left(value, 5) || '9' || right(value, 8)
        else value
    end
$$;
alter table identity add column match_key text not null generated always as (match_key(kind, value)) stored;
alter table identity add column account_key text;       -- user ids: the vendor's account they hold in
alter table identity add column ended_at timestamptz;   -- no longer theirs: the number or id was changed

-- User ids hold within an account. Of those we have, the account is known where the customer used one alone.
update identity i set account_key = used.account_key
from (select c.contact_id, min(ch.account_key) as account_key
      from conversation c join channel ch on ch.id = c.channel_id and ch.kind <> 'twilio_sms'
      group by c.contact_id having count(distinct ch.account_key) = 1) used
where used.contact_id = i.contact_id and i.kind in ('bsuid', 'parent_bsuid');

alter table contact add column merged_into uuid references contact;   -- its messages are there now
create index contact_merged on contact (merged_into) where merged_into is not null;

-- Every join, with what moved, so that it can be told and taken back.
create table contact_merge (
    id uuid primary key,
    from_id uuid not null references contact,
    into_id uuid not null references contact,
    by_id uuid references person,                -- null: the vendor said that they are one
    reason jsonb not null,
    moved jsonb not null,
    at timestamptz not null default now(),
    undone_at timestamptz
);
create index contact_merge_into on contact_merge (into_id, at);
create index contact_merge_from on contact_merge (from_id, at);

-- Two contacts that may be one: for a person to decide. One open proposal for a pair, the smaller id first.
create table contact_proposal (
    id uuid primary key,
    one_id uuid not null references contact,
    other_id uuid not null references contact,
    reason jsonb not null,
    at timestamptz not null,
    settled_at timestamptz,
    constraint contact_proposal_order check (one_id < other_id)
);
create unique index contact_proposal_open on contact_proposal (one_id, other_id) where settled_at is null;
create index contact_proposal_other on contact_proposal (other_id) where settled_at is null;

-- Contacts made for two spellings of one number become one. Where both have an open conversation on a channel, the
-- older goes on and the newer is closed; each message stays in its conversation.
do $$
declare
    twins record;
    pair record;
    gone jsonb;
begin
    for twins in
        select newer.id as newer_id, older.id as older_id
        from identity newer join identity older on older.kind = newer.kind and older.match_key = newer.match_key
            and (older.created_at, older.id) < (newer.created_at, newer.id)
        order by newer.created_at, newer.id, older.created_at, older.id
    loop
        -- Again by their ids: an earlier round may have joined or dropped them.
        select newer.id, older.contact_id as into_id, newer.contact_id as from_id into pair
        from identity newer, identity older where newer.id = twins.newer_id and older.id = twins.older_id;
        continue when not found;
        delete from identity where id = pair.id returning to_jsonb(identity) into gone;
        continue when pair.from_id = pair.into_id;
        with newer as (
            select distinct on (c.channel_id) c.id, c.assignee_id
            from conversation c
            where c.contact_id in (pair.from_id, pair.into_id) and c.state <> 'closed'
                and exists (select from conversation o where o.contact_id in (pair.from_id, pair.into_id)
                    and o.channel_id = c.channel_id and o.state <> 'closed' and o.id <> c.id)
            order by c.channel_id, c.opened_at desc, c.id desc
        ), ended as (
            update assignment a set ended_at = now() from newer where a.conversation_id = newer.id and a.ended_at is null
        ), lighter as (
            update presence p set load = greatest(p.load - less.n, 0), version = p.version + 1
            from (select assignee_id, count(*)::int as n from newer where assignee_id is not null group by 1) less
            where p.person_id = less.assignee_id
        )
        update conversation c set state = 'closed', assignee_id = null, closed_at = now(), version = c.version + 1
        from newer where c.id = newer.id;
        insert into contact_merge (id, from_id, into_id, reason, moved)
        select gen_random_uuid(), pair.from_id, pair.into_id, '{"why": "same_number"}', jsonb_build_object(
            'identities', (select coalesce(jsonb_agg(id), '[]') from identity where contact_id = pair.from_id),
            'conversations', (select coalesce(jsonb_agg(id), '[]') from conversation where contact_id = pair.from_id),
            'closed', '[]'::jsonb, 'dropped', jsonb_build_array(gone));
        update identity set contact_id = pair.into_id where contact_id = pair.from_id;
        update conversation set contact_id = pair.into_id where contact_id = pair.from_id;
        update contact set merged_into = pair.into_id where id = pair.from_id;
    end loop;
end $$;
drop index identity_address;
-- An address has one owner at a time, however it is spelled; those before them stay for the record.
create unique index identity_live on identity (kind, match_key) where ended_at is null;

-- A change of addresses that a vendor told, once however often it is repeated.
create table address_change (
    id uuid primary key,
    account_key text not null,
    contact_id uuid references contact,          -- null: nobody we know
    before jsonb not null,
    after jsonb not null,
    at timestamptz not null,
    receipt_id bigint not null
);
create unique index address_change_once on address_change (account_key, at, md5(before::text || after::text));

-- Append-only: the newest row of a contact and purpose counts. A joined contact's rows stay its own and count for both.
create table consent (
    id bigint generated always as identity primary key,
    contact_id uuid not null references contact,
    channel_id uuid references channel,
    purpose text not null,
    given boolean not null,
    proof text not null,
    at timestamptz not null,                     -- by the vendor's clock
    created_at timestamptz not null default now()
);
create index consent_contact on consent (contact_id, purpose, at desc, id desc);
create function consent_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'consents are never changed';
end $$;
create trigger consent_append_only before update or delete on consent
    for each row execute function consent_is_append_only();

-- What a message became: corrected, deleted. The message's own row keeps what was said first.
alter table message add column edited_at timestamptz;
alter table message add column edited_content jsonb;
alter table message add column revoked_at timestamptz;
-- Written before we were connected, or by the phone app beside us.
alter table message add column origin text check (origin in ('past', 'echo'));
-- Corrections, deletions and reactions: the vendor's id of the message they change, and that message once it is known.
-- From then on they are no lines of their own.
alter table message add column target text;
alter table message add column applied_to uuid references message on delete cascade;
create index message_waiting_for_target on message (channel_id, target) where target is not null and applied_to is null;
create index message_applied_to on message (applied_to) where applied_to is not null;

-- Reactions, one per message and author; without an emoji: taken back.
create table reaction (
    message_id uuid not null references message on delete cascade,
    from_customer boolean not null,
    emoji text,
    at timestamptz not null,
    primary key (message_id, from_customer)
);

-- Who held it last: they may read it when it is closed.
alter table conversation add column last_holder_id uuid references person;
update conversation c set last_holder_id = coalesce(c.assignee_id, (
    select a.person_id from assignment a where a.conversation_id = c.id order by a.started_at desc limit 1));
-- Whose conversations are not opened to those who serve the contact elsewhere.
alter table queue add column confidential boolean not null default false;

-- Lines of a thread, without what changes messages.
drop index event_line;
create index event_line on event (conversation_id, id) where kind not in
    ('message_received', 'message_submitted', 'delivery_changed', 'message_changed', 'message_echoed');

-- Roles that exist already learn what is new; fresh installations get it with their roles.
insert into role_permission (role_id, permission, scope)
select role.id, new.permission, new.scope
from role join (values ('supervisor', 'contact.merge', 'team'), ('admin', 'contact.merge', 'all'),
    ('admin', 'message.original', 'all'), ('admin', 'message.raw', 'all'),
    ('supervisor', 'message.raw', 'team')) as new(role, permission, scope) on new.role = role.name
on conflict do nothing;
