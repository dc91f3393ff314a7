package note

import (
	"strings"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
)

func TestListOfNotes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		second, err := w.s.Create(t.Context(), w.member, Note{ProjectID: w.p.ID, Title: "Idées", Seed: `{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"début"}]}]}`})
		if err != nil {
			t.Fatal(err)
		}
		below, err := w.s.Create(t.Context(), w.member, Note{ProjectID: w.p.ID, Title: "Détail", ParentID: w.n.ID})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Create(t.Context(), w.reader, Note{ProjectID: w.p.ID, Title: "x"}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a reader creates: %v", err)
		}
		if _, err := w.s.Create(t.Context(), w.guest, Note{ProjectID: w.p.ID, Title: "x"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("a guest of a note creates in the project: %v", err)
		}
		if _, err := w.s.Create(t.Context(), w.member, Note{ProjectID: w.p.ID, Title: "x", Seed: `{"type":"doc","content":[{"type":"iframe"}]}`}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a text that is not ours: %v", err)
		}
		list := func() (s string) {
			t.Helper()
			_ = d.View(t.Context(), func(tx db.Tx) error {
				all, err := listNotes(tx, w.p.ID)
				for _, r := range tree(all) {
					s += strings.Repeat("-", r.Depth) + r.Title + " "
				}
				return err
			})
			return s
		}
		if got, want := list(), "Essais -Détail Idées "; got != want {
			t.Errorf("list: %q, want %q", got, want)
		}
		if err := w.s.Move(t.Context(), w.member, w.p.ID, second.ID, true); err != nil {
			t.Fatal(err)
		}
		if got, want := list(), "Idées Essais -Détail "; got != want {
			t.Errorf("moved: %q, want %q", got, want)
		}
		below.Title, below.ParentID = "Détails", ""
		if err := w.s.Save(t.Context(), w.member, below); err != nil {
			t.Fatal(err)
		}
		if err := w.s.Save(t.Context(), w.member, below); !fault.Is(err, fault.Conflict) {
			t.Errorf("saved from an old reading: %v", err)
		}
		if err := w.s.Save(t.Context(), w.guest, w.n); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a guest renames: %v", err)
		}
		if err := w.s.Remove(t.Context(), w.member, w.p.ID, w.n.ID); err != nil {
			t.Fatal(err)
		}
		if got, want := list(), "Idées Détails "; got != want {
			t.Errorf("removed: %q, want %q", got, want)
		}
		if _, err := w.s.Write(t.Context(), w.member, w.p.ID, w.n.ID, ref(1), []byte("x")); !fault.Is(err, fault.Conflict) {
			t.Errorf("written in a removed note: %v", err)
		}
		if _, err := w.s.Write(t.Context(), w.guest, w.p.ID, w.n.ID, ref(1), []byte("x")); !fault.Is(err, fault.NotFound) {
			t.Errorf("a guest writes in a removed note: %v", err)
		}
		if err := w.s.Restore(t.Context(), w.member, w.p.ID, w.n.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Write(t.Context(), w.guest, w.p.ID, w.n.ID, ref(1), []byte("x")); err != nil {
			t.Errorf("a guest writes: %v", err)
		}
		err = d.View(t.Context(), func(tx db.Tx) error {
			e, err := Enter(tx, w.member, w.p.ID, second.ID)
			if err != nil {
				return err
			}
			r, err := Read(tx, e)
			if err != nil {
				return err
			}
			if r.Root.Plain() != "début" {
				t.Errorf("a note that was begun with a text reads %q", r.Root.Plain())
			}
			mine, err := AsGuest(tx, w.guest)
			if len(mine) != 1 || mine[0].ID != w.n.ID {
				t.Errorf("a guest's notes: %+v", mine)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
