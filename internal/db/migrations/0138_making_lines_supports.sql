-- +goose Up
-- Of what a part takes by its layers, how much is supports: it is computed as the part is best laid. What was computed before had
-- none; its settings have another name (making/lines.go), and are asked for anew.
alter table making_lines add column support_seconds double precision not null default 0;
alter table making_lines add column support_mm3 double precision not null default 0;
delete from making_lines;
