package plan

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/schedule"
	"bassin/internal/when"
)

func TestWeeks(t *testing.T) {
	cal, err := schedule.Compile(schedule.Rules{Name: "plan", Week: schedule.Weekdays(), Holidays: schedule.France,
		Closed: []schedule.Span{{From: "2026-05-18", To: "2026-05-19", Name: "Inventaire"}}})
	must(t, err)
	task := func(title string, from, to when.Date) Task {
		return Task{Title: title, Dates: Dates{EarlyOn: from, FinishOn: to}}
	}
	weeks := weeksOf("2026-05-01", []Task{
		task("b", "2026-05-05", "2026-05-06"), task("a", "2026-05-04", "2026-05-12"), task("c", "2026-05-07", "2026-05-07"), task("before", "2026-04-01", "2026-04-26"),
		task("over the edge", "2026-04-29", "2026-05-04"), task("after", "2026-06-01", "2026-06-02"), {Title: "without dates"},
	}, cal)
	if len(weeks) != 5 || weeks[0].Days[0].On != "2026-04-27" || weeks[4].Days[6].On != "2026-05-31" {
		t.Fatalf("%d weeks from %s", len(weeks), weeks[0].Days[0].On)
	}
	var got []string
	for i, w := range weeks {
		for _, s := range w.Strips {
			got = append(got, fmt.Sprintf("%d %s column %d days %d lane %d %t %t", i, s.Task.Title, s.Column, s.Days, s.Lane, s.Begins, s.Finishes))
		}
	}
	want := []string{
		"0 over the edge column 3 days 5 lane 1 true false",
		"1 over the edge column 1 days 1 lane 1 false true",
		"1 a column 1 days 7 lane 2 true false",
		"1 b column 2 days 2 lane 1 true true",
		"1 c column 4 days 1 lane 1 true true",
		"2 a column 1 days 2 lane 1 false true",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if d := weeks[0].Days[4]; d.Holiday != schedule.LabourDay || !d.Off || d.Other {
		t.Errorf("1 May is %+v", d)
	}
	if d := weeks[3].Days[0]; d.Closure != "Inventaire" {
		t.Errorf("18 May is %+v", d)
	}
	if d := weeks[0].Days[0]; !d.Other {
		t.Errorf("27 April is of May")
	}
	var agenda []string
	for _, e := range agendaOf("2026-05-01", []Task{task("a", "2026-05-04", "2026-05-12"), task("b", "2026-04-30", "2026-05-04"), task("c", "2026-05-31", "2026-06-01")}) {
		for _, x := range e.Tasks {
			agenda = append(agenda, string(e.On)+" "+x.Title)
		}
	}
	if got := strings.Join(agenda, ", "); got != "2026-05-04 a, 2026-05-04 b, 2026-05-12 a, 2026-05-31 c" {
		t.Errorf("agenda: %s", got)
	}
	many := make([]Task, 15)
	for i := range many {
		many[i] = task("x", "2026-05-04", "2026-05-05")
	}
	if w := weeksOf("2026-05-01", many, cal)[1]; len(w.Strips) != maxLanes || w.More != 3 {
		t.Errorf("%d lanes and %d more", len(w.Strips), w.More)
	}
}

func TestMonth(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := serve(t, d)
		a := w.task(t, "Plans", 5)
		b := w.task(t, "Revue", 0)
		must(t, w.link(t, a, b, FinishStart, 0))
		base := planURL(w.p.ID) + "/calendar"
		page := w.get("reader", base, http.StatusOK)
		if got := page.Find(".b-month li a .t").Text(); got != "PlansRevue" || page.Find(".b-monthhead h2").Text() != "mars 2026" {
			t.Errorf("the month shows %q", got)
		}
		if n := page.Find(".b-agenda li").Length(); n != 3 {
			t.Errorf("%d lines of the agenda, want the two ends of a task and a milestone", n)
		}
		if n := w.get("reader", base+"?month=2026-04", http.StatusOK).Find(".b-month li").Length(); n != 0 {
			t.Errorf("%d tasks in April", n)
		}
		if n := w.get("reader", base+"?kind=milestone", http.StatusOK).Find(".b-month li").Length(); n != 1 {
			t.Errorf("%d milestones", n)
		}
		for _, month := range []string{"1900-01", "2200-12", "2026-13", "x", "2026-3", "0000-00", "%00"} {
			w.get("manager", base+"?month="+month, http.StatusOK)
		}
		w.get("stranger", base, http.StatusNotFound)
		if n := w.get("manager", planURL(w.p.ID)+"?from=2026-03-06&to=2026-03-06", http.StatusOK).Find(".b-plan tbody tr").Length(); n != 2 {
			t.Errorf("%d tasks on a day of the list, want 2", n)
		}
	})
}
