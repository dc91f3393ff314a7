-- +goose Up
-- The deltas of a contract lie together, line by line, in the table itself: a sum as of a day reads
-- one stretch of pages instead of looking up each row. PostgreSQL keeps rows apart from its keys.
create table programme_money_new (
	step_id text not null,
	line_id text not null,
	action_id text not null,
	contract_id text not null,
	effective_on text not null,
	recorded_at bigint not null,
	foreseen_cents bigint not null,
	asked_cents bigint not null,
	decided_cents bigint not null,
	contracted_cents bigint not null,
	paid_cents bigint not null,
	closed_cents bigint not null,
	refused_cents bigint not null,
	withdrawn_cents bigint not null,
	held_foreseen_cents bigint not null,
	held_asked_cents bigint not null,
	held_decided_cents bigint not null,
	held_contracted_cents bigint not null,
	primary key (contract_id, line_id, effective_on, step_id)
) without rowid;
insert into programme_money_new (step_id, line_id, action_id, contract_id, effective_on, recorded_at, foreseen_cents, asked_cents, decided_cents, contracted_cents, paid_cents, closed_cents, refused_cents, withdrawn_cents, held_foreseen_cents, held_asked_cents, held_decided_cents, held_contracted_cents)
	select step_id, line_id, action_id, contract_id, effective_on, recorded_at, foreseen_cents, asked_cents, decided_cents, contracted_cents, paid_cents, closed_cents, refused_cents, withdrawn_cents, held_foreseen_cents, held_asked_cents, held_decided_cents, held_contracted_cents from programme_money;
drop table programme_money;
alter table programme_money_new rename to programme_money;
create index programme_money_action on programme_money (action_id);
