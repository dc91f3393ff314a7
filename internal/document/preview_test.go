package document

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/office"
)

// converter stands for LibreOffice: it counts how often it ran, and makes a PDF of all but what says
// that it is damaged.
func converter(t *testing.T) (c *office.Converter, runs func() int) {
	t.Helper()
	dir := t.TempDir()
	path, count := filepath.Join(dir, "soffice"), filepath.Join(dir, "count")
	words := "#!/bin/sh\necho run >>" + count + "\ngrep -q damaged document.* && exit 1\n" +
		"{ printf '%%PDF-1.4\\n'; cat document.*; } >out/document.pdf\n"
	if err := os.WriteFile(path, []byte(words), 0o700); err != nil {
		t.Fatal(err)
	}
	c, err := office.Find(path)
	if err != nil {
		t.Fatal(err)
	}
	return c, func() int { b, _ := os.ReadFile(count); return strings.Count(string(b), "run") }
}

func TestOfficeDocumentsAreShownAsPDF(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c, runs := converter(t)
		w.s.opts.Office = c
		queue, err := job.New(t.Context(), d, job.Options{InsertOnly: true})
		must(t, err)
		w.s.Jobs(queue)
		e := w.add(t, w.manager, "", "cahier.rtf", `{\rtf1 Bride}`)
		by, outside := sender{w, w.manager}, sender{w, w.person(t, "dehors")}
		want := func(who sender, url string, status int, words string) {
			t.Helper()
			if res, body := who.ask(t, "GET", url, nil); res.StatusCode != status || !strings.Contains(body, words) {
				t.Errorf("%s: %d, want %d with %q: %.300s", url, res.StatusCode, status, words, body)
			}
		}
		pdf := e.URL() + "/versions/1/pdf"
		asked := func() int {
			t.Helper()
			var n int
			must(t, d.View(t.Context(), func(tx db.Tx) (err error) {
				n, err = db.Get[int](tx, `select count(*) from job_run where kind = $1`, printKind)
				return err
			}))
			return n
		}
		if asked() != 1 {
			t.Fatal("asked when it came:", asked())
		}
		want(by, e.URL(), 200, e.URL()+"/preview?n=0")
		want(by, e.URL()+"/preview?n=1", 200, "n=2")
		want(by, e.URL()+"/preview?n=99", 200, "Recharger")
		if asked() != 1 {
			t.Error("asked again while it waits:", asked())
		}
		want(by, pdf, http.StatusNotFound, "")
		for range 2 {
			must(t, w.s.Print(t.Context(), e.ID, e.Hash))
		}
		want(by, e.URL(), 200, "<iframe")
		want(by, pdf, 200, "%PDF-1.4\n{\\rtf1 Bride}")
		want(outside, pdf, http.StatusNotFound, "")
		want(outside, e.URL()+"/preview", http.StatusNotFound, "")

		again := w.add(t, w.manager, "", "copie.rtf", `{\rtf1 Bride}`)
		want(by, again.URL(), 200, "<iframe")
		if runs() != 1 || asked() != 1 {
			t.Errorf("one content, converted %d times, asked for %d times", runs(), asked())
		}
		bad := w.add(t, w.manager, "", "abime.rtf", `{\rtf1 damaged}`)
		must(t, w.s.Print(t.Context(), bad.ID, bad.Hash))
		want(by, bad.URL(), 200, "n’a pas pu être converti")
		want(by, bad.URL()+"/versions/1/pdf", http.StatusNotFound, "")
		if n := asked(); n != 2 {
			t.Error("what could not be converted is asked for again:", n)
		}
		must(t, d.View(t.Context(), func(tx db.Tx) error {
			all, err := Hashes(tx)
			if len(all) != 3 { // two contents, one PDF
				t.Errorf("%q", all)
			}
			for _, h := range all {
				if there, _ := w.files.Has(t.Context(), file.Hash(h)); !there {
					t.Error("not there:", h)
				}
			}
			return err
		}))
		text := w.add(t, w.manager, "", "lisez-moi.txt", "Bride")
		want(by, text.URL()+"/preview", http.StatusNotFound, "")
	})
}
