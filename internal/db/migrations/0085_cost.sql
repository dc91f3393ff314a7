-- +goose Up
-- What an hour of a role costs, from a day on.
create table cost_rate (
	id text primary key,
	project_id text not null references project_project (id),
	role text not null,
	role_key text not null,
	from_on text not null,
	cents bigint not null,
	version bigint not null default 1
);
create unique index cost_rate_role on cost_rate (project_id, role_key, from_on);

-- The role in which somebody works for the project.
create table cost_staff (
	project_id text not null references project_project (id),
	person_id text not null,
	role text not null,
	primary key (project_id, person_id)
);

-- What somebody worked on a task on a day; task_id is empty for work on no task.
create table cost_hours (
	id text primary key,
	project_id text not null references project_project (id),
	person_id text not null,
	person_name text not null,
	task_id text not null default '',
	on_day text not null,
	minutes bigint not null,
	role text not null default '',
	note text not null default '',
	created_at bigint not null,
	updated_at bigint not null,
	version bigint not null default 1
);
create unique index cost_hours_day on cost_hours (project_id, person_id, on_day, task_id);
create index cost_hours_task on cost_hours (project_id, task_id);

create table cost_purchase (
	id text primary key,
	project_id text not null references project_project (id),
	title text not null,
	supplier text not null default '',
	category text not null,
	state text not null,
	stage_id text not null default '',
	cents bigint not null,
	on_day text not null,
	reference text not null default '',
	created_at bigint not null,
	updated_at bigint not null,
	removed_at bigint not null default 0,
	version bigint not null default 1
);
create index cost_purchase_project on cost_purchase (project_id, removed_at, on_day);

create table cost_budget (
	id text primary key,
	project_id text not null references project_project (id),
	title text not null,
	category text not null,
	stage_id text not null default '',
	role text not null default '',
	minutes bigint not null default 0,
	cents bigint not null,
	version bigint not null default 1
);
create index cost_budget_project on cost_budget (project_id, category);

