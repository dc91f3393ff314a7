package document

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
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
