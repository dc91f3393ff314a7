-- +goose Up
-- How much is built below a part of resin, which stands on supports. What somebody typed before stays.
insert into park_figure (process, name, value, source) values
	('msla', 'support_share', 6.6, 'Supports of PrusaSlicer 2.5 for resin, 5 mm below the part, over 28 placements of sample parts'),
	('msla', 'support_face', 1.05, 'Supports of PrusaSlicer 2.5 for resin, 5 mm below the part, over 28 placements of sample parts'),
	('msla', 'stand', 5, 'Default of PrusaSlicer 2.5 for resin'),
	('sla', 'support_share', 6.6, 'Supports of PrusaSlicer 2.5 for resin, 5 mm below the part, over 28 placements of sample parts'),
	('sla', 'support_face', 1.05, 'Supports of PrusaSlicer 2.5 for resin, 5 mm below the part, over 28 placements of sample parts'),
	('sla', 'stand', 5, 'Default of PrusaSlicer 2.5 for resin')
on conflict do nothing;
-- Nobody had said how dense resin is.
update park_material set density = 1.15, source = 'Density: renato.design, clear photopolymer resin, cured: 1.1 to 1.2' where id in ('resin', 'resin-sla') and density = 0 and source = '';
