-- The house: 6 channels, 20 queues in 8 teams, 500 agents of whom each serves two queues of one team, 8 supervisors, 2 admins. Fixed ids, so
-- that whoever measures knows them: agent 7 is `a9e7…07`.

create function big_id(kind text, n bigint) returns uuid language sql immutable parallel safe as
$$ select (substr(md5(kind), 1, 8) || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;

insert into role (id, name)
select big_id('role', n), name from unnest(array['agent', 'supervisor', 'admin']) with ordinality r(name, n)
on conflict do nothing;
insert into team (id, name) select big_id('team', n), 'Equipo ' || n from generate_series(0, 7) n;
insert into queue (id, name, position) select big_id('queue', n), 'Cola ' || n, n from generate_series(0, 19) n;
insert into queue_team (queue_id, team_id) select big_id('queue', n), big_id('team', n % 8) from generate_series(0, 19) n;
insert into channel (id, kind, name, address, vendor_key, account_key, queue_id)
select big_id('channel', n), case when n = 5 then 'twilio_sms' else 'whatsapp_cloud' end, 'Canal ' || n, '+51155501' || n || '0', 'phone_number_id:big' || n,
    'waba:big', big_id('queue', n)
from generate_series(0, 5) n;
insert into person (id, email, name, role_id)
select big_id('person', n), 'p' || n || '@big.test', 'Persona ' || n,
    (select id from role where name = case when n < 500 then 'agent' when n < 508 then 'supervisor' else 'admin' end)
from generate_series(0, 509) n;
insert into presence (person_id, state, capacity, load)
select big_id('person', n), 'available', 12, 0 from generate_series(0, 499) n;
insert into team_member (team_id, person_id) select big_id('team', n % 8), big_id('person', n) from generate_series(0, 507) n;
-- Queues n, n + 8 and n + 16 are of team n.
insert into queue_member (queue_id, person_id)
select distinct big_id('queue', q), big_id('person', n)
from generate_series(0, 499) n, lateral (values (n % 8), (n % 8 + 8)) s(q);
