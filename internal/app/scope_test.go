package app

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db/dbtest"
)

// TestATokenThatMayReadChangesNothing sends every change of the API, right or wrong, with a token that may
// only read, and without any: the answer says so before the rest of the request is looked at.
func TestATokenThatMayReadChangesNothing(t *testing.T) {
	s := wallSite(t, dbtest.Open(t), oneAction())
	h := s.mux.Handler()
	_, reader, err := s.account.AddToken(context.Background(), account.System("test"), account.Token{PersonID: account.PersonID(wallPersonID(0)), Name: "lecture", Scopes: "read"})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path, token string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, strings.NewReplacer("{", "", "}", "").Replace(path), strings.NewReader("{"))
		r.Header.Set("Content-Type", "application/json")
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	changes := 0
	for _, route := range s.mux.Routes() {
		method, path, _ := strings.Cut(route.Pattern, " ")
		if !strings.HasPrefix(path, "/api/v1/") {
			continue
		}
		if w := ask(method, path, ""); w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s without a token: got %d, want 401", route.Pattern, w.Code)
		}
		if method == http.MethodGet {
			if w := ask(method, path, reader); w.Code == http.StatusUnauthorized || strings.Contains(w.Body.String(), "token_scope") {
				t.Errorf("%s with a token that may read: got %d: %s", route.Pattern, w.Code, w.Body)
			}
			continue
		}
		changes++
		plain := strings.Contains(path, "/uploads") // tus tells its faults in words alone
		if w := ask(method, path, reader); w.Code != http.StatusForbidden || !plain && !strings.Contains(w.Body.String(), "urn:bassin:fault.token_scope") {
			t.Errorf("%s with a token that may read: got %d, want 403: %s", route.Pattern, w.Code, w.Body)
		}
	}
	if changes < 40 {
		t.Errorf("only %d changes: the test looks for the wrong routes", changes)
	}
}
