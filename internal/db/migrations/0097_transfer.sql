-- +goose Up
-- An archive of a project, made here to be fetched. The store of files keeps its bytes, under its
-- own name and that of its part, until it expires.
create table transfer_departure (
	id text primary key,
	project_id text not null references project_project (id),
	person_id text not null,
	job_id text not null default '',
	part text not null default '',
	size bigint not null default 0,
	hash text not null default '',
	fingerprint text not null default '',
	rows_count bigint not null default 0,
	files_count bigint not null default 0,
	created_at bigint not null,
	made_at bigint not null default 0, -- 0: it is being made
	expires_at bigint not null
);
create index transfer_departure_project on transfer_departure (project_id, id);
create index transfer_departure_expires on transfer_departure (expires_at);

-- An archive that somebody brought here. Once it is taken in, its bytes are gone and it names the
-- project it became.
create table transfer_arrival (
	id text primary key,
	person_id text not null,
	name text not null, -- of the file
	part text not null default '',
	size bigint not null default 0,
	title text not null default '',
	fingerprint text not null default '', -- empty: its bytes are still coming
	preview text not null default '',
	owner_id text not null default '', -- who will own the project
	job_id text not null default '',
	project_id text not null default '',
	report text not null default '',
	created_at bigint not null,
	done_at bigint not null default 0,
	expires_at bigint not null
);
create index transfer_arrival_person on transfer_arrival (person_id, id);
create index transfer_arrival_expires on transfer_arrival (expires_at);
