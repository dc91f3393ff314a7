-- +goose Up
-- What search finds (decision 15). All of it can be built again: bassin reindex.
create table search_entry (
	n bigint primary key,                       -- orders by time, see place in search/store.go
	kind text not null,
	id text not null,
	walls text not null,                        -- one of them is enough to see the entry
	gen bigint not null,
	hash text not null,
	at bigint not null,
	title text not null,
	sub text not null,
	url text not null,
	body text not null,
	tokens tsvector not null
);
create unique index search_entry_object on search_entry (kind, id);
create index search_entry_tokens on search_entry using gin (tokens);
alter table search_entry alter column tokens set statistics 1000;

create table search_state (
	id integer primary key,
	gen bigint not null,
	format bigint not null,                     -- of the tokens, when last built whole; 0: never
	built_at bigint not null
);
insert into search_state (id, gen, format, built_at) values (1, 1, 0, 0);

-- The text of stored files, by the hash of their content.
create table search_text (
	hash text primary key,
	body text not null,
	read_at bigint not null
);
