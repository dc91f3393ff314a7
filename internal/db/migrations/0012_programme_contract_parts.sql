-- +goose Up
-- What a contract is made of has versions of its own, so that of two who change the same signatory,
-- axis or objective the second is told.
alter table programme_axis add column version bigint not null default 1;
alter table programme_objective add column version bigint not null default 1;
alter table programme_signatory add column version bigint not null default 1;
