package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/web"

	"github.com/PuerkitoBio/goquery"
)

// trail records n events and gives the database a valid chain.
func trail(t *testing.T, d *db.DB, n int) {
	t.Helper()
	for i := range n {
		err := d.Do(context.Background(), func(tx db.Tx) error {
			return Record(tx, root, Event{Verb: "account.person.add", Kind: "person", ID: fmt.Sprintf("p%d", i), Scope: "organisation:o1",
				Data: map[string]any{"name": fmt.Sprintf("Personne %d", i)}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func broken(t *testing.T, d *db.DB) int64 {
	t.Helper()
	n, err := Verify(context.Background(), d, nil)
	var b *Broken
	switch {
	case err == nil:
		return 0
	case errors.As(err, &b):
		if b.Why == "" || b.Error() == "" {
			t.Error("it does not say why")
		}
		return b.Seq
	}
	t.Fatalf("verify: %v after %d rows", err, n)
	return -1
}

// touchOne changes one row behind the program's back.
func touchOne(t *testing.T, d *db.DB, query string, args ...any) {
	t.Helper()
	err := d.Do(context.Background(), func(tx db.Tx) error {
		n, err := tx.Exec(query, args...)
		if err == nil && n != 1 {
			err = fmt.Errorf("%d rows touched", n)
		}
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func TestTheTrailIsAChain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if got := broken(t, d); got != 0 {
			t.Errorf("an empty trail: row %d", got)
		}
		trail(t, d, 6)
		calls := int64(0)
		if n, err := Verify(context.Background(), d, func(n int64) { calls = n }); err != nil || n != 6 || calls != 0 {
			t.Errorf("got %d rows, %v", n, err)
		}
		list, err := read(d, func(tx db.Tx) ([]Entry, error) { return ScopeHistory(tx, "organisation:o1", 0, 10) })
		if err != nil || len(list) != 6 || list[0].Seq != 6 {
			t.Fatalf("history of the scope: %v %d", err, len(list))
		}
		if list, err = read(d, func(tx db.Tx) ([]Entry, error) { return History(tx, "person", "p2", 0, 10) }); err != nil || len(list) != 1 || list[0].Seq != 3 {
			t.Fatalf("history of the person: %v %v", err, list)
		}
		changed := func(s string) string { return string(s[0]^1) + s[1:] }
		e := list[0]
		for column, c := range map[string]struct{ to, back any }{
			"at": {e.At + 1, e.At}, "actor_id": {changed(string(e.ActorID)), e.ActorID}, "actor_name": {changed(e.ActorName), e.ActorName},
			"verb": {changed(e.Verb), e.Verb}, "object_kind": {changed(e.ObjectKind), e.ObjectKind}, "object_id": {changed(e.ObjectID), e.ObjectID},
			"scope": {changed(e.Scope), e.Scope}, "data": {changed(e.Data), e.Data}, "prev_hash": {changed(e.PrevHash), e.PrevHash},
			"hash": {changed(e.Hash), e.Hash}, "seq": {33, 3},
		} {
			where := 3
			touchOne(t, d, `update account_audit set `+column+` = $1 where seq = $2`, c.to, where)
			if got := broken(t, d); got != 3 {
				t.Errorf("one byte of %s: named row %d, want 3", column, got)
			}
			if column == "seq" {
				where = 33
			}
			touchOne(t, d, `update account_audit set `+column+` = $1 where seq = $2`, c.back, where)
			if got := broken(t, d); got != 0 {
				t.Fatalf("%s put back: row %d", column, got)
			}
		}
		forged := e
		forged.Data = `{"name":"Autre"}`
		touchOne(t, d, `update account_audit set data = $1, hash = $2 where seq = 3`, forged.Data, forged.sum())
		if got := broken(t, d); got != 4 {
			t.Errorf("a row with a hash of its own: named row %d, want 4, which does not follow it", got)
		}
		touchOne(t, d, `update account_audit set data = $1, hash = $2 where seq = 3`, e.Data, e.Hash)
		touchOne(t, d, `update account_audit_head set hash = $1 where id = 1`, e.Hash)
		if got := broken(t, d); got != 6 {
			t.Errorf("another head: named row %d, want 6", got)
		}
	})
}

func TestAMissingRowIsNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		trail(t, d, 5)
		touchOne(t, d, `delete from account_audit where seq = 5`)
		if got := broken(t, d); got != 5 {
			t.Errorf("a cut tail: named row %d, want 5", got)
		}
		touchOne(t, d, `delete from account_audit where seq = 2`)
		if got := broken(t, d); got != 2 {
			t.Errorf("a removed row: named row %d, want 2", got)
		}
		touchOne(t, d, `delete from account_audit where seq = 1`)
		if got := broken(t, d); got != 1 {
			t.Errorf("the first rows removed: named row %d, want 1", got)
		}
	})
}

func TestManyRecordOneChain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() { trail(t, d, 5) })
		}
		wg.Wait()
		if n, err := Verify(context.Background(), d, nil); err != nil || n != 40 {
			t.Errorf("got %d rows, %v; want 40", n, err)
		}
	})
}

func TestAnUndoneOperationLeavesNoLink(t *testing.T) {
	d := dbtest.Open(t)
	trail(t, d, 2)
	undo := errors.New("undo")
	if err := d.Do(context.Background(), func(tx db.Tx) error {
		if err := Record(tx, root, Event{Verb: "account.sign_in"}); err != nil {
			return err
		}
		return undo
	}); !errors.Is(err, undo) {
		t.Fatal(err)
	}
	trail(t, d, 1)
	if n, err := Verify(context.Background(), d, nil); err != nil || n != 3 {
		t.Errorf("got %d rows, %v", n, err)
	}
}

func TestHistoryIsSentences(t *testing.T) {
	fr, en := web.NewView("fr"), web.NewView("en")
	for _, c := range []struct {
		verb, data string
		v          *web.View
		want       string
	}{
		{"account.person.add", `{"name":"Ana"}`, fr, "Ajout de Ana"},
		{"account.grant.give", `{"role_key":"account.role.guest","over_key":"account.over.action","over":"ALES-03","until_on":"2026-12-31"}`, fr,
			"Rôle «\u00a0Invité d’une action\u00a0» donné sur l’action ALES-03, jusqu’au 31\u00a0décembre 2026"},
		{"account.grant.give", `{"role_key":"account.role.admin","over_key":"account.over.server","over":"","until_on":""}`, en,
			"Role “Server administrator” given over the server "},
		{"account.person.add", `{}`, en, "– was added"},
		{"account.person.add", `not json`, en, "– was added"},
		{"future.verb", `{}`, en, "Operation “future.verb”"},
	} {
		if got := HistoryText(c.v, Entry{Verb: c.verb, Data: c.data}); got != c.want {
			t.Errorf("%s %s: got %q, want %q", c.verb, c.data, got, c.want)
		}
	}
	if got := (Entry{Data: `{"n":1000000,"x":1.5}`}).Fields(); got["n"] != int64(1_000_000) || got["x"] != 1.5 {
		t.Errorf("numbers: %v", got)
	}
	var b strings.Builder
	list := []Entry{{Seq: 2, At: 1_700_000_000_000_000, Verb: "account.person.add", Data: `{"name":"<b>Ana</b>"}`, ActorID: "p1", ActorName: "Bob"}, {Seq: 1, At: 1, Verb: "account.sign_in", ActorID: "system", ActorName: "cli"}}
	if err := HistoryList(en, list).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if doc.Find("ol.b-log > li").Length() != 2 || doc.Find("b").Length() != 0 || !strings.Contains(doc.Text(), "Bob") || !strings.Contains(doc.Text(), "The server (cli)") {
		t.Errorf("list: %s", b.String())
	}
}

// read runs a query and gives its result.
func read[T any](d *db.DB, fn func(db.Tx) (T, error)) (T, error) {
	var out T
	err := d.View(context.Background(), func(tx db.Tx) (err error) {
		out, err = fn(tx)
		return err
	})
	return out, err
}
