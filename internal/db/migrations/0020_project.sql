-- +goose Up
create table project_project (
	id text primary key,
	code text not null,
	title text not null,
	title_key text not null,
	summary text not null default '',
	kind text not null,
	state text not null,
	confidentiality text not null,
	owner_id text not null,
	owner_name text not null default '',
	territory_id text not null default '',
	origin_kind text not null default '',
	origin_id text not null default '',
	starts_on text not null default '',
	ends_on text not null default '',
	demo boolean not null default false,
	created_by text not null default '',
	created_at bigint not null,
	updated_at bigint not null,
	removed_at bigint not null default 0,
	version bigint not null default 1
);
create unique index project_project_code on project_project (owner_id, code);
create index project_project_title on project_project (title_key, id);
create index project_project_territory on project_project (territory_id, removed_at);
create index project_project_origin on project_project (origin_kind, origin_id);

create table project_partner (
	project_id text not null references project_project (id),
	organisation_id text not null,
	organisation_name text not null,
	role text not null,
	joined_at bigint not null,
	primary key (project_id, organisation_id)
);
create index project_partner_organisation on project_partner (organisation_id);

create table project_stage (
	id text primary key,
	project_id text not null references project_project (id),
	phase text not null,
	position integer not null,
	state text not null,
	starts_on text not null default '',
	ends_on text not null default '',
	passed_on text not null default '',
	version bigint not null default 1
);
create index project_stage_project on project_stage (project_id, position);

create table project_criterion (
	id text primary key,
	stage_id text not null references project_stage (id),
	project_id text not null references project_project (id),
	position integer not null,
	body text not null,
	required boolean not null,
	proof text not null default '',
	proof_url text not null default '',
	met_on text not null default '',
	met_by text not null default '',
	met_by_name text not null default '',
	version bigint not null default 1
);
create index project_criterion_project on project_criterion (project_id, stage_id, position);

-- Never changed but for replaced_by, which a later decision writes.
create table project_decision (
	id text primary key,
	project_id text not null references project_project (id),
	number integer not null,
	stage_id text not null default '',
	meeting_id text not null default '',
	title text not null,
	reason text not null,
	deciders text not null,
	conditions text not null default '',
	outcome text not null,
	decided_on text not null,
	replaces_id text not null default '',
	replaced_by text not null default '',
	recorded_by text not null,
	recorder text not null,
	recorded_at bigint not null
);
create unique index project_decision_number on project_decision (project_id, number);
create index project_decision_meeting on project_decision (meeting_id);

create table project_risk (
	id text primary key,
	project_id text not null references project_project (id),
	title text not null,
	cause text not null default '',
	effect text not null default '',
	response text not null default '',
	probability integer not null,
	impact integer not null,
	owner_id text not null default '',
	owner_name text not null default '',
	state text not null,
	review_on text not null default '',
	created_at bigint not null,
	updated_at bigint not null,
	version bigint not null default 1
);
create index project_risk_project on project_risk (project_id, state);

create table project_blocker (
	id text primary key,
	project_id text not null references project_project (id),
	body text not null,
	unblock text not null default '',
	since_on text not null,
	resolved_on text not null default '',
	resolution text not null default '',
	created_by text not null default '',
	created_at bigint not null,
	version bigint not null default 1
);
create index project_blocker_project on project_blocker (project_id, resolved_on);

-- When somebody last came, to the hour: what shows that an outsider's access is used.
create table project_visit (
	project_id text not null,
	person_id text not null,
	seen_at bigint not null,
	primary key (project_id, person_id)
);
