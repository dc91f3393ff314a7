package cost

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/plan"
)

// TestHoursOnThePageOfATask: time is added to what stands on the day, by who may note hours there.
func TestHoursOnThePageOfATask(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		task := w.task("Plans", "member")
		send := func(who, minutes, on string) (int, string) {
			t.Helper()
			return w.ask(who, "POST", task.URL()+"/hours", "application/x-www-form-urlencoded", url.Values{"hours.minutes": {minutes}, "hours.on": {on}}.Encode())
		}
		for _, c := range []struct {
			who, minutes, on string
			code             int
			has              string
		}{
			{"member", "1h30", "2026-03-04", http.StatusSeeOther, ""},
			{"member", "45 min", "2026-03-04", http.StatusSeeOther, ""},
			{"member", "2", "2026-03-03", http.StatusSeeOther, ""},
			{"member", "beaucoup", "2026-03-04", http.StatusUnprocessableEntity, "beaucoup"},
			{"member", "0", "2026-03-04", http.StatusUnprocessableEntity, "Illisible"},
			{"member", "1", "2026-03-05", http.StatusUnprocessableEntity, "id=\"f-hours-on-e\""},
			{"member", "23", "2026-03-04", http.StatusUnprocessableEntity, ""},
			{"reader", "1", "2026-03-04", http.StatusForbidden, ""},
			{"stranger", "1", "2026-03-04", http.StatusNotFound, ""},
		} {
			code, body := send(c.who, c.minutes, c.on)
			if code != c.code || !strings.Contains(body, c.has) {
				t.Errorf("%s %s on %s: got %d, want %d with %q", c.who, c.minutes, c.on, code, c.code, c.has)
			}
		}
		got := map[string]int64{}
		must(t, w.d.View(t.Context(), func(tx db.Tx) error {
			list, err := listHoursOf(tx, w.p.ID, w.people["member"].ID, task.ID)
			for _, h := range list {
				got[string(h.OnDay)] = h.Minutes
			}
			return err
		}))
		if len(got) != 2 || got["2026-03-04"] != 135 || got["2026-03-03"] != 120 {
			t.Errorf("noted: %v, want 2 h 15 and 2 h", got)
		}
		_, page := w.ask("member", "GET", task.URL(), "", "")
		for _, want := range []string{"4\u00a0h\u00a015 notées", "2\u00a0h\u00a015", `name="hours.minutes"`} {
			if !strings.Contains(page, want) {
				t.Errorf("the page of the task lacks %q", want)
			}
		}
		if _, page := w.ask("reader", "GET", task.URL(), "", ""); strings.Contains(page, `name="hours.minutes"`) {
			t.Error("who only reads is asked for hours")
		}
		part := plan.Draft{Task: plan.Task{ProjectID: w.p.ID, ParentID: task.ID, Title: "Cotes", Work: 60}}
		_, err := w.plan.CreateTask(t.Context(), w.people["manager"], part)
		must(t, err)
		if _, page := w.ask("member", "GET", task.URL(), "", ""); strings.Contains(page, `name="hours.minutes"`) {
			t.Error("hours are asked for on what has parts")
		}
	})
}
