-- Conversations $from to $to and what was said in them, in the order of time, as a table grows in life. One begins
-- every `$every` seconds; the last $open are open.
create unlogged table if not exists big_talk (
    n bigint, id uuid, contact_id uuid, channel_id uuid, queue_id uuid, holder uuid, at timestamptz, says int, state text);
truncate big_talk;
insert into big_talk
select n, big_id('conversation', n), big_id('contact', 1 + floor(random() * $contacts)::bigint), big_id('channel', q % 6), big_id('queue', q),
    -- Of the agents who serve it; queues 16 and above are served by nobody in particular.
    big_id('person', q % 8 + 8 * floor(random() * 62)::int), to_timestamp($begin + n * $every), 2 + floor(random() * (2 * $says - 3))::int,
    case when n < $total - $open then 'closed'
         when n % 16 < 10 then 'assigned' when n % 16 < 14 then 'queued' when n % 16 = 14 then 'snoozed' else 'bot' end
from (select n, (floor(random() * 20))::int as q from generate_series($from::bigint, $to::bigint) n) t;

create unlogged table if not exists big_said (
    id uuid, talk bigint, conversation_id uuid, channel_id uuid, direction text, kind text, body text, author_id uuid, at timestamptz, k int, says int);
truncate big_said;
insert into big_said
select (lpad(to_hex((extract(epoch from s.at) * 1000)::bigint), 12, '0') || '7' || substr(md5(s.n || '.' || s.k), 1, 3) || '8' || substr(md5(s.n || '.' || s.k), 5, 15))::uuid,
    s.n, s.id, s.channel_id, case when s.k % 2 = 1 then 'in' else 'out' end, s.kind,
    case s.kind when 'image' then null when 'document' then 'factura_' || s.n || '.pdf'
        else one.body || ' ' || other.body || case when (s.n + s.k) % 37 = 0 then ' pedido ' || (1000000 + (s.n * 31 + s.k) % 9000000) else '' end end,
    case when s.k % 2 = 1 then null else s.holder end, s.at, s.k, s.says
from (select t.*, k, t.at + make_interval(secs => k * (20 + random() * 300)) as said_at,
          date_trunc('second', t.at + make_interval(secs => k * 170)) as at_, 1 + floor(random() * 399999)::int as p, 1 + floor(random() * 399999)::int as o,
          case when random() < 0.04 then 'image' when random() < 0.02 then 'document' else 'text' end as kind
      from big_talk t, generate_series(1, t.says) k) x
cross join lateral (select x.n, x.k, x.id, x.channel_id, x.kind, x.holder, x.says, x.at_ as at) s
left join big_phrase one on one.n = x.p left join big_phrase other on other.n = x.o
order by s.at, s.n, s.k;

insert into conversation (id, contact_id, channel_id, queue_id, state, assignee_id, reply_address, must_act, must_act_since, window_until,
    opened_at, queued_at, closed_at, last_activity_at, last_position, last_direction, last_kind, last_text, inbound_count, last_holder_id,
    turn_at, begun_at)
select t.id, t.contact_id, t.channel_id, t.queue_id, t.state, case when t.state = 'assigned' then t.holder end, '+51900000000',
    case when t.says % 2 = 1 then 'agent' else 'customer' end, l.at, l.at + interval '24 hours', t.at, t.at,
    case when t.state = 'closed' then l.at + interval '1 hour' end, l.at, l.at_position, case when t.says % 2 = 1 then 'in' else 'out' end,
    'text', left(l.body, 140), (t.says + 1) / 2, case when t.state in ('assigned', 'closed', 'snoozed') then t.holder end, t.at, t.at
from big_talk t
join (select talk, k, at, body, talk * 1000 + k as at_position from big_said where k = says) l on l.talk = t.n
-- One open conversation of a contact and channel.
on conflict do nothing;
insert into message (id, conversation_id, channel_id, direction, kind, body, content, vendor_id, author_id, written_at, position, created_at)
select s.id, s.conversation_id, s.channel_id, s.direction, s.kind, s.body,
    case s.kind when 'text' then jsonb_build_object('kind', 'text', 'body', s.body)
        when 'document' then jsonb_build_object('kind', 'document', 'filename', s.body)
        else jsonb_build_object('kind', s.kind) end,
    'wamid.' || translate(substr(s.id::text, 1, 23), '-', ''), s.author_id, s.at, s.talk * 1000 + s.k, s.at
from big_said s where exists (select from conversation c where c.id = s.conversation_id);
insert into event (at, kind, conversation_id, data)
select t.at, 'conversation_opened', t.id, jsonb_build_object('kind', 'conversation_opened', 'conversation', t.id, 'queue', t.queue_id)
from big_talk t;
insert into conversation_tag (conversation_id, tag, at)
select id, (array['reclamo', 'vip', 'garantía', 'pago', 'cita', 'nuevo', 'retraso', 'promesa'])[1 + n % 8], at from big_talk where n % 5 = 0
on conflict do nothing;
