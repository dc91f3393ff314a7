package document

import (
	"archive/zip"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
)

// TestAFolderAsZip: all below a folder in its newest version, for who may see it, and nothing beside it.
func TestAFolderAsZip(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		f, other := w.folder(t, "", "Plans"), w.folder(t, "", "Prix")
		below := w.folder(t, f.ID, "Châssis")
		w.folder(t, f.ID, "Vide")
		w.add(t, w.manager, f.ID, "note.txt", "premier jet")
		w.add(t, w.manager, f.ID, "note.txt", "mis au net")
		w.add(t, w.manager, below.ID, "cotes.txt", "12 mm")
		w.add(t, w.manager, other.ID, "prix.txt", "cher")
		gone := w.add(t, w.manager, f.ID, "vieux.txt", "ôté")
		if _, err := w.s.Remove(t.Context(), w.manager, w.p.ID, gone.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.s.Invite(t.Context(), w.manager, w.p.ID, f.ID, Invitation{Email: "invite@exemple.fr", Name: "Invité", UntilOn: w.today(t)}); err != nil {
			t.Fatal(err)
		}
		guest := w.person(t, "dedans")
		if err := w.s.Invite(t.Context(), w.manager, w.p.ID, f.ID, Invitation{Email: "dedans@exemple.fr", UntilOn: w.today(t)}); err != nil {
			t.Fatal(err)
		}
		stranger, home := w.person(t, "dehors"), w.p.ID.URL()
		inside := []string{"Châssis/", "Châssis/cotes.txt 12 mm", "note.txt mis au net", "Vide/"}
		for name, c := range map[string]struct {
			by   string
			path string
			code int
			want []string
		}{
			"the folder":            {"manager", home + "/folders/" + string(f.ID) + "/zip", http.StatusOK, inside},
			"through the API":       {"manager", "/api/v1" + home + "/folders/" + string(f.ID) + "/zip", http.StatusOK, inside},
			"the whole":             {"manager", home + "/folders/root/zip", http.StatusOK, []string{"Plans/", "Plans/Châssis/", "Plans/Châssis/cotes.txt 12 mm", "Plans/note.txt mis au net", "Plans/Vide/", "Prix/", "Prix/prix.txt cher"}},
			"its guest":             {"guest", home + "/folders/" + string(f.ID) + "/zip", http.StatusOK, inside},
			"its guest, the whole":  {"guest", home + "/folders/root/zip", http.StatusNotFound, nil},
			"its guest, beside it":  {"guest", home + "/folders/" + string(other.ID) + "/zip", http.StatusNotFound, nil},
			"a stranger":            {"stranger", home + "/folders/" + string(f.ID) + "/zip", http.StatusNotFound, nil},
			"what is none":          {"manager", home + "/folders/none/zip", http.StatusNotFound, nil},
			"a removed one, by API": {"manager", "/api/v1" + home + "/folders/" + string(gone.ID) + "/zip", http.StatusNotFound, nil},
		} {
			by := map[string]account.Actor{"manager": w.manager, "guest": guest, "stranger": stranger}[c.by]
			code, _, body := w.page(t, by, "GET", c.path, "", nil)
			if code != c.code {
				t.Errorf("%s: got %d, want %d", name, code, c.code)
				continue
			}
			if code == http.StatusOK {
				if got := unzipped(t, body); !slices.Equal(got, c.want) {
					t.Errorf("%s:\ngot  %q\nwant %q", name, got, c.want)
				}
			}
		}
	})
}

// unzipped lists the members with what is in them.
func unzipped(t *testing.T, body string) []string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, strings.TrimSpace(f.Name+" "+string(b)))
	}
	return list
}
