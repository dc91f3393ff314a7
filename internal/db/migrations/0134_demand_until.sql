-- +goose Up
-- The month in which a later outcome of the same part and process took the place of this one; '': it stands. With it the
-- outcomes as of any month are found without comparing each with all others.
alter table demand_outcome add column until_month text not null default '';
update demand_outcome set until_month = coalesce((select min(e.month) from demand_outcome e
	where e.trace = demand_outcome.trace and e.process = demand_outcome.process and e.id > demand_outcome.id), '');

-- Each holds all that its sum reads: figures of the nation are read of an index alone.
create index demand_outcome_verdicts on demand_outcome (kind, process, month, verdict, until_month, territory_id, asker);
create index demand_outcome_reasons on demand_outcome (kind, verdict, process, reason, month, until_month, territory_id, asker, alone, lack_mm);
create index demand_outcome_boxes on demand_outcome (kind, reason, process, long_mm, middle_mm, short_mm, lack_mm, month, until_month, territory_id, asker);
