package plan

import (
	"database/sql"
	"maps"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/when"
)

// nodeColumns are what dates follow from, and what follows; scanNode reads them in this order.
const nodeColumns = `id, number, parent_id, rank, title, kind, state, work, mode, not_before, deadline, begin_on, end_on, begun_on, finished_on, percent, priority,
	early_on, finish_on, late_early_on, late_finish_on, total_float, free_float, critical, late, summary`

const taskColumns = nodeColumns + `, project_id, body, stage_id, labels, created_by, created_at, updated_at, removed_at, version`

// listedColumns leave out the text, which no list shows.
const listedColumns = nodeColumns + `, project_id, stage_id, labels, created_by, created_at, updated_at, removed_at, version`

func getTask(tx db.Tx, id project.ID, task TaskID) (Task, error) {
	return db.Get[Task](tx, `select `+taskColumns+` from plan_task where id = $1 and project_id = $2`, task, id)
}

// projectOf tells in which project a task is.
func projectOf(tx db.Tx, task TaskID) (project.ID, error) {
	return db.Get[project.ID](tx, `select project_id from plan_task where id = $1`, task)
}

// getNumbered finds a task by its number.
func getNumbered(tx db.Tx, id project.ID, number int64) (Task, error) {
	return db.Get[Task](tx, `select `+taskColumns+` from plan_task where project_id = $1 and number = $2 and removed_at = 0`, id, number)
}

// listNodes reads all tasks of a plan in the order of the outline. Ten thousand are read at each
// change, so rows are scanned by hand.
func listNodes(tx db.Tx, id project.ID, about int64) ([]Task, error) {
	list := make([]Task, 0, max(about, 0))
	err := tx.Rows(func(r *sql.Rows) error {
		list = append(list, Task{ProjectID: id})
		return r.Scan(nodeFields(&list[len(list)-1])...)
	}, `select `+nodeColumns+` from plan_task where project_id = $1 and removed_at = 0 order by rank`, id)
	return list, err
}

func insertTask(tx db.Tx, t Task) error { return insertTasks(tx, []Task{t}) }

func insertTasks(tx db.Tx, list []Task) error {
	rows := make([][]any, len(list))
	for i, t := range list {
		rows[i] = []any{t.ID, t.ProjectID, t.Number, t.ParentID, t.Rank, t.Title, account.Fold(t.Title), t.Body, t.Kind, t.State, t.StageID, t.Labels, t.Work, t.Mode, t.NotBefore, t.Deadline,
			t.BeginOn, t.EndOn, t.BegunOn, t.FinishedOn, t.Percent, t.Priority, t.CreatedBy, t.CreatedAt, t.UpdatedAt, 0, 1}
	}
	return db.InsertMany(tx, `plan_task (id, project_id, number, parent_id, rank, title, title_key, body, kind, state, stage_id, labels, work, mode, not_before, deadline,
		begin_on, end_on, begun_on, finished_on, percent, priority, created_by, created_at, updated_at, removed_at, version)`, rows, "")
}

// saveTask writes what people decide; place and computed columns have functions of their own.
func saveTask(tx db.Tx, t Task) error {
	return db.Changed(tx.Exec(`update plan_task set title = $1, title_key = $2, body = $3, kind = $4, state = $5, stage_id = $6, labels = $7, work = $8, mode = $9,
		not_before = $10, deadline = $11, begin_on = $12, end_on = $13, begun_on = $14, finished_on = $15, percent = $16, priority = $17, updated_at = $18,
		version = version + 1 where id = $19 and version = $20`,
		t.Title, account.Fold(t.Title), t.Body, t.Kind, t.State, t.StageID, t.Labels, t.Work, t.Mode, t.NotBefore, t.Deadline, t.BeginOn, t.EndOn, t.BegunOn, t.FinishedOn,
		t.Percent, t.Priority, tx.Now(), t.ID, t.Version))
}

// computedColumns are those that are computed, by how much of them is different: an index is
// rewritten for each column that a statement names, and when the end of a plan moves, nearly all
// tasks stay on their days.
var computedColumns = [ways][]string{
	floatsOnly: {"late_early_on", "late_finish_on", "total_float", "free_float"},
	flagsToo:   {"late_early_on", "late_finish_on", "total_float", "free_float", "critical", "late"},
	all:        {"late_early_on", "late_finish_on", "total_float", "free_float", "critical", "late", "state", "percent", "early_on", "finish_on", "summary"},
}

// columnTypes are those of computedColumns.
var columnTypes = [...]string{"text", "text", "bigint", "bigint", "boolean", "boolean", "text", "bigint", "text", "text", "boolean"}

// computed are the values of computedColumns.
func (t *Task) computed() [11]any {
	return [11]any{string(t.LateEarlyOn), string(t.LateFinishOn), t.TotalFloat, t.FreeFloat, t.Critical, t.Late, string(t.State), t.Percent, string(t.EarlyOn), string(t.FinishOn), t.Summary}
}

// savedAtOnce is how many rows one statement writes.
const savedAtOnce = 100

// saveComputedOf writes some computed columns of tasks. The version stays: nobody's form is overtaken by it.
func saveComputedOf(tx db.Tx, columns []string, list []*Task) error {
	for len(list) > 0 {
		n := min(len(list), savedAtOnce)
		if n < savedAtOnce {
			n = 1
		}
		args := make([]any, 0, n*(1+len(columns)))
		for _, t := range list[:n] {
			values := t.computed()
			args = append(append(args, string(t.ID)), values[:len(columns)]...)
		}
		saved, err := tx.Exec(computedUpdate(columns, n, tx.Postgres()), args...)
		if err == nil && saved != int64(n) {
			err = fault.New(fault.Conflict, "fault.stale")
		}
		if err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// computedUpdate is the statement for a number of rows; the first says the types. SQLite finds each
// numbered place by walking all before it, so there they have no numbers.
func computedUpdate(columns []string, rows int, numbered bool) string {
	var b strings.Builder
	b.WriteString("with v (id, " + strings.Join(columns, ", ") + ") as (values ")
	arg := 0
	for row := range rows {
		if row > 0 {
			b.WriteString(", ")
		}
		for i := range 1 + len(columns) {
			arg++
			b.WriteString([]string{", ", "("}[max(0, 1-i)])
			name := "?"
			if numbered {
				name = "$" + strconv.Itoa(arg)
			}
			if row == 0 && i > 0 {
				name = "cast(" + name + " as " + columnTypes[i-1] + ")"
			}
			b.WriteString(name)
		}
		b.WriteString(")")
	}
	b.WriteString(") update plan_task set ")
	for i, c := range columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c + " = v." + c)
	}
	b.WriteString(" from v where plan_task.id = v.id")
	return b.String()
}

// savePlace puts a task, and what lies under it, elsewhere in the outline.
func savePlace(tx db.Tx, t Task, old string) error {
	if err := db.Changed(tx.Exec(`update plan_task set parent_id = $1, rank = $2 where id = $3`, t.ParentID, t.Rank, t.ID)); err != nil {
		return err
	}
	_, err := tx.Exec(`update plan_task set rank = $1 || substr(rank, $2) where project_id = $3 and rank >= $4 and rank < $5`,
		t.Rank, int64(len(old)+1), t.ProjectID, old+rankSeparator, old+rankAfter)
	return err
}

// lowest gives how deep the outline below a rank goes, itself counted.
func lowest(tx db.Tx, id project.ID, rank string) (int64, error) {
	return db.Get[int64](tx, `select coalesce(max(length(rank) - length(replace(rank, '0', ''))), 0) from plan_task
		where project_id = $1 and rank >= $2 and rank < $3 and removed_at = 0`, id, rank, rank+rankAfter)
}

// edgeRank gives the rank of the last part of a task, the top's when there is no task; removed ones
// keep their place.
func edgeRank(tx db.Tx, id project.ID, parent TaskID) (string, error) {
	return db.Get[string](tx, `select coalesce(max(rank), '') from plan_task where project_id = $1 and parent_id = $2`, id, parent)
}

// besideRank gives the rank of the sibling before or after a rank, "" when there is none. Visible
// leaves out those that were removed.
func besideRank(tx db.Tx, id project.ID, parent TaskID, rank string, after, visible bool) (string, error) {
	cond := ""
	if visible {
		cond = " and removed_at = 0"
	}
	if after {
		return db.Get[string](tx, `select coalesce(min(rank), '') from plan_task where project_id = $1 and parent_id = $2 and rank > $3`+cond, id, parent, rank)
	}
	return db.Get[string](tx, `select coalesce(max(rank), '') from plan_task where project_id = $1 and parent_id = $2 and rank < $3`+cond, id, parent, rank)
}

func getRanked(tx db.Tx, id project.ID, rank string) (Task, error) {
	return db.Get[Task](tx, `select `+taskColumns+` from plan_task where project_id = $1 and rank = $2`, id, rank)
}

// saveRemoved takes a task with all that lies under it off the plan, or brings back what went with
// it.
func saveRemoved(tx db.Tx, t Task, was, at when.Time) (int64, error) {
	return tx.Exec(`update plan_task set removed_at = $1, updated_at = $2 where project_id = $3 and rank >= $4 and rank < $5 and removed_at = $6`,
		at, tx.Now(), t.ProjectID, t.Rank, t.Rank+rankAfter, was)
}

// saveBack brings one task back on the plan.
func saveBack(tx db.Tx, t Task) error {
	return db.Changed(tx.Exec(`update plan_task set removed_at = 0, updated_at = $1 where id = $2`, tx.Now(), t.ID))
}

// where makes the condition of a list.
func (f Filter) where(id project.ID) *db.Where {
	w := &db.Where{}
	w.And("t.project_id = ?", id)
	w.And("t.removed_at = 0")
	if text := account.Fold(f.Text); text != "" {
		w.And(`t.title_key like ? escape '\'`, db.Like("%", text, "%"))
	}
	if f.State != "" {
		w.And("t.state = ?", f.State)
	}
	if f.Open {
		w.And("t.state <> 'done'")
	}
	if f.Kind != "" {
		w.And("t.kind = ?", f.Kind)
	}
	if f.PersonID == Nobody {
		w.And("t.summary = ? and not exists (select 1 from plan_assignee x where x.task_id = t.id)", false)
	} else if f.PersonID != "" {
		w.And("t.id in (select x.task_id from plan_assignee x where x.project_id = ? and x.person_id = ?)", id, f.PersonID)
	}
	if f.Label != "" {
		w.And(`t.labels like ? escape '\'`, db.Like("%,", f.Label, ",%"))
	}
	if f.StageID != "" {
		w.And("t.stage_id = ?", f.StageID)
	}
	switch f.Watch {
	case "critical":
		w.And("t.critical = ? and t.summary = ?", true, false)
	case "late":
		w.And("t.late = ?", true)
	case "undated":
		w.And("t.deadline = '' and t.state <> 'done'")
	}
	if f.From.Valid() {
		w.And("t.finish_on >= ?", f.From)
	}
	if f.To.Valid() {
		w.And("t.early_on <= ?", f.To)
	}
	for _, h := range f.Holds {
		holding(w, h.Field, h.Value)
	}
	if f.Leaves {
		w.And("t.summary = ?", false)
	}
	return w
}

// orders are the columns by which a list can be sorted.
var orders = map[string]string{
	"rank": "t.rank", "title": "t.title_key", "start": "t.early_on", "finish": "t.finish_on", "float": "t.total_float", "state": "t.state",
}

func countTasks(tx db.Tx, w *db.Where) (int64, error) {
	return db.Get[int64](tx, `select count(*) from plan_task t where `+w.String(), w.Args()...)
}

// listTasks gives a page of a list. The page is found by ranks, mostly in an index, and only its own
// rows are read; w is of where, whose first argument is the project.
func listTasks(tx db.Tx, w *db.Where, order string, down bool, limit, offset int) ([]Task, error) {
	by := orders[order]
	if by == "" {
		by = orders["rank"]
	}
	if down {
		by += " desc"
	}
	if order != "rank" {
		by += ", t.rank"
	}
	if by == "t.rank" {
		from, to := w.Arg(offset), w.Arg(limit)
		return scanListed(tx, `select `+listedColumns+` from plan_task t where `+w.String()+` and t.rank >=
			(select t.rank from plan_task t where `+w.String()+` order by t.rank limit 1 offset `+from+`) order by t.rank limit `+to, w.Args()...)
	}
	page := " limit " + w.Arg(limit) + " offset " + w.Arg(offset)
	return scanListed(tx, `select `+listedColumns+` from plan_task t where t.project_id = $1 and t.rank in
		(select t.rank from plan_task t where `+w.String()+` order by `+by+page+`) order by `+by, w.Args()...)
}

// scanListed reads rows of listedColumns; by hand, since pages show hundreds.
func scanListed(tx db.Tx, query string, args ...any) (list []Task, err error) {
	err = tx.Rows(func(r *sql.Rows) error {
		var t Task
		err := r.Scan(append(nodeFields(&t), (*string)(&t.ProjectID), (*string)(&t.StageID), &t.Labels, (*string)(&t.CreatedBy), (*int64)(&t.CreatedAt), (*int64)(&t.UpdatedAt), (*int64)(&t.RemovedAt), &t.Version)...)
		list = append(list, t)
		return err
	}, query, args...)
	return list, err
}

// nodeFields are the places of nodeColumns; as plain strings, which database/sql fills without
// reflection.
func nodeFields(t *Task) []any {
	return []any{(*string)(&t.ID), &t.Number, (*string)(&t.ParentID), &t.Rank, &t.Title, (*string)(&t.Kind), (*string)(&t.State), &t.Work, (*string)(&t.Mode),
		(*string)(&t.NotBefore), (*string)(&t.Deadline), (*string)(&t.BeginOn), (*string)(&t.EndOn), (*string)(&t.BegunOn), (*string)(&t.FinishedOn), &t.Percent, &t.Priority,
		(*string)(&t.EarlyOn), (*string)(&t.FinishOn), (*string)(&t.LateEarlyOn), (*string)(&t.LateFinishOn), &t.TotalFloat, &t.FreeFloat, &t.Critical, &t.Late, &t.Summary}
}

// listBars gives a window of the outline for the diagram: of each of its hundreds of rows only what
// the picture and its table show.
func listBars(tx db.Tx, id project.ID, limit, offset int) (list []Task, err error) {
	err = tx.Rows(func(r *sql.Rows) error {
		t := Task{ProjectID: id}
		err := r.Scan((*string)(&t.ID), &t.Number, &t.Rank, &t.Title, (*string)(&t.Kind), (*string)(&t.State), &t.Work, (*string)(&t.BegunOn), &t.Percent,
			(*string)(&t.EarlyOn), (*string)(&t.FinishOn), (*string)(&t.LateFinishOn), &t.TotalFloat, &t.Critical, &t.Summary, &t.Version)
		list = append(list, t)
		return err
	}, `select id, number, rank, title, kind, state, work, begun_on, percent, early_on, finish_on, late_finish_on, total_float, critical, summary, version
		from plan_task where project_id = $1 and removed_at = 0 and rank >=
		(select rank from plan_task where project_id = $1 and removed_at = 0 order by rank limit 1 offset $3) order by rank limit $2`, id, limit, offset)
	return list, err
}

// decisive is what decides the end of a plan; the words are those of the index plan_task_ends.
const decisive = `project_id = $1 and critical and not summary and removed_at = 0 and state <> 'done'`

func listDecisive(tx db.Tx, id project.ID, most int) ([]Task, error) {
	return scanListed(tx, `select `+listedColumns+` from plan_task where `+decisive+` order by finish_on desc, rank desc limit $2`, id, most)
}

// window is a run of the outline, both ends inclusive.
type window struct{ from, to string }

// windowOf is that of rows in the order of the outline.
func windowOf(rows []Task) window {
	if len(rows) == 0 {
		return window{}
	}
	return window{rows[0].Rank, rows[len(rows)-1].Rank}
}

// inWindow is the condition for t of what belongs to the tasks of a window: no list of hundreds of
// names, which SQLite looks up one by one.
const inWindow = `t.project_id = $1 and t.removed_at = 0 and t.rank >= $2 and t.rank <= $3`

func listAssigneesIn(tx db.Tx, id project.ID, w window) (list []Assignee, err error) {
	err = tx.Rows(func(r *sql.Rows) error {
		var a Assignee
		err := r.Scan(&a.TaskID, &a.PersonID, &a.Name, &a.Units)
		list = append(list, a)
		return err
	}, `select a.task_id, a.person_id, a.name, a.units from plan_task t join plan_assignee a on a.task_id = t.id where `+inWindow+` order by a.task_id, a.name`, id, w.from, w.to)
	return list, err
}

func listTasksAfter(tx db.Tx, w *db.Where, after TaskID, limit int) ([]Task, error) {
	if after != "" {
		w.And("t.id > ?", after)
	}
	return db.List[Task](tx, `select t.* from (select `+taskColumns+` from plan_task t where `+w.String()+` order by t.id limit `+w.Arg(limit)+`) t`, w.Args()...)
}

func listTasksByID(tx db.Tx, id project.ID, ids []TaskID) ([]Task, error) {
	w := &db.Where{}
	w.And("t.project_id = ?", id)
	w.And("t.id in "+db.In(len(ids)), db.Anys(ids)...)
	return db.List[Task](tx, `select `+taskColumns+` from plan_task t where `+w.String()+` order by t.rank`, w.Args()...)
}

type stateCount struct {
	State State
	Count int64
}

func countStates(tx db.Tx, w *db.Where) ([]stateCount, error) {
	return db.List[stateCount](tx, `select t.state, count(*) as count from plan_task t where `+w.String()+` group by t.state`, w.Args()...)
}

// listSummaries gives the outline's inner tasks, which others can be put under.
func listSummaries(tx db.Tx, id project.ID, most int) ([]Task, error) {
	return db.List[Task](tx, `select `+nodeColumns+` from plan_task where project_id = $1 and removed_at = 0 and summary = $2 order by rank limit $3`, id, true, most)
}

func listLabels(tx db.Tx, id project.ID) ([]string, error) {
	return db.List[string](tx, `select distinct labels from plan_task where project_id = $1 and labels > '' order by labels limit 500`, id)
}

// listUnder gives a task with all that lies under it and left the plan, or is on it, since an
// instant; 0 for what is on it.
func listUnder(tx db.Tx, t Task, at when.Time) ([]Task, error) {
	return db.List[Task](tx, `select `+taskColumns+` from plan_task where project_id = $1 and rank >= $2 and rank < $3 and removed_at = $4 order by rank`,
		t.ProjectID, t.Rank, t.Rank+rankAfter, at)
}

// listRemovedAt gives what left the plan at an instant: by one act.
func listRemovedAt(tx db.Tx, id project.ID, at when.Time) ([]Task, error) {
	return db.List[Task](tx, `select `+taskColumns+` from plan_task where project_id = $1 and removed_at = $2 order by rank`, id, at)
}

// listAllTasksAfter gives the tasks of all projects, for the index of the search.
func listAllTasksAfter(tx db.Tx, after TaskID, limit int) ([]Task, error) {
	return db.List[Task](tx, `select `+taskColumns+` from plan_task where id > $1 and removed_at = 0 order by id limit $2`, after, limit)
}

func countAllTasks(tx db.Tx) (int, error) {
	return db.Get[int](tx, `select count(*) from plan_task where removed_at = 0`)
}

func listAssignees(tx db.Tx, ids []TaskID) ([]Assignee, error) {
	w := &db.Where{}
	w.And("task_id in "+db.In(len(ids)), db.Anys(ids)...)
	return db.List[Assignee](tx, `select task_id, person_id, name, units from plan_assignee where `+w.String()+` order by task_id, name`, w.Args()...)
}

func deleteAssignees(tx db.Tx, id TaskID) error {
	_, err := tx.Exec(`delete from plan_assignee where task_id = $1`, id)
	return err
}

func insertAssignee(tx db.Tx, id project.ID, a Assignee) error {
	return insertAssignees(tx, id, []Assignee{a})
}

func insertAssignees(tx db.Tx, id project.ID, list []Assignee) error {
	rows := make([][]any, len(list))
	for i, a := range list {
		rows[i] = []any{a.TaskID, a.PersonID, id, a.Name, a.Units}
	}
	return db.InsertMany(tx, `plan_assignee (task_id, person_id, project_id, name, units)`, rows, `on conflict (task_id, person_id) do nothing`)
}

func listItems(tx db.Tx, id TaskID) ([]Item, error) {
	return db.List[Item](tx, `select id, task_id, position, body, done_on, done_by from plan_item where task_id = $1 order by position, id`, id)
}

func getItem(tx db.Tx, task TaskID, id string) (Item, error) {
	return db.Get[Item](tx, `select id, task_id, position, body, done_on, done_by from plan_item where id = $1 and task_id = $2`, id, task)
}

func insertItem(tx db.Tx, i Item) error {
	_, err := tx.Exec(`insert into plan_item (id, task_id, position, body, done_on, done_by) values ($1, $2, $3, $4, $5, $6)`, i.ID, i.TaskID, i.Position, i.Text, i.DoneOn, i.DoneBy)
	return err
}

func saveItem(tx db.Tx, i Item) error {
	return db.Changed(tx.Exec(`update plan_item set body = $1, done_on = $2, done_by = $3 where id = $4`, i.Text, i.DoneOn, i.DoneBy, i.ID))
}

func deleteItem(tx db.Tx, i Item) error {
	return db.Changed(tx.Exec(`delete from plan_item where id = $1`, i.ID))
}

type itemCount struct {
	TaskID    TaskID
	All, Done int64
}

func countItems(tx db.Tx, ids []TaskID) ([]itemCount, error) {
	w := &db.Where{}
	w.And("task_id in "+db.In(len(ids)), db.Anys(ids)...)
	return db.List[itemCount](tx, `select task_id, count(*) as "all", sum(case when done_on = '' then 0 else 1 end) as done from plan_item where `+w.String()+` group by task_id`, w.Args()...)
}

// Links.

func listLinks(tx db.Tx, id project.ID) ([]Link, error) {
	var list []Link
	err := tx.Rows(func(r *sql.Rows) error {
		l := Link{ProjectID: id}
		err := r.Scan((*string)(&l.ID), (*string)(&l.FromID), (*string)(&l.ToID), (*string)(&l.Kind), &l.Lag)
		list = append(list, l)
		return err
	}, `select id, from_id, to_id, kind, lag from plan_link where project_id = $1 order by id`, id)
	return list, err
}

// listLinksOf gives the links of which an end is among the tasks.
func listLinksOf(tx db.Tx, id project.ID, ids []TaskID) ([]Link, error) {
	w := &db.Where{}
	w.And("project_id = ?", id)
	in := db.In(len(ids))
	w.And("(from_id in "+in+" or to_id in "+in+")", append(db.Anys(ids), db.Anys(ids)...)...)
	return db.List[Link](tx, `select id, project_id, from_id, to_id, kind, lag from plan_link where `+w.String()+` order by id`, w.Args()...)
}

func getLink(tx db.Tx, id project.ID, link LinkID) (Link, error) {
	return db.Get[Link](tx, `select id, project_id, from_id, to_id, kind, lag from plan_link where id = $1 and project_id = $2`, link, id)
}

func insertLink(tx db.Tx, l Link) error { return insertLinks(tx, []Link{l}) }

func insertLinks(tx db.Tx, list []Link) error {
	rows := make([][]any, len(list))
	for i, l := range list {
		rows[i] = []any{l.ID, l.ProjectID, l.FromID, l.ToID, l.Kind, l.Lag}
	}
	return db.InsertMany(tx, `plan_link (id, project_id, from_id, to_id, kind, lag)`, rows, "")
}

func deleteLink(tx db.Tx, l Link) error {
	return db.Changed(tx.Exec(`delete from plan_link where id = $1`, l.ID))
}

// listParts gives the tasks directly under one.
func listParts(tx db.Tx, id project.ID, parent TaskID) ([]Task, error) {
	return db.List[Task](tx, `select `+listedColumns+` from plan_task where project_id = $1 and parent_id = $2 and removed_at = 0 order by rank limit 200`, id, parent)
}

// listLinksTo gives the links that lead into a window: what each of its rows waits for. The numbers
// of predecessors within it are known from the rows; only those outside are looked up.
func listLinksTo(tx db.Tx, id project.ID, rows []Task) ([]Link, error) {
	numbers := make(map[TaskID]int64, len(rows))
	for _, t := range rows {
		numbers[t.ID] = t.Number
	}
	var all []Link
	outside := map[TaskID]bool{}
	w := windowOf(rows)
	err := tx.Rows(func(r *sql.Rows) error {
		l := Link{ProjectID: id}
		err := r.Scan((*string)(&l.ID), (*string)(&l.FromID), (*string)(&l.ToID), (*string)(&l.Kind), &l.Lag)
		if numbers[l.FromID] == 0 {
			outside[l.FromID] = true
		}
		all = append(all, l)
		return err
	}, `select l.id, l.from_id, l.to_id, l.kind, l.lag from plan_task t join plan_link l on l.project_id = t.project_id and l.to_id = t.id where `+inWindow+` order by l.id`, id, w.from, w.to)
	if err != nil {
		return nil, err
	}
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(outside)), 500) {
		where := &db.Where{}
		where.And("removed_at = 0")
		where.And("id in "+db.In(len(ids)), db.Anys(ids)...)
		err := tx.Rows(func(r *sql.Rows) error {
			var from TaskID
			var number int64
			err := r.Scan((*string)(&from), &number)
			numbers[from] = number
			return err
		}, `select id, number from plan_task where `+where.String(), where.Args()...)
		if err != nil {
			return nil, err
		}
	}
	list := make([]Link, 0, len(all))
	for _, l := range all {
		if l.FromNumber = numbers[l.FromID]; l.FromNumber != 0 { // none of what was removed
			list = append(list, l)
		}
	}
	return list, nil
}

// listLeaves gives what is no summary.
func listLeaves(tx db.Tx, id project.ID) ([]Task, error) {
	return db.List[Task](tx, `select `+taskColumns+` from plan_task where project_id = $1 and removed_at = 0 and summary = $2 order by rank`, id, false)
}

// due is the day on which a task should be done.
const due = `case when t.deadline <> '' then t.deadline else t.finish_on end`

// listDated gives milestones, and what a person has to do, due between two days.
func listDated(tx db.Tx, ids []project.ID, person account.PersonID, from, to when.Date) ([]Task, error) {
	w := &db.Where{}
	w.And("t.project_id in "+db.In(len(ids)), db.Anys(ids)...)
	w.And("t.removed_at = 0 and t.summary = ?", false)
	w.And(due+" >= ? and "+due+" <= ?", from, to)
	w.And("t.kind = 'milestone' or t.state <> 'done' and (? = '' or exists (select 1 from plan_assignee x where x.task_id = t.id and x.person_id = ?))", person, person)
	return db.List[Task](tx, `select `+taskColumns+` from plan_task t where `+w.String()+` order by `+due+`, t.number limit 1000`, w.Args()...)
}

// listWaiting gives what a person has not done of what is due until a day or under way.
func listWaiting(tx db.Tx, ids []project.ID, person account.PersonID, until when.Date) ([]Task, error) {
	w := &db.Where{}
	w.And("t.project_id in "+db.In(len(ids)), db.Anys(ids)...)
	w.And("t.removed_at = 0 and t.summary = ? and t.state <> 'done'", false)
	w.And("exists (select 1 from plan_assignee x where x.task_id = t.id and x.person_id = ?)", person)
	w.And("t.state <> 'todo' or "+due+" <> '' and "+due+" <= ?", until)
	return db.List[Task](tx, `select `+taskColumns+` from plan_task t where `+w.String()+` order by `+due+`, t.number limit 300`, w.Args()...)
}

// countProgress counts the tasks of a plan that are no summaries.
func countProgress(tx db.Tx, id project.ID, today when.Date) (progress, error) {
	return db.Get[progress](tx, `select count(*) as tasks, coalesce(sum(case when t.state = 'done' then 1 else 0 end), 0) as done,
		coalesce(sum(case when t.state <> 'done' and `+due+` <> '' and `+due+` < $1 then 1 else 0 end), 0) as late
		from plan_task t where t.project_id = $2 and t.removed_at = 0 and t.summary = $3`, today, id, false)
}

// listNext gives the tasks that are due next, late ones first.
func listNext(tx db.Tx, id project.ID, limit int) ([]Task, error) {
	return db.List[Task](tx, `select `+taskColumns+` from plan_task t where t.project_id = $1 and t.removed_at = 0 and t.summary = $2 and t.state <> 'done' and `+due+` <> ''
		order by `+due+`, t.number limit $3`, id, false, limit)
}
