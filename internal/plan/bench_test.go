//go:build unix

package plan

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"bassin/internal/account"
	"bassin/internal/cputest"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/web"
)

// BenchmarkTenThousand measures the pages of a plan of 10,000 tasks, with the whole of a page around
// them, and the change of one task.
func BenchmarkTenThousand(b *testing.B) {
	w := newWorld(b, dbtest.Open(b))
	const n = 10_000
	drafts, parents, ties := make([]Draft, n), make([]int, n), []Tie{}
	for i := range drafts {
		drafts[i], parents[i] = Draft{Task: Task{Title: fmt.Sprintf("Tâche %d", i), Work: int64(1+i%5) * 420, Labels: ",lot,"}}, i-i%20
		if i%20 == 0 {
			parents[i] = -1
		} else if i%20 > 1 {
			ties = append(ties, Tie{From: i - 1, To: i, Kind: FinishStart})
		}
	}
	var tasks []Task
	must(b, w.d.Do(b.Context(), func(tx db.Tx) (err error) {
		tasks, err = w.s.CreateTasksIn(tx, w.manager, w.p.ID, drafts, parents, ties)
		return err
	}))
	must(b, w.d.Settle(b.Context()))
	m := web.NewMux(web.Options{DB: w.d, Log: slog.New(slog.DiscardHandler), Viewer: account.Viewer, Authenticate: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(rw, r.WithContext(account.WithActor(r.Context(), w.manager)))
		})
	}})
	w.s.Pages(m)
	h := m.Handler()
	base := planURL(w.p.ID)
	for _, page := range []struct{ name, path string }{
		{"list", base}, {"list/last", base + "?page=200"}, {"list/search", base + "?q=999"}, {"list/finish", base + "?sort=finish"}, {"board", base + "/board"}, {"gantt", base + "/gantt?page=25"}, {"gantt/last", base + "/gantt?page=50"}, {"calendar", base + "/calendar"},
	} {
		b.Run(page.name, func(b *testing.B) {
			before := cputest.Used(b)
			for b.Loop() {
				rec := httptest.NewRecorder()
				h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, page.path, nil))
				if rec.Code != http.StatusOK {
					b.Fatal(rec.Code)
				}
			}
			cputest.Report(b, before)
		})
	}
	b.Run("reorder", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			must(b, w.s.PlaceAfter(b.Context(), w.manager, w.p.ID, tasks[20+i%9*20].ID, tasks[400+i%11*20].ID))
		}
	})
	b.Run("change", func(b *testing.B) {
		before := cputest.Used(b)
		for i := 0; b.Loop(); i++ {
			_, err := w.s.Shift(b.Context(), w.manager, w.p.ID, tasks[5].ID, "", int64(1+i%3)*420)
			must(b, err)
		}
		cputest.Report(b, before)
	})
}
