//go:build browser

package browser

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/web"
)

// TestJobs looks at the pages of long work, and sees the progress of one move without a reload.
func TestJobs(t *testing.T) {
	ctx := Open(t)
	d := dbtest.Open(t)
	log := slog.New(slog.DiscardHandler)
	q, err := job.New(t.Context(), d, job.Options{Log: log, Workers: 2, Who: func(context.Context) (string, bool) { return "ana", true }})
	if err != nil {
		t.Fatal(err)
	}
	step := make(chan struct{})
	job.Handle(q, "test.steps", func(ctx context.Context, run *job.Run, _ int) error {
		for done := int64(31); done < 48; done++ {
			run.Progress(done, 48)
			select {
			case <-step:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		run.Findings(3)
		run.Result("/", "job.swept", "count", 124)
		return nil
	}, job.Opts{Timeout: time.Hour})
	job.Handle(q, "test.fail", func(context.Context, *job.Run, int) error {
		var f fault.Fields
		f.Add("Ligne 18, colonne « Montant »", "fault.amount")
		f.Add("Ligne 40, colonne « Date »", "fault.date", "min", 1900, "max", 2200)
		return f.Err()
	}, job.Opts{})
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = q.Stop(context.Background()) })
	ask := func(kind string) (id job.RunID) {
		if err := d.Do(t.Context(), func(tx db.Tx) (err error) {
			id, err = q.Enqueue(tx, job.Request{Kind: kind, TitleKey: "job.sweep", Args: 0, OwnerID: "ana"})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return id
	}
	m := web.NewMux(web.Options{DB: d, Log: log, Version: "test", Viewer: func(context.Context) web.Viewer { return web.Viewer{ID: "ana", Name: "Ana"} }})
	q.Pages(m)
	server := httptest.NewServer(m.Handler())
	t.Cleanup(server.Close)

	failed, running := ask("test.fail"), ask("test.steps")
	page := server.URL + job.URL(running)
	Page(ctx, t, server.URL+job.URL(failed), "job-failed")
	Page(ctx, t, page, "job-running")
	Page(ctx, t, server.URL+"/jobs", "jobs")

	if err := visit(ctx, page, Look{1440, "fr", false}); err != nil {
		t.Fatal(err)
	}
	if !soon(ctx, `document.body.innerText.includes('31 sur 48')`) {
		t.Error("the progress is not there")
	}
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`window.__same = true`)); err != nil {
		t.Fatal(err)
	}
	step <- struct{}{}
	if !soon(ctx, `window.__same && document.body.innerText.includes('32 sur 48') && document.querySelectorAll('.b-job').length === 1`) {
		t.Error("the progress does not move")
	}
	close(step)
	if !soon(ctx, `window.__same && document.body.innerText.includes('Terminé, 3 points à voir') && document.body.innerText.includes('124 traitements')`) {
		t.Error("the end is not shown")
	}
	if bad, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`window.__bad`)); err != nil || len(bad) > 0 {
		t.Errorf("policy or script: %v %v", bad, err)
	}
	Page(ctx, t, page, "job-done")
}
