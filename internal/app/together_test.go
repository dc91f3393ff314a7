package app

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/programme"

	"github.com/PuerkitoBio/goquery"
)

// leads gives both people of the world the project lead of its territory.
func leads(w wallWorld) wallWorld {
	for i := range w.People {
		w.People[i].Grants = []wallGrant{{ViewerGrant: programme.ViewerGrant{Role: string(account.ProjectLead), ScopeKind: string(account.OverTerritory), ScopeID: wallTerritory(0)}}}
	}
	return w
}

// caller asks a server over the network, as one person.
type caller struct {
	t             *testing.T
	base          string
	cookie, token string
}

func (c caller) do(method, path, kind, body string) (int, string, http.Header) {
	c.t.Helper()
	r, err := http.NewRequest(method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.t.Error(err)
		return 0, "", nil
	}
	r.Header.Set("Content-Type", kind)
	if strings.HasPrefix(path, "/api/") {
		r.Header.Set("Authorization", "Bearer "+c.token)
	} else {
		r.Header.Set("Cookie", c.cookie)
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		c.t.Error(err)
		return 0, "", nil
	}
	defer func() { _ = res.Body.Close() }()
	out, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Error(err)
	}
	return res.StatusCode, string(out), res.Header
}

func (c caller) form(path string, pairs ...string) (int, string, http.Header) {
	c.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return c.do(http.MethodPost, path, "application/x-www-form-urlencoded", v.Encode())
}

// served is a site on the network, with two project leads of its one territory.
func served(t *testing.T, d *db.DB) (*site, [2]caller) {
	t.Helper()
	s := wallSite(t, d, leads(oneAction()))
	srv := httptest.NewServer(s.mux.Handler())
	t.Cleanup(srv.Close)
	var who [2]caller
	for i := range who {
		who[i] = caller{t, srv.URL, wallSession(t, s.mux.Handler(), i), wallToken(t, s, i)}
	}
	return s, who
}

func references(t *testing.T, s *site) (list []string) {
	t.Helper()
	if err := s.db.View(context.Background(), func(tx db.Tx) error {
		rows, _, err := programme.ListActions(tx, account.System("test"), programme.Filter{}, 0, 0)
		list = nil
		for _, r := range rows {
			list = append(list, r.Reference)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

// atOnce runs n clients that begin together.
func atOnce(n int, do func(i int)) {
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	wg.Wait()
}

// TestManyCreateAtOnce: 64 clients create at once, half of them by the form, half by the API; all
// succeed and everything is there.
func TestManyCreateAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, who := served(t, d)
		const clients, each = 64, 3
		atOnce(clients, func(i int) {
			for n := range each {
				ref := fmt.Sprintf("T0-%02d%d", i+10, n)
				if i%2 == 0 {
					code, body, _ := who[i/2%2].form(fmt.Sprintf("/contracts/k0/actions/new?_once=form-%02d-%d", i, n), "reference", ref, "title", "Créée à plusieurs", "confidentiality", "contract")
					if code != http.StatusSeeOther {
						t.Errorf("form %s: got %d, want 303: %s", ref, code, told(body, ref))
					}
					continue
				}
				code, body, _ := who[i/2%2].do(http.MethodPost, "/api/v1/actions", "application/json", fmt.Sprintf(`{"contract_id":"k0","reference":%q,"title":"Créée à plusieurs"}`, ref))
				if code != http.StatusCreated {
					t.Errorf("API %s: got %d, want 201: %s", ref, code, body)
				}
			}
		})
		if got := len(references(t, s)); got != 1+clients*each {
			t.Errorf("%d sheets, want %d", got, 1+clients*each)
		}
		if _, err := account.Verify(context.Background(), s.db, nil); err != nil {
			t.Errorf("audit trail: %v", err)
		}
	})
}

// TestAFormSentTwiceCreatesOnce: the same form sent many times at once makes one sheet, and each
// sending is led to it.
func TestAFormSentTwiceCreatesOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, who := served(t, d)
		const sent = 8
		var to [sent]string
		atOnce(sent, func(i int) {
			code, body, head := who[0].form("/contracts/k0/actions/new?_once=the-same-form", "reference", "T0-77", "title", "Une seule fois", "confidentiality", "contract")
			if code != http.StatusSeeOther {
				t.Errorf("got %d, want 303: %s", code, told(body, ""))
			}
			to[i] = head.Get("Location")
		})
		for _, x := range to {
			if x != to[0] || x == "" {
				t.Errorf("led to %q", to)
			}
		}
		if got := references(t, s); len(got) != 2 {
			t.Errorf("sheets %v, want two", got)
		}
	})
}

// TestTwoSaveTheSameSection: of two people who save the same section from the same version, one is
// told, with both versions on the page, and can then save over it; nothing is lost unseen.
func TestTwoSaveTheSameSection(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		_, who := served(t, d)
		path := "/actions/a0/edit/description"
		open := func(c caller) *goquery.Document {
			code, body, _ := c.do(http.MethodGet, path, "", "")
			if code != http.StatusOK {
				t.Fatalf("form: %d %s", code, body)
			}
			doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			return doc
		}
		seen := open(who[0]).Find("[name=version]").AttrOr("value", "")
		typed := [2]string{"Le texte de la première", "Le texte du second"}
		var codes [2]int
		var pages [2]string
		atOnce(2, func(i int) {
			codes[i], pages[i], _ = who[i].form(path, "version", seen, "context", typed[i])
		})
		loser := 0
		if codes[0] == http.StatusSeeOther {
			loser = 1
		}
		if codes[1-loser] != http.StatusSeeOther || codes[loser] != http.StatusConflict {
			t.Fatalf("got %v, want 303 and 409", codes)
		}
		for _, text := range typed {
			if !strings.Contains(pages[loser], text) {
				t.Errorf("the page of who came second lacks %q", text)
			}
		}
		if got := open(who[0]).Find("[name=context]").Text(); got != typed[1-loser] {
			t.Errorf("the sheet says %q, want %q", got, typed[1-loser])
		}
		page, err := goquery.NewDocumentFromReader(strings.NewReader(pages[loser]))
		if err != nil {
			t.Fatal(err)
		}
		newer := page.Find("form [name=version]").AttrOr("value", "")
		if code, body, _ := who[loser].form(path, "version", newer, "context", typed[loser]); code != http.StatusSeeOther {
			t.Errorf("saving after having seen both: got %d: %s", code, told(body, ""))
		}
	})
}
