-- +goose Up
-- PDF had no text until now: what was read as empty is read again.
delete from search_text where body = '';
