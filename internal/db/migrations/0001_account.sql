-- +goose Up
-- Organisations: companies, groupings of communes, regions, State services, operators, schools…
create table account_organisation (
	id text primary key,
	kind text not null,
	name text not null,
	short_name text not null default '',
	name_key text not null,               -- folded: lower case, no accents; for order and search
	siren text not null default '',
	siret text not null default '',
	naf text not null default '',
	headcount text not null default '',
	address text not null default '',
	commune text not null default '',
	latitude double precision not null default 0,
	longitude double precision not null default 0,
	territory_id text not null default '',
	region_id text not null default '',
	demo boolean not null default false,
	source text not null default '',
	created_at bigint not null,
	updated_at bigint not null,
	version bigint not null default 1
);
create unique index account_organisation_siren on account_organisation (siren) where siren <> '';
create index account_organisation_name on account_organisation (name_key);
create index account_organisation_kind on account_organisation (kind, name_key);

create table account_person (
	id text primary key,
	email text not null unique,            -- lower case
	name text not null,
	title text not null default '',        -- role at work, shown beside the name
	language text not null default 'fr',
	theme text not null default '',
	password text not null default '',     -- argon2id, empty: cannot sign in with a password
	subject text not null default '',      -- sub of the OpenID provider
	issuer text not null default '',
	disabled_at bigint not null default 0,
	demo boolean not null default false,
	created_at bigint not null,
	version bigint not null default 1
);
create unique index account_person_subject on account_person (issuer, subject) where subject <> '';

create table account_membership (
	person_id text not null references account_person (id),
	organisation_id text not null references account_organisation (id),
	role text not null,
	ends_on text not null default '',
	created_at bigint not null,
	primary key (person_id, organisation_id)
);
create index account_membership_organisation on account_membership (organisation_id);

create table account_grant (
	id text primary key,
	person_id text not null references account_person (id),
	role text not null,
	scope_kind text not null,
	scope_id text not null default '',
	until_on text not null default '',
	given_by text not null default '',
	created_at bigint not null,
	revoked_at bigint not null default 0,
	revoked_by text not null default ''
);
create index account_grant_person on account_grant (person_id);
create index account_grant_scope on account_grant (scope_kind, scope_id);

create table account_session (
	id text primary key,
	token_hash text not null unique,
	person_id text not null references account_person (id),
	created_at bigint not null,
	seen_at bigint not null,
	expires_at bigint not null,
	address text not null default '',
	agent text not null default '',
	method text not null default '',
	id_token text not null default ''
);
create index account_session_person on account_session (person_id);

create table account_token (
	id text primary key,
	person_id text not null references account_person (id),
	name text not null,
	token_hash text not null unique,
	scopes text not null,
	created_at bigint not null,
	expires_on text not null default '',
	used_at bigint not null default 0,
	revoked_at bigint not null default 0
);
create index account_token_person on account_token (person_id);

-- Invitations and password resets: one use, short life.
create table account_ticket (
	id text primary key,
	kind text not null,
	token_hash text not null unique,
	person_id text not null references account_person (id),
	created_at bigint not null,
	expires_at bigint not null,
	used_at bigint not null default 0
);

create table account_mail (
	id text primary key,
	recipient text not null,
	subject text not null,
	body text not null,
	created_at bigint not null,
	sent_at bigint not null default 0,
	error text not null default ''
);

-- The audit trail: a chain in which each row's hash covers the hash before it.
create table account_audit (
	seq bigint primary key,
	at bigint not null,
	actor_id text not null,
	actor_name text not null,
	verb text not null,
	object_kind text not null,
	object_id text not null,
	scope text not null default '',
	data text not null default '{}',
	prev_hash text not null,
	hash text not null
);
create index account_audit_object on account_audit (object_kind, object_id, seq);
create index account_audit_scope on account_audit (scope, seq);

create table account_audit_head (
	id integer primary key,
	seq bigint not null,
	hash text not null
);
insert into account_audit_head (id, seq, hash) values (1, 0, '');
