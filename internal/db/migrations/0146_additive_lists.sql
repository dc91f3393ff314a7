-- +goose Up
-- Lists of parts, counts and shapes are read without the rows of revisions, in which reports are.
drop index additive_part_holder;
create index additive_part_holder on additive_part (holder_id, removed_at, updated_at, id, revision);
create index additive_revision_newest on additive_revision (part_id, number, state, shape);
