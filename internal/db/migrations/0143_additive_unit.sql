-- +goose Up
-- Walls were measured as if each file were in the unit it says, not in that which somebody chose: they are measured anew.
update additive_revision set measured = 0, derived = 0 where unit <> '';
