-- +goose Up
-- The print file of one plate of a batch.
create table printfile_plate (
	batch_id text not null references batch_batch (id),
	plate bigint not null, -- from 1
	job_id text not null,
	layout_at bigint not null, -- of which layout it was made
	settings_at bigint not null, -- of which settings
	fault text not null default '', -- why there is none
	said text not null default '', -- what the slicer said
	hash text not null default '',
	size bigint not null default 0,
	pieces bigint not null default 0,
	seconds double precision not null default 0,
	filament_mm double precision not null default 0,
	grams double precision not null default 0,
	made_at bigint not null default 0,
	primary key (batch_id, plate)
);
