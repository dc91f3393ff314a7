package territory

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/web"

	"github.com/PuerkitoBio/goquery"
)

// site is a server with this feature only; who asks is chosen by the test.
type site struct {
	*Service
	t  *testing.T
	h  http.Handler
	by account.Actor
}

func newSite(t *testing.T, d *db.DB, o Options) *site {
	t.Helper()
	o.DB, o.Log = d, slog.New(slog.DiscardHandler)
	s := &site{Service: New(o), t: t, by: admin}
	m := web.NewMux(web.Options{
		DB: d, Log: o.Log, Viewer: account.Viewer,
		Authenticate: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(w, r.WithContext(account.WithActor(r.Context(), s.by)))
			})
		},
	})
	s.Pages(m)
	s.API(m)
	m.NotFound()
	s.h = m.Handler()
	return s
}

// as gives the same server for another person.
func (s *site) as(by account.Actor) *site { s.by = by; return s }

type answer struct {
	*httptest.ResponseRecorder
	doc *goquery.Document
}

func (s *site) do(r *http.Request) answer {
	s.t.Helper()
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{w, doc}
}

func (s *site) get(path string) answer {
	s.t.Helper()
	return s.do(httptest.NewRequest(http.MethodGet, path, nil))
}

func (s *site) post(path string, pairs ...string) answer {
	s.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(r)
}

// upload sends a file as the form does.
func (s *site) upload(path, name string, data []byte) answer {
	s.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("file", name)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := part.Write(data); err != nil {
		s.t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		s.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return s.do(r)
}

// send sends a body to the API.
func (s *site) send(method, path, kind, body string, head ...string) answer {
	s.t.Helper()
	r := httptest.NewRequest(method, path, io.NopCloser(strings.NewReader(body)))
	r.Header.Set("Content-Type", kind)
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	return s.do(r)
}

// want fails unless the answer has the status and, for each selector, an element. A selector after
// "!" must match nothing.
func (s *site) want(a answer, status int, selectors ...string) {
	s.t.Helper()
	if a.Code != status {
		s.t.Fatalf("got %d, want %d: %s", a.Code, status, strings.Join(strings.Fields(a.doc.Find("main").Text()), " "))
	}
	for _, sel := range selectors {
		sel, no := strings.CutPrefix(sel, "!")
		if (a.doc.Find(sel).Length() == 0) != no {
			s.t.Errorf("%s: found %t, want %t in %s", sel, no, !no, strings.Join(strings.Fields(a.doc.Find("main").Text()), " "))
		}
	}
}

// says fails unless the page holds the words.
func (s *site) says(a answer, words ...string) {
	s.t.Helper()
	text := strings.Join(strings.Fields(a.doc.Find("body").Text()), " ")
	for _, w := range words {
		if !strings.Contains(text, w) {
			s.t.Errorf("%q is not in %s", w, text)
		}
	}
}

func (s *site) person(id account.PersonID, name, title string, role account.Role, over ID) {
	s.t.Helper()
	err := s.db.Do(context.Background(), func(tx db.Tx) error {
		if _, err := tx.Exec(`insert into account_person (id, email, name, title, created_at) values ($1, $2, $3, $4, 0)`, id, string(id)+"@example.fr", name, title); err != nil {
			return err
		}
		_, err := tx.Exec(`insert into account_grant (id, person_id, role, scope_kind, scope_id, created_at) values ($1, $2, $3, 'territory', $4, 0)`, "g-"+string(id), id, role, over)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}
