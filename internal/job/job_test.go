package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
)

type count struct {
	N int `json:"n"`
}

// newQueue makes a queue with short intervals; register runs before start.
func newQueue(t testing.TB, d *db.DB, start bool, register func(q *Queue)) *Queue {
	t.Helper()
	q, err := New(t.Context(), d, Options{Log: slog.New(slog.NewTextHandler(logTo{t}, nil)), Workers: 4, Grace: 200 * time.Millisecond,
		Who: func(ctx context.Context) (string, bool) { p, _ := ctx.Value(whoKey{}).(string); return p, p == "admin" }})
	if err != nil {
		t.Fatal(err)
	}
	q.pace = pace{flush: 20 * time.Millisecond, watch: 50 * time.Millisecond, recover: 50 * time.Millisecond, beat: 50 * time.Millisecond,
		silence: 500 * time.Millisecond, overdue: time.Minute}
	if register != nil {
		register(q)
	}
	if start {
		startQueue(t, q)
	}
	return q
}

func startQueue(t testing.TB, q *Queue) {
	t.Helper()
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = q.Stop(context.Background()) })
}

type whoKey struct{}

// logTo writes the log of the queue where the test's own is.
type logTo struct{ t testing.TB }

func (l logTo) Write(b []byte) (int, error) {
	if l.t.Context().Err() == nil {
		l.t.Log(string(b))
	}
	return len(b), nil
}

func enqueue(t testing.TB, q *Queue, r Request) RunID {
	t.Helper()
	var id RunID
	err := q.db.Do(context.Background(), func(tx db.Tx) (err error) {
		id, err = q.Enqueue(tx, r)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func read(t testing.TB, d *db.DB, id RunID) Record {
	t.Helper()
	var rec Record
	err := d.View(context.Background(), func(tx db.Tx) (err error) {
		rec, err = getRun(tx, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// await waits until the run fulfils ok.
func await(t testing.TB, d *db.DB, id RunID, ok func(Record) bool) Record {
	t.Helper()
	end := time.Now().Add(time.Minute)
	for {
		rec := read(t, d, id)
		if ok(rec) {
			return rec
		}
		if time.Now().After(end) {
			t.Fatalf("run still %+v", rec)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func state(s State) func(Record) bool { return func(r Record) bool { return r.State == s } }

func TestRolledBackTransactionAsksForNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var ran atomic.Int32
		q := newQueue(t, d, true, func(q *Queue) {
			Handle(q, "test.count", func(context.Context, *Run, count) error { ran.Add(1); return nil }, Opts{})
		})
		undone := errors.New("undone")
		err := d.Do(t.Context(), func(tx db.Tx) error {
			if _, err := q.Enqueue(tx, Request{Kind: "test.count", Args: count{1}}); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		// A run asked for later is done; had the first been asked for, it would have come before.
		id := enqueue(t, q, Request{Kind: "test.count", Args: count{2}})
		await(t, d, id, state(Done))
		var runs []Record
		if err := d.View(t.Context(), func(tx db.Tx) (err error) {
			runs, err = listRuns(tx, filter{all: true, limit: 10})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		runs = slices.DeleteFunc(runs, func(r Record) bool { return r.Kind == "job.sweep" })
		if ran.Load() != 1 || len(runs) != 1 {
			t.Errorf("ran %d, rows %d; want 1 and 1", ran.Load(), len(runs))
		}
	})
}

func TestProgressAndResult(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		seen := make(chan struct{})
		q := newQueue(t, d, true, func(q *Queue) {
			Handle(q, "test.count", func(ctx context.Context, run *Run, c count) error {
				run.Say("job.test", "name", "bride.stl", "count", 1200)
				run.Progress(31, 48)
				select {
				case <-seen:
				case <-ctx.Done():
					return ctx.Err()
				}
				run.Progress(48, 48)
				run.Findings(3)
				run.Result("/parts", "job.test", "count", c.N)
				return nil
			}, Opts{})
		})
		id := enqueue(t, q, Request{Kind: "test.count", Args: count{7}, TitleArgs: fault.Args{"count": 48}, OwnerID: "ana", Scope: "territory:ti-7602"})
		rec := await(t, d, id, func(r Record) bool { return r.Done == 31 })
		if rec.State != Running || rec.Total != 48 || rec.Message().Args["count"] != int64(1200) || rec.StartedAt == 0 || rec.Attempts != 1 {
			t.Errorf("while running: %+v %v", rec, rec.Message())
		}
		close(seen)
		rec = await(t, d, id, state(Done))
		if rec.Done != 48 || rec.Findings != 3 || rec.ResultURL != "/parts" || rec.Result().Args["count"] != int64(7) || rec.FinishedAt == 0 ||
			rec.TitleKey != "test.count" || rec.Title().Args["count"] != int64(48) {
			t.Errorf("at the end: %+v", rec)
		}
	})
}

func TestCancel(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		started := make(chan struct{}, 8)
		q := newQueue(t, d, true, func(q *Queue) {
			Handle(q, "test.wait", func(ctx context.Context, run *Run, _ count) error {
				started <- struct{}{}
				<-ctx.Done()
				if !run.Cancelled() {
					t.Error("not told")
				}
				return ctx.Err()
			}, Opts{Safe: true})
		})
		other := newQueue(t, d, false, func(q *Queue) { // another node, such as the one that serves the page
			Handle(q, "test.wait", func(context.Context, *Run, count) error { return nil }, Opts{Safe: true})
		})
		for name, from := range map[string]*Queue{"here": q, "from another node": other} {
			id := enqueue(t, q, Request{Kind: "test.wait", Args: count{}, OwnerID: "ana"})
			<-started
			if _, err := from.Cancel(t.Context(), "bob", false, id); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: by a stranger: %v", name, err)
			}
			if _, err := from.Cancel(t.Context(), "ana", false, id); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			await(t, d, id, state(Cancelled))
			if _, err := from.Cancel(t.Context(), "admin", true, id); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: too late: %v", name, err)
			}
		}
		later := enqueue(t, q, Request{Kind: "test.wait", Args: count{}, OwnerID: "ana", At: read(t, d, enqueue(t, q, Request{Kind: "job.sweep", Args: struct{}{}})).CreatedAt.Add(time.Hour)})
		rec, err := q.Cancel(t.Context(), "ana", false, later)
		if err != nil || rec.State != Cancelled || rec.Attempts != 0 {
			t.Errorf("queued: %+v %v", rec, err)
		}
	})
}

func TestFailures(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var mu sync.Mutex
		tries := map[string]int{}
		errs := map[string]func(n int) error{
			"invalid": func(int) error {
				var f fault.Fields
				f.Add("line 18, montant", "fault.amount")
				return fmt.Errorf("import: %w", f.Err())
			},
			"conflict":   func(int) error { return fault.New(fault.Conflict, "fault.stale", "count", 2) },
			"internal":   func(int) error { return errors.New("boom") },
			"panic":      func(int) error { panic("boom") },
			"passing":    func(n int) error { return map[bool]error{true: fault.New(fault.Unavailable, "db.busy")}[n < 3] },
			"never":      func(int) error { return fault.New(fault.Unavailable, "db.busy") },
			"not safe":   func(int) error { return fault.New(fault.Unavailable, "db.busy") },
			"slow":       nil,
			"no handler": nil,
		}
		handler := func(ctx context.Context, _ *Run, name string) error {
			mu.Lock()
			tries[name]++
			n := tries[name]
			mu.Unlock()
			if name == "slow" {
				<-ctx.Done()
				return ctx.Err()
			}
			return errs[name](n)
		}
		at := func(int) time.Duration { return 0 }
		q := newQueue(t, d, true, func(q *Queue) {
			Handle(q, "test.fail", handler, Opts{Safe: true, MaxAttempts: 4, Backoff: at})
			Handle(q, "test.unsafe", handler, Opts{Backoff: at})
			Handle(q, "test.slow", handler, Opts{Safe: true, Timeout: 50 * time.Millisecond})
		})
		for _, c := range []struct {
			name, kind string
			state      State
			key        string
			tries      int
		}{
			{"invalid", "test.fail", Failed, "fault.fields", 1},
			{"conflict", "test.fail", Failed, "fault.stale", 1},
			{"internal", "test.fail", Failed, "job.internal", 4},
			{"panic", "test.fail", Failed, "job.internal", 4},
			{"passing", "test.fail", Done, "", 3},
			{"never", "test.fail", Failed, "db.busy", 4},
			{"not safe", "test.unsafe", Failed, "db.busy", 1},
			{"slow", "test.slow", Failed, "job.timeout", 1},
		} {
			id := enqueue(t, q, Request{Kind: c.kind, Args: c.name})
			rec := await(t, d, id, func(r Record) bool { return r.State.Ended() })
			mu.Lock()
			n := tries[c.name]
			mu.Unlock()
			if rec.State != c.state || rec.ErrorKey != c.key || n != c.tries || rec.Attempts != c.tries {
				t.Errorf("%s: got %s %q after %d tries (%d written), want %s %q after %d", c.name, rec.State, rec.ErrorKey, n, rec.Attempts, c.state, c.key, c.tries)
			}
			if c.name == "invalid" && (len(rec.Fields()) != 1 || rec.Fields()[0].Name != "line 18, montant") {
				t.Errorf("fields: %+v", rec.Fields())
			}
		}
	})
}

func TestEnqueueRefusals(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	q := newQueue(t, d, false, func(q *Queue) {
		Handle(q, "test.count", func(context.Context, *Run, count) error { return nil }, Opts{})
		Handle(q, "test.text", func(context.Context, *Run, string) error { return nil }, Opts{})
	})
	for name, r := range map[string]Request{
		"unknown kind":    {Kind: "test.other", Args: count{}},
		"wrong arguments": {Kind: "test.count", Args: "x"},
		"no arguments":    {Kind: "test.count"},
		"too large":       {Kind: "test.text", Args: string(make([]byte, maxArgs))},
	} {
		if err := d.Do(t.Context(), func(tx db.Tx) error { _, err := q.Enqueue(tx, r); return err }); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := d.View(t.Context(), func(tx db.Tx) error { _, err := q.Enqueue(tx, Request{Kind: "test.count", Args: count{}}); return err }); err == nil {
		t.Error("accepted in a transaction that reads")
	}
}

func TestUniqueKey(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := newQueue(t, d, false, func(q *Queue) {
			Handle(q, "test.count", func(context.Context, *Run, count) error { return nil }, Opts{})
		})
		ids := make([]RunID, 8)
		var wg sync.WaitGroup
		for i := range ids {
			wg.Go(func() { ids[i] = enqueue(t, q, Request{Kind: "test.count", Args: count{i}, UniqueKey: "alès"}) })
		}
		wg.Wait()
		for _, id := range ids {
			if id != ids[0] || id == "" {
				t.Fatalf("several runs: %v", ids)
			}
		}
		startQueue(t, q)
		await(t, d, ids[0], state(Done))
		if id := enqueue(t, q, Request{Kind: "test.count", Args: count{}, UniqueKey: "alès"}); id == ids[0] {
			t.Error("a run that ended was given back")
		}
	})
}

func TestTwoWorkersShareAndEachRunRunsOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const total = 200
		var mu sync.Mutex
		ran := map[int]int{}
		by := map[string]int{}
		register := func(q *Queue) {
			Handle(q, "test.count", func(_ context.Context, _ *Run, c count) error {
				mu.Lock()
				defer mu.Unlock()
				ran[c.N]++
				by[q.Worker()]++
				return nil
			}, Opts{Safe: true})
		}
		a := newQueue(t, d, true, register)
		b := newQueue(t, d, true, register)
		ids := make([]RunID, total)
		var wg sync.WaitGroup
		const clients = 10
		for c := range clients {
			wg.Go(func() {
				for i := c; i < total; i += clients {
					ids[i] = enqueue(t, []*Queue{a, b}[i%2], Request{Kind: "test.count", Args: count{i}})
				}
			})
		}
		wg.Wait()
		for _, id := range ids {
			await(t, d, id, state(Done))
		}
		mu.Lock()
		defer mu.Unlock()
		for n, times := range ran {
			if times != 1 {
				t.Errorf("%d ran %d times", n, times)
			}
		}
		if len(ran) != total || len(by) != 2 {
			t.Errorf("%d of %d ran, on %v", len(ran), total, slices.Collect(maps.Values(by)))
		}
	})
}

func TestStopHandsBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		started := make(chan struct{}, 8)
		register := func(waits bool) func(q *Queue) {
			fn := func(ctx context.Context, _ *Run, _ count) error {
				started <- struct{}{}
				if !waits {
					return nil
				}
				<-ctx.Done()
				return ctx.Err()
			}
			return func(q *Queue) {
				Handle(q, "test.safe", fn, Opts{Safe: true})
				Handle(q, "test.unsafe", fn, Opts{})
				Handle(q, "test.short", func(context.Context, *Run, count) error {
					started <- struct{}{}
					time.Sleep(50 * time.Millisecond)
					return nil
				}, Opts{})
			}
		}
		a := newQueue(t, d, true, register(true))
		safe := enqueue(t, a, Request{Kind: "test.safe", Args: count{}})
		unsafe := enqueue(t, a, Request{Kind: "test.unsafe", Args: count{}})
		short := enqueue(t, a, Request{Kind: "test.short", Args: count{}})
		for range 3 {
			<-started
		}
		if err := a.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := read(t, d, short); r.State != Done {
			t.Errorf("short work was not let end: %s", r.State)
		}
		if r := read(t, d, unsafe); r.State != Failed || r.ErrorKey != "job.stopped" {
			t.Errorf("work that is not safe: %s %s", r.State, r.ErrorKey)
		}
		if r := read(t, d, safe); r.State != Queued || r.Attempts != 0 {
			t.Errorf("safe work: %s after %d", r.State, r.Attempts)
		}
		newQueue(t, d, true, register(false))
		if r := await(t, d, safe, state(Done)); r.Attempts != 1 {
			t.Errorf("attempts: %d", r.Attempts)
		}
	})
}

func TestEvery(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var mu sync.Mutex
		var times []time.Time
		register := func(q *Queue) {
			Every(q, "test.tick", 200*time.Millisecond, func(context.Context, *Run) error {
				mu.Lock()
				defer mu.Unlock()
				times = append(times, time.Now())
				return nil
			})
		}
		newQueue(t, d, true, register)
		newQueue(t, d, true, register)
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			mu.Lock()
			n := len(times)
			mu.Unlock()
			if n >= 5 {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("%d runs", n)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		if took := times[4].Sub(times[0]); took < 600*time.Millisecond {
			t.Errorf("five runs in %s: both workers enqueue", took)
		}
	})
}

// A run whose call was lost between River and us is called again.
func TestLostCall(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := newQueue(t, d, false, func(q *Queue) {
			Handle(q, "test.count", func(context.Context, *Run, count) error { return nil }, Opts{})
		})
		id := enqueue(t, q, Request{Kind: "test.count", Args: count{}})
		other := enqueue(t, q, Request{Kind: "test.count", Args: count{}})
		if err := d.Do(t.Context(), func(tx db.Tx) error {
			_, err := tx.Exec(`delete from river_job where id = $1`, read(t, d, id).CallID)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		q.pace.overdue = 300 * time.Millisecond
		startQueue(t, q)
		await(t, d, other, state(Done))
		await(t, d, id, state(Done))
	})
}

// A worker whose runs were given away writes nothing more, neither progress nor in its own
// transactions.
func TestTakenRunWritesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var attempts atomic.Int32
		refused := make(chan error, 1)
		taken := make(chan struct{})
		handler := func(ctx context.Context, run *Run, _ count) error {
			if attempts.Add(1) > 1 {
				return nil
			}
			<-taken
			refused <- run.Finish(func(tx db.Tx) error { t.Error("ran"); return nil })
			return nil
		}
		register := func(q *Queue) { Handle(q, "test.count", handler, Opts{Safe: true}) }
		a := newQueue(t, d, false, register)
		a.pace.watch = time.Hour // it does not notice
		a.pace.beat = time.Hour
		startQueue(t, a)
		id := enqueue(t, a, Request{Kind: "test.count", Args: count{}})
		await(t, d, id, state(Running))
		b := newQueue(t, d, true, register)
		if err := b.bury(t.Context(), a.Worker()); err != nil {
			t.Fatal(err)
		}
		await(t, d, id, func(r Record) bool { return r.State != Running || r.Attempts == 2 })
		close(taken)
		if err := <-refused; !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Unavailable) {
			t.Errorf("got %v, want a conflict", err)
		}
		rec := await(t, d, id, state(Done))
		if rec.Attempts != 2 || rec.WorkerID != b.Worker() {
			t.Errorf("ended as %+v", rec)
		}
	})
}

func TestFinishRecordsWorkAndEndTogether(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := newQueue(t, d, true, func(q *Queue) {
			Handle(q, "test.count", func(_ context.Context, run *Run, c count) error {
				run.Result("/x", "job.test", "count", c.N)
				return run.Finish(func(tx db.Tx) error {
					_, err := tx.Exec(`insert into job_every (name, next_at) values ('made', $1)`, c.N)
					return err
				})
			}, Opts{Safe: true, MaxAttempts: 1})
		})
		id := enqueue(t, q, Request{Kind: "test.count", Args: count{5}})
		if r := await(t, d, id, func(r Record) bool { return r.State.Ended() }); r.State != Done || r.ResultURL != "/x" {
			t.Errorf("%+v", r)
		}
		again := enqueue(t, q, Request{Kind: "test.count", Args: count{6}}) // the row stands already
		if r := await(t, d, again, func(r Record) bool { return r.State.Ended() }); r.State != Failed || r.ErrorKey != "db.unique" {
			t.Errorf("%+v", r)
		}
	})
}

func TestInsertOnlyRunsNothing(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	q, err := New(t.Context(), d, Options{InsertOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	Handle(q, "test.count", func(context.Context, *Run, count) error { t.Error("ran"); return nil }, Opts{})
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	id := enqueue(t, q, Request{Kind: "test.count", Args: count{}})
	time.Sleep(300 * time.Millisecond)
	if r := read(t, d, id); r.State != Queued {
		t.Errorf("state %s", r.State)
	}
	if err := q.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSeveralNodesMakeTheTablesAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if _, err := New(t.Context(), d, Options{}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}
