-- +goose Up
create table programme_contract (
	id text primary key,
	territory_id text not null,
	number text not null default '',
	code text not null,
	title text not null,
	phase integer not null,
	state text not null,
	memorandum_on text not null default '',
	signed_on text not null default '',
	starts_on text not null default '',
	ends_on text not null default '',
	announced_cents bigint not null default 0,
	summary text not null default '',
	demo boolean not null default false,
	created_at bigint not null,
	updated_at bigint not null,
	version bigint not null default 1
);
create unique index programme_contract_territory on programme_contract (territory_id, phase);
create unique index programme_contract_code on programme_contract (code, phase);

create table programme_axis (
	id text primary key,
	contract_id text not null references programme_contract (id),
	code text not null,
	label_fr text not null,
	label_en text not null default '',
	position integer not null
);
create unique index programme_axis_contract on programme_axis (contract_id, code);

create table programme_objective (
	id text primary key,
	contract_id text not null references programme_contract (id),
	parent_id text not null default '',
	label text not null,
	position integer not null
);
create index programme_objective_contract on programme_objective (contract_id, position);

create table programme_signatory (
	id text primary key,
	contract_id text not null references programme_contract (id),
	organisation_id text not null,
	organisation_name text not null,
	college text not null,
	signer_title text not null default '',
	assembly text not null default '',
	deliberation_number text not null default '',
	deliberated_on text not null default '',
	signed_on text not null default '',
	position integer not null
);
create unique index programme_signatory_contract on programme_signatory (contract_id, organisation_id);
create index programme_signatory_organisation on programme_signatory (organisation_id);

-- The sheet. Its long texts stand in programme_content, so that lists read short rows.
-- Columns after "derived" are computed from other tables by refresh (programme/refresh.go).
create table programme_action (
	id text primary key,
	contract_id text not null references programme_contract (id),
	territory_id text not null,
	reference text not null,
	title text not null,
	title_key text not null,
	objective_id text not null default '',
	commitment text not null,
	priority text not null,
	confidentiality text not null,
	sponsor_person_id text not null default '',
	sponsor_name text not null default '',
	sponsor_title text not null default '',
	starts_on text not null default '',
	ends_on text not null default '',
	ended_on text not null default '',
	jobs_created_planned integer not null default 0,
	jobs_created_actual integer not null default 0,
	jobs_kept_planned integer not null default 0,
	jobs_kept_actual integer not null default 0,
	status text not null,
	outlook text not null default '',
	outlook_on text not null default '',
	demo boolean not null default false,
	created_at bigint not null,
	updated_at bigint not null,
	removed_at bigint not null default 0,
	version bigint not null default 1,
	-- derived
	ready_mask integer not null default 0,      -- bit i: condition i is met
	lead_id text not null default '',
	lead_name text not null default '',
	cost_cents bigint not null default 0,
	next_due_on text not null default '',       -- of the first milestone not reached
	next_title text not null default '',
	late_on text not null default '9999-12-31', -- the earliest date that is overdue once past
	open_blockers integer not null default 0,
	blocker text not null default '',           -- the oldest open one
	progress integer not null default -1,       -- percent, -1: unknown
	news_on text not null default '',           -- last day something was recorded by a person
	plan_cents bigint not null default 0,
	to_find_cents bigint not null default 0
);
create unique index programme_action_reference on programme_action (contract_id, reference);
create index programme_action_territory on programme_action (territory_id, removed_at, reference);
create index programme_action_late on programme_action (late_on);
create index programme_action_status on programme_action (status, reference);
create index programme_action_order on programme_action (reference, id);
create index programme_action_lead on programme_action (lead_id);

create table programme_content (
	action_id text primary key references programme_action (id),
	context text not null default '',
	description text not null default '',
	stakes text not null default '',
	beneficiaries text not null default '',
	communes text not null default '',
	technical_needs text not null default '',
	simplification text not null default '',
	progress_text text not null default ''
);

-- One version a section: two people who edit different sections do not meet.
create table programme_section (
	action_id text not null references programme_action (id),
	section text not null,
	version bigint not null,
	saved_at bigint not null,
	saved_by text not null,
	saved_name text not null,
	primary key (action_id, section)
);

create table programme_action_axis (
	action_id text not null references programme_action (id),
	axis_id text not null references programme_axis (id),
	primary key (action_id, axis_id)
);
create index programme_action_axis_axis on programme_action_axis (axis_id);

-- Organisations of a sheet: owners, partners and funders, for its page and for who may see it.
create table programme_party (
	action_id text not null references programme_action (id),
	organisation_id text not null,
	organisation_name text not null,
	kind text not null,                         -- owner, partner, funder
	leads boolean not null default false,
	role text not null default '',
	position integer not null default 0,
	primary key (action_id, kind, organisation_id)
);
create index programme_party_organisation on programme_party (organisation_id, kind, action_id);

create table programme_pilot (
	action_id text not null references programme_action (id),
	position integer not null,
	person_id text not null default '',
	name text not null,
	title text not null default '',
	primary key (action_id, position)
);
create index programme_pilot_person on programme_pilot (person_id);

create table programme_perimeter (
	action_id text not null references programme_action (id),
	organisation_id text not null,
	primary key (action_id, organisation_id)
);

create table programme_cost (
	id text primary key,
	action_id text not null references programme_action (id),
	year integer not null,
	kind text not null,
	planned_cents bigint not null,
	actual_cents bigint not null,
	note text not null default '',
	updated_at bigint not null,
	version bigint not null default 1
);
create unique index programme_cost_action on programme_cost (action_id, year, kind);

-- A financing line, with the amounts of its steps in force today (the same as folding them).
create table programme_line (
	id text primary key,
	action_id text not null references programme_action (id),
	contract_id text not null,
	funder_id text not null,
	funder_name text not null,
	scheme text not null default '',
	nature text not null,
	year integer not null,
	rate_bp integer not null default 0,
	note text not null default '',
	created_at bigint not null,
	updated_at bigint not null,
	removed_at bigint not null default 0,      -- only a line without steps can be removed
	version bigint not null default 1,
	-- derived
	stage text not null default '',
	stage_on text not null default '',
	foreseen_cents bigint not null default 0,
	asked_cents bigint not null default 0,
	decided_cents bigint not null default 0,
	contracted_cents bigint not null default 0,
	paid_cents bigint not null default 0,
	closed_cents bigint not null default 0,
	refused_cents bigint not null default 0,
	withdrawn_cents bigint not null default 0,
	held_foreseen_cents bigint not null default 0,
	held_asked_cents bigint not null default 0,
	held_decided_cents bigint not null default 0,
	held_contracted_cents bigint not null default 0
);
create index programme_line_action on programme_line (action_id, removed_at);
create index programme_line_contract on programme_line (contract_id, removed_at, action_id);
create index programme_line_funder on programme_line (funder_id, contract_id);

-- Steps of lines: rows are added, never changed or removed.
create table programme_step (
	id text primary key,
	line_id text not null references programme_line (id),
	action_id text not null,
	kind text not null,
	effective_on text not null,
	amount_cents bigint not null,
	reference text not null default '',
	document_id text not null default '',
	note text not null default '',
	corrects_id text not null default '',
	cancelled boolean not null default false,
	recorded_at bigint not null,
	recorded_by text not null,
	recorded_name text not null
);
create index programme_step_line on programme_step (line_id, recorded_at);
create index programme_step_action on programme_step (action_id, recorded_at);

-- What each step changes in the sums from a day on: append-only as the steps are. The sum of the
-- rows up to a day (and, for "as it was known", recorded by then) is the money as of that day.
create table programme_money (
	step_id text not null,
	line_id text not null,
	action_id text not null,
	contract_id text not null,
	effective_on text not null,
	recorded_at bigint not null,
	foreseen_cents bigint not null,
	asked_cents bigint not null,
	decided_cents bigint not null,
	contracted_cents bigint not null,
	paid_cents bigint not null,
	closed_cents bigint not null,
	refused_cents bigint not null,
	withdrawn_cents bigint not null,
	held_foreseen_cents bigint not null,
	held_asked_cents bigint not null,
	held_decided_cents bigint not null,
	held_contracted_cents bigint not null,
	primary key (step_id, effective_on)
);
create index programme_money_contract on programme_money (contract_id, effective_on);
create index programme_money_action on programme_money (action_id, effective_on);

create table programme_indicator (
	id text primary key,
	action_id text not null references programme_action (id),
	name text not null,
	unit text not null default '',
	direction text not null,
	baseline double precision not null default 0,
	baseline_on text not null default '',
	target double precision not null default 0,
	target_on text not null default '',
	weight integer not null default 1,
	source text not null default '',
	position integer not null default 0,
	created_at bigint not null,
	updated_at bigint not null,
	removed_at bigint not null default 0,
	version bigint not null default 1
);
create index programme_indicator_action on programme_indicator (action_id, removed_at, position);

create table programme_value (
	id text primary key,
	indicator_id text not null references programme_indicator (id),
	action_id text not null,
	measured_on text not null,
	value double precision not null,
	source text not null default '',
	document_id text not null default '',
	note text not null default '',
	recorded_at bigint not null,
	recorded_by text not null
);
create index programme_value_action on programme_value (action_id, measured_on);

create table programme_milestone (
	id text primary key,
	action_id text not null references programme_action (id),
	title text not null,
	due_on text not null default '',
	reached_on text not null default '',
	note text not null default '',
	position integer not null default 0,
	created_at bigint not null,
	updated_at bigint not null,
	removed_at bigint not null default 0,
	version bigint not null default 1
);
create index programme_milestone_action on programme_milestone (action_id, removed_at, due_on);

create table programme_blocker (
	id text primary key,
	action_id text not null references programme_action (id),
	body text not null,
	unblock text not null default '',
	since_on text not null,
	resolved_on text not null default '',
	resolution text not null default '',
	created_at bigint not null,
	created_by text not null,
	updated_at bigint not null,
	version bigint not null default 1
);
create index programme_blocker_action on programme_blocker (action_id, resolved_on);

create table programme_note (
	id text primary key,
	action_id text not null references programme_action (id),
	noted_on text not null,
	body text not null,
	created_at bigint not null,
	created_by text not null,
	created_name text not null
);
create index programme_note_action on programme_note (action_id, noted_on);

create table programme_document (
	id text primary key,
	action_id text not null default '',
	contract_id text not null default '',
	name text not null,
	title text not null default '',
	hash text not null,
	size bigint not null,
	type text not null,
	added_at bigint not null,
	added_by text not null,
	added_name text not null,
	removed_at bigint not null default 0
);
create index programme_document_action on programme_document (action_id, removed_at);
create index programme_document_contract on programme_document (contract_id, removed_at);

create table programme_link (
	action_id text not null references programme_action (id),
	other_id text not null references programme_action (id),
	note text not null default '',
	created_at bigint not null,
	primary key (action_id, other_id)
);
create index programme_link_other on programme_link (other_id);
