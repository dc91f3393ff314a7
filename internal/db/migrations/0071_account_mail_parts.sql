-- +goose Up
-- What goes with a mail: an invitation for the calendar, and a file by its content.
alter table account_mail add column calendar text not null default '';
alter table account_mail add column calendar_method text not null default '';
alter table account_mail add column file_hash text not null default '';
alter table account_mail add column file_name text not null default '';
