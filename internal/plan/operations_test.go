package plan

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/schedule"
	"bassin/internal/when"
)

// today is a Monday without holidays near.
const today when.Date = "2026-03-02"

// world is a database with a project and people in it.
type world struct {
	d        *db.DB
	accounts *account.Service
	projects *project.Service
	s        *Service
	own      account.OrganisationID
	manager  account.Actor
	p        project.Project
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	d = d.Clocked(func() time.Time { return today.Time().Add(12 * time.Hour) })
	a := account.New(account.Options{DB: d})
	w := &world{d: d, accounts: a, projects: project.New(project.Options{DB: d, Account: a})}
	w.s = New(Options{DB: d, Project: w.projects})
	o, err := a.AddOrganisation(t.Context(), account.System("test"), account.Organisation{Kind: account.Company, Name: "Atelier"})
	must(t, err)
	w.own = o.ID
	w.manager = w.person(t, "gestion")
	w.p, err = w.projects.Create(t.Context(), w.manager, project.Draft{Project: project.Project{Title: "Robot de soudage", Kind: project.Other, Confidentiality: project.ForMembers,
		OwnerID: w.own, StartsOn: today}, Stages: []project.DraftStage{{Phase: project.Design}}})
	must(t, err)
	w.manager = w.again(t, w.manager.ID)
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) person(t testing.TB, name string) account.Actor {
	t.Helper()
	p, err := w.accounts.AddPerson(t.Context(), account.System("test"), account.Person{Email: name + "@exemple.fr", Name: name}, "")
	must(t, err)
	must(t, w.accounts.Join(t.Context(), account.System("test"), account.Membership{PersonID: p.ID, OrganisationID: w.own, Role: account.Member}))
	return w.again(t, p.ID)
}

// invited is a person with a role in the project.
func (w *world) invited(t testing.TB, name string, role account.Role) account.Actor {
	t.Helper()
	p := w.person(t, name)
	_, err := w.projects.Invite(t.Context(), w.manager, w.p.ID, project.Invitation{Email: name + "@exemple.fr", Role: role})
	must(t, err)
	return w.again(t, p.ID)
}

func (w *world) again(t testing.TB, id account.PersonID) (a account.Actor) {
	t.Helper()
	must(t, w.d.View(t.Context(), func(tx db.Tx) (err error) { a, err = account.Load(tx, id); return err }))
	return a
}

// task makes a task of some days.
func (w *world) task(t testing.TB, title string, days int64, under ...Task) Task {
	t.Helper()
	d := Draft{Task: Task{ProjectID: w.p.ID, Title: title, Work: days * 420}}
	if days == 0 {
		d.Kind = Milestone
	}
	if len(under) > 0 {
		d.ParentID = under[0].ID
	}
	x, err := w.s.CreateTask(t.Context(), w.manager, d)
	must(t, err)
	return x
}

func (w *world) link(t testing.TB, from, to Task, kind LinkKind, lag int64) error {
	t.Helper()
	_, err := w.s.AddLink(t.Context(), w.manager, Link{ProjectID: w.p.ID, FromID: from.ID, ToID: to.ID, Kind: kind, Lag: lag})
	return err
}

func (w *world) read(t testing.TB, x Task) (out Task) {
	t.Helper()
	must(t, w.d.View(t.Context(), func(tx db.Tx) (err error) { out, err = getTask(tx, w.p.ID, x.ID); return err }))
	return out
}

// access is what the manager has, with the plan.
func (w *world) access(t testing.TB, tx db.Tx) (project.Access, Plan) {
	t.Helper()
	a, err := project.Enter(tx, w.manager, w.p.ID)
	must(t, err)
	p, err := getPlan(tx, a.Project)
	must(t, err)
	return a, p
}

// outline writes the plan as "a(b,c),d".
func (w *world) outline(t testing.TB) string {
	t.Helper()
	var list []Task
	must(t, w.d.View(t.Context(), func(tx db.Tx) (err error) { list, err = listNodes(tx, w.p.ID, 0); return err }))
	var b strings.Builder
	for i, x := range list {
		if i > 0 {
			switch before := list[i-1].Depth(); {
			case x.Depth() > before:
				b.WriteString(strings.Repeat("(", x.Depth()-before))
			default:
				b.WriteString(strings.Repeat(")", before-x.Depth()) + ",")
			}
		}
		b.WriteString(x.Title)
	}
	if len(list) > 0 {
		b.WriteString(strings.Repeat(")", list[len(list)-1].Depth()))
	}
	return b.String()
}

// fieldsOf writes the wrong fields of an error with their keys.
func fieldsOf(err error) string {
	f := fault.As(err)
	if f == nil {
		return fmt.Sprint(err)
	}
	if len(f.Fields) == 0 {
		return f.Key
	}
	var out []string
	for _, x := range f.Fields {
		out = append(out, x.Name+" "+x.Key)
	}
	return strings.Join(out, ", ")
}

func TestTasksAreNumberedAndDated(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a, b := w.task(t, "Plans", 3), w.task(t, "Châssis", 5)
		if a.Number != 1 || b.Number != 2 {
			t.Errorf("numbers %d and %d", a.Number, b.Number)
		}
		if a.EarlyOn != "2026-03-02" || a.FinishOn != "2026-03-04" || w.read(t, a).Critical || !b.Critical {
			t.Errorf("three days from Monday: %+v", a.Dates)
		}
		must(t, w.link(t, a, b, FinishStart, 0))
		if b = w.read(t, b); b.EarlyOn != "2026-03-05" || b.FinishOn != "2026-03-11" {
			t.Errorf("after its predecessor, over a week-end: %+v", b.Dates)
		}
		if a = w.read(t, a); !a.Critical || a.TotalFloat != 0 {
			t.Errorf("the predecessor became critical: %+v", a.Dates)
		}
		m := w.task(t, "Revue", 0)
		must(t, w.link(t, b, m, FinishStart, 0))
		if m = w.read(t, m); m.FinishOn != "2026-03-11" {
			t.Errorf("a milestone falls on the last day: %+v", m.Dates)
		}
	})
}

func TestACircleIsRefusedAndNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a, b, c := w.task(t, "Plans", 1), w.task(t, "Châssis", 1), w.task(t, "Essai", 1)
		must(t, w.link(t, a, b, FinishStart, 0))
		must(t, w.link(t, b, c, FinishStart, 0))
		err := w.link(t, c, a, FinishStart, 0)
		f := fault.As(err)
		if f == nil || len(f.Fields) != 1 || f.Fields[0].Key != "plan.wrong.cycle" {
			t.Fatalf("got %v", err)
		}
		named := fmt.Sprint(f.Fields[0].Args["tasks"])
		for _, want := range []string{"RDS-1 Plans", "RDS-2 Châssis", "RDS-3 Essai"} {
			if !strings.Contains(named, want) {
				t.Errorf("%q does not name %s", named, want)
			}
		}
		if got := w.read(t, a); got.EarlyOn != "2026-03-02" {
			t.Errorf("the refused link moved something: %+v", got.Dates)
		}
		if err := w.link(t, a, a, FinishStart, 0); fieldsOf(err) != "from plan.wrong.self" {
			t.Errorf("a link to itself: %v", fieldsOf(err))
		}
		if err := w.link(t, a, b, FinishStart, 420); !fault.Is(err, fault.Conflict) {
			t.Errorf("the same link twice: %v", err)
		}
	})
}

func TestBadInputChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		base := Task{ProjectID: w.p.ID, Title: "x", Work: 420}
		for _, c := range []struct {
			name   string
			change func(*Draft)
			want   string
		}{
			{"without a title", func(d *Draft) { d.Title = " " }, "title fault.required"},
			{"of more than ten years", func(d *Draft) { d.Work = 420 * 3000 }, "work plan.wrong.too_long"},
			{"of a number no plan holds", func(d *Draft) { d.Work = 1 << 60 }, "work plan.wrong.too_long"},
			{"fixed without a day", func(d *Draft) { d.Mode = Fixed }, "begin_on fault.required"},
			{"that ends before it begins", func(d *Draft) { d.Mode, d.BeginOn, d.EndOn = Manual, "2026-03-04", "2026-03-03" }, "end_on plan.wrong.order"},
			{"begun in the future", func(d *Draft) { d.State, d.BegunOn = Doing, "2026-03-03" }, "begun_on plan.wrong.future"},
			{"under what is not there", func(d *Draft) { d.ParentID = "none" }, "parent plan.wrong.parent"},
			{"of a stage of nowhere", func(d *Draft) { d.StageID = "none" }, "stage fault.choice"},
			{"given to a stranger", func(d *Draft) { d.People = []account.PersonID{"none"} }, "people plan.wrong.person"},
			{"on a day that is none", func(d *Draft) { d.Deadline = "2026-02-31" }, "deadline fault.date"},
			{"far behind the end of days", func(d *Draft) { d.NotBefore = "2199-12-31"; d.Work = 420 * 500 }, "work plan.wrong.out_of_range"},
		} {
			x := Draft{Task: base}
			c.change(&x)
			_, err := w.s.CreateTask(t.Context(), w.manager, x)
			if got := fieldsOf(err); got != c.want {
				t.Errorf("a task %s: got %s, want %s", c.name, got, c.want)
			}
		}
		if got := w.outline(t); got != "" {
			t.Errorf("something was made: %s", got)
		}
		week := Plan{ProjectID: w.p.ID, StartsOn: today, Week: "0,0,0,0,0,0,0", Version: 1}
		if got := fieldsOf(w.s.SavePlan(t.Context(), w.manager, week)); got != "week plan.wrong.no_work" {
			t.Errorf("a week without a working day: %s", got)
		}
		_, err := w.s.AddClosure(t.Context(), w.manager, Closure{ProjectID: w.p.ID, FromOn: "1900-01-01", ToOn: "2200-12-31", Name: "toujours"})
		if got := fieldsOf(err); got != "to_on plan.wrong.closure_long" {
			t.Errorf("closed for ever: %s", got)
		}
		for to, want := range map[when.Date]string{"2026-12-31": "<nil>", "2027-01-01": "<nil>", "2027-01-02": "to_on plan.wrong.closure_long", "2126-01-01": "to_on plan.wrong.closure_long"} {
			c := Closure{FromOn: "2026-01-01", ToOn: to, Name: "Congés"}
			if got := fieldsOf(c.bounded()); got != want {
				t.Errorf("closed from January to %s: got %q, want %q", to, got, want)
			}
		}
	})
}

func TestTheCalendarMovesThePlan(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.task(t, "Plans", 3)
		c, err := w.s.AddClosure(t.Context(), w.manager, Closure{ProjectID: w.p.ID, FromOn: "2026-03-03", Name: "Inventaire"})
		must(t, err)
		if got := w.read(t, a).FinishOn; got != "2026-03-05" {
			t.Errorf("over a closed day it ends on %s", got)
		}
		_, err = w.s.RemoveClosure(t.Context(), w.manager, w.p.ID, c.ID)
		must(t, err)
		must(t, w.s.SavePlan(t.Context(), w.manager, Plan{ProjectID: w.p.ID, StartsOn: "2026-05-07", Week: WeekText(schedule.Weekdays()), Holidays: schedule.France, Version: 1}))
		if got := w.read(t, a); got.EarlyOn != "2026-05-07" || got.FinishOn != "2026-05-12" {
			t.Errorf("8 May is a holiday: %+v", got.Dates)
		}
		if err := w.s.SavePlan(t.Context(), w.manager, Plan{ProjectID: w.p.ID, StartsOn: today, Week: WeekText(schedule.Weekdays()), Version: 1}); !fault.Is(err, fault.Conflict) {
			t.Errorf("saved over somebody else's: %v", err)
		}
	})
}

func TestStatesAndSummaries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		s := w.task(t, "Conception", 1)
		a, b := w.task(t, "Plans", 3, s), w.task(t, "Calculs", 1, s)
		if got := w.read(t, s); !got.Summary || got.FinishOn != "2026-03-04" || got.State != Todo {
			t.Errorf("a summary spans its parts: %+v", got)
		}
		a, err := w.s.MoveTask(t.Context(), w.manager, w.p.ID, a.ID, Done)
		must(t, err)
		if a.Percent != 100 || a.FinishedOn != today || a.BegunOn != today {
			t.Errorf("done: %+v", a)
		}
		if got := w.read(t, s); got.State != Doing || got.Percent != 75 {
			t.Errorf("its summary: %s, %d %%", got.State, got.Percent)
		}
		if _, err := w.s.MoveTask(t.Context(), w.manager, w.p.ID, s.ID, Done); !fault.Is(err, fault.Conflict) {
			t.Errorf("a summary is moved by hand: %v", err)
		}
		_, err = w.s.MoveTask(t.Context(), w.manager, w.p.ID, b.ID, Done)
		must(t, err)
		if got := w.read(t, s); got.State != Done {
			t.Errorf("all parts are done: %s", got.State)
		}
		if _, err = w.s.MoveTask(t.Context(), w.manager, w.p.ID, a.ID, Todo); err != nil {
			t.Fatal(err)
		}
		if got := w.read(t, a); got.Percent != 0 || got.FinishedOn != "" || got.BegunOn != "" {
			t.Errorf("to do again: %+v", got)
		}
	})
}

func TestPlaceInTheOutline(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.task(t, "a", 1)
		w.task(t, "b", 1, a)
		c := w.task(t, "c", 1)
		e := w.task(t, "e", 1)
		for _, step := range []struct {
			task Task
			step Step
			want string
		}{
			{e, Up, "a(b),e,c"}, {c, Up, "a(b),c,e"}, {a, Down, "c,a(b),e"}, {a, In, "c(a(b)),e"}, {e, In, "c(a(b),e)"}, {a, Out, "c(e),a(b)"}, {e, Out, "c,e,a(b)"},
		} {
			must(t, w.s.Place(t.Context(), w.manager, w.p.ID, step.task.ID, step.step))
			if got := w.outline(t); got != step.want {
				t.Fatalf("%s %s: got %s, want %s", step.task.Title, step.step, got, step.want)
			}
		}
		if err := w.s.Place(t.Context(), w.manager, w.p.ID, c.ID, Up); fieldsOf(err) != "plan.wrong.edge" {
			t.Errorf("up from the top: %v", err)
		}
		b := Task{}
		must(t, d.View(t.Context(), func(tx db.Tx) (err error) { b, err = getNumbered(tx, w.p.ID, 2); return err }))
		if err := w.s.PlaceUnder(t.Context(), w.manager, w.p.ID, a.ID, b.ID); fieldsOf(err) != "parent plan.wrong.parent_cycle" {
			t.Errorf("under its own part: %v", fieldsOf(err))
		}
		must(t, w.s.PlaceAfter(t.Context(), w.manager, w.p.ID, e.ID, ""))
		if got := w.outline(t); got != "e,c,a(b)" {
			t.Errorf("first of all: %s", got)
		}
	})
}

// Reordering writes the row of the task and no other.
func TestReorderingWritesOneRow(t *testing.T) {
	w := newWorld(t, dbtest.Open(t))
	var list []Task
	for i := range 20 {
		list = append(list, w.task(t, fmt.Sprint("t", i), 1))
	}
	before := w.ranks(t)
	must(t, w.s.PlaceAfter(t.Context(), w.manager, w.p.ID, list[15].ID, list[2].ID))
	changed := 0
	for id, rank := range w.ranks(t) {
		if before[id] != rank {
			changed++
		}
	}
	if changed != 1 {
		t.Errorf("%d rows got another rank", changed)
	}
}

func (w *world) ranks(t testing.TB) map[TaskID]string {
	t.Helper()
	m := map[TaskID]string{}
	must(t, w.d.View(t.Context(), func(tx db.Tx) error {
		list, err := listNodes(tx, w.p.ID, 0)
		for _, x := range list {
			m[x.ID] = x.Rank
		}
		return err
	}))
	return m
}

func TestRemoveAndRestore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		s := w.task(t, "s", 1)
		a := w.task(t, "a", 2, s)
		b := w.task(t, "b", 1)
		must(t, w.link(t, a, b, FinishStart, 0))
		_, err := w.s.RemoveTask(t.Context(), w.manager, w.p.ID, s.ID)
		must(t, err)
		if got := w.outline(t); got != "b" || w.read(t, b).EarlyOn != today {
			t.Errorf("after the removal: %s, b from %s", got, w.read(t, b).EarlyOn)
		}
		if _, err := w.s.MoveTask(t.Context(), w.manager, w.p.ID, a.ID, Done); !fault.Is(err, fault.NotFound) {
			t.Errorf("a removed task is moved: %v", err)
		}
		if _, err := w.s.RestoreTask(t.Context(), w.manager, w.p.ID, a.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("a part comes back without its summary: %v", err)
		}
		_, err = w.s.RestoreTask(t.Context(), w.manager, w.p.ID, s.ID)
		must(t, err)
		if got := w.outline(t); got != "s(a),b" || w.read(t, b).EarlyOn != "2026-03-04" {
			t.Errorf("after the return: %s, b from %s", got, w.read(t, b).EarlyOn)
		}
	})
}

func TestManyAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ana := w.invited(t, "ana", account.ProjectMember)
		a, b := w.task(t, "a", 1), w.task(t, "b", 1)
		n, _, err := w.s.ChangeTasks(t.Context(), ana, w.p.ID, []TaskID{a.ID, b.ID, "none"}, Change{State: Doing, PersonID: ana.ID, Label: "soudage", Deadline: "2026-04-01"})
		must(t, err)
		got := w.read(t, b)
		if n != 2 || got.State != Doing || got.Labels != ",soudage," || got.Deadline != "2026-04-01" {
			t.Errorf("%d changed: %+v", n, got)
		}
		var mine []Task
		must(t, d.View(t.Context(), func(tx db.Tx) (err error) {
			mine, _, err = List(tx, ana, w.p.ID, Filter{PersonID: ana.ID, Label: "soudage"}, 10, 0)
			return err
		}))
		if len(mine) != 2 {
			t.Errorf("given to ana: %d", len(mine))
		}
	})
}

// Thirty-two clients create tasks at once: none fails, and numbers and places are all different.
func TestThirtyTwoAtOnce(t *testing.T) {
	w := newWorld(t, dbtest.Open(t))
	const clients, each = 32, 4
	var wg sync.WaitGroup
	errs := make(chan error, clients*each)
	for c := range clients {
		wg.Go(func() {
			for i := range each {
				_, err := w.s.CreateTask(t.Context(), w.manager, Draft{Task: Task{ProjectID: w.p.ID, Title: fmt.Sprintf("%d/%d", c, i)}})
				if err != nil {
					errs <- err
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	var list []Task
	must(t, w.d.View(t.Context(), func(tx db.Tx) (err error) { list, err = listNodes(tx, w.p.ID, 0); return err }))
	numbers := map[int64]bool{}
	for _, x := range list {
		numbers[x.Number] = true
	}
	if len(list) != clients*each || len(numbers) != len(list) || !numbers[clients*each] {
		t.Errorf("%d tasks, %d numbers", len(list), len(numbers))
	}
}

// In random worlds, who may see a project is shown its tasks by lists and by the gate alike, and
// nobody else is.
func TestListsAgreeWithTheGate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		x := w.task(t, "a", 1)
		rnd := rand.New(rand.NewPCG(7, 8))
		roles := project.MemberRoles()
		for i := range 24 {
			p := w.person(t, fmt.Sprint("p", i))
			if rnd.IntN(2) == 0 {
				in := project.Invitation{Email: fmt.Sprintf("p%d@exemple.fr", i), Role: roles[rnd.IntN(len(roles))], UntilOn: today.AddDays(rnd.IntN(3))}
				_, err := w.projects.Invite(t.Context(), w.manager, w.p.ID, in)
				must(t, err)
			}
			p = w.again(t, p.ID)
			var access project.Access
			gate := d.Clocked(func() time.Time { return today.Time() }).View(t.Context(), func(tx db.Tx) (err error) { access, err = project.Enter(tx, p, w.p.ID); return err })
			var list []Task
			listed := w.d.View(t.Context(), func(tx db.Tx) (err error) {
				list, _, err = List(tx, p, w.p.ID, Filter{}, 10, 0)
				return err
			})
			read := w.d.View(t.Context(), func(tx db.Tx) error { _, err := Get(tx, p, w.p.ID, x.ID); return err })
			if (gate == nil) != (listed == nil) || (gate == nil) != (read == nil) || gate == nil && len(list) != 1 {
				t.Errorf("person %d: gate %v, list %v (%d), task %v", i, gate, listed, len(list), read)
			}
			_, err := w.s.MoveTask(t.Context(), p, w.p.ID, x.ID, Doing)
			switch may := gate == nil && access.May(project.Contribute); {
			case may && err != nil, !may && err == nil:
				t.Errorf("person %d may contribute: %v, but moving gives %v", i, may, err)
			case gate != nil && !fault.Is(err, fault.NotFound), gate == nil && !may && !fault.Is(err, fault.Forbidden):
				t.Errorf("person %d: %v", i, err)
			}
		}
	})
}

// TestWindow holds a window of the diagram against the list, and its links, whose predecessors may lie
// outside it or be removed, against those of the plan.
func TestWindow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var drafts []Draft
		var ties []Tie
		for i := range 30 {
			drafts = append(drafts, Draft{Task: Task{Title: fmt.Sprintf("Tâche %d", i), Work: 420}})
			if i >= 10 {
				ties = append(ties, Tie{From: i - 10, To: i, Kind: FinishStart, Lag: int64(i)})
			}
		}
		parents := slices.Repeat([]int{-1}, len(drafts))
		var tasks []Task
		must(t, w.d.Do(t.Context(), func(tx db.Tx) (err error) {
			tasks, err = w.s.CreateTasksIn(tx, w.manager, w.p.ID, drafts, parents, ties)
			return err
		}))
		_, err := w.s.RemoveTask(t.Context(), w.manager, w.p.ID, tasks[3].ID)
		must(t, err)
		for _, offset := range []int{0, 7, 12, 25} {
			var bars, rows []Task
			var got, all []Link
			must(t, d.View(t.Context(), func(tx db.Tx) (err error) {
				if bars, err = listBars(tx, w.p.ID, 12, offset); err != nil {
					return err
				}
				if rows, err = listTasks(tx, Filter{}.where(w.p.ID), "rank", false, 12, offset); err != nil {
					return err
				}
				if got, err = listLinksTo(tx, w.p.ID, bars); err != nil {
					return err
				}
				all, err = listLinks(tx, w.p.ID)
				return err
			}))
			if len(bars) != min(12, 29-offset) {
				t.Fatalf("from %d: %d rows", offset, len(bars))
			}
			for i, b := range bars {
				x := rows[i]
				x.ParentID, x.Mode, x.NotBefore, x.Deadline, x.BeginOn, x.EndOn, x.FinishedOn, x.Priority = "", "", "", "", "", "", "", 0
				x.LateEarlyOn, x.FreeFloat, x.Late, x.StageID, x.Labels, x.CreatedBy, x.CreatedAt, x.UpdatedAt = "", 0, false, "", "", "", 0, 0
				if !reflect.DeepEqual(b, x) {
					t.Errorf("from %d row %d: %+v, in the list %+v", offset, i, b, x)
				}
			}
			var want []Link
			for _, l := range all {
				if slices.ContainsFunc(bars, func(b Task) bool { return b.ID == l.ToID }) && l.FromID != tasks[3].ID {
					l.FromNumber = tasks[slices.IndexFunc(tasks, func(x Task) bool { return x.ID == l.FromID })].Number
					want = append(want, l)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("from %d: links %+v, want %+v", offset, got, want)
			}
		}
	})
}
