package plan

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/schedule"
	"bassin/internal/when"
)

func TestDragRule(t *testing.T) {
	cal, err := schedule.Compile(schedule.Rules{Name: "plan", Week: schedule.Weekdays()})
	must(t, err)
	seen := Span{"2026-03-02", "2026-03-06"} // Monday to Friday
	task := Task{Kind: Work, State: Todo, Mode: Auto, Work: 5 * 420, Dates: Dates{EarlyOn: seen.Start, FinishOn: seen.Finish}}
	with := func(change func(*Task)) Task { x := task; change(&x); return x }
	for _, c := range []struct {
		name     string
		task     Task
		to       Span
		want     Task
		wrongKey string
	}{
		{"nothing moves", task, seen, task, ""},
		{"another start moves it as it is", task, Span{"2026-03-09", "2026-03-06"}, with(func(x *Task) { x.NotBefore = "2026-03-09" }), ""},
		{"a later end gives the work of the days between", task, Span{"2026-03-02", "2026-03-10"}, with(func(x *Task) { x.Work = 7 * 420 }), ""},
		{"an earlier one takes it", task, Span{"2026-03-02", "2026-03-03"}, with(func(x *Task) { x.Work = 2 * 420 }), ""},
		{"part of a day stays", with(func(x *Task) { x.Work = 5*420 - 60 }), Span{"2026-03-02", "2026-03-09"}, with(func(x *Task) { x.Work = 6*420 - 60 }), ""},
		{"both", task, Span{"2026-03-03", "2026-03-04"}, with(func(x *Task) { x.NotBefore, x.Work = "2026-03-03", 2*420 }), ""},
		{"an end before the start", task, Span{"2026-03-02", "2026-02-27"}, task, "plan.wrong.order"},
		{"no day between", task, Span{"2026-03-07", "2026-03-08"}, task, "plan.wrong.no_day"},
		{"of a day it was not seen on", with(func(x *Task) { x.FinishOn = "2026-03-09" }), Span{"2026-03-03", "2026-03-06"}, Task{}, "fault.stale"},
		{"done", with(func(x *Task) { x.State = Done }), Span{"2026-03-03", "2026-03-06"}, Task{}, "plan.wrong.done_moves"},
		{"a summary", with(func(x *Task) { x.Summary = true }), Span{"2026-03-03", "2026-03-06"}, Task{}, "plan.wrong.summary_moves"},
		{"begun", with(func(x *Task) { x.State, x.BegunOn = Doing, "2026-03-02" }), Span{"2026-03-03", "2026-03-06"}, Task{}, "plan.wrong.begun_moves"},
		{"begun, half done, a day more", with(func(x *Task) { x.State, x.BegunOn, x.Percent = Doing, "2026-03-02", 50 }), Span{"2026-03-02", "2026-03-09"},
			with(func(x *Task) { x.State, x.BegunOn, x.Percent, x.Work = Doing, "2026-03-02", 50, 7*420 }), ""},
		{"manual", with(func(x *Task) { x.Mode, x.BeginOn, x.EndOn = Manual, seen.Start, seen.Finish }), Span{"2026-03-02", "2026-03-14"},
			with(func(x *Task) { x.Mode, x.BeginOn, x.EndOn = Manual, seen.Start, "2026-03-14" }), ""},
		{"fixed", with(func(x *Task) { x.Mode, x.BeginOn = Fixed, seen.Start }), Span{"2026-03-04", "2026-03-06"},
			with(func(x *Task) { x.Mode, x.BeginOn = Fixed, "2026-03-04" }), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.task
			err := got.drag(seen, c.to, cal)
			if c.wrongKey != "" {
				f := fault.As(err)
				if f == nil || f.Key != c.wrongKey && (len(f.Fields) == 0 || f.Fields[0].Key != c.wrongKey) {
					t.Errorf("got %v, want %s", err, c.wrongKey)
				}
				return
			}
			if err != nil || got != c.want {
				t.Errorf("got %+v %v, want %+v", got, err, c.want)
			}
		})
	}
}

// TestDrag sends what the diagram sends, and what its table sends.
func TestDrag(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := serve(t, d)
		a, b := w.task(t, "Plans", 5), w.task(t, "Châssis", 2)
		must(t, w.link(t, a, b, FinishStart, 0))
		base := planURL(w.p.ID)
		bar := func(x Task, start, finish when.Date) url.Values {
			x = w.read(t, x)
			return url.Values{"bar.start": {string(start)}, "bar.finish": {string(finish)}, "bar.was_start": {string(x.EarlyOn)}, "bar.was_finish": {string(x.FinishOn)},
				"bar.version": {"1"}, "next": {base + "/gantt?zoom=week"}}
		}
		send := func(who string, x Task, v url.Values, want int) string {
			t.Helper()
			code, body := w.ask(who, "POST", x.URL()+"/bar?zoom=week", "application/x-www-form-urlencoded", v.Encode())
			if code != want {
				t.Fatalf("got %d, want %d: %s", code, want, body)
			}
			return body
		}
		stale := bar(a, "2026-03-03", "2026-03-06")
		send("manager", a, bar(a, "2026-03-02", "2026-03-10"), http.StatusSeeOther)
		if got := w.read(t, b); got.EarlyOn != "2026-03-11" {
			t.Errorf("what follows begins on %s", got.EarlyOn)
		}
		if body := send("manager", a, stale, http.StatusConflict); !strings.Contains(body, "data-errors") || !strings.Contains(body, `value="2026-03-03"`) {
			t.Errorf("what was typed is lost when somebody else was first")
		}
		send("manager", b, bar(b, "2026-03-02", "2026-03-12"), http.StatusSeeOther)
		if got := w.read(t, b); got.EarlyOn != "2026-03-11" {
			t.Errorf("a bar before what it waits for: %s", got.EarlyOn)
		}
		if body := send("manager", a, url.Values{"bar.start": {"lundi"}}, http.StatusUnprocessableEntity); !strings.Contains(body, `type="text" name="bar.start" value="lundi"`) {
			t.Errorf("a day that cannot be read is lost")
		}
		for _, v := range []url.Values{{}, {"bar.start": {"x"}, "bar.finish": {"2026-02-30"}}, {"bar.start": {"2026-03-07"}, "bar.finish": {"2026-03-08"}}} {
			send("manager", a, v, map[bool]int{true: http.StatusConflict, false: http.StatusUnprocessableEntity}[v.Get("bar.start") == "2026-03-07"])
		}
		send("reader", a, bar(a, "2026-03-03", "2026-03-10"), http.StatusForbidden)
		send("stranger", a, bar(a, "2026-03-03", "2026-03-10"), http.StatusNotFound)
		loop := w.post("manager", a.URL()+"/links", http.StatusUnprocessableEntity, "view", "gantt", "link.from", "2", "link.kind", "fs")
		if got := loop.Find("#table [data-errors]").Text(); !strings.Contains(got, "RDS-1 Plans → RDS-2 Châssis") {
			t.Errorf("a circle is told in the table as %q", got)
		}
		reader := w.get("reader", base+"/gantt", http.StatusOK)
		if reader.Find("[data-gantt-edit], [data-version], #table a.b-ico").Length() > 0 {
			t.Errorf("a reader is offered bars to move")
		}
		if n := w.get("reader", base+"/gantt?print=yes", http.StatusOK).Find(".g-sheet svg").Length(); n != 1 {
			t.Errorf("%d sheets for two rows", n)
		}
		w.get("manager", base+"/gantt?edit="+string(b.ID)+"&zoom=all", http.StatusOK)
	})
}
