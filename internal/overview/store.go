package overview

import (
	"bassin/internal/db"
	"bassin/internal/programme"
)

// awaited is the condition on lines l and their actions a under which ofLine finds something to
// do, on a day: the same rule in SQL, so that a nation's lines are not read to be dropped.
func awaited(tx db.Tx, w *db.Where, id programme.ContractID) {
	today := tx.Today()
	w.And("l.contract_id = ? and l.removed_at = 0 and a.removed_at = 0 and a.status not in ('done', 'abandoned') and l.nature <> 'own_funds'", id)
	w.And(`l.stage = 'asked' and l.stage_on < ? or l.stage = 'decided' and l.stage_on < ?
		or l.stage in ('contracted', 'paid') and l.stage_on < ? and l.contracted_cents > l.paid_cents`,
		today.AddDays(-answerWaits), today.AddDays(-contractWaits), today.AddDays(-paymentWaits))
}

// listWaiting gives the lines of a contract on which a step is awaited.
func listWaiting(tx db.Tx, id programme.ContractID) ([]waiting, error) {
	var w db.Where
	awaited(tx, &w, id)
	return db.List[waiting](tx, `select l.id as line_id, l.action_id, a.reference, l.funder_name, l.year, l.stage, l.stage_on,
		l.asked_cents, l.decided_cents, l.contracted_cents, l.paid_cents
		from programme_line l join programme_action a on a.id = l.action_id where `+w.String(), w.Args()...)
}

// countTodos counts what todos lists, without reading it; a test compares both.
func countTodos(tx db.Tx, id programme.ContractID) (int, error) {
	var w db.Where
	awaited(tx, &w, id)
	lines, err := db.Get[int](tx, `select count(*) from programme_line l join programme_action a on a.id = l.action_id where `+w.String(), w.Args()...)
	if err != nil {
		return 0, err
	}
	actions, err := db.Get[int](tx, `select coalesce(sum(
		case when late_on < $1 then 1 else 0 end
		+ case when open_blockers > 0 then 1 else 0 end
		+ case when status in ('under_way', 'blocked', 'paused') then case when to_find_cents > 0 then 1 else 0 end
			when ready_mask <> 31 then 1 else 0 end
		+ case when news_on <> '' and news_on <= $2 then 1 else 0 end), 0)
		from programme_action where contract_id = $3 and removed_at = 0 and status not in ('done', 'abandoned')`,
		tx.Today(), tx.Today().AddDays(-programme.SilentDays), id)
	return lines + actions, err
}

// latest are the contracts of the latest phase of each territory.
const latest = `select n.id from programme_contract n where not exists (select 1 from programme_contract l where l.territory_id = n.territory_id and l.phase > n.phase)`

// listTotals gives the territories among ids (none: all) with the counts of their actions at the
// levels that the reader follows: public and contract. Of a territory with contracts of several phases
// the latest counts, which its home shows. The sums are read from one index alone
// (programme_action_territory). What is late, blocked and to find is what the methods of programme.Row say.
func listTotals(tx db.Tx, ids []string) ([]territoryTotals, error) {
	var w db.Where
	today := w.Arg(tx.Today())
	if ids != nil {
		w.And("t.id in "+db.In(len(ids)), db.Anys(ids)...)
	}
	return db.List[territoryTotals](tx, `select t.id as territory_id, t.name, coalesce(a.actions, 0) as actions, coalesce(a.late, 0) as late,
		coalesce(a.blocked, 0) as blocked, coalesce(a.news_on, '') as news_on, coalesce(c.announced_cents, 0) as announced_cents,
		coalesce(a.asked_cents, 0) as asked_cents, coalesce(a.decided_cents, 0) as decided_cents,
		coalesce(a.contracted_cents, 0) as contracted_cents, coalesce(a.paid_cents, 0) as paid_cents, coalesce(a.to_find_cents, 0) as to_find_cents
		from territory_territory t
		left join (select territory_id, count(*) as actions,
			count(case when late_on < `+today+` and status not in ('done', 'abandoned') then 1 end) as late,
			count(case when (open_blockers > 0 or status = 'blocked') and status not in ('done', 'abandoned') then 1 end) as blocked,
			max(news_on) as news_on, sum(asked_cents) as asked_cents, sum(decided_cents) as decided_cents,
			sum(contracted_cents) as contracted_cents, sum(paid_cents) as paid_cents, sum(case when status not in ('done', 'abandoned') then to_find_cents end) as to_find_cents
			from programme_action where removed_at = 0 and confidentiality <> 'restricted' and contract_id in (`+latest+`) group by territory_id) a on a.territory_id = t.id
		left join (select territory_id, announced_cents from programme_contract where id in (`+latest+`)) c on c.territory_id = t.id
		where `+w.String()+` order by t.name_key`, w.Args()...)
}
