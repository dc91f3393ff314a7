package plan

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
)

func TestStepsOfATrialInAnAddress(t *testing.T) {
	for _, s := range []Tweak{{Task: 12, To: "2026-03-09", Work: 840}, {Task: 12, To: "2026-03-09"}, {Task: 1, Work: 60}, {Task: 12, From: 3, Kind: FinishStart, Lag: -420}, {Task: 12, From: 3, Kind: StartFinish, Cut: true}} {
		if got, ok := ReadTweak(s.String()); !ok || got != s {
			t.Errorf("%s: got %+v %v, want %+v", s, got, ok, s)
		}
	}
	for _, text := range []string{"", "t", "t.1..0", "t.1.2026-02-30.0", "t.x.2026-03-09.0", "t.1.2026-03-09.-5", "l.1.xx.2.0", "l.1.fs.2", "c.1.fs", "t.99999999999999999999.2026-03-09.0", "z.1.fs.2"} {
		if got, ok := ReadTweak(text); ok {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}

func TestTrial(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := serve(t, d)
		ctx, in := t.Context(), w.p.ID
		plans, frame, mast := w.task(t, "Plans", 3), w.task(t, "Châssis", 5), w.task(t, "Mât", 2)
		sum := w.task(t, "Peinture", 1)
		paint := w.task(t, "Couche", 1, sum)
		must(t, w.link(t, plans, frame, FinishStart, 0))
		must(t, w.link(t, frame, paint, FinishStart, 0))
		for _, x := range []Task{frame, mast} {
			_, _, err := w.s.ChangeTasks(ctx, w.manager, in, []TaskID{x.ID}, Change{PersonID: w.manager.ID})
			must(t, err)
		}
		finished := w.task(t, "Fini", 1)
		_, err := w.s.MoveTask(ctx, w.manager, in, finished.ID, Done)
		must(t, err)
		// the mast waits for nothing: on the day of the frame, one person has both to do
		steps := []Tweak{{Task: plans.Number, Work: 5 * 420}, {Task: mast.Number, To: "2026-03-09"}, {From: mast.Number, Kind: FinishStart, Task: paint.Number}}
		c, err := w.s.Try(ctx, w.manager, in, steps)
		must(t, err)
		if c.Was != "2026-03-12" || c.Now != "2026-03-16" || c.Days != 2 || len(c.Moved) != 5 {
			t.Errorf("the end moves from %s to %s, %d days, %d tasks", c.Was, c.Now, c.Days, len(c.Moved))
		}
		if len(c.Overloads) != 1 || c.Overloads[0] != (Overload{"gestion", 0, 2 * 420}) {
			t.Errorf("overloads: %+v", c.Overloads)
		}
		if got := w.read(t, plans); got.Work != 3*420 {
			t.Errorf("a trial has changed the plan: %+v", got)
		}
		// what cannot be made is named
		for want, s := range map[string]Tweak{
			"try_unknown": {Task: 99, Work: 60}, "try_summary": {Task: sum.Number, To: "2026-03-20"}, "try_done": {Task: finished.Number, Work: 60},
			"try_no_link": {From: plans.Number, Kind: FinishStart, Task: paint.Number, Cut: true}, "try_linked": {From: plans.Number, Kind: FinishStart, Task: frame.Number},
			"try_value": {From: mast.Number, Kind: FinishStart, Task: mast.Number}, "cycle": {From: paint.Number, Kind: FinishStart, Task: plans.Number},
		} {
			_, err := w.s.Try(ctx, w.manager, in, append(steps[:len(steps):len(steps)], s))
			f := fault.As(err)
			if f == nil || len(f.Fields) != 1 || f.Fields[0].Key != "plan.wrong."+want {
				t.Errorf("%+v: got %v, want %s", s, err, want)
			}
			if err := w.s.Apply(ctx, w.manager, in, []Tweak{s}, ""); !fault.Is(err, fault.Invalid) {
				t.Errorf("applied %+v: %v", s, err)
			}
		}
		// on its page
		base := planURL(in) + "/trial"
		w.get("stranger", base, http.StatusNotFound)
		bad := w.get("manager", base+"?add=move&move.task=x&move.work=", http.StatusUnprocessableEntity)
		if v, _ := bad.Find("#f-move-task").Attr("value"); v != "x" {
			t.Errorf("a number that is none comes back as %q", v)
		}
		if code, _ := w.ask("manager", "GET", base+"?add=tie&tie.from=RDS-3&tie.kind=fs&tie.task=5&tie.lag=1+j&s=t.1..2100", "", ""); code != http.StatusSeeOther {
			t.Errorf("a step more: %d", code)
		}
		q := url.Values{}
		for _, s := range steps {
			q.Add("s", s.String())
		}
		page := w.get("reader", base+"?"+q.Encode(), http.StatusOK)
		if got := page.Find("#result").Text(); !strings.Contains(got, "16\u00a0mars 2026") || !strings.Contains(got, "gestion") || page.Find("#steps ol li").Length() != 3 || page.Find("#result form").Length() != 0 {
			t.Errorf("the page: %s", got)
		}
		if got := w.get("manager", base+"?s=l.5.fs.1.0", http.StatusUnprocessableEntity).Find(`[role="alert"]`).Text(); !strings.Contains(got, "RDS-1 Plans") {
			t.Errorf("the circle is not named: %s", got)
		}
		form := []string{"ends", "2026-03-16"}
		for _, s := range steps {
			form = append(form, "s", s.String())
		}
		w.post("reader", base, http.StatusForbidden, form...)
		// somebody changed the plan meanwhile: nothing is applied
		_, err = w.s.Shift(ctx, w.manager, in, frame.ID, "", 6*420)
		must(t, err)
		if got := w.post("manager", base, http.StatusConflict, form...).Find(`[role="alert"]`).Text(); !strings.Contains(got, "17\u00a0mars") {
			t.Errorf("overtaken: %s", got)
		}
		if got := w.read(t, plans); got.Work != 3*420 {
			t.Errorf("half of a trial was applied: %+v", got)
		}
		_, err = w.s.Shift(ctx, w.manager, in, frame.ID, "", 5*420)
		must(t, err)
		w.post("manager", base, http.StatusSeeOther, form...)
		if got := w.read(t, paint); got.FinishOn != "2026-03-16" || w.read(t, mast).NotBefore != "2026-03-09" || w.read(t, plans).Work != 5*420 {
			t.Errorf("after applying: %+v", got)
		}
		api := "/api/v1" + in.URL() + "/plan"
		for _, x := range []struct {
			who, path, body string
			want            int
		}{
			{"reader", "/try", `{"steps":[{"task_number":1,"work_minutes":420}]}`, http.StatusOK},
			{"reader", "/apply", `{"steps":[{"task_number":1,"work_minutes":420}]}`, http.StatusForbidden},
			{"manager", "/apply", `{"steps":[{"task_number":1,"work_minutes":420}],"ends_on":"2026-01-01"}`, http.StatusConflict},
			{"manager", "/apply", `{"steps":[{"task_number":5,"from_number":3,"kind":"fs","cut":true}]}`, http.StatusNoContent},
			{"manager", "/apply", `{"steps":[]}`, http.StatusUnprocessableEntity},
			{"stranger", "/try", `{"steps":[{"task_number":1,"work_minutes":420}]}`, http.StatusNotFound},
		} {
			if code, text := w.ask(x.who, "POST", api+x.path, "application/json", x.body); code != x.want {
				t.Errorf("%s %s: got %d, want %d: %s", x.path, x.body, code, x.want, text)
			}
		}
	})
}
