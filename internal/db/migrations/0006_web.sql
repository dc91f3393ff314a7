-- +goose Up
-- Keys of creations that were accepted, with the answer they got.
create table web_once (
	person_id text not null,
	once_key text not null,   -- SHA-256 of the client's key
	request text not null,    -- SHA-256 of the path it was used on
	status integer not null,  -- 0: done, the answer is not stored yet
	head text not null,
	body text not null,
	created_at bigint not null,
	primary key (person_id, once_key)
);
create index web_once_created on web_once (created_at);
