-- +goose Up
-- A task that comes again, with the rule of its days, and the tasks that it was made into.
create table plan_series (
	id text primary key,
	project_id text not null references project_project (id),
	every text not null,
	pace bigint not null,
	weekdays text not null default '',
	month_day bigint not null default 0,
	until_on text not null default '',
	times bigint not null default 0,
	first_on text not null,
	stopped_at bigint not null default 0,
	version bigint not null default 1
);
create index plan_series_project on plan_series (project_id, stopped_at);

create table plan_occurrence (
	task_id text primary key references plan_task (id),
	series_id text not null references plan_series (id),
	project_id text not null,
	position bigint not null,
	due_on text not null
);
create unique index plan_occurrence_series on plan_occurrence (series_id, due_on);
