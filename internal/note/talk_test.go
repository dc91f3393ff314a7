package note

import (
	"encoding/json"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/search"
	"bassin/internal/talk"
)

// naming is a document that mentions people.
func naming(t *testing.T, text string, ids ...account.PersonID) []byte {
	t.Helper()
	p := Node{Type: "paragraph", Content: []Node{{Type: "text", Text: text}}}
	for _, id := range ids {
		p.Content = append(p.Content, Node{Type: "mention", Attrs: Attrs{ID: string(id), Name: "quelqu’un"}})
	}
	b, err := json.Marshal(Node{Type: "doc", Content: []Node{p}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestMentionsTell(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.s.opts.Talk = talk.New(talk.Options{DB: d})
		keep := func(ref string, text string, ids ...account.PersonID) {
			t.Helper()
			seq, err := w.s.Write(t.Context(), w.manager, w.p.ID, w.n.ID, ref, []byte("x"))
			if err != nil {
				t.Fatal(err)
			}
			if err := w.s.Keep(t.Context(), w.manager, w.p.ID, w.n.ID, seq, []byte("state"), naming(t, text, ids...)); err != nil {
				t.Fatal(err)
			}
		}
		told := func(id account.PersonID) (list []talk.Notice) {
			t.Helper()
			if err := d.View(t.Context(), func(tx db.Tx) (err error) {
				list, err = talk.Notices(tx, account.Actor{ID: id}, "", 10)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return list
		}
		outside, err := w.accounts.AddPerson(t.Context(), account.System("test"), account.Person{Email: "dehors@exemple.fr", Name: "dehors"}, "")
		if err != nil {
			t.Fatal(err)
		}
		keep("a", "Essai de fatigue", w.member.ID, outside.ID, w.manager.ID)
		keep("b", "Essai de fatigue, repris", w.member.ID, w.guest.ID)
		for name, c := range map[string]struct {
			id   account.PersonID
			want int
		}{"a member, once": {w.member.ID, 1}, "the note's guest": {w.guest.ID, 1}, "who may not read it": {outside.ID, 0}, "the author": {w.manager.ID, 0}} {
			list := told(c.id)
			if len(list) != c.want {
				t.Errorf("%s: %d notices, want %d", name, len(list), c.want)
			}
			if len(list) > 0 && (list[0].URL != w.n.URL() || list[0].Reason != talk.ByMention) {
				t.Errorf("%s: %+v", name, list[0])
			}
		}
		err = d.View(t.Context(), func(tx db.Tx) error {
			_, hidden := w.s.Subject(tx, account.Actor{ID: outside.ID}, string(w.n.ID))
			sub, err := w.s.Subject(tx, w.guest, string(w.n.ID))
			if !fault.Is(hidden, fault.NotFound) || err != nil || !sub.MayComment {
				t.Errorf("its discussion: %v for who may not read it, %v for a guest", hidden, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestNotesAreFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		seq, err := w.s.Write(t.Context(), w.manager, w.p.ID, w.n.ID, "a", []byte("x"))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.s.Keep(t.Context(), w.manager, w.p.ID, w.n.ID, seq, []byte("state"), naming(t, "Essai de fatigue")); err != nil {
			t.Fatal(err)
		}
		find := func(by account.Actor) int {
			t.Helper()
			var hits search.Hits
			if err := d.View(t.Context(), func(tx db.Tx) error {
				walls, err := project.SearchWalls(tx, by)
				if err != nil {
					return err
				}
				hits, err = search.Find(tx, search.Query{Text: "fatigue", Walls: append(walls, SearchWalls(tx, by)...)})
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return len(hits.List)
		}
		outside := account.Actor{ID: "x", Name: "dehors"}
		if m, r, g, o := find(w.member), find(w.reader), find(w.guest), find(outside); m != 1 || r != 1 || g != 1 || o != 0 {
			t.Errorf("found by member %d, reader %d, guest %d, outside %d", m, r, g, o)
		}
		if err := w.s.Remove(t.Context(), w.manager, w.p.ID, w.n.ID); err != nil {
			t.Fatal(err)
		}
		if n := find(w.member); n != 0 {
			t.Errorf("found %d times off the list", n)
		}
		index := search.New(search.Options{DB: d})
		index.Sources(w.s.SearchSources()...)
		if err := w.s.Restore(t.Context(), w.manager, w.p.ID, w.n.ID); err != nil {
			t.Fatal(err)
		}
		if n, err := index.Rebuild(t.Context(), func(int64, int64) {}); n != 1 || err != nil || find(w.guest) != 1 {
			t.Errorf("%d built anew, %v", n, err)
		}
	})
}
