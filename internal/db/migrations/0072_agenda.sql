-- +goose Up
-- How far the calendar of a project is: each change of what is in it takes the next number.
create table agenda_book (
	project_id text primary key,
	seq bigint not null
);

-- What a calendar holds, as programs last saw it. Of meetings and tasks this is a copy that is brought
-- up to date when somebody asks; what programs brought themselves is kept here alone.
create table agenda_object (
	project_id text not null,
	name text not null,
	uid text not null,
	component text not null,
	kind text not null,
	ref_id text not null default '',
	facts text not null default '',
	data text not null,
	etag text not null,
	seq bigint not null,
	gone_at bigint not null default 0,
	from_at bigint not null default 0,
	to_at bigint not null default 0,
	recurs boolean not null default false,
	updated_at bigint not null,
	primary key (project_id, name)
);
create index agenda_object_seq on agenda_object (project_id, seq);
create index agenda_object_uid on agenda_object (project_id, uid);

create table agenda_feed (
	id text primary key,
	person_id text not null,
	project_id text not null default '',
	token_hash text not null,
	created_at bigint not null,
	used_at bigint not null default 0,
	revoked_at bigint not null default 0
);
create unique index agenda_feed_token on agenda_feed (token_hash);
create index agenda_feed_person on agenda_feed (person_id, created_at);
