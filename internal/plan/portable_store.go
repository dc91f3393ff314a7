package plan

import (
	"errors"
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
)

// Portable declares the plan of a project. What is computed is computed anew where it arrives.
func (s *Service) Portable() []db.Slice {
	type roles = map[string]db.Role
	const mine, inside = "project_id = $1", "task_id in (select id from plan_task where project_id = $1)"
	return []db.Slice{
		{Table: "plan_plan", Where: mine, Order: "project_id", Roles: roles{"project_id": db.Project, "computed_on": db.Blank, "ends_on": db.Blank, "version": db.Blank}},
		{Table: "plan_closure", Where: mine, Order: "from_on, id", Roles: roles{"id": db.Own, "project_id": db.Project}},
		{Table: "plan_task", Where: mine, Order: "number", Roles: roles{"id": db.Own, "project_id": db.Project, "parent_id": db.Loose, "stage_id": db.Loose, "body": db.Links,
			"created_by": db.Person, "early_on": db.Blank, "finish_on": db.Blank, "late_early_on": db.Blank, "late_finish_on": db.Blank, "total_float": db.Blank,
			"free_float": db.Blank, "critical": db.Blank, "late": db.Blank, "summary": db.Blank, "version": db.Blank}},
		{Table: "plan_assignee", Where: mine, Order: "task_id, name, person_id", Roles: roles{"task_id": db.Ref, "person_id": db.PersonKey, "project_id": db.Project}},
		{Table: "plan_item", Where: inside, Order: "task_id, position, id", Roles: roles{"id": db.Own, "task_id": db.Ref}},
		{Table: "plan_link", Where: mine, Order: "id", Roles: roles{"id": db.Own, "project_id": db.Project, "from_id": db.Ref, "to_id": db.Ref}},
		{Table: "plan_baseline", Where: mine, Order: "id", Roles: roles{"id": db.Own, "project_id": db.Project}},
		{Table: "plan_baseline_task", Where: "baseline_id in (select id from plan_baseline where project_id = $1)", Order: "baseline_id, task_id",
			Roles: roles{"baseline_id": db.Ref, "task_id": db.Ref}},
		{Table: "plan_origin", Where: mine, Order: "source, name", Roles: roles{"project_id": db.Project, "task_id": db.Ref}},
		{Table: "plan_resource", Where: mine, Order: "id", Roles: roles{"id": db.Own, "project_id": db.Project, "version": db.Blank}},
		{Table: "plan_booking", Where: mine, Order: "task_id, resource_id", Roles: roles{"task_id": db.Ref, "resource_id": db.Ref, "project_id": db.Project}},
		{Table: "plan_series", Where: mine, Order: "id", Roles: roles{"id": db.Own, "project_id": db.Project, "version": db.Blank}},
		{Table: "plan_occurrence", Where: mine, Order: "task_id", Roles: roles{"task_id": db.Ref, "series_id": db.Ref, "project_id": db.Project}},
		{Table: "plan_field", Where: mine, Order: "position, id", Roles: roles{"id": db.Own, "project_id": db.Project, "version": db.Blank}},
		{Table: "plan_value", Where: mine, Order: "task_id, field_id", Roles: roles{"task_id": db.Ref, "field_id": db.Ref, "project_id": db.Project}},
		{Table: "plan_capacity", Where: mine, Order: "person_id", Roles: roles{"project_id": db.Project, "person_id": db.PersonKey}},
	}
}

// titledTask is a task with the key of its title.
type titledTask struct {
	Task
	TitleKey string
}

// Settle checks what an import put into the plan of a project and computes its dates: a circle or a
// calendar without a working day is refused there.
func (s *Service) Settle(tx db.Tx, in string) error {
	p, err := project.Find(tx, project.ID(in))
	if err != nil {
		return err
	}
	tasks, err := db.List[titledTask](tx, `select `+taskColumns+`, title_key from plan_task where project_id = $1 order by rank`, p.ID)
	if err != nil {
		return err
	}
	x, err := lockPlan(tx, p)
	if err != nil {
		return err
	}
	if err := x.check(); err != nil {
		return db.Wrong("plan_plan", p.Title, err)
	}
	byID := map[TaskID]Task{}
	for _, t := range tasks {
		byID[t.ID] = t.Task
	}
	for _, t := range tasks {
		e := t.outline(byID[t.ParentID], x)
		if e == nil && t.TitleKey != account.Fold(t.Title) {
			e = errors.New("the title and its key differ")
		}
		kept := t.Task
		if e == nil {
			e = t.tidy(tx.Today())
		}
		if e != nil {
			return db.Wrong("plan_task", kept.Title, e)
		}
	}
	if err := settleParts(tx, p.ID); err != nil {
		return err
	}
	return s.reschedule(tx, project.Access{Project: p}, x)
}

func settleParts(tx db.Tx, id project.ID) error {
	links, err := db.List[Link](tx, `select id, project_id, from_id, to_id, kind, lag from plan_link where project_id = $1`, id)
	if err != nil {
		return err
	}
	for _, l := range links {
		if err := l.check(); err != nil {
			return db.Wrong("plan_link", string(l.Kind), err)
		}
	}
	closures, err := listClosures(tx, id)
	if err != nil {
		return err
	}
	for _, c := range closures {
		if err := c.tidy(); err != nil {
			return db.Wrong("plan_closure", c.Name, err)
		}
	}
	baselines, err := db.List[Baseline](tx, `select id, project_id, name, ends_on, taken_by, taken_at from plan_baseline where project_id = $1`, id)
	if err != nil {
		return err
	}
	for _, b := range baselines {
		if err := b.tidy(); err != nil {
			return db.Wrong("plan_baseline", b.Name, err)
		}
	}
	resources, err := db.List[Resource](tx, `select id, project_id, name, units, hours, removed_at, version from plan_resource where project_id = $1`, id)
	if err != nil {
		return err
	}
	for _, r := range resources {
		if err := r.tidy(); err != nil {
			return db.Wrong("plan_resource", r.Name, err)
		}
	}
	if err := settleSeries(tx, id); err != nil {
		return err
	}
	if err := settleFields(tx, id); err != nil {
		return err
	}
	return settleUnits(tx, id)
}

// settleSeries refuses rules that forms would refuse, and tasks on no day of one.
func settleSeries(tx db.Tx, id project.ID) error {
	list, err := db.List[Series](tx, `select `+seriesColumns+` from plan_series where project_id = $1`, id)
	if err != nil {
		return err
	}
	for _, x := range list {
		kept := x.Rule
		err := x.tidy(x.FirstOn)
		if err == nil && (!x.FirstOn.Valid() || x.Rule != kept) {
			err = errors.New("is no rule of a series")
		}
		if err != nil {
			return db.Wrong("plan_series", string(x.Every), err)
		}
	}
	days, err := db.List[Occurrence](tx, `select task_id, series_id, project_id, position, due_on from plan_occurrence where project_id = $1`, id)
	if slices.ContainsFunc(days, func(o Occurrence) bool { return !o.DueOn.Valid() || o.Position < 1 }) {
		return db.Wrong("plan_occurrence", "due_on", errors.New("is no day of a series"))
	}
	return err
}

// settleFields refuses fields that forms would refuse, and values that theirs could not hold.
func settleFields(tx db.Tx, id project.ID) error {
	list, err := db.List[Field](tx, `select `+fieldColumns+` from plan_field where project_id = $1`, id)
	if err != nil {
		return err
	}
	live, byID := 0, map[FieldID]Field{}
	for _, f := range list {
		kept := f
		err := f.tidy()
		if f.RemovedAt == 0 {
			live++
		}
		if err == nil && (kept != f || live > maxFields) {
			err = errors.New("is no field of a project, or one too many")
		}
		if err != nil {
			return db.Wrong("plan_field", kept.Name, err)
		}
		byID[f.ID] = f
	}
	type held struct {
		FieldID       FieldID
		Body, BodyKey string
	}
	values, err := db.List[held](tx, `select field_id, body, body_key from plan_value where project_id = $1`, id)
	if err != nil {
		return err
	}
	for _, x := range values {
		f, was := byID[x.FieldID], ""
		if f.Kind == ChoiceField && len([]rune(x.Body)) <= maxChoice {
			was = x.Body
		}
		var wrong fault.Fields
		if x.Body == "" || f.read(x.Body, was, &wrong) != x.Body || wrong.Err() != nil || x.BodyKey != account.Fold(x.Body) {
			return db.Wrong("plan_value", f.Name, errors.New("is nothing that the field can hold"))
		}
	}
	return nil
}

// settleUnits refuses shares of people and machines that forms would refuse.
func settleUnits(tx db.Tx, id project.ID) error {
	for table, most := range map[string]int64{"plan_assignee": maxUnits, "plan_booking": maxUnits, "plan_capacity": usualUnits} {
		n, err := db.Get[int](tx, `select count(*) from `+table+` where project_id = $1 and (units < 1 or units > $2)`, id, most)
		if err != nil {
			return err
		}
		if n > 0 {
			return db.Wrong(table, "units", errors.New("is a share that nobody has"))
		}
	}
	bodies, err := db.List[string](tx, `select body from plan_item where task_id in (select id from plan_task where project_id = $1)`, id)
	if slices.ContainsFunc(bodies, func(s string) bool { return s == "" || len(s) > 4*500 }) {
		return db.Wrong("plan_item", "body", errors.New("is no line of a checklist"))
	}
	return err
}

// outline checks the place of a task in an outline that came from outside.
func (t titledTask) outline(parent Task, p Plan) error {
	segment := segmentOf(t.Rank)
	switch {
	case segment == "" || len(t.Rank) > maxRank || strings.Trim(segment, rankSymbols) != "" || strings.HasSuffix(segment, rankSymbols[:1]):
		return errors.New("its rank is no place in an outline")
	case parent.ID == "" && t.Rank != segment, parent.ID != "" && t.Rank != rankUnder(parent.Rank, segment):
		return errors.New("its rank is not below its parent's")
	case t.Depth() > maxDepth:
		return errors.New("it stands too deep")
	case t.Number < 1 || t.Number > p.Numbers:
		return errors.New("its number was never given")
	}
	return nil
}
