-- +goose Up
-- The triangles of a file of exact surfaces that a person's browser made, as they came; the server had no converter.
alter table additive_revision add column sent_hash text not null default '';
alter table additive_revision add column sent_size bigint not null default 0;
