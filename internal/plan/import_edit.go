package plan

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/planfile"
	"bassin/internal/project"
	"bassin/internal/search"
)

// keepDrafts is how long a file waits for somebody to take it in, maxDrafts how many of a project do:
// each may have planfile.MaxBytes.
const (
	keepDrafts = 7 * 24 * time.Hour
	maxDrafts  = 10
)

// BeginImport keeps a file of another tool, so that people see what it would make before they take
// it in. What is no plan is refused.
func (s *Service) BeginImport(ctx context.Context, by account.Actor, id project.ID, name string, data []byte) (Import, error) {
	x := Import{ProjectID: id, Name: fileName(name), CreatedBy: by.ID}
	var err error
	if x.Content, x.Encoding, err = planfile.Text(data); err != nil {
		return Import{}, fileFault(err)
	}
	f, err := planfile.Read(x.Content, planfile.Options{MaxDeep: maxDepth})
	if err != nil {
		return Import{}, fileFault(err)
	}
	x.Form = f.Form
	err = s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := project.Allow(tx, by, id, project.Contribute); err != nil {
			return err
		}
		if err := deleteDrafts(tx, id, tx.Now().Add(-keepDrafts)); err != nil {
			return err
		}
		switch n, err := countDrafts(tx, id); {
		case err != nil:
			return err
		case n >= maxDrafts:
			return fault.New(fault.Conflict, "plan.import.many", "most", maxDrafts)
		}
		x.ID, x.CreatedAt = ImportID(db.NewID()), tx.Now()
		return insertImport(tx, x)
	})
	if err != nil {
		return Import{}, fmt.Errorf("begin an import into %s: %w", id, err)
	}
	return x, nil
}

// fileName keeps the last part of a name as it may be shown.
func fileName(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s[strings.LastIndexAny(s, `/\`)+1:], "")), " ")
	s = strings.TrimSpace(fault.Seen(s))
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200])
	}
	if s == "" {
		return "plan"
	}
	return s
}

// fileFault makes of why a file is not read a fault of the form's field.
func fileFault(err error) error {
	var f *planfile.Fault
	if !errors.As(err, &f) {
		return err
	}
	var pairs []any
	for k, v := range f.Args {
		pairs = append(pairs, k, v)
	}
	var wrong fault.Fields
	wrong.Add("file", "planfile."+f.Key, pairs...)
	return wrong.Err()
}

// SetReading says what the columns of a draft hold and how it writes dates.
func (s *Service) SetReading(ctx context.Context, by account.Actor, id project.ID, imp ImportID, r Reading) error {
	for _, f := range r.Fields {
		if f != planfile.None && !slices.Contains(planfile.Fields(), f) && !slices.Contains([]planfile.Field{planfile.Alias, planfile.Seconds, planfile.Related, planfile.Earliest, planfile.Mode}, f) {
			return fault.New(fault.Invalid, "fault.choice")
		}
	}
	if !slices.Contains([]planfile.DayOrder{"", planfile.DayFirst, planfile.MonthFirst}, r.Order) {
		return fault.New(fault.Invalid, "fault.choice")
	}
	settings, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return s.draft(ctx, by, id, imp, func(tx db.Tx, x Import) error {
		x.Settings = string(settings)
		return saveSettings(tx, x)
	})
}

// DropImport forgets a draft.
func (s *Service) DropImport(ctx context.Context, by account.Actor, id project.ID, imp ImportID) error {
	return s.draft(ctx, by, id, imp, deleteImport)
}

// draft does something to an import that is not taken in yet, nor being taken in.
func (s *Service) draft(ctx context.Context, by account.Actor, id project.ID, imp ImportID, do func(tx db.Tx, x Import) error) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := project.Allow(tx, by, id, project.Contribute); err != nil {
			return err
		}
		x, err := getImport(tx, id, imp)
		if err != nil {
			return err
		}
		if x.DoneAt != 0 {
			return fault.New(fault.Conflict, "plan.import.done_already")
		}
		run, err := runOf(tx, x)
		if err != nil {
			return err
		}
		if x.JobID != "" && !run.State.Ended() {
			return fault.New(fault.Conflict, "plan.import.being_taken")
		}
		return do(tx, x)
	})
}

// runOf gives the run that takes an import in; the zero one when there is none, or none any more.
func runOf(tx db.Tx, x Import) (job.Record, error) {
	if x.JobID == "" {
		return job.Record{}, nil
	}
	run, err := job.Get(tx, x.JobID)
	if fault.Is(err, fault.NotFound) {
		return job.Record{State: job.Failed}, nil
	}
	return run, err
}

// TakeImport makes the tasks and links of a draft, all or none, and keeps the report.
func (s *Service) TakeImport(ctx context.Context, by account.Actor, id project.ID, imp ImportID) (Report, error) {
	var out Report
	err := s.draft(ctx, by, id, imp, func(tx db.Tx, x Import) (err error) {
		out, err = s.takeIn(tx, by, x, search.PutNew)
		return err
	})
	if err != nil {
		return Report{}, fmt.Errorf("take in import %s: %w", imp, err)
	}
	return out, nil
}

// TakeInLater is TakeImport for a file of any length: a long one is asked of a run, whose id is given.
func (s *Service) TakeInLater(ctx context.Context, by account.Actor, id project.ID, imp ImportID) (Report, job.RunID, error) {
	r, err := s.Survey(ctx, by, id, imp)
	if err != nil || s.queue == nil || r.Tasks <= takenAtOnce {
		if err == nil {
			r, err = s.TakeImport(ctx, by, id, imp)
		}
		return r, "", err
	}
	var run job.RunID
	err = s.draft(ctx, by, id, imp, func(tx db.Tx, x Import) (err error) {
		run, err = s.queue.Enqueue(tx, job.Request{Kind: takeKind, Args: takeArgs{id, imp, by.ID}, TitleKey: "plan.import.job",
			TitleArgs: fault.Args{"file": x.Name, "count": r.Tasks}, OwnerID: string(by.ID), Scope: string(id), UniqueKey: string(imp)})
		if err != nil {
			return err
		}
		return saveImportJob(tx, imp, run)
	})
	if err != nil {
		return Report{}, "", fmt.Errorf("ask to take in import %s: %w", imp, err)
	}
	return r, run, nil
}

// takeIn works out what a draft makes of the plan as it is, and makes it. What makes tasks findable gets
// their entries; nil: later.
func (s *Service) takeIn(tx db.Tx, by account.Actor, x Import, put func(db.Tx, []search.Entry) error) (Report, error) {
	a, err := project.Allow(tx, by, x.ProjectID, project.Contribute)
	if err != nil {
		return Report{}, err
	}
	p, err := lockPlan(tx, a.Project)
	if err != nil {
		return Report{}, err
	}
	v, err := s.survey(tx, a, p, x)
	if err != nil {
		return Report{}, err
	}
	if v.wrong != nil {
		return Report{}, v.wrong
	}
	if len(v.fresh) == 0 {
		return Report{}, fault.New(fault.Conflict, "plan.import.nothing")
	}
	return v.Report, s.takeSurvey(tx, by, a, p, x, v, put)
}

// takeSurvey writes what was worked out. The trail says it once: the import, not each task. A task that
// is new has no people and no values yet: nothing is asked before it is written, and the index gets all
// of them in a row, which FTS5 gathers.
func (s *Service) takeSurvey(tx db.Tx, by account.Actor, a project.Access, p Plan, x Import, v *survey, put func(db.Tx, []search.Entry) error) error {
	tasks, given := make([]Task, len(v.fresh)), []Assignee{}
	for i := range v.fresh {
		d := &v.fresh[i]
		d.CreatedBy, d.CreatedAt, d.UpdatedAt = by.ID, tx.Now(), tx.Now()
		tasks[i] = d.Task
		for _, id := range d.People { // found among the members
			given = append(given, Assignee{TaskID: d.ID, PersonID: id, Name: v.names[id], Units: 100})
		}
	}
	if err := insertTasks(tx, tasks); err != nil {
		return err
	}
	if err := insertAssignees(tx, a.ID, given); err != nil {
		return err
	}
	if put != nil {
		entries := make([]search.Entry, len(v.fresh))
		for i, d := range v.fresh {
			entries[i] = taskEntry(a.Project, d.Task, nil)
		}
		if err := put(tx, entries); err != nil {
			return err
		}
	}
	if err := insertLinks(tx, v.links); err != nil {
		return err
	}
	if err := insertOrigins(tx, a.ID, v.origins); err != nil {
		return err
	}
	if err := saveNumbers(tx, a.ID, p.Numbers+int64(len(v.fresh))); err != nil {
		return err
	}
	report, err := json.Marshal(v.Report)
	if err != nil {
		return err
	}
	x.Report, x.Made, x.DoneAt = string(report), int64(len(v.fresh)), tx.Now()
	if err := finishImport(tx, x); err != nil {
		return err
	}
	p.Numbers += int64(len(v.fresh))
	if err := s.reschedule(tx, a, p); err != nil {
		return err
	}
	return recordPlan(tx, by, a.ID, "plan.import", map[string]any{"file": x.Name, "count": len(v.fresh), "import_id": string(x.ID)})
}

// Survey works out what a draft would make; nothing is written. What stands against all of it comes
// as an error beside the report.
func (s *Service) Survey(ctx context.Context, by account.Actor, id project.ID, imp ImportID) (Report, error) {
	_, v, err := s.look(ctx, by, id, imp)
	if err != nil {
		return Report{}, err
	}
	if v.wrong != nil {
		return v.Report, v.wrong
	}
	return v.Report, nil
}

// look gives an import with what it would make, or the report of what it made.
func (s *Service) look(ctx context.Context, by account.Actor, id project.ID, imp ImportID) (Import, *survey, error) {
	var x Import
	v := &survey{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := project.Enter(tx, by, id)
		if err != nil {
			return err
		}
		if x, err = getImport(tx, id, imp); err != nil {
			return err
		}
		if v.run, err = runOf(tx, x); err != nil {
			return err
		}
		if x.DoneAt != 0 {
			return json.Unmarshal([]byte(x.Report), &v.Report)
		}
		if _, err := project.Allow(tx, by, id, project.Contribute); err != nil {
			return err
		}
		if x.JobID != "" && !v.run.State.Ended() {
			return nil
		}
		run := v.run
		p, err := getPlan(tx, a.Project)
		if err != nil {
			return err
		}
		if v, err = s.survey(tx, a, p, x); err != nil {
			return err
		}
		v.run = run
		return nil
	})
	return x, v, err
}

// survey reads the file against the plan as it is.
func (s *Service) survey(tx db.Tx, a project.Access, p Plan, x Import) (*survey, error) {
	var chosen Reading
	if x.Settings != "" {
		if err := json.Unmarshal([]byte(x.Settings), &chosen); err != nil {
			return nil, err
		}
	}
	f, err := planfile.Read(x.Content, planfile.Options{Day: p.Day(), Fields: chosen.Fields, Order: chosen.Order, MaxDeep: maxDepth})
	if err != nil {
		return nil, fileFault(err)
	}
	v := &survey{Report: Report{Form: f.Form, Encoding: x.Encoding, Comma: f.Comma, Order: f.Order, Lines: f.Lines, EndedOn: p.EndsOn, Columns: f.Columns,
		Refused: f.Refused, RefusedN: f.RefusedN, Remarks: f.Remarks, RemarksN: f.RemarksN}}
	members, err := project.MembersOf(tx, a.ID)
	if err != nil {
		return nil, err
	}
	cal, err := s.calendarOf(tx, p)
	if err != nil {
		return nil, err
	}
	there, err := listOrigins(tx, a.ID, sourceOf(f))
	if err != nil {
		return nil, err
	}
	known, err := listNodes(tx, a.ID, p.Numbers)
	if err != nil {
		return nil, err
	}
	n := &newcomers{survey: v, f: f, p: p, there: there, ids: make([]TaskID, len(f.Tasks)), ranks: map[TaskID]string{}, last: map[TaskID]string{}}
	var who map[planfile.Person]account.PersonID
	v.People, who = matches(f, members)
	v.names = map[account.PersonID]string{}
	for _, m := range members {
		v.names[m.PersonID] = m.Name
	}
	for _, t := range known {
		n.ranks[t.ID] = t.Rank
		if t.Milestone() {
			n.ranks[t.ID] = "" // nothing goes under one
		}
	}
	for i := range f.Tasks {
		d, notes := draftOf(f, i, n.parts(i), cal, p, tx.Today())
		if err := n.add(tx, a.ID, i, d, notes, who); err != nil {
			return nil, err
		}
	}
	n.tie(a.ID)
	return v, s.foresee(tx, a, p, v, known)
}

// foresee computes the plan as it would be. What schedule refuses, a circle through summaries for
// one, is why the file cannot be taken in.
func (s *Service) foresee(tx db.Tx, a project.Access, p Plan, v *survey, known []Task) error {
	cal, err := s.calendarOf(tx, p)
	if err != nil {
		return err
	}
	links, err := listLinks(tx, a.ID)
	if err != nil {
		return err
	}
	all := slices.Clone(known)
	for _, d := range v.fresh {
		all = append(all, d.Task)
	}
	slices.SortFunc(all, func(a, b Task) int { return strings.Compare(a.Rank, b.Rank) })
	_, ends, err := newNetwork(a.Code, p, cal, all, append(links, v.links...), tx.Today()).changed()
	if f := fault.As(err); f != nil {
		v.wrong = f
		return nil
	}
	v.EndsOn = ends
	return err
}

// newcomers are the tasks of a file finding their places.
type newcomers struct {
	*survey
	f     planfile.File
	p     Plan
	there map[string]TaskID
	ids   []TaskID          // here, of each task of the file; "" of what was refused
	ranks map[TaskID]string // of what may have parts
	last  map[TaskID]string // the last segment under each
	names []string
}

// parts reports whether a task of the file has some; they stand right behind it.
func (n *newcomers) parts(i int) bool { return i+1 < len(n.f.Tasks) && n.f.Tasks[i+1].Parent == i }

func (n *newcomers) add(tx db.Tx, id project.ID, i int, t Task, notes []planfile.Note, who map[planfile.Person]account.PersonID) error {
	if n.names == nil {
		n.names = originNames(n.f)
	}
	if known, ok := n.there[n.names[i]]; ok {
		n.There++
		n.ids[i] = known
		return nil
	}
	t.ProjectID = id
	for up := n.f.Tasks[i].Parent; up >= 0; up = n.f.Tasks[up].Parent {
		if n.ids[up] != "" && n.ranks[n.ids[up]] != "" {
			t.ParentID = n.ids[up]
			break
		}
	}
	parent := n.ranks[t.ParentID]
	if depthOf(parent)+1 >= maxDepth { // of a task that was moved down since
		t.ParentID, parent = "", ""
	}
	if err := t.tidy(tx.Today()); err != nil {
		f := fault.As(err)
		if f == nil {
			return err
		}
		if n.RefusedN++; len(n.Refused) < 300 && len(f.Fields) > 0 {
			x := f.Fields[0]
			n.Refused = append(n.Refused, planfile.Note{Line: n.f.Tasks[i].Line, Key: "wrong", Args: map[string]any{"title": t.Title, "field": x.Name, "why": x.Key, "args": x.Args}})
		}
		return nil
	}
	low, met := n.last[t.ParentID]
	if !met {
		edge, err := edgeRank(tx, id, t.ParentID)
		if err != nil {
			return err
		}
		low = segmentOf(edge)
	}
	segment := segmentBetween(low, "")
	n.last[t.ParentID] = segment
	t.ID, t.Rank, t.Number = TaskID(db.NewID()), rankUnder(parent, segment), n.p.Numbers+int64(len(n.fresh))+1
	if len(n.fresh) == 0 {
		n.FirstNumber = t.Number
	}
	n.ids[i] = t.ID
	if n.ranks[t.ID] = t.Rank; t.Milestone() {
		n.ranks[t.ID] = ""
	}
	d := Draft{Task: t}
	for _, p := range n.f.Tasks[i].People {
		if id := who[p]; id != "" && !slices.Contains(d.People, id) {
			d.People = append(d.People, id)
		}
	}
	n.fresh, n.lines = append(n.fresh, d), append(n.lines, n.f.Tasks[i].Line)
	n.origins = append(n.origins, origin{sourceOf(n.f), n.names[i], t.ID})
	n.Tasks++
	n.RemarksN += len(notes)
	n.Remarks = append(n.Remarks, notes[:min(len(notes), max(0, 300-len(n.Remarks)))]...)
	return nil
}

// tie makes the links into tasks that are new.
func (n *newcomers) tie(id project.ID) {
	fresh := make(map[TaskID]bool, len(n.fresh))
	for _, d := range n.fresh {
		fresh[d.ID] = true
	}
	for i, t := range n.f.Tasks {
		if !fresh[n.ids[i]] {
			continue
		}
		for _, l := range t.Links {
			if n.ids[l.From] != "" {
				x := Link{ID: LinkID(db.NewID()), ProjectID: id, FromID: n.ids[l.From], ToID: n.ids[i], Kind: LinkKind(l.Kind), Lag: l.Lag}
				x.Lag = min(max(x.Lag, -maxWork), maxWork)
				n.links = append(n.links, x)
				n.Links++
			}
		}
	}
}
