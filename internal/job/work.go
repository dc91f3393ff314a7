package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"bassin/internal/db"
	"bassin/internal/fault"
)

// Start begins to run work. Before it returns, what a process that is gone left behind is taken
// up again, as far as its death can be known at once. In an InsertOnly queue it does nothing.
func (q *Queue) Start(ctx context.Context) error {
	if q.opts.InsertOnly {
		return nil
	}
	if q.Worker() != "" {
		return errors.New("the queue is started already")
	}
	q.life = newLife(q)
	if err := q.enroll(ctx); err != nil {
		return fmt.Errorf("start the queue: %w", err)
	}
	if err := q.recover(ctx); err != nil {
		return fmt.Errorf("take up what was left: %w", err)
	}
	if err := q.startEvery(ctx); err != nil {
		return fmt.Errorf("start periodic work: %w", err)
	}
	if err := q.calls.start(ctx, q.opts.Workers, q.work); err != nil {
		return fmt.Errorf("start the queue: %w", err)
	}
	q.loop(q.pace.flush, q.flush)
	q.loop(q.pace.watch, q.watch)
	q.loop(q.pace.recover, q.recover)
	q.loop(q.pace.overdue/2, q.callOverdue)
	if q.life.beats() {
		q.loop(q.pace.beat, q.beat)
	}
	q.loops.Go(q.everyLoop)
	return nil
}

// Stop takes no more work, lets running work end within Options.Grace, and asks what is still
// running then to be handed back: work that is Safe waits for the next worker, other work fails
// and says why. Live pages end their streams.
func (q *Queue) Stop(ctx context.Context) error {
	q.stopOnce.Do(func() { close(q.stopping) })
	defer q.close()
	if q.Worker() == "" {
		return nil
	}
	soft, cancel := context.WithTimeout(ctx, q.opts.Grace)
	err := q.calls.stop(soft)
	cancel()
	if err != nil {
		for _, run := range q.snapshot() {
			run.stop(causeStop)
		}
		hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		err = q.calls.abort(hard)
		cancel()
	}
	q.close()
	q.loops.Wait()
	left := q.snapshot()
	q.leave(context.WithoutCancel(ctx), len(left) == 0)
	if err != nil && len(left) > 0 {
		return fmt.Errorf("stop the queue: %d runs did not end: %w", len(left), err)
	}
	return nil
}

// loop calls fn again and again until the queue is closed. A failure is logged and tried again.
func (q *Queue) loop(pause time.Duration, fn func(context.Context) error) {
	q.loops.Go(func() {
		t := time.NewTicker(pause)
		defer t.Stop()
		for {
			select {
			case <-q.closed.Done():
				return
			case <-t.C:
			}
			if err := fn(q.closed); err != nil && q.closed.Err() == nil {
				q.log.Warn("queue", "error", err)
			}
		}
	})
}

// work runs one call: takes the run, attempts it, records what became of it. A call that is void
// ends without a trace; an error makes River offer the call again.
func (q *Queue) work(ctx context.Context, id int64, c call) error {
	run := &Run{ID: c.Run, q: q}
	if !q.admit(run) {
		return errSoon // an attempt that was given up for dead has not returned yet
	}
	defer q.dismiss(run)
	rec, err := q.claim(ctx, id, c)
	switch {
	case errors.Is(err, errVoid):
		return nil
	case err != nil:
		return err
	}
	k := q.kinds[rec.Kind]
	own, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	timed, cancel := context.WithTimeoutCause(own, k.opts.Timeout, causeTimeout)
	defer cancel()
	run.begin(timed, stop, rec)
	if q.Worker() != rec.WorkerID {
		run.stop(causeLost)
	}
	err = q.attempt(timed, k, run)
	run.enter(finishing)
	var why cause
	if !errors.As(context.Cause(timed), &why) && ctx.Err() != nil {
		why = causeStop // Stop ended River's context before it could see this run
	}
	q.end(context.WithoutCancel(ctx), k, run, err, why)
	return nil
}

// attempt calls the handler; a panic in it is a failure of the run, not of the process.
func (q *Queue) attempt(ctx context.Context, k kind, run *Run) (err error) {
	defer func() {
		if p := recover(); p != nil {
			q.log.Error("job panic", "run", run.ID, "kind", k.name, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return k.run(ctx, run, []byte(run.record().Args))
}

var errVoid = errors.New("the call is void")

// claim takes a run for this worker.
func (q *Queue) claim(ctx context.Context, id int64, c call) (Record, error) {
	var rec Record
	worker := q.Worker()
	err := q.db.Do(ctx, func(tx db.Tx) (err error) {
		rec, err = getRun(tx, c.Run)
		switch {
		case fault.Is(err, fault.NotFound):
			return errVoid
		case err != nil:
			return err
		case rec.CallID != id || rec.State != Queued:
			return errVoid
		}
		if _, ok := q.kinds[rec.Kind]; !ok {
			q.log.Warn("no handler here for this kind; left for another worker", "kind", rec.Kind, "run", rec.ID)
			return errLater
		}
		n, err := claimRun(tx, c.Run, id, worker)
		if err != nil {
			return err
		}
		if n == 0 { // this worker was given up for dead, and enrols anew; or the run moved just now
			return errSoon
		}
		rec, err = getRun(tx, c.Run)
		return err
	})
	return rec, err
}

// end records what became of a run. It tries until it can: an end that is not recorded would
// make the work be done again.
func (q *Queue) end(ctx context.Context, k kind, run *Run, err error, why cause) {
	run.mu.Lock()
	rec, ended := run.rec, run.ending
	run.mu.Unlock()
	out := rec.after(err, why, k.opts.Timeout, k.opts.Backoff)
	if ended {
		out = outcome{State: Done}
	}
	q.ended.WithLabelValues(k.name, string(out.State)).Inc()
	level := q.log.Info
	if err != nil && out.State != Cancelled {
		level = q.log.Warn
	}
	level("job", "run", rec.ID, "kind", rec.Kind, "attempt", rec.Attempts, "state", out.State, "error", err)
	for pause := 100 * time.Millisecond; !ended; pause = min(2*pause, 5*time.Second) {
		err := q.db.Do(ctx, func(tx db.Tx) error {
			if n, err := holdRun(tx, rec); err != nil || n == 0 {
				return cmp.Or(err, errVoid)
			}
			now, err := getRun(tx, rec.ID)
			if err != nil {
				return err
			}
			out := out
			if out.State == Queued && now.CancelRequestedAt > 0 {
				out = outcome{State: Cancelled}
			}
			call, err := q.callAgain(tx, rec, out)
			if err != nil {
				return err
			}
			_, err = saveEnd(tx, rec, out, call)
			return err
		})
		if err == nil {
			return
		}
		if errors.Is(err, errVoid) {
			q.log.Warn("job was taken by another worker before its end was recorded", "run", rec.ID)
			return
		}
		q.log.Error("end of job not recorded yet", "run", rec.ID, "error", err)
		select {
		case <-q.closed.Done():
			return
		case <-time.After(pause):
		}
	}
}

// admit makes room for a run in this process's memory; false when it is there already.
func (q *Queue) admit(run *Run) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, twice := q.running[run.ID]; twice {
		return false
	}
	q.running[run.ID] = run
	return true
}

func (q *Queue) dismiss(run *Run) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.running, run.ID)
}

func (q *Queue) snapshot() []*Run {
	q.mu.Lock()
	defer q.mu.Unlock()
	list := make([]*Run, 0, len(q.running))
	for _, run := range q.running {
		list = append(list, run)
	}
	return list
}

// flush writes the progress that handlers told.
func (q *Queue) flush(ctx context.Context) error {
	var news []Record
	for _, run := range q.snapshot() {
		if rec, ok := run.takeDirty(); ok {
			news = append(news, rec)
		}
	}
	if len(news) == 0 {
		return nil
	}
	return q.db.Do(ctx, func(tx db.Tx) error {
		for _, rec := range news {
			if _, err := saveProgress(tx, rec); err != nil {
				return err
			}
		}
		return nil
	})
}

// watch compares what runs here with what is written: a run that somebody asked to stop, or that
// was given to another worker, is told so; one that is written as ours and is not here was taken
// in a transaction whose answer was lost, and never began.
func (q *Queue) watch(ctx context.Context) error {
	here := map[RunID]*Run{}
	for _, run := range q.snapshot() {
		if run.in(working) {
			here[run.ID] = run
		}
	}
	var rows []runningRow
	err := q.db.View(ctx, func(tx db.Tx) (err error) {
		rows, err = listRunning(tx, q.Worker())
		return err
	})
	if err != nil {
		return err
	}
	written := map[RunID]runningRow{}
	for _, row := range rows {
		written[row.ID] = row
	}
	for id, run := range here {
		row, ok := written[id]
		switch {
		case !ok || row.Attempts != run.Attempt:
			run.stop(causeLost)
		case row.CancelRequestedAt > 0:
			run.stop(causeAsked)
		}
	}
	for id := range written {
		if !q.holds(id) {
			if err := q.release(ctx, id); err != nil {
				return err
			}
		}
	}
	return nil
}

func (q *Queue) holds(id RunID) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	_, ok := q.running[id]
	return ok
}

// release puts a run that is written as ours but never began back into the queue.
func (q *Queue) release(ctx context.Context, id RunID) error {
	return q.db.Do(ctx, func(tx db.Tx) error {
		rec, err := getRun(tx, id)
		if err != nil || rec.State != Running || rec.WorkerID != q.Worker() || q.holds(id) {
			return err
		}
		out := outcome{State: Queued, Uncount: true}
		call, err := q.callAgain(tx, rec, out)
		if err != nil {
			return err
		}
		_, err = saveEnd(tx, rec, out, call)
		return err
	})
}
