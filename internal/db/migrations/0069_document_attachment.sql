-- +goose Up
-- A document that belongs to a task of the plan.
create table document_attachment (
	task_id text not null references plan_task (id),
	document_id text not null references document_entry (id),
	project_id text not null references project_project (id),
	added_at bigint not null,
	primary key (task_id, document_id)
);
create index document_attachment_project on document_attachment (project_id, document_id);
