-- +goose Up
-- A part to be made. It belongs to an organisation, or to a person who is in none, and keeps its number there.
create table additive_part (
	id text primary key,
	holder_id text not null, -- of the organisation, or of the person
	organisation_id text not null default '',
	person_id text not null, -- who dropped it
	number bigint not null,
	title text not null,
	title_key text not null,
	revision bigint not null, -- the newest
	created_at bigint not null,
	updated_at bigint not null,
	removed_at bigint not null default 0
);
create unique index additive_part_number on additive_part (holder_id, number);
create index additive_part_holder on additive_part (holder_id, updated_at);

-- A file of a part. What was read of it is counted and measured once, in the unit of the file.
create table additive_revision (
	part_id text not null references additive_part (id),
	number bigint not null,
	person_id text not null,
	file_name text not null,
	hash text not null,
	size bigint not null,
	unit text not null default '', -- chosen by a person; '' is what the file says
	state text not null,
	fault text not null default '', -- why it could not be read: a text key, and its values
	fault_args text not null default '',
	report text not null default '',
	view_hash text not null default '', -- of the mesh that browsers draw
	view_size bigint not null default 0,
	job_id text not null default '',
	created_at bigint not null,
	checked_at bigint not null default 0,
	primary key (part_id, number)
);
create index additive_revision_hash on additive_revision (hash);
