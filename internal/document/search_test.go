package document

import (
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/project"
	"bassin/internal/search"
	"bassin/internal/search/extract"
	"bassin/internal/talk"
)

// found are the titles that a text finds for somebody.
func (w *world) found(t *testing.T, by account.Actor, text string) string {
	t.Helper()
	var titles []string
	err := w.d.View(t.Context(), func(tx db.Tx) error {
		walls, err := project.SearchWalls(tx, by)
		if err != nil {
			return err
		}
		hits, err := search.Find(tx, search.Query{Text: text, Walls: walls})
		for _, h := range hits.List {
			titles = append(titles, search.Plain(h.Title))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(titles, ", ")
}

func TestDocumentsAreFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.s.opts.Texts = search.New(search.Options{DB: d, Files: w.files, Extract: extract.Text})
		guest := w.person(t, "dehors")
		folder, err := w.s.CreateFolder(t.Context(), w.manager, w.p.ID, "", "Essais")
		if err != nil {
			t.Fatal(err)
		}
		e, err := w.s.Add(t.Context(), w.manager, Upload{ProjectID: w.p.ID, FolderID: folder.ID, Name: "Rapport.txt"}, strings.NewReader("Une éprouvette fissurée."))
		if err != nil {
			t.Fatal(err)
		}
		want := func(step string, by account.Actor, text, titles string) {
			t.Helper()
			if got := w.found(t, by, text); got != titles {
				t.Errorf("%s: %q finds %q, want %q", step, text, got, titles)
			}
		}
		want("its name", w.manager, "rapport", "Rapport.txt")
		want("its text, not read yet", w.manager, "fissure", "")
		if err := w.s.ReadText(t.Context(), e.ID, e.Hash); err != nil {
			t.Fatal(err)
		}
		want("its text", w.manager, "fissure", "Rapport.txt")
		want("somebody outside", guest, "fissure", "")
		if err := w.s.Invite(t.Context(), w.manager, w.p.ID, folder.ID, Invitation{Email: "dehors@exemple.fr", UntilOn: w.today(t).AddDays(5)}); err != nil {
			t.Fatal(err)
		}
		want("a guest of the folder", w.again(t, guest.ID), "fissure", "")
		if _, err := w.s.Rename(t.Context(), w.manager, w.p.ID, e.ID, "Bilan.txt"); err != nil {
			t.Fatal(err)
		}
		want("its old name", w.manager, "rapport", "")
		want("its new name", w.manager, "bilan", "Bilan.txt")
		if _, err := w.s.Remove(t.Context(), w.manager, w.p.ID, folder.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.s.Reindex(t.Context(), w.p.ID, folder.ID); err != nil {
			t.Fatal(err)
		}
		want("in a removed folder", w.manager, "fissure", "")
		if _, err := w.s.Restore(t.Context(), w.manager, w.p.ID, folder.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.s.Reindex(t.Context(), w.p.ID, folder.ID); err != nil {
			t.Fatal(err)
		}
		want("brought back", w.manager, "fissure", "Bilan.txt")
		index := search.New(search.Options{DB: d})
		index.Sources(w.s.SearchSources()...)
		if n, err := index.Rebuild(t.Context(), func(int64, int64) {}); err != nil || n != 2 {
			t.Errorf("%d entries built anew, %v; want the folder and the document", n, err)
		}
		want("built anew", w.manager, "fissure", "Bilan.txt")
	})
}

func TestCommentsTell(t *testing.T) {
	w := newWorld(t, dbtest.Open(t))
	w.s.opts.Talk = talk.New(talk.Options{DB: w.d})
	member := w.invited(t, "membre", account.ProjectMember)
	w.person(t, "dehors")
	e, err := w.s.Add(t.Context(), w.manager, Upload{ProjectID: w.p.ID, Name: "Plan.txt"}, strings.NewReader("a"))
	if err != nil {
		t.Fatal(err)
	}
	say := func(by account.Actor, text string) {
		if _, err := w.s.Comment(t.Context(), by, w.p.ID, Comment{DocumentID: e.ID, Number: 1, Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	say(w.manager, "@membre et @dehors, la cote est fausse.")
	say(member, "Corrigée.")
	for _, c := range []struct {
		who  account.PersonID
		want string
	}{{member.ID, "mention"}, {w.manager.ID, "comment"}} {
		var list []talk.Notice
		_ = w.d.View(t.Context(), func(tx db.Tx) (err error) {
			list, err = talk.Notices(tx, account.Actor{ID: c.who}, "", 10)
			return err
		})
		if len(list) != 1 || string(list[0].Reason) != c.want || !strings.HasPrefix(list[0].URL, e.URL()) {
			t.Errorf("%s is told %+v, want one %s", c.who, list, c.want)
		}
	}
}
