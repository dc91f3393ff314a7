package account

import (
	"database/sql"
	"strconv"
	"strings"

	"bassin/internal/db"
)

type auditHead struct {
	Seq  int64
	Hash string
}

// advanceHead takes the next number and gives the hash before it. The row stays locked until the
// transaction ends, so that no two links follow the same one.
func advanceHead(tx db.Tx) (auditHead, error) {
	return db.Get[auditHead](tx, `update account_audit_head set seq = seq + 1 where id = 1 returning seq, hash`)
}

func getHead(tx db.Tx) (auditHead, error) {
	return db.Get[auditHead](tx, `select seq, hash from account_audit_head where id = 1`)
}

func insertEntry(tx db.Tx, e Entry) error {
	_, err := tx.Exec(`insert into account_audit (seq, at, actor_id, actor_name, verb, object_kind, object_id, scope, data, prev_hash, hash)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		e.Seq, e.At, e.ActorID, e.ActorName, e.Verb, e.ObjectKind, e.ObjectID, e.Scope, e.Data, e.PrevHash, e.Hash)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`update account_audit_head set hash = $1 where id = 1`, e.Hash)
	return err
}

const entryColumns = `seq, at, actor_id, actor_name, verb, object_kind, object_id, scope, data, prev_hash, hash`

func listEntries(tx db.Tx, kind, id string, before int64, limit int) ([]Entry, error) {
	return db.List[Entry](tx, `select `+entryColumns+` from account_audit
		where object_kind = $1 and object_id = $2 and ($3 = 0 or seq < $3) order by seq desc limit $4`, kind, id, before, limit)
}

func listScopeEntries(tx db.Tx, scope string, before int64, limit int) ([]Entry, error) {
	return db.List[Entry](tx, `select `+entryColumns+` from account_audit
		where scope = $1 and ($2 = 0 or seq < $2) order by seq desc limit $3`, scope, before, limit)
}

func listActorEntries(tx db.Tx, scopes []string, actor PersonID, before int64, limit int) ([]Entry, error) {
	w := &db.Where{}
	w.And("actor_id = ?", actor)
	w.And("scope in "+db.In(len(scopes)), db.Anys(scopes)...)
	w.And("(? = 0 or seq < ?)", before, before)
	return db.List[Entry](tx, `select `+entryColumns+` from account_audit where `+w.String()+` order by seq desc limit `+w.Arg(limit), w.Args()...)
}

// listScopesEntries reads the newest of each scope and keeps the newest of them: the index gives each
// scope in order, all of them at once would be sorted.
func listScopesEntries(tx db.Tx, scopes []string, before int64, limit int) ([]Entry, error) {
	parts, args := make([]string, len(scopes)), []any{before, limit}
	for i, scope := range scopes {
		args = append(args, scope)
		parts[i] = `select * from (select ` + entryColumns + ` from account_audit where scope = $` + strconv.Itoa(len(args)) + ` and ($1 = 0 or seq < $1) order by seq desc limit $2) x`
	}
	return db.List[Entry](tx, strings.Join(parts, " union all ")+` order by seq desc limit $2`, args...)
}

func eachEntry(tx db.Tx, fn func(Entry) error) error {
	return tx.Rows(func(r *sql.Rows) error {
		var e Entry
		if err := r.Scan(&e.Seq, &e.At, &e.ActorID, &e.ActorName, &e.Verb, &e.ObjectKind, &e.ObjectID, &e.Scope, &e.Data, &e.PrevHash, &e.Hash); err != nil {
			return err
		}
		return fn(e)
	}, `select `+entryColumns+` from account_audit order by seq`)
}

// listMoved gives who changed what since a number, each scope and person once.
func listMoved(tx db.Tx, after int64) ([]Moved, error) {
	return db.List[Moved](tx, `select scope, actor_id, actor_name, max(seq) as seq from account_audit where seq > $1 group by scope, actor_id, actor_name order by 4`, after)
}
