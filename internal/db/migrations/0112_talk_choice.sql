-- +goose Up
-- How each kind of news reaches somebody. It takes the place of talk_preference, which is no longer
-- read: what was chosen there for everything is carried over.
create table talk_choice (
	person_id text not null,
	topic text not null,
	way text not null,
	primary key (person_id, topic)
);
insert into talk_choice (person_id, topic, way)
select p.person_id, t.topic, 'app'
from talk_preference p cross join (select 'mention' as topic union all select 'access' union all select 'task' union all select 'comment') t
where p.mail = 'never';
insert into talk_choice (person_id, topic, way)
select p.person_id, t.topic, 'at_once'
from talk_preference p cross join (select 'task' as topic union all select 'comment') t
where p.mail = 'at_once';
