// Package search finds what somebody may see by its words: French and English word forms, accents
// ignored, title over text, the recent first (decision 0015).
//
// Words: an entry is what is known of one object (its kind and id); its walls are the keys of
// which one is enough to see it; a query carries the walls that its asker holds; a token is a word
// made ready for the index; a source gives all entries of some kinds, for building anew.
//
// Both databases hold the same thing, a bag of tokens for each entry, made here in Go: FTS5 on
// SQLite, a tsvector with a GIN index on PostgreSQL. So both give the same hits, but for a beginning
// that very many words have (beginning.go).
//
// Tables: search_entry, search_state, search_text, and on SQLite search_index (FTS5) and search_word. They hold nothing
// that cannot be built again: backups of PostgreSQL and copies between databases leave them out.
// Called by the operations of features (Put, Remove), by overview (Find) and app (New, Start).
package search

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"bassin/internal/db"
	"bassin/internal/when"
)

// Public is the wall that everybody passes, the anonymous too; SignedIn is passed by everybody
// with an account.
const (
	Public   = "public"
	SignedIn = "signed_in"
)

// Limits of what is kept of an entry, in bytes. Words are found in the whole of maxText; phrases
// and marks are looked for in maxBody.
const (
	maxTitle = 500
	maxSub   = 500
	maxBody  = 16 << 10
	maxText  = 1 << 20
)

// format is the way entries are turned into tokens. A program with another one builds anew.
const format = 4

// Entry is what is known of one object.
type Entry struct {
	Kind  string // "action"
	ID    string
	Walls []string // one of them is enough to see the entry; none: nobody sees it
	Title string
	Sub   string // second line: a reference, a place; searched too
	URL   string
	Text  string    // what else is searched
	At    when.Time // for the order among equals, and for Since and Until
}

// clean bounds the entry and puts its walls in order.
func (e Entry) clean() Entry {
	e.Title, e.Sub, e.Text = cut(e.Title, maxTitle), cut(e.Sub, maxSub), cut(e.Text, maxText)
	e.Walls = InOrder(e.Walls)
	return e
}

// InOrder gives walls as they are stored: each once, in order.
func InOrder(walls []string) []string {
	walls = slices.Clone(walls)
	slices.Sort(walls)
	return slices.Compact(walls)
}

// cut keeps whole characters of the first n bytes, and only what both databases store.
func cut(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", " ")
}

// hash changes when the entry says something new; its time alone does not.
func (e Entry) hash() string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %q %q %q %q %q %q", format, e.Kind, e.ID, e.Walls, e.Title, e.Sub, e.URL)
	h.Write([]byte(e.Text))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Put makes the entry findable, or replaces what was known of the object, in the caller's
// transaction. An entry that says nothing new is left where it is.
func Put(tx db.Tx, e Entry) error {
	e = e.clean()
	old, err := getStored(tx, e.Kind, e.ID, e.At)
	if err != nil {
		return err
	}
	hash := e.hash()
	if old.Hash == hash {
		if old.Gen == old.Current {
			return nil
		}
		return keepRow(tx, old.N, old.Current)
	}
	if old.N != 0 {
		if err := deleteRow(tx, old.N); err != nil {
			return err
		}
	}
	return insertRow(tx, e, hash, old.Free, old.Current)
}

// PutNew makes objects findable that the index has never known, all of one time: an import. It asks
// where there is room once, not for each of them.
func PutNew(tx db.Tx, list []Entry) error {
	if len(list) == 0 {
		return nil
	}
	room, err := getStored(tx, list[0].Kind, list[0].ID, list[0].At)
	if err != nil {
		return err
	}
	for i, e := range list {
		e = e.clean()
		if err := insertRow(tx, e, e.hash(), room.Free+int64(i), room.Current); err != nil {
			return err
		}
	}
	return nil
}

// Remove takes an object out.
func Remove(tx db.Tx, kind, id string) error {
	old, err := getStored(tx, kind, id, 0)
	if err != nil || old.N == 0 {
		return err
	}
	return deleteRow(tx, old.N)
}

// Query asks for entries.
type Query struct {
	Text   string    // as a person types it: words, "phrases", -without
	Typing bool      // the last word may be unfinished
	Kinds  []string  // none: all
	Walls  []string  // that the asker holds; Public comes by itself
	Since  when.Time // 0: no bound
	Until  when.Time // not included; 0: no bound
	Limit  int       // hits on a page; 0: 20
	After  string    // Hits.Next of the page before
}

// Hits are a page of what was found.
type Hits struct {
	List []Hit
	Next string // for Query.After; "" on the last page
}

// Hit is an entry that was found.
type Hit struct {
	Kind, ID, URL string
	Title, Sub    []Piece
	Snippet       []Piece // from the text, around the first word found
	At            when.Time
}

// Piece is a piece of a text, marked where the query's words stand.
type Piece struct {
	Text string
	Mark bool
}

// Plain gives the pieces' text without marks.
func Plain(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}
