-- +goose Up
-- The signature of the shape of a revision, for finding parts that look alike.
alter table additive_revision add column shape text not null default '';
