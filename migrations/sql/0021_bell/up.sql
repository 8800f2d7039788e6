-- How somebody is told of what calls for them: null, as everybody is at first (`domain::bell`). And whether single keys
-- do something on their pages: who speaks to the computer, or types with a stick, turns them off (WCAG 2.1.4).
alter table person add column bell jsonb, add column single_keys boolean not null default true;
