package job

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/when"
)

// The kill test runs workers as processes of their own: this test binary again, told by the
// environment what to do.
const (
	helperEnv = "BASSIN_JOB_HELPER" // the database: a folder or a URL
	longSteps = 40
)

// TestHelperProcess is a worker process, not a test.
func TestHelperProcess(t *testing.T) {
	where := os.Getenv(helperEnv)
	if where == "" {
		t.Skip("runs only as the helper of the kill test")
	}
	c := db.Config{Dir: where}
	if strings.HasPrefix(where, "postgres:") {
		c = db.Config{URL: where, Conns: 8}
	}
	d, err := db.Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	q, err := New(context.Background(), d, Options{Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Workers: 4})
	if err != nil {
		t.Fatal(err)
	}
	registerKillKinds(q)
	if err := q.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	fmt.Println("started")
	time.Sleep(time.Minute) // until it is killed
}

// registerKillKinds registers work of longSteps steps. Each step writes who did which step when;
// a step that is there already is not done twice: that is what idempotent means.
func registerKillKinds(q *Queue) {
	steps := func(ctx context.Context, run *Run, c count) error {
		for i := range longSteps {
			err := run.Do(func(tx db.Tx) error {
				_, err := tx.Exec(`insert into job_every (name, next_at) values ($1, $2) on conflict do nothing`,
					fmt.Sprintf("step %d %02d by %d in %d at %d", c.N, i, os.Getpid(), run.Attempt, tx.Now()), tx.Now())
				return err
			})
			if err != nil {
				return err
			}
			run.Progress(int64(i+1), longSteps)
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(25 * time.Millisecond):
			}
		}
		return nil
	}
	Handle(q, "test.long", steps, Opts{Safe: true})
	Handle(q, "test.once", steps, Opts{})
}

type helper struct{ cmd *exec.Cmd }

func startHelper(t *testing.T, where string) *helper {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestHelperProcess$")
	cmd.Env = append(os.Environ(), helperEnv+"="+where)
	cmd.Stderr = logTo{t}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	h := &helper{cmd}
	t.Cleanup(h.kill)
	line := bufio.NewScanner(out)
	for line.Scan() {
		if line.Text() == "started" {
			go func() {
				for line.Scan() { //nolint:revive // the pipe must not fill
				}
			}()
			return h
		}
	}
	t.Fatal("the helper did not start")
	return nil
}

// kill is SIGKILL: nothing of the process runs after it.
func (h *helper) kill() {
	_ = h.cmd.Process.Kill()
	_ = h.cmd.Wait()
}

func TestKilledWorkersJobsAreTakenUp(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]func(t *testing.T) (string, *db.DB){
		"sqlite": func(t *testing.T) (string, *db.DB) {
			d := dbtest.Open(t)
			return d.Path()[:strings.LastIndex(d.Path(), "/")], d
		},
		"postgres": func(t *testing.T) (string, *db.DB) {
			url := dbtest.PostgresURL(t)
			d, err := db.Open(t.Context(), db.Config{URL: url, Conns: 4})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = d.Close() })
			return url, d
		},
	} {
		t.Run(name, func(t *testing.T) {
			at, d := where(t)
			q := newQueue(t, d, false, registerKillKinds)
			first := startHelper(t, at)
			var safe []RunID
			for i := range 3 {
				safe = append(safe, enqueue(t, q, Request{Kind: "test.long", Args: count{i}}))
			}
			unsafe := enqueue(t, q, Request{Kind: "test.once", Args: count{9}})
			for _, id := range append([]RunID{unsafe}, safe...) {
				await(t, d, id, func(r Record) bool { return r.Done > 5 })
			}
			first.kill()
			killed := time.Now()
			waiting := enqueue(t, q, Request{Kind: "test.long", Args: count{3}}) // nobody is there to take it
			startHelper(t, at)
			for _, id := range safe {
				rec := await(t, d, id, func(r Record) bool { return r.Attempts == 2 })
				t.Logf("taken up %s after the kill", rec.StartedAt.Time().Sub(killed).Round(time.Millisecond))
			}
			for i, id := range append(safe, waiting) {
				rec := await(t, d, id, func(r Record) bool { return r.State.Ended() })
				if rec.State != Done || rec.Done != longSteps {
					t.Errorf("run %d: %+v", i, rec)
				}
				checkSteps(t, d, i)
			}
			if rec := await(t, d, unsafe, func(r Record) bool { return r.State.Ended() }); rec.State != Failed || rec.ErrorKey != "job.lost" || rec.Attempts != 1 {
				t.Errorf("work that is not safe: %+v", rec)
			}
		})
	}
}

// checkSteps sees that every step was done and that at no time two processes worked on the run:
// ordered by time, the process changes at most once.
func checkSteps(t *testing.T, d *db.DB, n int) {
	t.Helper()
	type step struct {
		Name   string
		NextAt when.Time
	}
	var steps []step
	if err := d.View(t.Context(), func(tx db.Tx) (err error) {
		steps, err = db.List[step](tx, `select name, next_at from job_every where name like $1 order by next_at, name`, fmt.Sprintf("step %d %%", n))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	done := map[string]bool{}
	var pids []string
	for _, s := range steps {
		f := strings.Fields(s.Name)
		done[f[2]] = true
		if len(pids) == 0 || pids[len(pids)-1] != f[4] {
			pids = append(pids, f[4])
		}
	}
	if len(done) != longSteps || len(pids) > 2 {
		t.Errorf("run %d: %d of %s steps, by processes %v in turn", n, len(done), strconv.Itoa(longSteps), pids)
	}
}

func BenchmarkEnqueue(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.Open, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			d := open(b)
			q, err := New(b.Context(), d, Options{InsertOnly: true})
			if err != nil {
				b.Fatal(err)
			}
			Handle(q, "test.count", func(context.Context, *Run, count) error { return nil }, Opts{})
			b.SetParallelism(8)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := d.Do(context.Background(), func(tx db.Tx) error {
						_, err := q.Enqueue(tx, Request{Kind: "test.count", Args: count{1}, OwnerID: "ana"})
						return err
					}); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "enqueued/s")
		})
	}
}

// The database goes away under running work and comes back: the work is done in the end.
func TestPostgreSQLRestarts(t *testing.T) {
	t.Parallel()
	server := dbtest.NewServer(t)
	d, err := db.Open(t.Context(), db.Config{URL: server.URL("postgres"), Conns: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	q := newQueue(t, d, true, func(q *Queue) {
		Handle(q, "test.long", func(ctx context.Context, run *Run, _ count) error {
			for i := range 20 {
				if err := run.Do(func(tx db.Tx) error { return nil }); err != nil {
					return err
				}
				run.Progress(int64(i+1), 20)
				time.Sleep(25 * time.Millisecond)
			}
			return nil
		}, Opts{Safe: true, MaxAttempts: 10, Backoff: func(int) time.Duration { return 0 }})
	})
	running := enqueue(t, q, Request{Kind: "test.long", Args: count{}})
	await(t, d, running, func(r Record) bool { return r.Done > 3 })
	server.Stop()
	time.Sleep(time.Second)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	done := func(r Record) bool { return r.State.Ended() }
	if r := await(t, d, running, done); r.State != Done || r.Attempts < 2 {
		t.Errorf("the run that was interrupted: %+v", r)
	}
	if r := await(t, d, enqueue(t, q, Request{Kind: "test.long", Args: count{}}), done); r.State != Done {
		t.Errorf("a run after the restart: %+v", r)
	}
}
