package job

import (
	"encoding/json"
	"fmt"

	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/when"
)

// Request asks for a run.
type Request struct {
	Kind      string     // as registered
	Args      any        // of the type that the kind's handler takes; at most 64 kB of JSON: larger things are files
	TitleKey  string     // text key of the title; empty = the kind's name
	TitleArgs fault.Args // its values
	OwnerID   string     // the person who asks; empty = the server itself, shown to admins only
	Scope     string     // what it is about, "territory:ti-7602"
	UniqueKey string     // while a run of this kind with this key is queued or running, that one is given back
	At        when.Time  // not before; 0 = at once
}

// maxArgs bounds the arguments of a run, in bytes.
const maxArgs = 64 << 10

// Enqueue asks for a run in the caller's transaction: when that is undone, nothing was asked for.
// It may not be called while rows of the same transaction are being read (db.Tx.Rows).
func (q *Queue) Enqueue(tx db.Tx, r Request) (RunID, error) {
	k, ok := q.kinds[r.Kind]
	if !ok {
		return "", fmt.Errorf("enqueue: no kind %q is registered", r.Kind)
	}
	if err := k.check(r.Args); err != nil {
		return "", fmt.Errorf("enqueue: %w", err)
	}
	args, err := json.Marshal(r.Args)
	if err != nil {
		return "", fmt.Errorf("enqueue %s: %w", r.Kind, err)
	}
	if len(args) > maxArgs {
		return "", fmt.Errorf("enqueue %s: %d bytes of arguments, at most %d", r.Kind, len(args), maxArgs)
	}
	if r.UniqueKey != "" {
		if id, err := getUnique(tx, r.Kind, r.UniqueKey); err == nil || !fault.Is(err, fault.NotFound) {
			return id, err
		}
	}
	rec := Record{
		ID: RunID(db.NewID()), Kind: r.Kind, TitleKey: r.TitleKey, TitleArgs: encodeArgs(r.TitleArgs), OwnerID: r.OwnerID, Scope: r.Scope,
		UniqueKey: r.UniqueKey, Args: string(args), Long: k.opts.Long, Safe: k.opts.Safe, MaxAttempts: k.opts.MaxAttempts,
		State: Queued, CreatedAt: tx.Now(), DueAt: max(r.At, tx.Now()),
	}
	if rec.TitleKey == "" {
		rec.TitleKey = r.Kind
	}
	in := rec.DueAt.Sub(tx.Now())
	if rec.CallID, err = q.calls.insert(tx, call{Run: rec.ID}, rec.Long, in); err != nil {
		return "", err
	}
	n, err := insertRun(tx, rec)
	if err != nil {
		return "", err
	}
	if n == 0 { // another transaction asked for the same in the meantime; the call made above is void
		return getUnique(tx, r.Kind, r.UniqueKey)
	}
	return rec.ID, nil
}

// callAgain puts a run back into the queue: state, attempts and the new call are saved by the
// caller with the number it gives.
func (q *Queue) callAgain(tx db.Tx, r Record, o outcome) (int64, error) {
	if o.State != Queued {
		return r.CallID, nil
	}
	return q.calls.insert(tx, call{Run: r.ID}, r.Long, o.After)
}
