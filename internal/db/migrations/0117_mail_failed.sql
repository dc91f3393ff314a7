-- +goose Up
create index account_mail_failed on account_mail (recipient) where sent_at = 0 and error <> '';
