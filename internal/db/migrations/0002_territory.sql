-- +goose Up
create table territory_region (
	id text primary key,               -- INSEE code
	name text not null
);

create table territory_territory (
	id text primary key,               -- official: ti-RRNN
	name text not null,
	name_key text not null,
	region_id text not null,           -- lead region
	summary text not null default '',
	jobs integer not null default 0,   -- industrial jobs, 0: unknown
	latitude double precision not null default 0,
	longitude double precision not null default 0,
	source text not null default '',
	created_at bigint not null,
	updated_at bigint not null,
	version bigint not null default 1
);
create index territory_territory_region on territory_territory (region_id, name_key);

-- Every region in which a territory lies, the lead one among them.
create table territory_span (
	territory_id text not null references territory_territory (id),
	region_id text not null,
	primary key (territory_id, region_id)
);
create index territory_span_region on territory_span (region_id, territory_id);

create table territory_grouping (
	territory_id text not null references territory_territory (id),
	organisation_id text not null references account_organisation (id),
	created_at bigint not null,
	primary key (territory_id, organisation_id)
);
create index territory_grouping_organisation on territory_grouping (organisation_id);

create table territory_commune (
	territory_id text not null references territory_territory (id),
	code text not null,                -- INSEE
	name text not null,
	primary key (territory_id, code)
);

-- Answers of the company search service, kept so that it is asked once.
create table territory_lookup (
	key text primary key,
	answer text not null,
	expires_at bigint not null
);

-- One row an import, with its report.
create table territory_import (
	id text primary key,
	file_name text not null,
	file_hash text not null,
	person_id text not null,
	added integer not null,
	changed integer not null,
	unchanged integer not null,
	rejected integer not null,
	report text not null,              -- JSON
	created_at bigint not null
);
