package job

import (
	"context"
	"sync"

	"bassin/internal/db"
	"bassin/internal/fault"
)

// Run is what a handler holds of the run it works on.
type Run struct {
	ID      RunID
	OwnerID string
	Scope   string
	Attempt int // 1 for the first

	q      *Queue
	ctx    context.Context
	cancel context.CancelCauseFunc

	mu     sync.Mutex
	rec    Record // with the progress, as the handler last said
	dirty  bool
	phase  phase
	ending bool // Finish has recorded the end
}

// phase guards the watch against the moments before a run is taken and after it is given up.
type phase int

const (
	claiming phase = iota
	working
	finishing
)

// Progress says how far the work is; a total of 0 means that it is not known. It costs nothing:
// the newest figures are written twice a second by another goroutine. Call it as often as you
// like, inside transactions too.
func (r *Run) Progress(done, total int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rec.Done, r.rec.Total, r.dirty = done, total, true
}

// Say tells what is being done now, by text key and its values in pairs.
func (r *Run) Say(key string, list ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rec.MessageKey, r.rec.MessageArgs, r.dirty = key, encodeArgs(pairs(list)), true
}

// Findings says how many lines or parts should be looked at although the work is done.
func (r *Run) Findings(n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rec.Findings, r.dirty = n, true
}

// Result says what came of the run, when it ends well: a page or file of this server (may be
// empty) and a sentence by text key.
func (r *Run) Result(url, key string, list ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rec.ResultURL, r.rec.ResultKey, r.rec.ResultArgs = url, key, encodeArgs(pairs(list))
}

// Cancelled reports that the work should stop now: somebody asked, the server stops, the time is
// up. The handler's context ends in the same moment; return its error.
func (r *Run) Cancelled() bool { return r.ctx.Err() != nil }

// Do runs fn in a write transaction in which the run surely still belongs to this attempt: one
// that was given up for dead, and whose run another worker has taken, writes nothing more.
func (r *Run) Do(fn func(tx db.Tx) error) error {
	return r.q.db.Do(r.ctx, func(tx db.Tx) error {
		if err := r.hold(tx); err != nil {
			return err
		}
		return fn(tx)
	})
}

// Finish is Do for the last transaction of a run: its changes and the end of the run are
// recorded together, so that this work is done exactly once even when the process is killed
// right after. Set Result and Findings before. Then return nil.
func (r *Run) Finish(fn func(tx db.Tx) error) error {
	err := r.q.db.Do(r.ctx, func(tx db.Tx) error {
		if err := r.hold(tx); err != nil {
			return err
		}
		if err := fn(tx); err != nil {
			return err
		}
		rec := r.record()
		_, err := saveEnd(tx, rec, outcome{State: Done}, rec.CallID)
		return err
	})
	if err == nil {
		r.mu.Lock()
		r.ending = true
		r.mu.Unlock()
	}
	return err
}

func (r *Run) hold(tx db.Tx) error {
	n, err := holdRun(tx, r.record())
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "job.taken")
	}
	return err
}

func (r *Run) record() Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rec
}

func (r *Run) begin(ctx context.Context, cancel context.CancelCauseFunc, rec Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ctx, r.cancel, r.rec, r.phase = ctx, cancel, rec, working
	r.OwnerID, r.Scope, r.Attempt = rec.OwnerID, rec.Scope, rec.Attempts
}

// stop ends the handler's context, if the handler runs.
func (r *Run) stop(why cause) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.phase == working {
		r.cancel(why)
	}
}

func (r *Run) enter(p phase) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.phase = p
}

func (r *Run) in(p phase) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.phase == p
}

// takeDirty gives the record when it has news to write.
func (r *Run) takeDirty() (Record, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.dirty && r.phase == working && !r.ending
	r.dirty = false
	return r.rec, was
}
