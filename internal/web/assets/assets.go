// Package assets holds what the browser loads: script, style sheet, icons, fonts, pictures.
//
// The sources are in src; `make assets` builds them into dist, which is part of the program (embedded) but not of
// the repository. Built names carry a hash of the content, so browsers keep them for ever. The program compiles
// without a build; its pages then stand without style, and it says so once.
package assets

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"io/fs"
	"log/slog"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

// Prefix is where Handler expects to be reached.
const Prefix = "/assets/"

//go:embed all:dist
var dist embed.FS

var set = sync.OnceValue(func() *store { return open(dist) })

// URL gives the address of a built file by its plain name: URL("app.css") is "/assets/app-4KZ5BFSA.css".
func URL(name string) string { return set().url(name) }

// Handler serves Prefix: known files for ever, compressed where that helps; anything else is 404.
func Handler() http.Handler { return set() }

// Data gives the content of a built file that the server itself reads, by its plain name.
func Data(name string) ([]byte, error) { return set().data(name) }

// store is one build: its files, and the addresses of the plain names.
type store struct {
	files    fs.FS
	manifest map[string]string
	ready    sync.Map // hashed name → *ready
}

// ready is a file as it is sent.
type ready struct {
	kind        string
	plain, gzip []byte // gzip is nil where compressing gains nothing
}

func open(dist fs.FS) *store {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the directory is embedded
	}
	s := &store{files: files, manifest: map[string]string{}}
	text, err := fs.ReadFile(files, "manifest.json")
	if err == nil {
		err = json.Unmarshal(text, &s.manifest)
	}
	if err != nil {
		slog.Warn("the pages have no style and no script: assets are not built, run `make assets` and build again")
	}
	return s
}

func (s *store) url(name string) string {
	if hashed, ok := s.manifest[name]; ok {
		name = hashed
	}
	return Prefix + name
}

func (s *store) data(name string) ([]byte, error) {
	if hashed, ok := s.manifest[name]; ok {
		name = hashed
	}
	return fs.ReadFile(s.files, name)
}

// converter is the script of the worker that reads exact surfaces. It loads the library, whose bindings make functions from text:
// its own policy lets it, while pages may not. It sees no page and can fetch nothing.
const (
	converter       = "converter.js"
	converterPolicy = "default-src 'none'; script-src 'self' 'unsafe-eval'"
)

// kinds are the types we serve; mime's own depend on the machine.
var kinds = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".json":  "application/json",
	".svg":   "image/svg+xml",
	".png":   "image/png",
	".ttf":   "font/ttf",
	".woff2": "font/woff2",
	".wasm":  "application/wasm",
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutPrefix(r.URL.Path, Prefix)
	if !ok || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
		http.NotFound(w, r)
		return
	}
	hashed := true
	if to, ok := s.manifest[name]; ok {
		name, hashed = to, false // asked for by its plain name: right today only
	}
	f := s.load(name)
	if f == nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	if name == s.manifest[converter] {
		h.Set("Content-Security-Policy", converterPolicy)
	}
	if hashed {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	body := f.plain
	if f.gzip != nil {
		h.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r) {
			h.Set("Content-Encoding", "gzip")
			body = f.gzip
		}
	}
	if _, err := w.Write(body); err != nil {
		return // the browser went away
	}
}

// load reads and compresses a file at its first request. Hidden files and what is no served type are not there.
func (s *store) load(name string) *ready {
	if f, ok := s.ready.Load(name); ok {
		return f.(*ready)
	}
	kind := kinds[path.Ext(name)]
	if kind == "" || strings.HasPrefix(name, ".") || !fs.ValidPath(name) {
		return nil
	}
	plain, err := fs.ReadFile(s.files, name)
	if err != nil {
		return nil
	}
	f := &ready{kind: kind, plain: plain}
	if base, _, _ := mime.ParseMediaType(kind); base != "font/woff2" && base != "image/png" {
		var buf bytes.Buffer
		z, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression)
		_, _ = z.Write(plain) // into memory
		_ = z.Close()
		if buf.Len() < len(plain) {
			f.gzip = buf.Bytes()
		}
	}
	s.ready.Store(name, f)
	return f
}

func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if coding == "gzip" || coding == "*" {
			q := strings.ReplaceAll(params, " ", "")
			return q != "q=0" && q != "q=0.0"
		}
	}
	return false
}
