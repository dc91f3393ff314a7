package overview

import (
	"bassin/internal/db"
	"bassin/internal/programme"
)

// listWaiting gives the lines of a contract on which a step may be awaited.
func listWaiting(tx db.Tx, id programme.ContractID) ([]waiting, error) {
	return db.List[waiting](tx, `select l.id as line_id, l.action_id, a.reference, l.funder_name, l.year, l.stage, l.stage_on,
		l.asked_cents, l.decided_cents, l.contracted_cents, l.paid_cents
		from programme_line l join programme_action a on a.id = l.action_id
		where l.contract_id = $1 and l.removed_at = 0 and a.removed_at = 0 and a.status not in ('done', 'abandoned')
		and l.nature <> 'own_funds' and l.stage in ('asked', 'decided', 'contracted', 'paid')
		and (l.stage <> 'paid' or l.paid_cents < l.contracted_cents)`, id)
}

// territoryTotals is a territory of a region with its money and its trouble.
type territoryTotals struct {
	TerritoryID string
	Name        string
	RegionID    string
	Actions     int64
	Late        int64
	Blocked     int64
	NewsOn      string
	CostCents   int64
	PlanCents   int64
	ToFindCents int64
}

// listTotals gives the territories among ids (none: all) with the counts of their actions at the
// levels that the reader follows: public and contract.
func listTotals(tx db.Tx, ids []string) ([]territoryTotals, error) {
	var w db.Where
	w.And("1 = 1")
	if ids != nil {
		w.And("t.id in "+db.In(len(ids)), db.Anys(ids)...)
	}
	today := w.Arg(tx.Today())
	return db.List[territoryTotals](tx, `select t.id as territory_id, t.name, t.region_id, count(a.id) as actions,
		coalesce(sum(case when a.late_on < `+today+` and a.status not in ('done', 'abandoned') then 1 else 0 end), 0) as late,
		coalesce(sum(case when a.open_blockers > 0 and a.status not in ('done', 'abandoned') then 1 else 0 end), 0) as blocked,
		coalesce(max(a.news_on), '') as news_on, coalesce(sum(a.cost_cents), 0) as cost_cents,
		coalesce(sum(a.plan_cents), 0) as plan_cents, coalesce(sum(a.to_find_cents), 0) as to_find_cents
		from territory_territory t
		left join programme_action a on a.territory_id = t.id and a.removed_at = 0 and a.confidentiality <> 'restricted'
		where `+w.String()+` group by t.id, t.name, t.region_id, t.name_key order by t.name_key`, w.Args()...)
}

type found struct {
	Kind, ID, Title, Detail string
}

// findTerritories gives territories whose name holds the words.
func findTerritories(tx db.Tx, like string) ([]found, error) {
	return db.List[found](tx, `select 'territory' as kind, id, name as title, id as detail from territory_territory
		where name_key like $1 escape '\' order by name_key limit 10`, like)
}

// findOrganisations gives organisations whose name holds the words, or whose SIREN is the number.
func findOrganisations(tx db.Tx, like, digits string) ([]found, error) {
	return db.List[found](tx, `select 'organisation' as kind, id, name as title, siren as detail from account_organisation
		where name_key like $1 escape '\' or (siren <> '' and siren = $2) order by name_key limit 10`, like, digits)
}
