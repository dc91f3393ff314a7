package account

import (
	"context"
	"encoding/json"
	"fmt"

	"bassin/internal/db"
)

// Record appends an event to the audit trail within the operation's transaction. Call it last:
// on PostgreSQL it makes other recorders wait until this transaction ends, which is what keeps
// the chain one.
func Record(tx db.Tx, by Actor, ev Event) error {
	data := []byte("{}")
	if ev.Data != nil {
		var err error
		if data, err = json.Marshal(ev.Data); err != nil {
			return fmt.Errorf("audit data of %s: %w", ev.Verb, err)
		}
	}
	head, err := advanceHead(tx)
	if err != nil {
		return fmt.Errorf("audit trail: %w", err)
	}
	e := Entry{Seq: head.Seq, At: tx.Now(), ActorID: by.ID, ActorName: by.Name, Verb: ev.Verb,
		ObjectKind: ev.Kind, ObjectID: ev.ID, Scope: ev.Scope, Data: string(data), PrevHash: head.Hash}
	e.Hash = e.sum()
	if err := insertEntry(tx, e); err != nil {
		return err
	}
	if heard, ok := tx.Filled(recordedKey{}).(func(db.Tx, Entry) error); ok {
		return heard(tx, e)
	}
	return nil
}

type recordedKey struct{}

// Heard lets a higher feature hear of every event, in the transaction that records it: when it
// fails, the event did not take place. It is called while other recorders wait, so it does little.
func Heard(d *db.DB, fn func(tx db.Tx, e Entry) error) { d.Fill(recordedKey{}, fn) }

// History lists the events of an object, newest first, before a number (0: the newest).
func History(tx db.Tx, kind, id string, before int64, limit int) ([]Entry, error) {
	return listEntries(tx, kind, id, before, limit)
}

// ScopeHistory lists the events of a scope, newest first.
func ScopeHistory(tx db.Tx, scope string, before int64, limit int) ([]Entry, error) {
	return listScopeEntries(tx, scope, before, limit)
}

// Activity lists the events of several scopes, newest first, before a number (0: the newest), those of
// one actor or of all (""). The caller has seen to it that the reader may see each scope.
func Activity(tx db.Tx, scopes []string, actor PersonID, before int64, limit int) ([]Entry, error) {
	if len(scopes) == 0 {
		return nil, nil
	}
	if actor != "" {
		return listActorEntries(tx, scopes, actor, before, limit)
	}
	return listScopesEntries(tx, scopes, before, limit)
}

// Head gives the number and the hash of the last event of the trail.
func Head(tx db.Tx) (seq int64, hash string, err error) {
	h, err := getHead(tx)
	return h.Seq, h.Hash, err
}

// Verify reads the whole chain and gives how many links it has, or a *Broken that names the
// first wrong one. Progress is called every ten thousand rows.
func Verify(ctx context.Context, d *db.DB, progress func(n int64)) (int64, error) {
	var n int64
	err := d.View(ctx, func(tx db.Tx) error {
		n = 0
		hash := ""
		err := eachEntry(tx, func(e Entry) error {
			if err := e.follow(n, hash); err != nil {
				return err
			}
			n, hash = e.Seq, e.Hash
			if progress != nil && n%10_000 == 0 {
				progress(n)
			}
			return nil
		})
		if err != nil {
			return err
		}
		head, err := getHead(tx)
		if err != nil {
			return err
		}
		switch {
		case head.Seq > n:
			return &Broken{n + 1, fmt.Sprintf("missing: %d rows were written", head.Seq)}
		case head.Seq != n || head.Hash != hash:
			return &Broken{n, "is not the one that was written last"}
		}
		return nil
	})
	return n, err
}
