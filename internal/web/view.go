package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"bassin/internal/db"
	"bassin/internal/when"

	"github.com/a-h/templ"
)

// View is what a template needs to speak to one person about one request.
type View struct {
	Lang    string // "fr" or "en"
	Theme   string // "light", "dark", or "" for the system's
	Viewer  Viewer
	Path    string
	Query   url.Values
	Now     when.Time
	Demo    bool
	Toast   string // sentence about what was just done
	Undo    string // address that takes it back by a POST; empty when nothing does
	Version string

	shell func(*View) Shell
	built *Shell
}

// Shell is what surrounds each page for one person.
type Shell struct {
	Territory    string   // name of the current territory, empty when none
	TerritoryURL string   //
	Territories  []Choice // those one may switch to
	Groups       []NavGroup
	Todo         int    // how many things wait for the person
	TodoURL      string // where they are listed; no bell when empty
	Initials     string
	Organisation string
}

// Choice is one entry of a switcher or a select.
type Choice struct {
	Value, Label, URL string
	Current           bool
}

// NavGroup is a titled list of the navigation. An empty title has no heading.
type NavGroup struct {
	Title string
	Items []NavItem
}

// NavItem is a link of the navigation.
type NavItem struct {
	Label, URL, Icon string
	Count            int
	Hot              bool // the count asks for attention
	Current          bool
}

// Crumb is one step of the breadcrumbs; the last has no URL.
type Crumb struct{ Label, URL string }

// Head is the header of a page.
type Head struct {
	Title   string
	Browser string // title in the browser's tab when it differs
	Crumbs  []Crumb
	State   templ.Component   // one badge
	Facts   []templ.Component // one line
	Actions []templ.Component // at most one full button
	Bare    bool              // no navigation: sign-in, errors for strangers
	Print   bool              // an A4 document
	Watch   Watch             // what tells the page that it was changed
}

// Watch names what a page shows, of which it is told when others change it.
type Watch struct{ Kind, ID string }

// stream is the address of the news of a page.
func (w Watch) stream() string {
	if w.Kind == "" {
		return "/live"
	}
	return "/live?" + url.Values{"kind": {w.Kind}, "id": {w.ID}}.Encode()
}

type viewKey struct{}

// ViewOf gives the view of the request.
func ViewOf(r *http.Request) *View { return ViewIn(r.Context()) }

// ViewIn gives the view kept in the context, a French one for strangers when there is none.
func ViewIn(ctx context.Context) *View {
	if v, ok := ctx.Value(viewKey{}).(*View); ok {
		return v
	}
	return NewView("fr")
}

// NewView makes a view outside a request: mails, exports, tests.
func NewView(lang string) *View {
	return &View{Lang: lang, Query: url.Values{}, Now: when.At(time.Now())}
}

// Shell builds the surroundings once.
func (v *View) Shell() Shell {
	if v.built == nil {
		s := Shell{}
		if v.shell != nil {
			s = v.shell(v)
		}
		v.built = &s
	}
	return *v.built
}

// Today is the day in France.
func (v *View) Today() when.Date { return v.Now.Date(db.Paris) }

// SignedIn reports whether somebody is signed in.
func (v *View) SignedIn() bool { return v.Viewer.ID != "" }

// With gives this page's address with some query parameters changed (pairs); an empty value
// removes one. Filters, sorting and pages are links made with it.
func (v *View) With(pairs ...string) string {
	q := url.Values{}
	for k, list := range v.Query {
		if strings.HasPrefix(k, "_") {
			continue
		}
		q[k] = list
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		} else {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return v.Path
	}
	return v.Path + "?" + q.Encode()
}

func (m *Mux) withView(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &View{Path: r.URL.Path, Query: r.URL.Query(), Now: when.At(time.Now()), Demo: m.opts.Demo, Version: m.opts.Version}
		if m.opts.Viewer != nil {
			v.Viewer = m.opts.Viewer(r.Context())
		}
		v.Lang, v.Theme = language(r, v.Viewer.Lang), theme(r, v.Viewer.Theme)
		v.Toast = takeToast(w, r, v)
		ctx := context.WithValue(r.Context(), viewKey{}, v)
		if m.opts.Shell != nil {
			v.shell = func(v *View) Shell { return m.opts.Shell(ctx, v) }
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// Names of the cookies that hold preferences of people who are not signed in.
const (
	LangCookie  = "lang"
	ThemeCookie = "theme"
	toastCookie = "toast"
)

// language is the person's own, else the cookie's, else the browser's first of ours, else French.
func language(r *http.Request, own string) string {
	if own == "fr" || own == "en" {
		return own
	}
	if c, err := r.Cookie(LangCookie); err == nil && (c.Value == "fr" || c.Value == "en") {
		return c.Value
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		switch tag, _, _ := strings.Cut(strings.TrimSpace(part), ";"); strings.ToLower(tag[:min(2, len(tag))]) {
		case "fr":
			return "fr"
		case "en":
			return "en"
		}
	}
	return "fr"
}

func theme(r *http.Request, own string) string {
	if own == "light" || own == "dark" {
		return own
	}
	if c, err := r.Cookie(ThemeCookie); err == nil && (c.Value == "light" || c.Value == "dark") {
		return c.Value
	}
	return ""
}

// Render answers with a component.
func Render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	buf := buffers.Get().(*bytes.Buffer)
	defer func() { buf.Reset(); buffers.Put(buf) }()
	if err := c.Render(r.Context(), buf); err != nil { // into memory: a failing page answers 500, not half a page
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	retryAfter(w, status)
	w.WriteHeader(status)
	_, err := w.Write(buf.Bytes())
	if err != nil && r.Context().Err() != nil {
		return nil // the reader left
	}
	return err
}

type toast struct {
	Key  string         `json:"k"`
	Args map[string]any `json:"a,omitempty"`
	Undo string         `json:"u,omitempty"`
}

// SeeOther answers a form that was accepted: go there, and say what was done.
func SeeOther(w http.ResponseWriter, r *http.Request, to, toastKey string, pairs ...any) error {
	return SeeOtherUndo(w, r, to, "", toastKey, pairs...)
}

// SeeOtherUndo is SeeOther with a button in the toast that takes back what was done: a POST to undo.
func SeeOtherUndo(w http.ResponseWriter, r *http.Request, to, undo, toastKey string, pairs ...any) error {
	if toastKey != "" {
		t := toast{Key: toastKey, Args: map[string]any{}, Undo: undo}
		for i := 0; i+1 < len(pairs); i += 2 {
			t.Args[pairs[i].(string)] = pairs[i+1]
		}
		if b, err := json.Marshal(t); err == nil && len(b) < 2000 {
			http.SetCookie(w, &http.Cookie{Name: toastCookie, Value: base64.RawURLEncoding.EncodeToString(b), Path: "/", MaxAge: 60, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		}
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// takeToast shows a toast once, on the next full page.
func takeToast(w http.ResponseWriter, r *http.Request, v *View) string {
	if r.Method != http.MethodGet || strings.HasPrefix(r.URL.Path, "/assets/") {
		return ""
	}
	c, err := r.Cookie(toastCookie)
	if err != nil {
		return ""
	}
	http.SetCookie(w, &http.Cookie{Name: toastCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return ""
	}
	var t toast
	if json.Unmarshal(b, &t) != nil || !Known(t.Key) {
		return ""
	}
	v.Undo = LocalPath(t.Undo, "")
	return v.TArgs(t.Key, t.Args)
}

// LocalPath gives the path when it is one of this server, else the fallback: a redirect taken
// from a form or a query must not lead elsewhere.
func LocalPath(p, fallback string) string {
	u, err := url.Parse(p)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\\r\n") {
		return fallback
	}
	return p
}
