-- +goose Up
insert into park_figure (process, name, value, source) values
	('fdm', 'thin_share', 3, 'Default: less is a detail, not a wall that carries'),
	('msla', 'thin_share', 3, 'Default: less is a detail, not a wall that carries'),
	('sls', 'thin_share', 3, 'Default: less is a detail, not a wall that carries'),
	('mjf', 'thin_share', 3, 'Default: less is a detail, not a wall that carries'),
	('lpbf', 'thin_share', 3, 'Default: less is a detail, not a wall that carries');
