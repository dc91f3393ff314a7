package account

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"

	"bassin/internal/db"
	"bassin/internal/when"
)

// Event is what an operation writes into the audit trail.
type Event struct {
	Verb  string // the operation, such as account.sign_in; its sentence is the text audit.VERB
	Kind  string // of the object: "action"
	ID    string // of the object
	Scope string // where it belongs, so that a territory's history can be listed: "territory:ti-7602"
	Data  any    // what is told about it: names and figures, never secrets
}

// Entry is one link of the trail.
type Entry struct {
	Seq        int64
	At         when.Time
	ActorID    PersonID
	ActorName  string
	Verb       string
	ObjectKind string
	ObjectID   string
	Scope      string
	Data       string // JSON
	PrevHash   string
	Hash       string
}

// Moved says that somebody changed something within a scope, lastly with a number.
type Moved struct {
	Scope     string
	ActorID   PersonID
	ActorName string
	Seq       int64
}

// MovedSince tells who changed what after a number, for what is shown live; the number to ask with
// next is Head's.
func MovedSince(tx db.Tx, after int64) ([]Moved, error) { return listMoved(tx, after) }

// sum computes the entry's hash: SHA-256 over the hash before and every field, as a JSON list,
// which no two different entries share.
func (e Entry) sum() string {
	b, err := json.Marshal([]any{e.PrevHash, e.Seq, int64(e.At), e.ActorID, e.ActorName, e.Verb, e.ObjectKind, e.ObjectID, e.Scope, e.Data})
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// Fields gives the values of the entry's data, as the texts of the history want them. Whole
// numbers are int64: as JSON's floats they would be written 1e+06.
func (e Entry) Fields() map[string]any {
	m := map[string]any{}
	if json.Unmarshal([]byte(e.Data), &m) != nil {
		return map[string]any{}
	}
	for name, v := range m {
		if x, ok := v.(float64); ok && x == math.Trunc(x) && math.Abs(x) < 1<<53 {
			m[name] = int64(x)
		}
	}
	return m
}

// Broken is what verification found wrong: the first entry that does not fit.
type Broken struct {
	Seq int64
	Why string
}

// Error says it to the operator.
func (b *Broken) Error() string { return fmt.Sprintf("audit row %d: %s", b.Seq, b.Why) }

// follow checks one entry against the one before.
func (e Entry) follow(seq int64, hash string) error {
	switch {
	case e.Seq != seq+1:
		return &Broken{seq + 1, fmt.Sprintf("missing (the next row found is %d)", e.Seq)}
	case e.PrevHash != hash:
		return &Broken{e.Seq, "does not follow the row before"}
	case e.Hash != e.sum():
		return &Broken{e.Seq, "its content was changed"}
	}
	return nil
}
