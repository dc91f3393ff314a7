-- +goose Up
-- Where findings are on a part stands apart: lists read what was found and never draw it.
alter table additive_revision drop column fault_args;
alter table additive_revision add column marks text not null default '';

-- The last number of each holder of parts: who drops one waits here for who does at the same time.
create table additive_holder (
	id text primary key, -- of the organisation, or of the person
	last_number bigint not null
);
insert into additive_holder (id, last_number) select holder_id, max(number) from additive_part group by holder_id;
