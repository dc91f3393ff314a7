-- +goose Up
-- A picture of each revision. What is made of a file besides its report is numbered, so that a program that makes more
-- renews what was checked before.
alter table additive_revision add column picture_hash text not null default '';
alter table additive_revision add column picture_size bigint not null default 0;
alter table additive_revision add column derived bigint not null default 0;
create index additive_revision_derived on additive_revision (derived);
