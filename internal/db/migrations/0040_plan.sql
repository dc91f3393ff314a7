-- +goose Up
-- One row for each project that has a plan: its working days, and the number of its last task.
create table plan_plan (
	project_id text primary key references project_project (id),
	starts_on text not null,
	numbers bigint not null default 0,
	week text not null,
	holidays text not null,
	computed_on text not null default '',
	ends_on text not null default '',
	version bigint not null default 1
);

create table plan_closure (
	id text primary key,
	project_id text not null references project_project (id),
	from_on text not null,
	to_on text not null,
	name text not null
);
create index plan_closure_project on plan_closure (project_id, from_on);

-- Of the columns, those from early_on to summary are computed from the others, from links and from
-- the calendar, in the transaction that changes them.
create table plan_task (
	id text primary key,
	project_id text not null references project_project (id),
	number bigint not null,
	parent_id text not null default '',
	rank text not null,
	title text not null,
	title_key text not null,
	body text not null default '',
	kind text not null,
	state text not null,
	stage_id text not null default '',
	labels text not null default '',
	work bigint not null,
	mode text not null,
	not_before text not null default '',
	deadline text not null default '',
	begin_on text not null default '',
	end_on text not null default '',
	begun_on text not null default '',
	finished_on text not null default '',
	percent bigint not null default 0,
	priority bigint not null default 0,
	early_on text not null default '',
	finish_on text not null default '',
	late_early_on text not null default '',
	late_finish_on text not null default '',
	total_float bigint not null default 0,
	free_float bigint not null default 0,
	critical boolean not null default false,
	late boolean not null default false,
	summary boolean not null default false,
	created_by text not null default '',
	created_at bigint not null,
	updated_at bigint not null,
	removed_at bigint not null default 0,
	version bigint not null default 1
);
create unique index plan_task_number on plan_task (project_id, number);
create unique index plan_task_rank on plan_task (project_id, rank);
create index plan_task_parent on plan_task (project_id, parent_id, rank);
create index plan_task_state on plan_task (project_id, removed_at, state, rank);
create index plan_task_finish on plan_task (project_id, removed_at, finish_on);
create index plan_task_labels on plan_task (project_id, labels);

create table plan_assignee (
	task_id text not null references plan_task (id),
	person_id text not null,
	project_id text not null,
	name text not null,
	units bigint not null default 100,
	primary key (task_id, person_id)
);
create index plan_assignee_person on plan_assignee (project_id, person_id);

create table plan_item (
	id text primary key,
	task_id text not null references plan_task (id),
	position bigint not null,
	body text not null,
	done_on text not null default '',
	done_by text not null default ''
);
create index plan_item_task on plan_item (task_id, position);

create table plan_link (
	id text primary key,
	project_id text not null references project_project (id),
	from_id text not null references plan_task (id),
	to_id text not null references plan_task (id),
	kind text not null,
	lag bigint not null default 0
);
create unique index plan_link_ends on plan_link (project_id, from_id, to_id, kind);
create index plan_link_to on plan_link (project_id, to_id);

-- Dates once agreed; never changed afterwards.
create table plan_baseline (
	id text primary key,
	project_id text not null references project_project (id),
	name text not null,
	ends_on text not null,
	taken_by text not null,
	taken_at bigint not null
);
create index plan_baseline_project on plan_baseline (project_id, taken_at);

create table plan_baseline_task (
	baseline_id text not null references plan_baseline (id),
	task_id text not null,
	early_on text not null,
	finish_on text not null,
	primary key (baseline_id, task_id)
);

-- A machine that tasks book.
create table plan_resource (
	id text primary key,
	project_id text not null references project_project (id),
	name text not null,
	units bigint not null,
	hours bigint not null,
	removed_at bigint not null default 0
);
create index plan_resource_project on plan_resource (project_id, name);

create table plan_booking (
	task_id text not null references plan_task (id),
	resource_id text not null references plan_resource (id),
	project_id text not null,
	units bigint not null,
	primary key (task_id, resource_id)
);
create index plan_booking_project on plan_booking (project_id, resource_id);
