//go:build unix

package plan

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/cputest"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/job"
	"bassin/internal/project"
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

// BenchmarkImport measures the taking in of 10,000 tasks from a CSV and from Microsoft Project, on both
// databases, and how long somebody else who writes waits meanwhile.
func BenchmarkImport(b *testing.B) {
	const n = 10_000
	var table, file strings.Builder
	table.WriteString("id,title,parent,work,predecessors,assignee,labels\n")
	file.WriteString(`<?xml version="1.0"?><Project xmlns="http://schemas.microsoft.com/project"><Name>Grand</Name><Tasks>`)
	for i := range n {
		parent, before, level, link := "", "", 1, ""
		if i%20 > 0 {
			parent, level = strconv.Itoa(i-i%20), 2
		}
		if i%20 > 1 {
			before, link = strconv.Itoa(i-1), fmt.Sprintf("<PredecessorLink><PredecessorUID>%d</PredecessorUID><Type>1</Type></PredecessorLink>", i-1)
		}
		fmt.Fprintf(&table, "%d,Tâche %d du lot %d : relevé des cotes et contrôle,%s,%dd,%s,gestion,lot\n", i, i, i/20, parent, 1+i%5, before)
		fmt.Fprintf(&file, "<Task><UID>%d</UID><Name>Tâche %d du lot %d : relevé des cotes et contrôle</Name><OutlineLevel>%d</OutlineLevel><Duration>PT%dH0M0S</Duration>%s</Task>", i+1, i, i/20, level, 8*(1+i%5), link)
	}
	file.WriteString("</Tasks></Project>")
	for _, base := range []struct {
		name string
		open func(testing.TB) *db.DB
	}{{"sqlite", dbtest.Open}, {"postgres", dbtest.Postgres}} {
		for _, f := range []struct{ name, text string }{{"plan.csv", table.String()}, {"plan.xml", file.String()}} {
			b.Run(base.name+"/"+f.name, func(b *testing.B) {
				var waited time.Duration
				before := cputest.Used(b)
				for b.Loop() {
					b.StopTimer()
					d := base.open(b)
					w := newWorld(b, d)
					q, err := job.New(b.Context(), d, job.Options{})
					must(b, err)
					w.s.Jobs(q)
					must(b, q.Start(b.Context()))
					other, err := w.projects.Create(b.Context(), w.manager, project.Draft{Project: project.Project{Title: "Autre", Kind: project.Other, Confidentiality: project.ForMembers, OwnerID: w.own}})
					must(b, err)
					writer := w.again(b, w.manager.ID)
					b.StartTimer()
					x, err := w.s.BeginImport(b.Context(), w.manager, w.p.ID, f.name, []byte(f.text))
					must(b, err)
					_, err = w.s.Survey(b.Context(), w.manager, w.p.ID, x.ID)
					must(b, err)
					done, longest := make(chan struct{}), make(chan time.Duration)
					go func() { longest <- longestWrite(b, project.New(project.Options{DB: d}), writer, other.ID, done) }()
					r, id, err := w.s.TakeInLater(b.Context(), w.manager, w.p.ID, x.ID)
					must(b, err)
					await(b, d, `id = $1`, string(id))
					await(b, d, `kind = $1`, indexKind)
					close(done)
					waited = max(waited, <-longest)
					must(b, q.Stop(context.Background()))
					if r.Tasks != n || r.RefusedN != 0 {
						b.Fatalf("%d tasks, %d refused %v", r.Tasks, r.RefusedN, r.Refused[:min(3, len(r.Refused))])
					}
				}
				cputest.Report(b, before)
				b.ReportMetric(waited.Seconds(), "s-waited/op")
			})
		}
	}
}

// longestWrite changes another project until done, by the clock of the day, and gives how long the
// slowest change took.
func longestWrite(b *testing.B, projects *project.Service, by account.Actor, id project.ID, done <-chan struct{}) time.Duration {
	longest := time.Duration(0)
	for {
		began := time.Now()
		if _, err := projects.AddBlocker(b.Context(), by, project.Blocker{ProjectID: id, Text: "Attente"}); err != nil {
			b.Error(err)
		}
		longest = max(longest, time.Since(began))
		select {
		case <-done:
			return longest
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// await waits until a run has ended well.
func await(b *testing.B, d *db.DB, which, is string) {
	for state := job.Queued; state != job.Done; time.Sleep(10 * time.Millisecond) {
		must(b, d.View(b.Context(), func(tx db.Tx) (err error) {
			state, err = db.Get[job.State](tx, `select state from job_run where `+which, is)
			return err
		}))
		if state == job.Failed {
			b.Fatal("a run failed")
		}
	}
}
