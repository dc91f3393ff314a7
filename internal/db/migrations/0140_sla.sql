-- +goose Up
-- Resin hardened by a laser: a process of its own, whose rules are those that were written for it. How quick a machine's laser and
-- its recoating are, its owner says.
insert into park_material (id, process, name, name_key, density, price_cents, source) values
	('resin-sla', 'sla', 'Résine pour laser', 'resine pour laser', 0, 0, '');
insert into park_figure (process, name, value, source) values
	('sla', 'wall_supported', 0.5, 'Protolabs, 3D printing design rules (stereolithography)'),
	('sla', 'wall_free', 1, 'Protolabs, 3D printing design rules (stereolithography)'),
	('sla', 'hole', 0.5, 'Protolabs, 3D printing design rules (stereolithography)'),
	('sla', 'pin', 0.5, 'Protolabs, 3D printing design rules (stereolithography)'),
	('sla', 'engraving', 0.4, 'Protolabs, 3D printing design rules (stereolithography)'),
	('sla', 'clearance', 0.5, 'Protolabs, 3D printing design rules (stereolithography)'),
	('sla', 'drain', 4, 'Protolabs, 3D printing design rules (stereolithography)'),
	('sla', 'thin_share', 3, 'Default: less is a detail, not a wall that carries');
