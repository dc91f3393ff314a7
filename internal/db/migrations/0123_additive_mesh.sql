-- +goose Up
-- The triangles that were made of a file of exact surfaces, beside the file as it was sent.
alter table additive_revision add column mesh_hash text not null default '';
alter table additive_revision add column mesh_size bigint not null default 0;
