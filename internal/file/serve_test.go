package file

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"bassin/internal/fault"
)

func TestServeHeaders(t *testing.T) {
	s := newFolder(t)
	content := []byte("0123456789")
	b := mustPut(t, s, content)
	for _, c := range []struct {
		typ         string
		d           Disposition
		wantType    string
		wantDispose string
	}{
		{"image/png", Inline, "image/png", `inline; filename=a.bin`},
		{"image/png", Attachment, "image/png", `attachment; filename=a.bin`},
		{"application/pdf", Inline, "application/pdf", `inline; filename=a.bin`},
		{"text/plain", Inline, "text/plain; charset=utf-8", `attachment; filename=a.bin`},
		{"text/csv", Inline, "text/csv; charset=utf-8", `attachment; filename=a.bin`},
		{"application/zip", Inline, "application/zip", `attachment; filename=a.bin`},
		// A type that should never have come into a row is not believed either.
		{"text/html", Inline, octetStream, `attachment; filename=a.bin`},
		{"image/svg+xml", Inline, octetStream, `attachment; filename=a.bin`},
		{"application/xhtml+xml", Inline, octetStream, `attachment; filename=a.bin`},
		{"text/javascript", Inline, octetStream, `attachment; filename=a.bin`},
		{"image/png\r\nX: y", Inline, octetStream, `attachment; filename=a.bin`},
		{"", Inline, octetStream, `attachment; filename=a.bin`},
		{octetStream, "other", octetStream, `attachment; filename=a.bin`},
	} {
		w := httptest.NewRecorder()
		b.Type = c.typ
		if err := Serve(w, httptest.NewRequest("GET", "/", nil), s, b, "a.bin", c.d); err != nil {
			t.Fatal(err)
		}
		h := w.Result().Header
		if h.Get("Content-Type") != c.wantType || h.Get("Content-Disposition") != c.wantDispose {
			t.Errorf("%q %s: got %s, %s", c.typ, c.d, h.Get("Content-Type"), h.Get("Content-Disposition"))
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("ETag") != `"`+string(b.Hash)+`"` || w.Body.String() != string(content) {
			t.Errorf("%q: got %v, %q", c.typ, h, w.Body)
		}
		if p := h.Get("Content-Security-Policy"); !strings.HasPrefix(p, "default-src 'none'") || !strings.HasSuffix(p, "; sandbox") {
			t.Errorf("%q: policy %q", c.typ, p)
		}
	}
}

func TestServeNames(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"Compte rendu.pdf", `attachment; filename="Compte rendu.pdf"`},
		{"été 🏭.pdf", `attachment; filename*=utf-8''%C3%A9t%C3%A9%20%F0%9F%8F%AD.pdf`},
		{"a\"\r\nSet-Cookie: x=1;.pdf", `attachment; filename="a- Set-Cookie- x=1;.pdf"`},
		{"../../etc/passwd", `attachment; filename=passwd`},
	} {
		if got := disposition(Attachment, c.name); got != c.want {
			t.Errorf("%q: got %s", c.name, got)
		}
	}
}

func TestServeRangesAndConditions(t *testing.T) {
	eachStore(t, func(t *testing.T, s Store, _ spoiler) {
		content := bytes.Repeat([]byte("0123456789"), 10_000)
		b := mustPut(t, s, content)
		etag := `"` + string(b.Hash) + `"`
		for _, c := range []struct {
			name, method, header, value string
			status                      int
			body                        []byte
		}{
			{"whole", "GET", "", "", 200, content},
			{"head", "HEAD", "", "", 200, nil},
			{"range", "GET", "Range", "bytes=5-14", 206, content[5:15]},
			{"end", "GET", "Range", "bytes=-3", 206, content[len(content)-3:]},
			{"beyond", "GET", "Range", "bytes=999999-", 416, nil},
			{"known", "GET", "If-None-Match", etag, 304, nil},
			{"other known", "GET", "If-None-Match", `"x"`, 200, content},
		} {
			w, r := httptest.NewRecorder(), httptest.NewRequest(c.method, "/", nil)
			if c.header != "" {
				r.Header.Set(c.header, c.value)
			}
			if err := Serve(w, r, s, b, "a.txt", Attachment); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			if w.Code != c.status || c.body != nil && !bytes.Equal(w.Body.Bytes(), c.body) {
				t.Errorf("%s: got %d, %d bytes", c.name, w.Code, w.Body.Len())
			}
		}
	})
}

// TestServeCutsADamagedDownload: the browser must see a failed download, not a whole file.
func TestServeCutsADamagedDownload(t *testing.T) {
	s := newFolder(t)
	content := bytes.Repeat([]byte("0123456789"), 100_000)
	b := mustPut(t, s, content)
	if err := os.WriteFile(s.path(b.Hash), bytes.Replace(content, []byte("5"), []byte("6"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p == nil {
				t.Error("nobody is told")
			}
		}()
		if err := Serve(w, r, s, b, "a.txt", Attachment); err != nil {
			t.Errorf("an error after the beginning was sent: %v", err)
		}
	}))
	server.Start()
	defer server.Close()
	res, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got, err := io.ReadAll(res.Body); err == nil || len(got) >= len(content) {
		t.Errorf("the download looks whole: %d bytes, %v", len(got), err)
	}
}

func TestServeMissing(t *testing.T) {
	s := newFolder(t)
	b := mustPut(t, s, []byte("0123456789"))
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
	if err := os.WriteFile(s.path(b.Hash), []byte("01234"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := Serve(w, r, s, b, "a", Attachment)
	wantFault(t, "cut", err, fault.Internal, "file.damaged")
	if err := s.Delete(ctx, b.Hash); err != nil {
		t.Fatal(err)
	}
	wantFault(t, "lost", Serve(w, r, s, b, "a", Attachment), fault.Internal, "file.lost")
	if len(w.Header()) != 0 || w.Body.Len() != 0 {
		t.Errorf("something was sent: %v", w.Header())
	}
}
