-- +goose Up
-- Long work that people and schedules ask for. The queue itself lives in River's own tables,
-- which the program makes at start.
create table job_run (
	id text primary key,
	kind text not null,                        -- what work, such as territory.import; also the text key of its name
	title_key text not null,
	title_args text not null default '',       -- JSON
	owner_id text not null default '',         -- the person who asked, empty: the server itself
	scope text not null default '',            -- what it is about, such as territory:ti-7602
	unique_key text not null default '',       -- one queued or running at a time for each, empty: any number
	args text not null,                        -- JSON
	long boolean not null,                     -- in the queue of long work
	safe boolean not null,                     -- may be run again after a crash or a passing failure
	max_attempts integer not null,
	state text not null,                       -- queued, running, done, failed, cancelled
	attempts integer not null default 0,
	call_id bigint not null,                   -- the entry in the queue that may start it; any other is void
	worker_id text not null default '',        -- who runs it, or ran it last
	done bigint not null default 0,
	total bigint not null default 0,           -- 0: not known
	message_key text not null default '',
	message_args text not null default '',     -- JSON
	findings bigint not null default 0,        -- lines or parts to look at, though the work was done
	result_url text not null default '',
	result_key text not null default '',
	result_args text not null default '',      -- JSON
	error_key text not null default '',
	error_args text not null default '',       -- JSON
	error_fields text not null default '',     -- JSON
	created_at bigint not null,
	due_at bigint not null,                    -- not to be started before
	started_at bigint not null default 0,
	finished_at bigint not null default 0,
	cancel_requested_at bigint not null default 0
);
create unique index job_run_unique on job_run (kind, unique_key) where unique_key <> '' and state in ('queued', 'running');
create index job_run_owner on job_run (owner_id, id);
create index job_run_worker on job_run (worker_id) where state = 'running';
create index job_run_due on job_run (due_at) where state = 'queued';
create index job_run_finished on job_run (finished_at) where finished_at > 0;

-- Processes that run jobs, while they live.
create table job_worker (
	id text primary key,
	host text not null,
	pid bigint not null,
	beat bigint not null default 0,            -- grows while the process lives
	started_at bigint not null
);

-- When periodic work is due next.
create table job_every (
	name text primary key,
	next_at bigint not null
);
