-- +goose Up
-- A part on its way to be made. What it says of part, machine and material stays as it was when it was asked or quoted.
create table making_order (
	id text primary key,
	number bigint not null, -- within its maker
	part_id text not null,
	revision bigint not null,
	revision_label text not null,
	title text not null,
	part_code text not null,
	file_name text not null,
	file_hash text not null,
	holder_id text not null, -- of the part: who asks
	requester text not null, -- the holder's name
	organisation_id text not null default '',
	person_id text not null, -- who asked
	maker_id text not null, -- the organisation that owns the machine
	maker text not null,
	machine_id text not null,
	machine text not null,
	process text not null,
	material_id text not null,
	material text not null,
	quantity bigint not null,
	shows text not null, -- figures, picture, file: what the maker sees of the part
	tolerance text not null default '',
	note text not null default '',
	needed_on text not null default '',
	state text not null,
	least_cents bigint not null default 0, -- as computed when it was asked
	likely_cents bigint not null default 0,
	most_cents bigint not null default 0,
	hours double precision not null default 0, -- the machine is taken for
	price_cents bigint not null default 0, -- quoted, for the whole order
	ready_on text not null default '',
	valid_on text not null default '', -- last day of the quote
	automatic boolean not null default false,
	answer text not null default '', -- of the maker: with the quote, or why not
	lot text not null default '', -- of the material
	settings text not null default '', -- layer height and the like, as built
	operator text not null default '', -- what the operator is, never who
	conform boolean not null default false,
	inspected_on text not null default '',
	rating bigint not null default 0, -- 1 to 5; 0: none
	rating_text text not null default '',
	created_at bigint not null,
	updated_at bigint not null,
	version bigint not null
);
create unique index making_order_number on making_order (maker_id, number);
create index making_order_holder on making_order (holder_id, updated_at);
create index making_order_maker on making_order (maker_id, updated_at);
create index making_order_part on making_order (part_id);

-- What became of an order, never changed.
create table making_step (
	order_id text not null references making_order (id),
	seq bigint not null,
	state text not null,
	at bigint not null,
	person_id text not null,
	side text not null, -- requester, maker
	note text not null default '',
	primary key (order_id, seq)
);

-- What the inspection measured.
create table making_measure (
	id text primary key,
	order_id text not null references making_order (id),
	name text not null,
	nominal_mm double precision not null,
	lower_mm double precision not null, -- deviations that are allowed
	upper_mm double precision not null,
	measured_mm double precision not null,
	at bigint not null
);
create index making_measure_order on making_measure (order_id);

create table making_photo (
	id text primary key,
	order_id text not null references making_order (id),
	hash text not null,
	size bigint not null,
	type text not null,
	name text not null,
	at bigint not null
);
create index making_photo_order on making_photo (order_id);

-- The last number of each maker.
create table making_maker (
	id text primary key,
	last_number bigint not null
);
