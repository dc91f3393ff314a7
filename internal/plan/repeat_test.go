package plan

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/schedule"
	"bassin/internal/search"
	"bassin/internal/web"
	"bassin/internal/when"
)

func TestDaysOfARule(t *testing.T) {
	cal, err := schedule.Compile(schedule.Rules{Name: "plan", Week: schedule.Weekdays(), Holidays: schedule.France})
	must(t, err)
	for _, c := range []struct {
		name  string
		rule  Rule
		first when.Date
		from  when.Date
		want  []when.Date // worked
	}{
		{"weeks", Rule{Every: EveryWeek, Interval: 1, Times: 3}, "2026-03-02", "2026-03-02", []when.Date{"2026-03-09", "2026-03-16"}},
		{"every second week, Easter Monday moves", Rule{Every: EveryWeek, Interval: 2, Times: 3}, "2026-03-09", "2026-03-02", []when.Date{"2026-03-23", "2026-04-07"}},
		{"two days of a week, begun between them", Rule{Every: EveryWeek, Interval: 1, Weekdays: "41", UntilOn: "2026-03-16"}, "2026-03-03", "2026-03-02", []when.Date{"2026-03-05", "2026-03-09", "2026-03-12", "2026-03-16"}},
		{"days over a weekend fall on one Monday", Rule{Every: EveryDay, Interval: 1, Times: 4}, "2026-03-05", "2026-03-02", []when.Date{"2026-03-06", "2026-03-09", "2026-03-10"}},
		{"the 31st", Rule{Every: EveryMonth, Interval: 1, Times: 4}, "2026-03-31", "2026-03-02", []when.Date{"2026-04-30", "2026-06-01", "2026-06-30"}},
		{"the last day of a leap year's February", Rule{Every: EveryMonth, Interval: 12, MonthDay: 30, Times: 3}, "2024-02-29", "2024-01-01", []when.Date{"2025-02-28", "2026-03-02"}},
		{"what was missed counts and is not made", Rule{Every: EveryWeek, Interval: 1, Times: 5}, "2026-03-02", "2026-03-17", []when.Date{"2026-03-23", "2026-03-30"}},
		{"none before the last day", Rule{Every: EveryMonth, Interval: 1, UntilOn: "2026-03-20"}, "2026-03-02", "2026-03-02", nil},
	} {
		r := c.rule
		must(t, r.tidy(c.first))
		s, o, got := Series{Rule: r, FirstOn: c.first}, Occurrence{Position: 1, DueOn: c.first}, []when.Date(nil)
		for len(got) < 9 {
			next, more, err := s.after(o, c.from, cal)
			must(t, err)
			if !more {
				break
			}
			got, o = append(got, worked(next.DueOn, cal)), next
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestRulesThatAreRefused(t *testing.T) {
	for want, r := range map[string]Rule{
		"every fault.choice":                        {Every: "year", Interval: 1},
		"interval fault.number":                     {Every: EveryDay},
		"weekdays fault.choice":                     {Every: EveryWeek, Interval: 1, Weekdays: "18"},
		"month_day fault.number":                    {Every: EveryMonth, Interval: 1, MonthDay: 32},
		"until_on plan.wrong.repeats_no_more":       {Every: EveryDay, Interval: 1, UntilOn: "2026-02-28"},
		"until_on fault.date":                       {Every: EveryDay, Interval: 1, UntilOn: "2026-02-30"},
		"times fault.number":                        {Every: EveryDay, Interval: 1, Times: 1},
		"interval fault.number, times fault.number": {Every: EveryDay, Interval: 100, Times: 1000},
	} {
		if got := fieldsOf(r.tidy(today)); got != want {
			t.Errorf("%+v: got %s, want %s", r, got, want)
		}
	}
}

func TestRuleInWords(t *testing.T) {
	fr, en := web.NewView("fr"), web.NewView("en")
	for _, c := range []struct {
		rule   Rule
		fr, en string
	}{
		{Rule{Every: EveryDay, Interval: 1}, "Chaque jour", "Every day"},
		{Rule{Every: EveryWeek, Interval: 2, Weekdays: "14", UntilOn: "2026-06-30"}, "Toutes les 2 semaines, le lundi et le jeudi, jusqu’au 30\u00a0juin 2026", "Every 2 weeks on Monday and Thursday, until 30\u00a0June 2026"},
		{Rule{Every: EveryMonth, Interval: 1, MonthDay: 1, Times: 12}, "Chaque mois, le 1er, 12 fois en tout", "Every month on day 1, 12 times in all"},
		{Rule{Every: EveryMonth, Interval: 3, MonthDay: 31}, "Tous les 3 mois, le 31 ou le dernier jour", "Every 3 months on day 31 or the last day"},
	} {
		if got := ruleText(fr, c.rule); got != c.fr {
			t.Errorf("got %q, want %q", got, c.fr)
		}
		if got := ruleText(en, c.rule); got != c.en {
			t.Errorf("got %q, want %q", got, c.en)
		}
	}
}

func TestAFinishedTaskOfASeriesBringsTheNext(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := serve(t, d)
		ctx, in := t.Context(), w.p.ID
		gone := w.invited(t, "parti", account.ProjectMember)
		sum := w.task(t, "Suivi", 1)
		a, err := w.s.CreateTask(ctx, w.manager, Draft{Task: Task{ProjectID: in, ParentID: sum.ID, Title: "Point de suivi", Work: 210, Mode: Fixed, BeginOn: today, Deadline: "2026-03-04", Labels: ",suivi,"},
			People: []account.PersonID{w.manager.ID, gone.ID}})
		must(t, err)
		item, err := w.s.AddItem(ctx, w.manager, in, a.ID, "Relire les risques")
		must(t, err)
		must(t, w.s.TickItem(ctx, w.manager, in, a.ID, item.ID, true))
		machine, err := w.s.AddResource(ctx, w.manager, Resource{ProjectID: in, Name: "Salle", Units: 100})
		must(t, err)
		must(t, w.s.Book(ctx, w.manager, Booking{TaskID: a.ID, ProjectID: in, ResourceID: machine.ID, Units: 50}))
		w.post("manager", a.URL()+"/series", http.StatusUnprocessableEntity, "repeat.every", "fortnight", "repeat.interval", "0", "repeat.times", "1000000")
		w.post("reader", a.URL()+"/series", http.StatusForbidden, "repeat.every", "week", "repeat.interval", "1")
		w.post("stranger", a.URL()+"/series", http.StatusNotFound, "repeat.every", "week", "repeat.interval", "1")
		w.post("manager", a.URL()+"/series", http.StatusSeeOther, "repeat.every", "week", "repeat.interval", "1", "repeat.weekdays", "1", "repeat.weekdays", "4", "repeat.times", "3")
		if got := w.get("manager", a.URL(), http.StatusOK).Find("#repeat").Text(); !strings.Contains(got, "Chaque semaine, le lundi et le jeudi, 3 fois en tout") || !strings.Contains(got, "5\u00a0mars") {
			t.Errorf("the page says: %s", strings.Join(strings.Fields(got), " "))
		}
		if n := w.get("reader", planURL(in), http.StatusOK).Find(`.b-plan [aria-label="Se répète"]`).Length(); n != 1 {
			t.Errorf("%d tasks are shown as repeated", n)
		}
		must(t, w.projects.Exclude(ctx, w.manager, in, gone.Grants[0].ID))
		_, err = w.s.MoveTask(ctx, w.manager, in, a.ID, Done)
		must(t, err)
		second := w.numbered(t, 3)
		if second.Title != a.Title || second.BeginOn != "2026-03-05" || second.EarlyOn != "2026-03-05" || second.Deadline != "2026-03-09" || second.State != Todo || second.ParentID != sum.ID || second.Labels != a.Labels {
			t.Fatalf("the second: %+v", second)
		}
		must(t, w.d.View(ctx, func(tx db.Tx) error {
			people, err := listAssignees(tx, []TaskID{second.ID})
			must(t, err)
			items, err := listItems(tx, second.ID)
			must(t, err)
			booked, err := listBookingsOf(tx, second.ID)
			if len(people) != 1 || people[0].PersonID != w.manager.ID || len(items) != 1 || items[0].Done() || len(booked) != 1 || booked[0].Units != 50 {
				t.Errorf("the second has %v, %v, %v", people, items, booked)
			}
			return err
		}))
		// reopened and finished again, the first brings nothing
		_, err = w.s.MoveTask(ctx, w.manager, in, a.ID, Doing)
		must(t, err)
		_, _, err = w.s.ChangeTasks(ctx, w.manager, in, []TaskID{a.ID}, Change{State: Done})
		must(t, err)
		if got := w.outline(t); got != "Suivi(Point de suivi,Point de suivi)" {
			t.Fatalf("after finishing the first again: %q", got)
		}
		if _, err := w.s.Repeat(ctx, w.manager, in, a.ID, Rule{Every: EveryDay, Interval: 1}); !fault.Is(err, fault.Conflict) {
			t.Errorf("the rule is changed by a task that is done: %v", err)
		}
		_, err = w.s.CreateTask(ctx, w.manager, Draft{Task: Task{ProjectID: in, ParentID: second.ID, Title: "x"}})
		if got := fieldsOf(err); got != "parent plan.wrong.repeats_parent" {
			t.Errorf("under a task that repeats: %s", got)
		}
		// finished with others at once
		_, _, err = w.s.ChangeTasks(ctx, w.manager, in, []TaskID{second.ID}, Change{State: Done})
		must(t, err)
		third := w.numbered(t, 4)
		if third.BeginOn != "2026-03-09" {
			t.Fatalf("the third: %+v", third)
		}
		// the rule said three times
		_, err = w.s.MoveTask(ctx, w.manager, in, third.ID, Done)
		must(t, err)
		if got := w.outline(t); got != "Suivi(Point de suivi,Point de suivi,Point de suivi)" {
			t.Errorf("after the last: %q", got)
		}
		if got := w.get("manager", third.URL(), http.StatusOK).Find("#repeat").Text(); !strings.Contains(got, "arrêtée") {
			t.Errorf("the last says: %s", got)
		}
	})
}

// numbered reads the task of a number.
func (w *world) numbered(t testing.TB, number int64) (x Task) {
	t.Helper()
	must(t, w.d.View(t.Context(), func(tx db.Tx) (err error) { x, err = getNumbered(tx, w.p.ID, number); return err }))
	return x
}

func TestASeriesIsChangedAndStopped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := serve(t, d)
		a, sum := w.task(t, "Nettoyer le banc", 1), w.task(t, "Suivi", 1)
		w.task(t, "Partie", 1, sum)
		base := "/api/v1" + w.p.ID.URL() + "/tasks/"
		say := func(method, path, body string, want int) string {
			t.Helper()
			kind := ""
			if body != "" {
				kind = "application/json"
			}
			code, text := w.ask("manager", method, base+path, kind, body)
			if code != want {
				t.Errorf("%s %s: got %d, want %d: %s", method, path, code, want, text)
			}
			return text
		}
		say("GET", string(a.ID)+"/series", "", http.StatusNotFound)
		say("POST", string(sum.ID)+"/series", `{"every":"week"}`, http.StatusConflict)
		say("POST", string(a.ID)+"/series", `{"every":"month","month_day":40}`, http.StatusUnprocessableEntity)
		say("POST", string(a.ID)+"/series", `{"every":"month"}`, http.StatusOK)
		if got := say("POST", string(a.ID)+"/series", `{"every":"week","interval":2}`, http.StatusOK); !strings.Contains(got, `"weekdays":"1"`) || !strings.Contains(got, `"next_on":"2026-03-16"`) {
			t.Errorf("changed: %s", got)
		}
		_, err := w.s.MoveTask(t.Context(), w.manager, w.p.ID, a.ID, Done)
		must(t, err)
		next := w.numbered(t, 4)
		if next.NotBefore != "2026-03-16" || next.EarlyOn != "2026-03-16" {
			t.Errorf("next: %+v", next)
		}
		w.post("reader", next.URL()+"/series/stop", http.StatusForbidden)
		w.post("manager", next.URL()+"/series/stop", http.StatusSeeOther)
		say("DELETE", string(next.ID)+"/series", "", http.StatusNoContent)
		_, err = w.s.MoveTask(t.Context(), w.manager, w.p.ID, next.ID, Done)
		must(t, err)
		if got := w.outline(t); got != "Nettoyer le banc,Suivi(Partie),Nettoyer le banc" {
			t.Errorf("after the stop: %q", got)
		}
	})
}

func TestTasksAreFoundUnderTheNewTitle(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.projects.Renamed = append(w.projects.Renamed, Renamed)
		w.task(t, "Souder le châssis", 1)
		gone := w.task(t, "Souder le mât", 1)
		_, err := w.s.RemoveTask(t.Context(), w.manager, w.p.ID, gone.ID)
		must(t, err)
		p := w.p
		p.Title = "Robot de peinture"
		_, err = w.projects.Save(t.Context(), w.manager, p)
		must(t, err)
		must(t, w.d.View(t.Context(), func(tx db.Tx) error {
			walls, err := project.SearchWalls(tx, w.manager)
			must(t, err)
			hits, err := search.Find(tx, search.Query{Text: "souder", Walls: walls, Limit: 10})
			if len(hits.List) != 1 || search.Plain(hits.List[0].Sub) != p.Code+" · Robot de peinture" {
				t.Errorf("found: %+v", hits.List)
			}
			return err
		}))
	})
}
