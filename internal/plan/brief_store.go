package plan

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
)

const briefColumns = `t.id, t.number, t.title, t.stage_id, t.state, t.work`

func listBriefs(tx db.Tx, id project.ID, ids []TaskID) ([]Brief, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	w := &db.Where{}
	w.And("t.project_id = ?", id)
	w.And("t.id in "+db.In(len(ids)), db.Anys(ids)...)
	return db.List[Brief](tx, `select `+briefColumns+` from plan_task t where `+w.String(), w.Args()...)
}

func listWorkable(tx db.Tx, id project.ID, person account.PersonID, own bool, limit int) ([]Brief, error) {
	given := "not exists"
	if own {
		given = "exists"
	}
	return db.List[Brief](tx, `select `+briefColumns+` from plan_task t where t.project_id = $1 and t.removed_at = 0 and t.summary = $2 and t.kind <> 'milestone'
		and t.state <> 'done' and `+given+` (select 1 from plan_assignee a where a.task_id = t.id and a.person_id = $3) order by t.rank limit $4`, id, false, person, limit)
}

func listLeft(tx db.Tx, id project.ID) ([]Left, error) {
	return db.List[Left](tx, `select coalesce(a.person_id, '') as person_id, t.stage_id,
			cast(sum(t.work * (100 - t.percent) / 100 / case when a.person_id is null then 1 else (select count(*) from plan_assignee x where x.task_id = t.id) end) as bigint) as minutes
		from plan_task t left join plan_assignee a on a.task_id = t.id
		where t.project_id = $1 and t.removed_at = 0 and t.summary = $2 and t.state <> 'done' group by coalesce(a.person_id, ''), t.stage_id`, id, false)
}
