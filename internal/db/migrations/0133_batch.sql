-- +goose Up
-- Several orders of one machine and material that are built together.
create table batch_batch (
	id text primary key,
	number bigint not null, -- within its maker
	maker_id text not null,
	machine_id text not null references park_machine (id),
	machine text not null,
	process text not null,
	material_id text not null,
	material text not null,
	state text not null, -- planned, building, built, dissolved
	spacing_mm double precision not null,
	hours double precision not null default 0, -- the machine is taken for
	layout text not null default '', -- JSON of a Layout; '': not laid yet
	layout_job text not null default '',
	lot text not null default '',
	settings text not null default '',
	operator text not null default '',
	person_id text not null,
	created_at bigint not null,
	updated_at bigint not null,
	version bigint not null
);
create unique index batch_batch_number on batch_batch (maker_id, number);
create index batch_batch_maker on batch_batch (maker_id, updated_at);

-- The orders of a batch, with the part of its time that each answers for.
create table batch_order (
	batch_id text not null references batch_batch (id),
	order_id text not null,
	share double precision not null default 0,
	primary key (batch_id, order_id)
);
create index batch_order_order on batch_order (order_id);

-- The last number of each maker.
create table batch_maker (
	id text primary key,
	last_number bigint not null
);
