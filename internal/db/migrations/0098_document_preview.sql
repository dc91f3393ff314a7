-- +goose Up
-- The PDF of an office document's content, for the page that shows it.
create table document_preview (
	hash text primary key, -- of the document's content
	pdf_hash text not null, -- empty: the converter made nothing of it
	pdf_size bigint not null,
	made_at bigint not null
);
