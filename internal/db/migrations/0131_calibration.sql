-- +goose Up
-- The program that runs a machine, asked for the history of its jobs.
create table calibration_link (
	machine_id text primary key references park_machine (id),
	kind text not null, -- moonraker, octoprint
	address text not null,
	secret text not null default '', -- its key; never shown
	fetched_at bigint not null default 0,
	problem text not null default '', -- text key of why it was not read; '': it was
	created_at bigint not null,
	updated_at bigint not null
);

-- A job that a machine did to its end: what was estimated and what it took. Its name is not kept.
create table calibration_run (
	id text primary key,
	machine_id text not null references park_machine (id),
	source text not null, -- moonraker, octoprint, bassin, program
	trace text not null, -- what the source calls it, as a sum: what comes again counts once
	ended_at bigint not null,
	estimated_s double precision not null,
	real_s double precision not null,
	estimated_mm double precision not null default 0, -- of filament; 0: not known
	used_mm double precision not null default 0,
	created_at bigint not null
);
create unique index calibration_run_trace on calibration_run (machine_id, source, trace);
create index calibration_run_machine on calibration_run (machine_id, ended_at);

-- What the jobs of a machine say of it: computed of its newest jobs whenever some are added.
create table calibration_factor (
	machine_id text primary key references park_machine (id),
	since_at bigint not null default 0, -- jobs before count no more: the machine was changed
	heeded boolean not null default true, -- offers are computed with it
	own_jobs bigint not null default 0, -- of orders, against what was estimated here
	own_low double precision not null default 0,
	own_median double precision not null default 0,
	own_high double precision not null default 0,
	told_jobs bigint not null default 0, -- of a printer's history, against what its slicer estimated
	told_low double precision not null default 0,
	told_median double precision not null default 0,
	told_high double precision not null default 0,
	fed_jobs bigint not null default 0, -- filament, of a printer's history
	fed_low double precision not null default 0,
	fed_median double precision not null default 0,
	fed_high double precision not null default 0,
	updated_at bigint not null default 0
);
