-- +goose Up
-- What a machine's print files are made with, as its owner exported it from a slicer.
create table printfile_settings (
	machine_id text primary key references park_machine (id),
	name text not null, -- of the file
	settings text not null,
	updated_at bigint not null
);
-- The print file of an order.
create table printfile_file (
	order_id text primary key references making_order (id),
	job_id text not null,
	settings_at bigint not null, -- of which settings it was made
	fault text not null default '', -- why there is none
	said text not null default '', -- what the slicer said
	hash text not null default '',
	size bigint not null default 0,
	pieces bigint not null default 0,
	seconds double precision not null default 0,
	filament_mm double precision not null default 0,
	grams double precision not null default 0,
	made_at bigint not null default 0
);
