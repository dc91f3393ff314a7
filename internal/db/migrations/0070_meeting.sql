-- +goose Up
create table meeting_meeting (
	id text primary key,
	project_id text not null,
	number integer not null,
	title text not null,
	purpose text not null default '',
	place text not null default '',
	link text not null default '',
	starts_at bigint not null,
	minutes integer not null,
	state text not null,
	reason text not null default '',
	sequence integer not null default 0,
	invited_at bigint not null default 0,
	note_id text not null default '',
	note_text text not null default '',
	closed_at bigint not null default 0,
	closed_by_name text not null default '',
	pdf_hash text not null default '',
	pdf_bytes bigint not null default 0,
	created_by text not null,
	created_by_name text not null,
	created_at bigint not null,
	updated_at bigint not null,
	updated_by_name text not null default '',
	version bigint not null default 1
);
create unique index meeting_meeting_number on meeting_meeting (project_id, number);
create index meeting_meeting_starts on meeting_meeting (project_id, starts_at);

create table meeting_participant (
	id text primary key,
	meeting_id text not null references meeting_meeting (id),
	person_id text not null default '',
	name text not null,
	email text not null,
	presence text not null
);
create unique index meeting_participant_email on meeting_participant (meeting_id, email);
create index meeting_participant_person on meeting_participant (person_id, meeting_id);

create table meeting_item (
	id text primary key,
	meeting_id text not null references meeting_meeting (id),
	position integer not null,
	title text not null,
	minutes integer not null default 0,
	speaker text not null default '',
	body text not null default '',
	updated_at bigint not null,
	updated_by_name text not null default '',
	version bigint not null default 1
);
create index meeting_item_meeting on meeting_item (meeting_id, position);

-- What was agreed to be done: tasks of the plan.
create table meeting_action (
	task_id text primary key,
	meeting_id text not null references meeting_meeting (id),
	project_id text not null,
	created_at bigint not null
);
create index meeting_action_meeting on meeting_action (meeting_id, created_at);
create index meeting_action_project on meeting_action (project_id, created_at);
