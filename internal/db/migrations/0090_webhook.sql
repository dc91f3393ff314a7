-- +goose Up
-- An address of a project that is told of its events. The secret signs, so it is kept as it is;
-- the one before goes on signing for a day after a rotation.
create table webhook_hook (
	id text primary key,
	project_id text not null references project_project (id),
	url text not null,
	kinds text not null default '',
	secret text not null,
	old_secret text not null default '',
	old_until bigint not null default 0,
	state text not null,
	off_reason text not null default '',
	failing_since bigint not null default 0,
	owner_id text not null,
	created_at bigint not null,
	updated_at bigint not null,
	version bigint not null default 1
);
create index webhook_hook_project on webhook_hook (project_id, state);

-- What was, or will be, sent to it.
create table webhook_delivery (
	id text primary key,
	hook_id text not null references webhook_hook (id) on delete cascade,
	verb text not null,
	body text not null,
	state text not null,
	attempts bigint not null default 0,
	code bigint not null default 0,
	took_ms bigint not null default 0,
	answer text not null default '',
	problem text not null default '',
	created_at bigint not null,
	tried_at bigint not null default 0,
	next_at bigint not null default 0
);
create index webhook_delivery_hook on webhook_delivery (hook_id, id);
create index webhook_delivery_age on webhook_delivery (created_at);
