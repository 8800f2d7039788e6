-- Lists: views that people save, and what is closed walked from its end.

-- Which conversations, what of them, in which order: the query of the page's address.
create table saved_view (
    id uuid primary key,
    owner_id uuid not null references person on delete cascade,
    shared boolean not null default false,       -- everybody has it
    name text not null check (length(name) between 1 and 60),
    query text not null check (length(query) <= 4000),
    created_at timestamptz not null default now()
);
create index saved_view_owner on saved_view (owner_id);

-- Closing and reopening alone change these; messages don't.
create index conversation_closed on conversation (closed_at desc) where state = 'closed';
create index conversation_closed_by on conversation (last_holder_id, closed_at desc) where state = 'closed';

alter table person drop constraint person_list_order_check;
update person set list_order = case list_order when 'sla' then 'due' else 'newest' end;
alter table person alter column list_order set default 'newest',
    add check (list_order in ('newest', 'longest', 'due', 'window'));

insert into role_permission (role_id, permission, scope)
select id, 'view.share', 'all' from role where name in ('supervisor', 'admin')
on conflict do nothing;
