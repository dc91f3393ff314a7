-- +goose Up
-- seq is the number of the last update; bytes is the size of all of them; seed is the text it was
-- begun with (JSON), until the first update.
create table note_note (
	id text primary key,
	project_id text not null references project_project (id),
	parent_id text not null default '',
	title text not null,
	rank bigint not null,
	seq bigint not null default 0,
	bytes bigint not null default 0,
	seed text not null default '',
	created_by text not null,
	created_by_name text not null,
	created_at bigint not null,
	updated_at bigint not null,
	updated_by_name text not null default '',
	removed_at bigint not null default 0,
	version bigint not null default 1
);
create index note_note_project on note_note (project_id, rank, id);

-- The log: every change of the text as the browsers' library wrote it, in base64. Never changed
-- and never deleted. ref is the sender's own name of the change: sent again, it is not twice.
create table note_update (
	note_id text not null references note_note (id),
	seq bigint not null,
	ref text not null,
	data text not null,
	author_id text not null,
	author text not null,
	at bigint not null,
	primary key (note_id, seq)
);
create unique index note_update_ref on note_update (note_id, ref);

-- A version: the text after the updates up to seq, once as the browsers' library needs it (state,
-- base64) and once as it is read (doc, JSON).
create table note_version (
	id text primary key,
	note_id text not null references note_note (id),
	seq bigint not null,
	state text not null,
	doc text not null,
	author_id text not null,
	author text not null,
	started_at bigint not null,
	at bigint not null
);
create unique index note_version_seq on note_version (note_id, seq);
