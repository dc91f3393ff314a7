-- +goose Up
-- What one person did, over the projects that another may see.
create index account_audit_actor on account_audit (actor_id, seq);
