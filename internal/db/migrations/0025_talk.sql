-- +goose Up
create table talk_comment (
	id text primary key,
	subject_kind text not null,
	subject_id text not null,
	scope text not null,
	body text not null,
	author_id text not null,
	author_name text not null,
	created_at bigint not null,
	removed_at bigint not null default 0
);
create index talk_comment_subject on talk_comment (subject_kind, subject_id, id);

create table talk_reaction (
	comment_id text not null references talk_comment (id),
	person_id text not null,
	sign text not null,
	primary key (comment_id, person_id, sign)
);

-- What somebody should know. Title is kept as it was when it happened.
create table talk_notice (
	id text primary key,
	person_id text not null,
	reason text not null,
	actor_name text not null,
	subject_kind text not null,
	subject_id text not null,
	title text not null,
	url text not null,
	excerpt text not null default '',
	created_at bigint not null,
	seen_at bigint not null default 0,
	mailed_at bigint not null default 0
);
create index talk_notice_person on talk_notice (person_id, id);
create index talk_notice_unseen on talk_notice (person_id, seen_at);
create index talk_notice_mail on talk_notice (mailed_at, created_at);

create table talk_preference (
	person_id text primary key,
	mail text not null
);
