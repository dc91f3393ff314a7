-- +goose Up
-- The words of the index: a beginning that somebody types is looked up here, since FTS5 reads all that every word
-- holds before it gives the first hit of a beginning. Built with the index, and again by a new format of it.
create table search_word (
	word text primary key
) without rowid;
