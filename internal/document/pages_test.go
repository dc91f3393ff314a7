package document

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db/dbtest"
)

// page asks as a browser does.
func (w *world) page(t *testing.T, by account.Actor, method, path, kind string, body io.Reader) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, w.srv.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Who", string(by.ID))
	r.Header.Set("Content-Type", kind)
	res, err := w.srv.Client().Transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, _ := io.ReadAll(res.Body)
	return res.StatusCode, res.Header, string(b)
}

func TestPages(t *testing.T) {
	w := newWorld(t, dbtest.Open(t))
	f := w.folder(t, "", "Plans")
	e := w.add(t, w.manager, f.ID, "note.txt", "cote <b>12</b>")
	guest := w.person(t, "invite")
	if err := w.s.Invite(t.Context(), w.manager, w.p.ID, f.ID, Invitation{Email: "invite@exemple.fr", UntilOn: w.today(t)}); err != nil {
		t.Fatal(err)
	}
	home := w.p.ID.URL()
	for _, c := range []struct {
		by        account.Actor
		path      string
		want      int
		has, lack string
	}{
		{w.manager, home + "/documents", 200, "Plans", "<b>12"},
		{w.manager, f.URL(), 200, "invite@exemple.fr", ""},
		{w.manager, e.URL(), 200, "cote &lt;b&gt;12", "<b>12"},
		{w.manager, home + "/people", 200, "folder-guests", ""},
		{w.manager, home + "/removed-documents", 200, "", "note.txt"},
		{guest, "/shared", 200, "Plans", "soudage"},
		{guest, f.URL(), 200, "note.txt", "soudage"},
		{guest, e.URL(), 200, "SHA-256", "soudage"},
		{guest, home + "/documents", 404, "", "Plans"},
		{guest, home, 404, "", "soudage"},
	} {
		code, _, body := w.page(t, c.by, "GET", c.path, "", nil)
		if code != c.want || !strings.Contains(body, c.has) || c.lack != "" && strings.Contains(body, c.lack) {
			t.Errorf("%s as %s: %d, has %q %v, lacks %q %v", c.path, c.by.Name, code, c.has, strings.Contains(body, c.has), c.lack, !strings.Contains(body, c.lack))
		}
	}
	var buf bytes.Buffer
	m := multipart.NewWriter(&buf)
	for _, x := range [][2]string{{"../../evil.txt", "a"}, {"faux.pdf", "texte"}} {
		part, _ := m.CreateFormFile("upload.files", x[0])
		_, _ = io.WriteString(part, x[1])
	}
	_ = m.Close()
	code, _, body := w.page(t, w.manager, "POST", home+"/folders/"+string(f.ID)+"/documents", m.FormDataContentType(), &buf)
	if code != 422 || !strings.Contains(body, "faux.pdf") {
		t.Errorf("a refused file: %d", code)
	}
	if got := w.versions(t, f.ID, "evil.txt"); len(got) != 1 {
		t.Errorf("the other file was not kept: %v", got)
	}
	_, h, got := w.page(t, guest, "GET", fileURL(e, 1), "", nil)
	if got != "cote <b>12</b>" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") {
		t.Errorf("download: %q %v", got, h)
	}
}
