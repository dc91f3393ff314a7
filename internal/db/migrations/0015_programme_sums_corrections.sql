-- +goose Up
-- What the lines of an action amount to at each step, kept with the action: the sums over a nation
-- read one short index instead of every line.
alter table programme_action add column asked_cents bigint not null default 0;
alter table programme_action add column decided_cents bigint not null default 0;
alter table programme_action add column contracted_cents bigint not null default 0;
alter table programme_action add column paid_cents bigint not null default 0;
update programme_action set
	asked_cents = coalesce((select sum(l.asked_cents) from programme_line l where l.action_id = programme_action.id and l.removed_at = 0), 0),
	decided_cents = coalesce((select sum(l.decided_cents) from programme_line l where l.action_id = programme_action.id and l.removed_at = 0), 0),
	contracted_cents = coalesce((select sum(l.contracted_cents) from programme_line l where l.action_id = programme_action.id and l.removed_at = 0), 0),
	paid_cents = coalesce((select sum(l.paid_cents) from programme_line l where l.action_id = programme_action.id and l.removed_at = 0), 0);
drop index programme_action_territory;
create index programme_action_territory on programme_action (territory_id, removed_at, reference, confidentiality, status, late_on, open_blockers,
	news_on, to_find_cents, asked_cents, decided_cents, contracted_cents, paid_cents);
-- A measured value is corrected by a later one that names it, or taken away by one.
alter table programme_value add column corrects_id text not null default '';
alter table programme_value add column cancelled boolean not null default false;
