-- +goose Up
-- The builds of an order: its pieces come of one or of several, each of its own lot. An order counts what they made.
create table making_build (
	order_id text not null references making_order (id),
	seq bigint not null, -- from 1
	pieces bigint not null,
	again bigint not null default 0, -- of them, that did not succeed and are built again
	together text not null default '', -- the batch that it is part of; '': by itself
	lot text not null default '',
	settings text not null default '',
	operator text not null default '',
	begun_at bigint not null,
	ended_at bigint not null default 0, -- 0: under way
	primary key (order_id, seq)
);
alter table making_order add column made bigint not null default 0; -- pieces
alter table making_order add column in_build bigint not null default 0; -- pieces of the build that is under way
alter table making_step add column pieces bigint not null default 0; -- that it is about; 0: all
update making_order set in_build = quantity where state = 'building';
update making_order set made = quantity where state in ('built', 'inspected', 'delivered', 'rated');
insert into making_build (order_id, seq, pieces, lot, settings, operator, begun_at, ended_at)
	select o.id, 1, o.quantity, case when o.state = 'building' then '' else o.lot end, case when o.state = 'building' then '' else o.settings end, case when o.state = 'building' then '' else o.operator end,
		coalesce((select max(s.at) from making_step s where s.order_id = o.id and s.state = 'building'), o.updated_at),
		case when o.state = 'building' then 0 else coalesce((select max(s.at) from making_step s where s.order_id = o.id and s.state = 'built'), o.updated_at) end
	from making_order o where o.state in ('building', 'built', 'inspected', 'delivered', 'rated');
-- A batch may leave pieces for another one: it says how many of an order lie in it, and how many plates or chambers it takes.
alter table batch_order add column pieces bigint not null default 0;
alter table batch_batch add column most_rounds bigint not null default 0; -- plates or chambers; 0: as many as it takes
update batch_order set pieces = coalesce((select o.quantity from making_order o where o.id = order_id), 0);
update making_build set together = coalesce((select b.id from batch_batch b join batch_order m on m.batch_id = b.id where m.order_id = making_build.order_id and b.state = 'building'), '') where ended_at = 0;
