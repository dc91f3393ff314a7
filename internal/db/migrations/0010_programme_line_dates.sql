-- +goose Up
-- The first day of each stage of a line, none when it was skipped or not reached: derived from its
-- steps as the amounts are. How long a funder takes, and whether a request was ever made, are read
-- from them for whole contracts without reading the steps.
alter table programme_line add column asked_on text not null default '';
alter table programme_line add column decided_on text not null default '';
alter table programme_line add column contracted_on text not null default '';
alter table programme_line add column paid_on text not null default '';
