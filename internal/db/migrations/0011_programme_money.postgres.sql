-- +goose Up
-- The same key as on SQLite.
alter table programme_money drop constraint programme_money_pkey;
alter table programme_money add primary key (contract_id, line_id, effective_on, step_id);
drop index programme_money_action;
create index programme_money_action on programme_money (action_id);
