-- +goose Up
-- A file of another tool on its way into the plan of a project: its text until it is taken in, then
-- the report of what was made.
create table plan_import (
	id text primary key,
	project_id text not null references project_project (id),
	name text not null,
	form text not null,
	encoding text not null,
	content text not null,
	settings text not null default '',
	report text not null default '',
	made bigint not null default 0,
	created_by text not null,
	created_at bigint not null,
	done_at bigint not null default 0
);
create index plan_import_project on plan_import (project_id, created_at);

-- By which name another tool knows a task, so that the same file again makes nothing twice.
create table plan_origin (
	project_id text not null references project_project (id),
	source text not null,
	name text not null,
	task_id text not null references plan_task (id),
	primary key (project_id, source, name)
);
create index plan_origin_task on plan_origin (task_id);
