-- +goose Up
-- The run that takes a long plan file over (plan.TakeIn); empty while nobody asked, and of short files.
alter table plan_import add column job_id text not null default '';
