-- +goose Up
-- What machines are fed with. Its density and price are defaults: who owns a machine says what they pay.
create table park_material (
	id text primary key,
	process text not null,
	name text not null,
	name_key text not null,
	density double precision not null default 0, -- g/cm³ of a part; 0: not known
	price_cents bigint not null default 0, -- of a kilogram, before tax; 0: not known
	source text not null default '',
	created_at bigint not null default 0,
	updated_at bigint not null default 0,
	version bigint not null default 1,
	removed_at bigint not null default 0
);
create unique index park_material_name on park_material (process, name_key);

-- A figure of a process, or of one of its materials, with where it comes from.
create table park_figure (
	process text not null,
	material_id text not null default '', -- '': whatever the material
	name text not null,
	value double precision not null,
	source text not null,
	updated_at bigint not null default 0,
	primary key (process, material_id, name)
);

create table park_machine (
	id text primary key,
	organisation_id text not null,
	territory_id text not null default '', -- of its organisation, as it stood when the machine was last saved
	process text not null,
	name text not null,
	name_key text not null,
	model text not null default '',
	asked_by text not null, -- ours, partners, territory, everyone
	x_mm double precision not null,
	y_mm double precision not null,
	z_mm double precision not null,
	least_layer_mm double precision not null,
	most_layer_mm double precision not null,
	hour_cents bigint not null default 0,
	setup_cents bigint not null default 0, -- once an order
	part_cents bigint not null default 0, -- each part: taking out, cleaning
	margin_percent bigint not null default 0, -- of the price
	auto_cents bigint not null default 0, -- up to which price quotes are made without the owner; 0: none
	lead_days bigint not null default 0, -- around the building: preparation, finishing, sending
	open_days text not null default '12345', -- 1 is Monday
	open_from bigint not null default 480, -- minutes of the day
	open_to bigint not null default 1080,
	unattended boolean not null default true, -- builds go on outside of the hours
	figures text not null default '{}', -- JSON: its own, before those of the process
	note text not null default '',
	created_at bigint not null,
	updated_at bigint not null,
	version bigint not null,
	removed_at bigint not null default 0
);
create index park_machine_organisation on park_machine (organisation_id);
create index park_machine_process on park_machine (process, asked_by);

-- The organisations that may ask for a machine which is open to partners.
create table park_partner (
	machine_id text not null references park_machine (id),
	organisation_id text not null,
	primary key (machine_id, organisation_id)
);
create index park_partner_organisation on park_partner (organisation_id);

-- What a machine has in stock.
create table park_stock (
	machine_id text not null references park_machine (id),
	material_id text not null references park_material (id),
	price_cents bigint not null, -- of a kilogram, as its owner counts it
	grams bigint not null default 0, -- left; 0: not counted
	lot text not null default '',
	updated_at bigint not null,
	primary key (machine_id, material_id)
);

-- When a machine is taken.
create table park_slot (
	id text primary key,
	machine_id text not null references park_machine (id),
	kind text not null, -- booking, maintenance
	title text not null,
	from_at bigint not null,
	to_at bigint not null,
	order_id text not null default '', -- of making, when an order takes it
	person_id text not null,
	created_at bigint not null
);
create index park_slot_machine on park_slot (machine_id, to_at);

insert into park_material (id, process, name, name_key, density, price_cents, source) values
	('pla', 'fdm', 'PLA', 'pla', 1.25, 3200, 'Density: fabbaloo.com, 2016, How to Compare the Real Costs of 3D Printing Filaments. Price: Formlab, School of Arts Gent, 2023, standard PLA'),
	('petg', 'fdm', 'PETG', 'petg', 1.27, 0, 'Density: fabbaloo.com, 2016, How to Compare the Real Costs of 3D Printing Filaments'),
	('abs', 'fdm', 'ABS', 'abs', 1.04, 0, 'Density: fabbaloo.com, 2016, How to Compare the Real Costs of 3D Printing Filaments'),
	('resin', 'msla', 'Résine standard', 'resine standard', 0, 0, ''),
	('pa12-sls', 'sls', 'PA12', 'pa12', 0.93, 0, 'additive.tools, PA12, laser sintered: 0.88 to 0.96'),
	('pa12-mjf', 'mjf', 'PA12', 'pa12', 1.01, 0, 'additive.tools, PA12, multi jet fusion: 0.97 to 1.01'),
	('316l', 'lpbf', '316L', '316l', 7.97, 10000, 'Density: EOS StainlessSteel 316L, data sheet. Price: default, middle of a usual range of 80 to 120 euros'),
	('alsi10mg', 'lpbf', 'AlSi10Mg', 'alsi10mg', 2.67, 0, 'Density: EOS Aluminium AlSi10Mg, data sheet'),
	('ti64', 'lpbf', 'Ti-6Al-4V', 'ti-6al-4v', 4.41, 40000, 'Density: EOS Titanium Ti64, data sheet. Price: default, middle of a usual range of 300 to 500 euros'),
	('in718', 'lpbf', 'IN718', 'in718', 8.15, 40000, 'Density: EOS NickelAlloy IN718, data sheet. Price: default, a usual range begins at 400 euros');

insert into park_figure (process, name, value, source) values
	('fdm', 'wall_supported', 0.8, 'Protolabs, 3D printing design rules'),
	('fdm', 'wall_free', 0.8, 'Protolabs, 3D printing design rules'),
	('fdm', 'hole', 2, 'Protolabs, 3D printing design rules'),
	('fdm', 'pin', 3, 'Protolabs, 3D printing design rules'),
	('fdm', 'engraving', 0.6, 'Protolabs, 3D printing design rules'),
	('fdm', 'clearance', 0.5, 'Protolabs, 3D printing design rules'),
	('fdm', 'overhang', 45, 'Protolabs, 3D printing design rules'),
	('msla', 'wall_supported', 0.5, 'Protolabs, 3D printing design rules (stereolithography)'),
	('msla', 'wall_free', 1, 'Protolabs, 3D printing design rules (stereolithography)'),
	('msla', 'hole', 0.5, 'Protolabs, 3D printing design rules (stereolithography)'),
	('msla', 'pin', 0.5, 'Protolabs, 3D printing design rules (stereolithography)'),
	('msla', 'engraving', 0.4, 'Protolabs, 3D printing design rules (stereolithography)'),
	('msla', 'clearance', 0.5, 'Protolabs, 3D printing design rules (stereolithography)'),
	('msla', 'drain', 4, 'Protolabs, 3D printing design rules (stereolithography)'),
	('sls', 'wall_supported', 0.7, 'Protolabs, 3D printing design rules'),
	('sls', 'wall_free', 0.7, 'Protolabs, 3D printing design rules'),
	('sls', 'hole', 1.5, 'Protolabs, 3D printing design rules'),
	('sls', 'pin', 0.8, 'Protolabs, 3D printing design rules'),
	('sls', 'engraving', 1, 'Protolabs, 3D printing design rules'),
	('sls', 'clearance', 0.3, 'Protolabs, 3D printing design rules'),
	('sls', 'drain', 5, 'Protolabs, 3D printing design rules'),
	('mjf', 'wall_supported', 0.7, 'Protolabs, 3D printing design rules'),
	('mjf', 'wall_free', 0.7, 'Protolabs, 3D printing design rules'),
	('mjf', 'hole', 1.5, 'Protolabs, 3D printing design rules'),
	('mjf', 'pin', 0.8, 'Protolabs, 3D printing design rules'),
	('mjf', 'engraving', 1, 'Protolabs, 3D printing design rules'),
	('mjf', 'clearance', 0.3, 'Protolabs, 3D printing design rules'),
	('mjf', 'drain', 5, 'Protolabs, 3D printing design rules'),
	('lpbf', 'wall_supported', 0.4, 'Protolabs, 3D printing design rules'),
	('lpbf', 'wall_free', 0.5, 'Protolabs, 3D printing design rules'),
	('lpbf', 'hole', 1.5, 'Protolabs, 3D printing design rules'),
	('lpbf', 'pin', 1, 'Protolabs, 3D printing design rules'),
	('lpbf', 'engraving', 0.1, 'Protolabs, 3D printing design rules'),
	('lpbf', 'drain', 5, 'Protolabs, 3D printing design rules'),
	('lpbf', 'overhang', 45, 'arti90, Design clues for 3D printing (DMLS)'),
	('fdm', 'time_volume', 0.0967, 'Least relative deviations over 28 closed parts sliced by PrusaSlicer 2.5, MK3S, 0.2 mm, PLA, 15 %'),
	('fdm', 'time_area', 0.300, 'Least relative deviations over 28 closed parts sliced by PrusaSlicer 2.5, MK3S, 0.2 mm, PLA, 15 %'),
	('fdm', 'used_volume', 0.262, 'Least relative deviations over 28 closed parts sliced by PrusaSlicer 2.5, MK3S, 0.2 mm, PLA, 15 %'),
	('fdm', 'used_area', 0.577, 'Least relative deviations over 28 closed parts sliced by PrusaSlicer 2.5, MK3S, 0.2 mm, PLA, 15 %'),
	('fdm', 'time_spread', 37, '9 of 10 of these 28 parts'),
	('fdm', 'used_spread', 28, '9 of 10 of these 28 parts'),
	('msla', 'layer', 0.05, 'Default: 50 mm in about 8,640 s'),
	('msla', 'exposure', 2.5, 'Default: 50 mm in about 8,640 s'),
	('msla', 'bottom_layers', 5, 'Default: 50 mm in about 8,640 s'),
	('msla', 'bottom_exposure', 30, 'Default: 50 mm in about 8,640 s'),
	('msla', 'lift', 5, 'Default: 50 mm in about 8,640 s'),
	('msla', 'lift_speed', 2, 'Default: 50 mm in about 8,640 s'),
	('msla', 'rest', 1, 'Default: 50 mm in about 8,640 s'),
	('sls', 'refresh', 30, 'PA 2221; 50 % for PA 2200: Powder ageing of laser sintered polyamide 12 using low refresh rates, Springer, doi 10.1007/978-3-662-48473-9_5'),
	('mjf', 'refresh', 30, 'additive.tools, PA12, 30 % refresh'),
	('lpbf', 'layer', 0.03, 'Default: AlSi10Mg, 4.8 mm³/s'),
	('lpbf', 'hatch', 0.16, 'Default: AlSi10Mg, 4.8 mm³/s'),
	('lpbf', 'scan_speed', 1000, 'Default: AlSi10Mg, 4.8 mm³/s'),
	('lpbf', 'contour_speed', 250, 'Default: AlSi10Mg, 4.8 mm³/s'),
	('lpbf', 'recoat_least', 10, 'Default: a usual range is 10 to 30 s'),
	('lpbf', 'recoat_most', 30, 'Default: a usual range is 10 to 30 s'),
	('lpbf', 'support_share', 40, 'Default, a first guess: 0.4 × what the part leaves free of what surrounds it');
