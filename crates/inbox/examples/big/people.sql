-- Contacts $from to $to of all, with a number each.
insert into contact (id, name, created_at)
select big_id('contact', p.n), case when p.n % 23 = 0 then phone else first.name || ' ' || l.name || case when p.n % 3 = 0 then ' ' || m.name else '' end end,
    now() - interval '2 years'
from (select n, '+51' || (900000000 + (n * 7368787) % 99999989)::text as phone,
          big_rank(100) as f, big_rank(3000) as l, big_rank(3000) as m from generate_series($from::bigint, $to::bigint) n) p
join big_first first on first.n = p.f join big_last l on l.n = p.l join big_last m on m.n = p.m;
insert into identity (id, contact_id, kind, value)
select big_id('identity', n), big_id('contact', n), 'phone', '+51' || (900000000 + (n * 7368787) % 99999989)::text
from generate_series($from::bigint, $to::bigint) n;
