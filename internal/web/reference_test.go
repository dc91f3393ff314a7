package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"bassin/internal/db/dbtest"

	"github.com/PuerkitoBio/goquery"
	"github.com/danielgtaylor/huma/v2"
)

type refThingIn struct {
	IfMatch
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Kind  string   `json:"kind" enum:"boat,lock" doc:"What it is."`
		Parts []refBit `json:"parts"`
		Note  string   `json:"note,omitempty" maxLength:"30"`
	}
}

type refBit struct {
	Length int `json:"length_mm" minimum:"5"`
}

type refThingOut struct {
	Body struct {
		ID string `json:"id"`
	}
}

func referenceSite(t *testing.T) http.Handler {
	m := NewMux(Options{DB: dbtest.Open(t), Log: discard})
	h := func(context.Context, *refThingIn) (*refThingOut, error) { return &refThingOut{}, nil }
	Operation(m, huma.Operation{Method: http.MethodPatch, Path: "/api/v1/things/{id}", Summary: "Change a thing", Tags: []string{"Big things"}}, h)
	Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/canals", Summary: "Dig a canal", Tags: []string{"Canals"}},
		func(context.Context, *struct{}) (*refThingOut, error) { return &refThingOut{}, nil })
	return m.Handler()
}

func referencePage(t *testing.T, h http.Handler, path string) *goquery.Document {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%s answers %d", path, w.Code)
	}
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTheReferenceFindsOperations(t *testing.T) {
	h := referenceSite(t)
	for _, c := range []struct{ name, path, want string }{
		{"all", "/api", "PATCH /api/v1/things/{id}|POST /api/v1/canals"},
		{"words of its texts", "/api?q=DIG+canal", "POST /api/v1/canals"},
		{"a subject", "/api?q=big+things", "PATCH /api/v1/things/{id}"},
		{"a method", "/api?q=patch", "PATCH /api/v1/things/{id}"},
		{"nothing", "/api?q=bridge", ""},
		{"no such subject", "/api?subject=bridges", "PATCH /api/v1/things/{id}|POST /api/v1/canals"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := referencePage(t, h, c.path).Find(".b-api-list code").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
			if strings.Join(got, "|") != c.want {
				t.Errorf("%s shows %q, want %q", c.path, got, c.want)
			}
		})
	}
}

func TestTheReferenceShowsAnOperationWhole(t *testing.T) {
	doc := referencePage(t, referenceSite(t), "/api?subject=big-things")
	op := doc.Find("section#patch-things-by-id")
	fields := strings.Join(op.Find("tbody code").Map(func(_ int, s *goquery.Selection) string { return s.Text() }), " ")
	if want := "If-Match id kind note parts parts[].length_mm id"; fields != want {
		t.Errorf("fields %q, want %q", fields, want)
	}
	text := op.Text()
	for _, want := range []string{"string: boat, lock", "from 5", "at most 30 characters", "412,", "428,"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	want := `curl -X PATCH -H "Authorization: Bearer $TOKEN" \
  -H 'If-Match: "v3"' \
  -H "Content-Type: application/json" \
  -d '{
    "kind": "boat",
    "parts": [
      {
        "length_mm": 5
      }
    ]
  }' \
  "$BASSIN/api/v1/things/$ID"`
	if got := op.Find("pre").Text(); got != want {
		t.Errorf("example\n%s\nwant\n%s", got, want)
	}
}
