-- +goose Up
-- A machine's form may be overtaken; and how much of their time people have for a project.
alter table plan_resource add column version bigint not null default 1;

create table plan_capacity (
	project_id text not null references project_project (id),
	person_id text not null,
	units bigint not null,
	primary key (project_id, person_id)
);
