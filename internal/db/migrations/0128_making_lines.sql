-- +goose Up
-- What a part takes on a machine that lays filament in lines, by its layers: one row for a file, as its unit is
-- understood, and settings (making/lines.go). Seconds are 0 where nothing could be computed.
create table making_lines (
	file_hash text not null,
	unit text not null,
	settings text not null,
	seconds double precision not null,
	mm3 double precision not null,
	computed_at bigint not null,
	primary key (file_hash, unit, settings)
);

insert into park_figure (process, name, value, source) values
	('fdm', 'layer', 0.2, 'PrusaSlicer 2.5, preset of the MK3S, 0.20 mm quality'),
	('fdm', 'line_width', 0.45, 'PrusaSlicer 2.5, preset of the MK3S, 0.20 mm quality'),
	('fdm', 'walls', 2, 'PrusaSlicer 2.5, preset of the MK3S, 0.20 mm quality'),
	('fdm', 'infill', 15, 'PrusaSlicer 2.5, preset of the MK3S, 0.20 mm quality'),
	('fdm', 'skins_above', 6, 'PrusaSlicer 2.5, preset of the MK3S, 0.20 mm quality'),
	('fdm', 'skins_below', 4, 'PrusaSlicer 2.5, preset of the MK3S, 0.20 mm quality'),
	('fdm', 'wall_speed', 45, 'PrusaSlicer 2.5, preset of the MK3S, 0.20 mm quality'),
	('fdm', 'fill_speed', 80, 'PrusaSlicer 2.5, preset of the MK3S, 0.20 mm quality'),
	('fdm', 'travel_speed', 180, 'PrusaSlicer 2.5, preset of the MK3S, 0.20 mm quality'),
	('fdm', 'acceleration', 1000, 'PrusaSlicer 2.5, preset of the MK3S, 0.20 mm quality'),
	('fdm', 'layers_time_spread', 10, 'Estimate by layers against PrusaSlicer 2.5: 9 of 10 of 29 parts'),
	('fdm', 'layers_used_spread', 5, 'Estimate by layers against PrusaSlicer 2.5: 9 of 10 of 29 parts');
