package assets

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func built() *store {
	return open(fstest.MapFS{
		"dist/manifest.json":   {Data: []byte(`{"app.css":"app-ABC.css","f.woff2":"f-DEF.woff2"}`)},
		"dist/app-ABC.css":     {Data: []byte(strings.Repeat("a{color:red}", 100))},
		"dist/chunk-1.js":      {Data: []byte(`x`)},
		"dist/f-DEF.woff2":     {Data: []byte(strings.Repeat("f", 100))},
		"dist/.inputs":         {Data: []byte("sum")},
		"dist/page-123.html":   {Data: []byte("<p>")},
		"secret-outside.css":   {Data: []byte("no")},
		"dist/regions-1.jsonx": {Data: []byte("no")},
	})
}

func TestHandler(t *testing.T) {
	const forever = "public, max-age=31536000, immutable"
	for _, c := range []struct {
		name, path, accept  string
		status              int
		kind, coding, cache string
		length              int
	}{
		{"by its hashed name", "/assets/app-ABC.css", "", 200, "text/css; charset=utf-8", "", forever, 1200},
		{"compressed", "/assets/app-ABC.css", "br, gzip", 200, "text/css; charset=utf-8", "gzip", forever, 1200},
		{"gzip refused", "/assets/app-ABC.css", "gzip;q=0", 200, "text/css; charset=utf-8", "", forever, 1200},
		{"by its plain name", "/assets/app.css", "", 200, "text/css; charset=utf-8", "", "no-cache", 1200},
		{"a font stays as it is", "/assets/f-DEF.woff2", "gzip", 200, "font/woff2", "", forever, 100},
		{"too small to compress", "/assets/chunk-1.js", "gzip", 200, "text/javascript; charset=utf-8", "", forever, 1},
		{"unknown", "/assets/none.css", "", 404, "", "", "", -1},
		{"hidden", "/assets/.inputs", "", 404, "", "", "", -1},
		{"a type not served", "/assets/page-123.html", "", 404, "", "", "", -1},
		{"outside", "/assets/../secret-outside.css", "", 404, "", "", "", -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/assets/", nil)
			r.URL.Path = c.path
			r.Header.Set("Accept-Encoding", c.accept)
			w := httptest.NewRecorder()
			built().ServeHTTP(w, r)
			if w.Code != c.status {
				t.Fatalf("status %d, want %d", w.Code, c.status)
			}
			if c.status != 200 {
				return
			}
			h := w.Header()
			if h.Get("Content-Type") != c.kind || h.Get("Content-Encoding") != c.coding || h.Get("Cache-Control") != c.cache {
				t.Errorf("headers %v", h)
			}
			var body io.Reader = w.Body
			if c.coding == "gzip" {
				z, err := gzip.NewReader(w.Body)
				if err != nil {
					t.Fatal(err)
				}
				body = z
			}
			data, err := io.ReadAll(body)
			if err != nil || len(data) != c.length {
				t.Errorf("%d bytes (%v), want %d", len(data), err, c.length)
			}
		})
	}
}

func TestURL(t *testing.T) {
	if got, want := built().url("app.css"), "/assets/app-ABC.css"; got != want {
		t.Errorf("built: %s, want %s", got, want)
	}
	bare := open(fstest.MapFS{"dist/.keep": {}})
	if got, want := bare.url("app.css"), "/assets/app.css"; got != want {
		t.Errorf("not built: %s, want %s", got, want)
	}
}
