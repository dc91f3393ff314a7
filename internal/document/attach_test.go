package document

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/plan"
)

func TestWaysToFolders(t *testing.T) {
	got := waysOf([]Entry{{ID: "a", Name: "Essais"}, {ID: "b", FolderID: "a", Name: "Traction"}, {ID: "c", FolderID: "removed", Name: "Perdu"}, {ID: "d", FolderID: "c", Name: "Au fond"}})
	if len(got) != 3 || got[""] != "" || got["a"] != "Essais / " || got["b"] != "Essais / Traction / " {
		t.Errorf("got %v", got)
	}
}

func TestWhatIsOfferedToATask(t *testing.T) {
	all := []located{{Entry{ID: "1", Name: "Rapport d’essai.pdf"}, "Essais / Traction"}, {Entry{ID: "2", Name: "rapport.pdf"}, ""}, {Entry{ID: "3", Name: "Résumé.txt"}, "Essais"}, {Entry{ID: "4", Name: "plan.dwg"}, ""}, {Entry{ID: "5", Name: "Rapport.pdf"}, "Anciens"}}
	for _, c := range []struct{ name, words, have, want string }{
		{"nothing said", "", "", "12345"},
		{"less what it has", "", "24", "135"},
		{"a part of a name", "rapp", "", "125"},
		{"without accents", "resume", "", "3"},
		{"a folder and a name", "TRACTION rapport", "", "1"},
		{"a name that two have", "rapport.pdf", "", "25"},
		{"a whole name", "Plan.DWG", "", "4"},
		{"nothing like it", "devis", "", ""},
		{"what it has already", "plan", "4", ""},
	} {
		var have []located
		for _, x := range all {
			if strings.Contains(c.have, string(x.ID)) {
				have = append(have, x)
			}
		}
		list, more := offer(all, have, c.words)
		got := ""
		for _, x := range list {
			got += string(x.ID)
		}
		if got != c.want || more {
			t.Errorf("%s: %s, want %s; more: %v", c.name, got, c.want, more)
		}
	}
	if list, more := offer(slices.Repeat(all, 3), nil, ""); len(list) != choicesShown || !more {
		t.Errorf("of many: %d, more: %v", len(list), more)
	}
	// a whole name stands alone among those that hold it
	if list, _ := offer(append(all, located{Entry{ID: "6", Name: "mon plan.dwg"}, ""}), nil, "plan.dwg"); len(list) != 1 || list[0].ID != "4" {
		t.Errorf("a whole name: %v", list)
	}
}

// Any document of the project is found by words, those too that were not changed lately; the documents of
// a task are read at once, however many.
func TestAttachingOneOfHundreds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		task, err := w.plans.CreateTask(t.Context(), w.manager, plan.Draft{Task: plan.Task{ProjectID: w.p.ID, Title: "Essayer"}})
		must(t, err)
		in := w.folder(t, "", "Essais")
		wanted := w.add(t, w.manager, in.ID, "procès-verbal.txt", "essai")
		other := w.add(t, w.manager, "", "procès-verbal 2.txt", "essai")
		for i := range 120 {
			w.add(t, w.manager, "", "mesure "+itoa(i)+".txt", "mesure "+itoa(i))
		}
		post := func(want int, pairs ...string) string {
			t.Helper()
			v := url.Values{}
			for i := 0; i < len(pairs); i += 2 {
				v.Set(pairs[i], pairs[i+1])
			}
			code, _, body := w.page(t, w.manager, "POST", task.URL()+"/documents", "application/x-www-form-urlencoded", strings.NewReader(v.Encode()))
			if code != want {
				t.Fatalf("%v: got %d, want %d: %s", pairs, code, want, body)
			}
			return body
		}
		if got := post(http.StatusUnprocessableEntity, "attach.words", "proces"); !strings.Contains(got, string(wanted.ID)) || !strings.Contains(got, string(other.ID)) || strings.Contains(got, "mesure 1") {
			t.Errorf("found: %s", got)
		}
		post(http.StatusUnprocessableEntity, "attach.words", "devis")
		post(http.StatusUnprocessableEntity, "attach.words", "")
		if got := post(http.StatusUnprocessableEntity, "attach.words", "mesure"); !strings.Contains(got, "10 premiers") {
			t.Errorf("of many: %s", got)
		}
		post(http.StatusSeeOther, "attach.words", "proces", "attach.asked", "proces", "attach.document", string(other.ID))
		post(http.StatusSeeOther, "attach.words", "essais verbal", "attach.asked", "proces", "attach.document", string(other.ID)) // said anew since

		asked := func() (n int, names []string) {
			t.Helper()
			must(t, d.View(t.Context(), func(tx db.Tx) error {
				tx, count := db.Counted(tx)
				list, err := attached(tx, task)
				for _, x := range list {
					names = append(names, x.label())
				}
				n = *count
				return err
			}))
			return n, names
		}
		few, names := asked()
		if want := []string{"procès-verbal 2.txt", "Essais / procès-verbal.txt"}; !slices.Equal(names, want) {
			t.Errorf("attached: %q, want %q", names, want)
		}
		for i := range 8 {
			post(http.StatusSeeOther, "attach.words", "mesure 11"+itoa(i)+".txt")
		}
		if many, names := asked(); many != few || len(names) != 10 {
			t.Errorf("%d statements for %d documents, %d for two", many, len(names), few)
		}
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestDocumentsOfATask(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx, in := t.Context(), w.p.ID
		reader, stranger := w.invited(t, "lecture", account.ProjectReader), w.person(t, "inconnu")
		guest := w.person(t, "invite")
		f, closed := w.folder(t, "", "Essais"), w.folder(t, "", "Fermé")
		must(t, w.s.Invite(ctx, w.manager, in, f.ID, Invitation{Email: "invite@exemple.fr", UntilOn: w.today(t)}))
		guest = w.again(t, guest.ID)
		report, secret := w.add(t, w.manager, f.ID, "rapport.txt", "essai"), w.add(t, w.manager, closed.ID, "brevet.txt", "secret")
		task, err := w.plans.CreateTask(ctx, w.manager, plan.Draft{Task: plan.Task{ProjectID: in, Title: "Essayer"}})
		must(t, err)
		post := func(by account.Actor, path string, want int, pairs ...string) string {
			t.Helper()
			v := url.Values{}
			for i := 0; i+1 < len(pairs); i += 2 {
				v.Add(pairs[i], pairs[i+1])
			}
			code, _, body := w.page(t, by, "POST", path, "application/x-www-form-urlencoded", strings.NewReader(v.Encode()))
			if code != want {
				t.Fatalf("%s: got %d, want %d: %s", path, code, want, body)
			}
			return body
		}
		shown := func(by account.Actor, x plan.Task) string {
			t.Helper()
			code, _, body := w.page(t, by, "GET", x.URL(), "", nil)
			if code != http.StatusOK {
				t.Fatalf("the task: %d", code)
			}
			if i := strings.Index(body, `id="documents"`); i >= 0 {
				return body[i:strings.Index(body, `id="history"`)]
			}
			return ""
		}
		at := task.URL() + "/documents"
		if got := shown(reader, task); got != "" {
			t.Errorf("nothing is attached: %s", got)
		}
		post(w.manager, at, http.StatusUnprocessableEntity, "attach.document", string(f.ID))
		post(w.manager, at, http.StatusUnprocessableEntity, "attach.document", "nothing")
		post(reader, at, http.StatusForbidden, "attach.document", string(report.ID))
		post(stranger, at, http.StatusNotFound, "attach.document", string(report.ID))
		post(guest, at, http.StatusNotFound, "attach.document", string(report.ID))
		for range 2 { // the second changes nothing
			post(w.manager, at, http.StatusSeeOther, "attach.document", string(report.ID))
		}
		post(w.manager, at, http.StatusSeeOther, "attach.document", string(secret.ID))
		if got := shown(w.manager, task); strings.Count(got, report.URL()) != 1 || !strings.Contains(got, secret.URL()) || !strings.Contains(got, "Essais") {
			t.Errorf("shown: %s", got)
		}
		// a document in a folder that was removed is not named
		_, err = w.s.Remove(ctx, w.manager, in, closed.ID)
		must(t, err)
		if got := shown(w.manager, task); strings.Contains(got, "brevet") || !strings.Contains(got, "rapport") {
			t.Errorf("in a removed folder: %s", got)
		}
		if err := w.s.Detach(ctx, w.manager, in, task.ID, secret.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("detached unseen: %v", err)
		}
		// uploaded from the page of the task
		upload := func(by account.Actor, folder, name string, want int) string {
			t.Helper()
			var b bytes.Buffer
			m := multipart.NewWriter(&b)
			must(t, m.WriteField("upload.folder", folder))
			part, err := m.CreateFormFile("upload.files", name)
			must(t, err)
			_, err = part.Write([]byte("mesures"))
			must(t, err)
			must(t, m.Close())
			code, _, body := w.page(t, by, "POST", task.URL()+"/uploads", m.FormDataContentType(), &b)
			if code != want {
				t.Fatalf("upload to %q: got %d, want %d: %s", folder, code, want, body)
			}
			return body
		}
		upload(reader, string(f.ID), "mesures.txt", http.StatusForbidden)
		upload(w.manager, "nowhere", "mesures.txt", http.StatusNotFound)
		upload(w.manager, string(f.ID), "mesures.txt", http.StatusSeeOther)
		upload(w.manager, rootName, "photo.txt", http.StatusSeeOther)
		if got := shown(reader, task); !strings.Contains(got, "mesures.txt") || !strings.Contains(got, "photo.txt") || strings.Contains(got, "<form") {
			t.Errorf("a reader sees: %s", got)
		}
		if got := w.versions(t, f.ID, "mesures.txt"); len(got) != 1 {
			t.Errorf("in the folder: %v", got)
		}
		// what follows in a series keeps them
		_, err = w.plans.Repeat(ctx, w.manager, in, task.ID, plan.Rule{Every: plan.EveryWeek, Interval: 1})
		must(t, err)
		_, err = w.plans.MoveTask(ctx, w.manager, in, task.ID, plan.Done)
		must(t, err)
		var list []plan.Task
		must(t, w.d.View(ctx, func(tx db.Tx) (err error) {
			list, _, err = plan.List(tx, w.manager, in, plan.Filter{}, 10, 0)
			return err
		}))
		if got := shown(w.manager, list[1]); !strings.Contains(got, "mesures.txt") {
			t.Errorf("the next of a series: %s", got)
		}
		post(w.manager, at+"/"+string(report.ID)+"/remove", http.StatusSeeOther)
		if got := shown(reader, task); strings.Contains(got, "rapport.txt") {
			t.Errorf("after detaching: %s", got)
		}
		api := "/api/v1" + in.URL() + "/tasks/" + string(task.ID) + "/documents"
		for _, c := range []struct {
			by           account.Actor
			method, path string
			want         int
		}{
			{reader, "GET", api, http.StatusOK}, {stranger, "GET", api, http.StatusNotFound}, {w.manager, "PUT", api + "/" + string(report.ID), http.StatusNoContent},
			{reader, "PUT", api + "/" + string(report.ID), http.StatusForbidden}, {w.manager, "PUT", api + "/" + string(f.ID), http.StatusUnprocessableEntity},
			{w.manager, "DELETE", api + "/" + string(report.ID), http.StatusNoContent}, {w.manager, "DELETE", api + "/" + string(report.ID), http.StatusNotFound},
		} {
			if code, _, body := w.page(t, c.by, c.method, c.path, "", nil); code != c.want || c.method == "GET" && code == http.StatusOK && !strings.Contains(body, "mesures.txt") {
				t.Errorf("%s %s: got %d, want %d: %s", c.method, c.path, code, c.want, body)
			}
		}
	})
}
