package plan

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/project"
	"bassin/internal/search"
	"bassin/internal/when"
)

// found counts what the search finds for who holds the project's key.
func (w *world) found(t testing.TB, text string) (n int) {
	t.Helper()
	must(t, w.d.View(t.Context(), func(tx db.Tx) error {
		walls, err := project.SearchWalls(tx, w.manager)
		if err != nil {
			return err
		}
		n, err = search.Count(tx, search.Query{Text: text, Walls: walls, Kinds: []string{SearchEntry}}, 100)
		return err
	}))
	return n
}

func TestRemoveSeveralAndUndo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx, id := t.Context(), w.p.ID
		a := w.task(t, "Châssis", 1)
		part := w.task(t, "Soudure du longeron", 2, a)
		b := w.task(t, "Peinture", 1)
		early := w.task(t, "Retirée avant", 1, a)
		_, err := w.s.RemoveTask(ctx, w.manager, id, early.ID)
		must(t, err)
		if n := w.found(t, "longeron"); n != 1 {
			t.Fatalf("the search finds %d tasks, want 1", n)
		}
		w.d = w.d.Clocked(func() time.Time { return today.Time().Add(13 * time.Hour) })
		w.s = New(Options{DB: w.d, Project: w.projects})
		n, at, err := w.s.ChangeTasks(ctx, w.manager, id, []TaskID{a.ID, b.ID}, Change{Remove: true})
		must(t, err)
		if n != 2 || w.outline(t) != "" || w.found(t, "longeron") != 0 {
			t.Fatalf("removed %d, left %q, found %d", n, w.outline(t), w.found(t, "longeron"))
		}
		reader := w.invited(t, "lecture", "project_reader")
		if _, err := w.s.RestoreTasks(ctx, reader, id, at); err == nil {
			t.Errorf("a reader restores")
		}
		for _, wrong := range []when.Time{0, 1, -5} {
			if n, err := w.s.RestoreTasks(ctx, w.manager, id, wrong); err != nil || n != 0 {
				t.Errorf("restored %d of %d: %v", n, wrong, err)
			}
		}
		n, err = w.s.RestoreTasks(ctx, w.manager, id, at)
		must(t, err)
		if got := w.outline(t); n != 3 || got != "Châssis(Soudure du longeron),Peinture" || w.found(t, "longeron") != 1 || w.read(t, part).EarlyOn != today {
			t.Errorf("restored %d: %q", n, got)
		}
	})
}

func TestPlanAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := serve(t, d)
		a := w.task(t, "Plans", 3)
		base := "/api/v1" + w.p.ID.URL() + "/plan"
		var baseline string
		for _, x := range []struct {
			who, method, path, body string
			code                    int
			want                    string
		}{
			{"manager", "POST", "/baselines", `{"name":"Lancement"}`, http.StatusCreated, `"ends_on":"2026-03-04"`},
			{"reader", "POST", "/baselines", `{"name":"Lancement"}`, http.StatusForbidden, ""},
			{"manager", "POST", "/closures", `{"name":"Inventaire","from_on":"2026-03-03"}`, http.StatusCreated, `"to_on":"2026-03-03"`},
			{"manager", "POST", "/closures", `{"name":"x","from_on":"2026-03-03","to_on":"2026-03-01"}`, http.StatusUnprocessableEntity, ""},
			{"reader", "GET", "/baselines", "", http.StatusOK, `"name":"Lancement"`},
			{"reader", "GET", "/baselines/BASELINE", "", http.StatusOK, `"finish_days":1`},
			{"reader", "GET", "/baselines/none", "", http.StatusNotFound, ""},
			{"reader", "GET", "/calendar", "", http.StatusOK, `"week_minutes":[0,420,420,420,420,420,0]`},
			{"manager", "PUT", "/calendar", `{"starts_on":"2026-03-02","week_minutes":[0,480,480,480,480,0,0],"holidays":"france"}`, http.StatusOK, `480,480,480,480,0,0]`},
			{"manager", "PUT", "/calendar", `{"starts_on":"2026-03-02","week_minutes":[0,0,0,0,0,0,0]}`, http.StatusUnprocessableEntity, ""},
			{"manager", "PUT", "/calendar", `{"starts_on":"2026-03-02","week_minutes":[9999999,0,0,0,0,0,-4]}`, http.StatusUnprocessableEntity, ""},
			{"reader", "GET", "/load", "", http.StatusOK, `"have_minutes":1440`}, // three days of a week with a closure
			{"reader", "GET", "/load?from=2200-12-31", "", http.StatusOK, ""},
			{"stranger", "GET", "/load", "", http.StatusNotFound, ""},
		} {
			kind := ""
			if x.body != "" {
				kind = "application/json"
			}
			code, text := w.ask(x.who, x.method, base+strings.ReplaceAll(x.path, "BASELINE", baseline), kind, x.body)
			if code != x.code || !strings.Contains(text, x.want) {
				t.Errorf("%s %s: got %d %s, want %d %s", x.method, x.path, code, text, x.code, x.want)
			}
			if x.method == "POST" && x.path == "/baselines" && code == http.StatusCreated {
				baseline, _, _ = strings.Cut(strings.SplitN(text, `"id":"`, 2)[1], `"`)
			}
		}
		if got := w.read(t, a); got.FinishOn != "2026-03-05" {
			t.Errorf("three days around a closure finish on %s", got.FinishOn)
		}
		w.post("manager", planURL(w.p.ID)+"/chosen", http.StatusSeeOther, "do", "remove", "id", string(a.ID))
		w.post("manager", planURL(w.p.ID)+"/removed/x/restore", http.StatusNotFound)
		w.post("manager", planURL(w.p.ID)+"/removed/12/restore", http.StatusSeeOther)
	})
}
