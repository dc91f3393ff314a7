// Package web is the plumbing of pages and API: routing, sessions' cookies aside, the view a
// template speaks through, texts in two languages, errors as pages or problem details, forms,
// security headers, idempotent creations. It knows no feature; account and app fill its slots.
//
// Words: a page (HTML), an operation of the API (JSON), the shell (what surrounds each page),
// a view (one person, one request, one language).
// Tables: web_once.
package web

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"runtime"
	"strings"
	"time"

	"bassin/internal/db"

	"github.com/danielgtaylor/huma/v2"
	"github.com/klauspost/compress/gzhttp"
	"github.com/prometheus/client_golang/prometheus"
)

// Options are what a server needs, and the slots that higher packages fill.
type Options struct {
	DB      *db.DB
	Log     *slog.Logger
	Demo    bool   // demonstration: said in the top bar, mails shown on a page
	Version string // shown in the footer and the API
	Secure  bool   // served over TLS (by us or a proxy): cookies are Secure, HSTS is sent

	// Authenticate finds out who asks and keeps it in the request's context.
	Authenticate func(next http.Handler) http.Handler
	// Viewer tells what the shell must know of who asks.
	Viewer func(ctx context.Context) Viewer
	// Shell gives navigation, territories and counts for the person; called once per full page.
	Shell func(ctx context.Context, v *View) Shell

	// Prefer keeps the language or the theme ("system" for none) that the person chose; the other is "".
	Prefer func(ctx context.Context, lang, theme string) error

	Metrics prometheus.Registerer
}

// Viewer is who asks, as far as plumbing must know.
type Viewer struct {
	ID, Name, Title string
	Lang, Theme     string
	Scopes          []string // of the personal token; nil in a session
	Token           bool     // came with a personal token
}

// Handler answers a page's request. An error it returns becomes the page or the problem
// document that fits.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Route is one line of docs/map.txt.
type Route struct {
	Pattern, Func, File string
	Open                bool
}

// Mux takes the routes of all features.
type Mux struct {
	mux      *http.ServeMux
	api      huma.API
	opts     Options
	routes   []Route
	latency  *prometheus.HistogramVec
	subjects func() []refSubject // of the reference of the API, made once
}

// NewMux makes an empty router.
func NewMux(o Options) *Mux {
	m := &Mux{mux: http.NewServeMux(), opts: o}
	m.latency = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "bassin_request_seconds", Help: "Time to answer, by route and status.",
		Buckets: []float64{.002, .005, .01, .02, .05, .1, .25, .5, 1, 2.5, 5, 10},
	}, []string{"route", "status"})
	if o.Metrics != nil {
		o.Metrics.MustRegister(m.latency)
	}
	m.api = newAPI(m.mux, o.Version)
	m.reference()
	m.own()
	return m
}

// Page registers a page for people who are signed in; others are sent to sign in and come back.
func (m *Mux) Page(pattern string, h Handler) {
	m.note(pattern, h, false)
	m.mux.Handle(pattern, m.handle(func(w http.ResponseWriter, r *http.Request) error {
		if ViewOf(r).Viewer.ID == "" {
			return errSignIn
		}
		return h(w, r)
	}))
}

// PageIf is Page behind a gate: the handler runs when the gate gives no error.
func (m *Mux) PageIf(gate func(*http.Request) error, pattern string, h Handler) {
	m.note(pattern, h, false)
	m.mux.Handle(pattern, m.handle(func(w http.ResponseWriter, r *http.Request) error {
		if ViewOf(r).Viewer.ID == "" {
			return errSignIn
		}
		if err := gate(r); err != nil {
			return err
		}
		return h(w, r)
	}))
}

// Open registers a page for everybody, signed in or not.
func (m *Mux) Open(pattern string, h Handler) {
	m.note(pattern, h, true)
	m.mux.Handle(pattern, m.handle(h))
}

// Raw registers a plain handler that answers for itself, such as files of the program.
func (m *Mux) Raw(pattern string, h http.Handler) {
	m.note(pattern, h, true)
	m.mux.Handle(pattern, h)
}

// API is where features register their operations; see Operation.
func (m *Mux) API() huma.API { return m.api }

// Routes lists what was registered, in order.
func (m *Mux) Routes() []Route { return m.routes }

func (m *Mux) note(pattern string, h any, open bool) {
	name, file := FuncOf(h)
	m.routes = append(m.routes, Route{pattern, name, file, open})
}

// FuncOf gives the short name of a function and its file below the module: "programme.(*Service).actionPage", "internal/programme/pages.go".
func FuncOf(f any) (name, file string) {
	v := reflect.ValueOf(f)
	if v.Kind() != reflect.Func {
		return fmt.Sprintf("%T", f), ""
	}
	fn := runtime.FuncForPC(v.Pointer())
	name = strings.TrimSuffix(fn.Name(), "-fm")
	name = name[strings.LastIndex(name, "/")+1:]
	file, _ = fn.FileLine(fn.Entry())
	if i := strings.LastIndex(file, "internal/"); i >= 0 {
		file = file[i:]
	}
	return name, file
}

// Handler wraps the router with everything that each request passes through, outermost first:
// log and metrics, panics, security headers, cross-origin protection, compression, who asks,
// the view, addresses that can be read, idempotency.
func (m *Mux) Handler() http.Handler {
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.mux.ServeHTTP(w, r)
		if route, ok := r.Context().Value(routeKey{}).(*string); ok {
			*route = r.Pattern // the mux writes it on this copy of the request, observe holds another
		}
	})
	h = m.once(h)
	h = m.readable(h)
	h = m.withView(h)
	if m.opts.Authenticate != nil {
		h = m.opts.Authenticate(h)
	}
	h = compress(h)
	h = crossOrigin(m)(h)
	h = m.headers(h)
	h = m.observe(h)
	return h
}

// readable answers an address that no text can name: PostgreSQL stores neither NUL nor what is no
// UTF-8, so nothing is called so. What people search for is cleaned as forms are; a program is told what is
// wrong with a name that it sends in a query.
func (m *Mux) readable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if storable(r.URL.Path) != r.URL.Path {
			m.handle(nowhere).ServeHTTP(w, r)
			return
		}
		if q := r.URL.Query(); strings.Contains(r.URL.RawQuery, "%") && !cleanQuery(q, isAPI(r)) {
			r.URL.RawQuery = q.Encode()
		}
		next.ServeHTTP(w, r)
	})
}

// cleanQuery cleans the values of a query and reports whether they were clean.
func cleanQuery(q url.Values, api bool) bool {
	was, fit := true, clean
	if api {
		fit = storable
	}
	for _, list := range q {
		for i, s := range list {
			list[i] = fit(s)
			was = was && list[i] == s
		}
	}
	return was
}

// compress leaves event streams and downloads that are already compressed alone.
func compress(h http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1400), gzhttp.CompressionLevel(1),
		gzhttp.ContentTypes([]string{"text/html", "text/css", "text/csv", "text/plain", "application/json", "application/problem+json", "image/svg+xml"}))
	if err != nil {
		panic(err) // only wrong options fail
	}
	return wrap(h)
}

// crossOrigin refuses changes that another site's page asks a browser for. Requests with a
// bearer token carry no ambient authority and pass.
func crossOrigin(m *Mux) func(http.Handler) http.Handler {
	p := http.NewCrossOriginProtection()
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "cross-origin request refused", http.StatusForbidden)
	}))
	return func(next http.Handler) http.Handler {
		protected := p.Handler(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") {
				next.ServeHTTP(w, r)
				return
			}
			protected.ServeHTTP(w, r)
		})
	}
}

// policy lets a page load what this server serves and nothing else; no inline script or style.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
	"connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

func (m *Mux) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()")
		if m.opts.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if !strings.HasPrefix(r.URL.Path, "/assets/") {
			h.Set("Cache-Control", "no-store")
		}
		next.ServeHTTP(w, r)
	})
}

// observe logs each request with its route, status and time, and answers a panic with the
// page for our own mistakes. Query strings are not logged: they may hold names.
func (m *Mux) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, route := time.Now(), "none"
		r = r.WithContext(context.WithValue(r.Context(), routeKey{}, &route))
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		id := db.NewID()
		w.Header().Set("X-Request-Id", id)
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				buf := make([]byte, 8<<10)
				buf = buf[:runtime.Stack(buf, false)]
				m.opts.Log.Error("panic", "request", id, "path", safePath(r, route), "panic", fmt.Sprint(p), "stack", string(buf))
				if !rec.wrote {
					http.Error(rec, "500", http.StatusInternalServerError)
				}
			}
			took := time.Since(start)
			m.latency.WithLabelValues(route, fmt.Sprint(rec.status)).Observe(took.Seconds())
			level := slog.LevelInfo
			if strings.HasPrefix(r.URL.Path, "/assets/") {
				level = slog.LevelDebug
			}
			m.opts.Log.Log(r.Context(), level, "request", "id", id, "method", r.Method, "path", safePath(r, route), "route", route, "status", rec.status, "took_ms", took.Milliseconds())
		}()
		next.ServeHTTP(rec, r)
	})
}

type routeKey struct{}

// safePath is the path for the log. Where the route holds a secret ({token}: invitations, resets)
// it is the route's own.
func safePath(r *http.Request, pattern string) string {
	if strings.Contains(pattern, "{token}") {
		_, path, _ := strings.Cut(pattern, " ")
		return path
	}
	return r.URL.Path
}

// recorder notes the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
	wrote  bool
}

// WriteHeader notes and passes on.
func (w *recorder) WriteHeader(status int) {
	if !w.wrote {
		w.status, w.wrote = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write notes and passes on.
func (w *recorder) Write(b []byte) (int, error) {
	w.wrote = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection (event streams).
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Hijack hands the connection over: sockets need it.
func (w *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.status, w.wrote = http.StatusSwitchingProtocols, true
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

// Flush sends what is written: event streams need it.
func (w *recorder) Flush() {
	if f, ok := w.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}
