package file

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"
)

func TestSafePaths(t *testing.T) {
	got := safePaths([]Member{
		{Path: []string{"Plans"}, Folder: true},
		{Path: []string{"Plans", "été.pdf"}},
		{Path: []string{"Plans", "con.txt"}},
		{Path: []string{"Plans", `a:b?.txt`}},
		{Path: []string{"Plans", "a-b-.txt"}},
		{Path: []string{"Plans", "A-B-.TXT"}},
		{Path: []string{"plans"}, Folder: true},
		{Path: []string{"plans", "x"}},
		{Path: []string{"..", "passwd"}},
		{Path: []string{"fin. "}},
	})
	want := []string{"Plans", "Plans/été.pdf", "Plans/_con.txt", "Plans/a-b-.txt", "Plans/a-b- (2).txt", "Plans/A-B- (3).TXT", "plans (2)", "plans (2)/x", "file/passwd", "fin"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestServeBundle(t *testing.T) {
	s := newFolder(t)
	text, picture := mustPut(t, s, bytes.Repeat([]byte("deux postes\n"), 1000)), mustPut(t, s, []byte("\x89PNG"))
	text.Type, picture.Type = "text/plain", "image/png"
	at := time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)
	members := []Member{
		{Path: []string{"Plans"}, Folder: true, At: at},
		{Path: []string{"Plans", "note.txt"}, Blob: text, At: at},
		{Path: []string{"vue.png"}, Blob: picture, At: at},
		{Path: []string{"vide.txt"}, At: at},
	}
	w := httptest.NewRecorder()
	if err := ServeBundle(w, httptest.NewRequest("GET", "/", nil), s, "Châssis.zip", members); err != nil {
		t.Fatal(err)
	}
	if h := w.Result().Header; h.Get("Content-Type") != "application/zip" || h.Get("Content-Disposition") != `attachment; filename*=utf-8''Ch%C3%A2ssis.zip` || h.Get("Content-Length") != "" {
		t.Errorf("headers: %v", h)
	}
	z, err := zip.NewReader(bytes.NewReader(w.Body.Bytes()), int64(w.Body.Len()))
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		name   string
		size   int
		method uint16
	}{{"Plans/", 0, zip.Store}, {"Plans/note.txt", 12_000, zip.Deflate}, {"vue.png", 4, zip.Store}, {"vide.txt", 0, zip.Store}}
	for i, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r) // compares the checksum too
		if err != nil || f.Name != want[i].name || len(b) != want[i].size || f.Method != want[i].method || !f.Modified.Equal(at) {
			t.Errorf("%s: %d bytes, method %d, %s, %v; want %+v", f.Name, len(b), f.Method, f.Modified, err, want[i])
		}
	}
	if len(z.File) != len(want) {
		t.Errorf("%d members, want %d", len(z.File), len(want))
	}
}

// TestABundleThatLacksAFileIsCut: a download that looks complete would be believed.
func TestABundleThatLacksAFileIsCut(t *testing.T) {
	s := newFolder(t)
	here := mustPut(t, s, []byte("ici"))
	gone := Blob{Hash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8aa", Size: 5}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				panic(http.ErrAbortHandler)
			}
		}()
		_ = ServeBundle(w, r, s, "x.zip", []Member{{Path: []string{"a"}, Blob: here}, {Path: []string{"b"}, Blob: gone}})
	}))
	defer server.Close()
	a, err := http.Get(server.URL)
	if err == nil {
		_, err = io.ReadAll(a.Body)
		_ = a.Body.Close()
	}
	if err == nil {
		t.Error("the bundle ended as if it were whole")
	}
}
