-- +goose Up
-- The table of territories counts the latest contract of each, as the home of a territory does.
drop index programme_action_territory;
create index programme_action_territory on programme_action (territory_id, removed_at, reference, confidentiality, status, late_on, open_blockers,
	news_on, to_find_cents, asked_cents, decided_cents, contracted_cents, paid_cents, contract_id);
