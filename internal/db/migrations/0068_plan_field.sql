-- +goose Up
-- What a project notes of its tasks beside what all tasks have.
create table plan_field (
	id text primary key,
	project_id text not null references project_project (id),
	name text not null,
	kind text not null,
	unit text not null default '',
	choices text not null default '',
	position bigint not null,
	listed boolean not null default false,
	removed_at bigint not null default 0,
	version bigint not null default 1
);
create index plan_field_project on plan_field (project_id, position);

create table plan_value (
	task_id text not null references plan_task (id),
	field_id text not null references plan_field (id),
	project_id text not null,
	body text not null,
	body_key text not null,
	primary key (task_id, field_id)
);
create index plan_value_field on plan_value (field_id, body);
create index plan_value_project on plan_value (project_id);
