-- +goose Up
-- A document on its way, in parts. Once it is whole it names what it became, until it is forgotten.
create table document_upload (
	id text primary key,
	project_id text not null,
	folder_id text not null default '', -- empty: the project's own folder
	person_id text not null,
	name text not null,
	modified bigint not null default 0, -- of the file on its person's machine, in milliseconds: tells it from others
	size bigint not null,
	received bigint not null default 0,
	document_id text not null default '', -- empty: not whole yet
	created_at bigint not null,
	expires_at bigint not null
);
create index document_upload_person on document_upload (person_id, document_id);
create index document_upload_project on document_upload (project_id, document_id);
create index document_upload_expires on document_upload (expires_at);

-- What has come, in order; the store of files keeps the bytes under the two names.
create table document_upload_part (
	upload_id text not null references document_upload (id),
	at bigint not null, -- where it begins in the whole
	name text not null,
	size bigint not null,
	primary key (upload_id, at)
);
