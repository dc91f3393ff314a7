package document

import (
	"archive/zip"
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
)

// What people call their files, and what becomes of it: the form and tus clean a browser's name, WebDAV
// and the API refuse what some system could not keep, for their client would look for it under its name.
func TestNamesByEveryWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { namesByEveryWay(t, newWorld(t, d)) })
}

func namesByEveryWay(t *testing.T, w *world) {
	long := strings.Repeat("é", 126) + ".txt" // 256 bytes
	fits := strings.Repeat("é", 125) + ".txt" + "x"
	for i, x := range []struct{ name, cleaned string }{
		{"../évasion.txt", "évasion.txt"},
		{`..\évasion.txt`, "évasion.txt"},
		{"CON.txt", "_CON.txt"},
		{"🤖 robot.txt", "🤖 robot.txt"},
		{fits, fits},
		{long, strings.Repeat("é", 125) + ".txt"},
		{"points.txt...", "points.txt"},
		{"espaces.txt   ", "espaces.txt"},
		{"facture\u202etxt.exe.txt", "facturetxt.exe.txt"},
		{"rap\u200bport.txt", "rapport.txt"},
	} {
		folder := w.folder(t, "", "cas "+itoa(i))
		same := x.name == x.cleaned
		for _, way := range []struct {
			name string
			send func(*testing.T, Entry, string) int
		}{{"form", w.byForm}, {"tus", w.byTus}, {"webdav", w.byDAV}, {"api", w.byAPI}} {
			in := w.folder(t, folder.ID, way.name)
			code := way.send(t, in, x.name)
			names := w.names(t, in.ID)
			cleans := way.name == "form" || way.name == "tus"
			switch {
			case code >= 500:
				t.Errorf("%q by %s: %d", x.name, way.name, code)
			case (cleans || same) && (len(names) != 1 || names[0] != x.cleaned):
				t.Errorf("%q by %s: %d, %q, want %q", x.name, way.name, code, names, x.cleaned)
			case !cleans && !same && (code < 400 || len(names) != 0):
				t.Errorf("%q by %s: %d, %q, want a refusal", x.name, way.name, code, names)
			}
		}
	}
}

func (w *world) names(t *testing.T, folder EntryID) (out []string) {
	t.Helper()
	for _, e := range w.list(t, folder) {
		out = append(out, e.Name)
	}
	return out
}

func (w *world) byForm(t *testing.T, in Entry, name string) int {
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile("upload.files", name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(part, "texte")
	_ = m.Close()
	res, _ := sender{w, w.manager}.ask(t, "POST", in.URL()+"/documents", &body, "Content-Type", m.FormDataContentType())
	return res.StatusCode
}

func (w *world) byTus(t *testing.T, in Entry, name string) int {
	c := sender{w, w.manager}
	at, code, _ := c.begin(t, in.ID, name, 5)
	if code != http.StatusCreated {
		return code
	}
	code, _ = c.patch(t, at, 0, []byte("texte"))
	return code
}

func (w *world) byDAV(t *testing.T, in Entry, name string) int {
	c := w.client(t, w.manager)
	c.root = "/dav/folders/" + string(in.ID) + "/"
	code, _ := c.do(t, "PUT", strings.ReplaceAll(url.PathEscape(name), "..", "%2e%2e"), "texte")
	return code
}

func (w *world) byAPI(t *testing.T, in Entry, name string) int {
	res, _ := sender{w, w.manager}.ask(t, "POST", "/api/v1"+in.URL()+"/documents?name="+url.QueryEscape(name), strings.NewReader("texte"), "Content-Type", "application/octet-stream")
	return res.StatusCode
}

// What a browser or an office program would run is saved, never shown, whatever it is called.
func TestActiveContentIsNeverServedInline(t *testing.T) {
	w := newWorld(t, dbtest.Open(t))
	const none = "application/octet-stream"
	for _, x := range []struct{ name, content, typ string }{
		{"image.svg", `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`, none},
		{"page.html", "<!doctype html><script>alert(1)</script>", none},
		{"sans-extension", "<html><script>alert(1)</script></html>", none},
		{"script.js", "alert(1)", none},
		{"macro.docm", withMacro(t, "word/document.xml", "word"), "application/vnd.ms-word.document.macroenabled.12"},
		{"macro.xlsm", withMacro(t, "xl/workbook.xml", "xl"), "application/vnd.ms-excel.sheet.macroenabled.12"},
	} {
		e := w.add(t, w.manager, "", x.name, x.content)
		for _, how := range []string{"file", "view"} {
			res, _ := sender{w, w.manager}.ask(t, "GET", e.URL()+"/versions/1/"+how, nil)
			h := res.Header
			if h.Get("Content-Type") != x.typ || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") ||
				h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
				t.Errorf("%s as %s: %d %v", x.name, how, res.StatusCode, h)
			}
		}
		if p := previewOf(e.Type, e.Size); p != previewNone && p != previewOffice {
			t.Errorf("%s has the preview %q", x.name, p)
		}
	}
}

func TestPreviewOf(t *testing.T) {
	for typ, want := range map[string]preview{
		"image/png": previewPicture, "application/pdf": previewPDF, "text/csv": previewText, "model/stl": previewModel, "model/obj": previewModel,
		"model/3mf": previewModel, "model/step": previewNone, "application/vnd.ms-excel.sheet.macroenabled.12": previewOffice, "application/octet-stream": previewNone,
	} {
		if got := previewOf(typ, 1); got != want {
			t.Errorf("%s: %q, want %q", typ, got, want)
		}
	}
}

// withMacro is the smallest package that an office program takes for one with macros.
func withMacro(t *testing.T, main, dir string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", main, dir + "/vbaProject.bin"} {
		if _, err := z.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
