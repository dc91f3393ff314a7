-- +goose Up
-- What a page of the outline, the end of a plan, and a list sorted by dates walk, without the rows.
create index plan_task_outline on plan_task (project_id, removed_at, rank, title_key);
create index plan_task_ends on plan_task (project_id, finish_on, rank) where critical and not summary and removed_at = 0 and state <> 'done';
drop index plan_task_finish;
create index plan_task_finish on plan_task (project_id, removed_at, finish_on, rank, early_on, summary);
