-- +goose Up
-- What was asked of machines, and what became of it, as it stood at the moment: never changed, so that the figures of
-- a past month stay. Neither the part nor who asked can be read here: both are sums under the server's secret, by which
-- what is one counts once.
create table demand_outcome (
	id text primary key,
	month text not null, -- 2026-03
	kind text not null, -- part, order
	trace text not null, -- of the part, or of the order
	asker text not null, -- of who holds it
	territory_id text not null default '', -- of who asked, as it stood then
	process text not null default '', -- '': of the part as a whole
	verdict text not null, -- could, care, not
	reason text not null default '', -- why not
	alone boolean not null default false, -- nothing else could make it either
	long_mm bigint not null default 0, -- sides of the box, the longest first, rounded up to 10 mm
	middle_mm bigint not null default 0,
	short_mm bigint not null default 0,
	lack_mm bigint not null default 0 -- by how much the nearest machine is too small; 0: not for that
);
create index demand_outcome_trace on demand_outcome (trace, process, id);
create index demand_outcome_month on demand_outcome (kind, month, territory_id);
create index demand_outcome_asker on demand_outcome (asker, kind, month);

-- The secret under which the sums are made: one row.
create table demand_secret (
	id bigint primary key,
	secret text not null
);
