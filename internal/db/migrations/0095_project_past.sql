-- +goose Up
-- What happened in a project before it came here from another server, as its archive told it.
create table project_past (
	id text primary key,
	project_id text not null references project_project (id),
	position bigint not null,
	at bigint not null,
	actor_name text not null,
	verb text not null,
	object_kind text not null,
	object_id text not null default '',
	data text not null default '{}'
);
create index project_past_project on project_past (project_id, position);
