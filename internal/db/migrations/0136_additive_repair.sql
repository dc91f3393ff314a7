-- +goose Up
-- A revision that Bassin makes of the one before: which, and what was done (JSON).
alter table additive_revision add column repair_of bigint not null default 0;
alter table additive_revision add column repair text not null default '';
