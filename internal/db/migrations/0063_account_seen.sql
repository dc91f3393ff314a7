-- +goose Up
-- When a person was last here: an account that is used is told from one that waits for its owner.
alter table account_person add column seen_at bigint not null default 0;
update account_person set seen_at = coalesce((select max(a.at) from account_audit a
	where a.object_kind = 'person' and a.object_id = account_person.id and a.verb = 'account.sign_in'), 0);
