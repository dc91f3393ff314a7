-- +goose Up
-- A folder or a document of a project. What is removed keeps its row: it comes back with undo.
create table document_entry (
	id text primary key,
	project_id text not null,
	folder_id text not null default '', -- in which it lies; empty: the project's own folder
	kind text not null,
	name text not null,
	name_key text not null,
	hidden boolean not null default false, -- a program's own file, out of the lists
	hash text not null default '',
	size bigint not null default 0,
	type text not null default '',
	number integer not null default 0, -- of the newest version; 0: no content yet
	left_name_key text not null default '', -- name it had before a program moved it aside
	left_at bigint not null default 0,
	created_by text not null,
	created_at bigint not null,
	updated_by text not null,
	updater text not null,
	updated_at bigint not null,
	removed_at bigint not null default 0,
	removed_by text not null default '',
	version bigint not null default 1
);
create unique index document_entry_name on document_entry (project_id, folder_id, name_key) where removed_at = 0;
create index document_entry_removed on document_entry (project_id, removed_at);
create index document_entry_hidden on document_entry (updated_at) where hidden;

-- Never changed, but for one of no bytes, which the next save fills.
create table document_version (
	document_id text not null references document_entry (id),
	number integer not null,
	project_id text not null,
	hash text not null,
	size bigint not null,
	type text not null,
	note text not null default '',
	author_id text not null,
	author text not null,
	created_at bigint not null,
	primary key (document_id, number)
);
create index document_version_project on document_version (project_id, size);
create index document_version_hash on document_version (hash);

create table document_approval (
	document_id text not null,
	number integer not null,
	hash text not null,
	person_id text not null,
	person text not null,
	note text not null default '',
	approved_at bigint not null,
	primary key (document_id, number, person_id)
);

create table document_comment (
	id text primary key,
	document_id text not null,
	number integer not null,
	body text not null,
	author_id text not null,
	author text not null,
	created_at bigint not null
);
create index document_comment_document on document_comment (document_id, id);

create table document_lock (
	token text primary key,
	project_id text not null,
	entry_id text not null default '', -- empty: the project's own folder
	deep boolean not null default false,
	shared boolean not null default false,
	page boolean not null default false, -- taken on a page, until it is given back
	owner text not null default '', -- XML, as the program gave it
	person_id text not null,
	person text not null,
	created_at bigint not null,
	expires_at bigint not null default 0 -- 0: when it is given back
);
create index document_lock_project on document_lock (project_id, entry_id);

-- Properties that WebDAV clients keep with an entry.
create table document_property (
	project_id text not null,
	entry_id text not null,
	space text not null,
	name text not null,
	lang text not null default '',
	value text not null,
	primary key (project_id, entry_id, space, name)
);
