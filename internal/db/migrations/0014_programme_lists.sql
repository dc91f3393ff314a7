-- +goose Up
-- One index from which a list over the nation is counted and ordered without reading the actions
-- themselves: what its filters and its head ask for, by status and lateness first.
drop index programme_action_late;
drop index programme_action_status;
create index programme_action_list on programme_action (status, late_on, removed_at, confidentiality, cost_cents, plan_cents, to_find_cents,
	open_blockers, news_on, ready_mask, territory_id, reference, id);
