-- +goose Up
-- News of orders have a topic of their own.
update talk_notice set reason = 'order' where reason = 'news';
