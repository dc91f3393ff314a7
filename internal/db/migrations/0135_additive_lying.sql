-- +goose Up
-- What of a revision is made after its verdict is told: the placements, their pictures, and how thick it is all over.
-- measured numbers the program that made the report, as derived does what is made besides.
alter table additive_revision add column placements text not null default '';
alter table additive_revision add column lying_hash text not null default '';
alter table additive_revision add column lying_size bigint not null default 0;
alter table additive_revision add column field_hash text not null default '';
alter table additive_revision add column field_size bigint not null default 0;
alter table additive_revision add column measured bigint not null default 0;
