-- +goose Up
-- PostgreSQL looks for beginnings in its own index.
select 1;
