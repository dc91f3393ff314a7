-- +goose Up
-- The likely hours of an order as they were estimated, before its machine's history changed them: what its build really
-- takes is compared with them.
alter table making_order add column likely_hours double precision not null default 0;
