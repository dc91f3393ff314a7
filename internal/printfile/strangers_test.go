package printfile

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/making"
)

var (
	ofPart   = regexp.MustCompile(`\{(part|order|batch)\}`)
	anyID    = regexp.MustCompile(`[0-9a-z]{26}`)
	anyBlank = regexp.MustCompile(`\{[a-z]+\}`)
)

// said are bodies that the API takes, by the last word of the address.
var said = map[string]string{
	"unit": `{"unit":"millimeter"}`, "quote": `{"price_cents":1,"ready_on":"2030-01-01","valid_on":"2030-01-02"}`, "refuse": `{"answer":"x"}`, "finish": `{"lot":"x","operator":"x"}`,
	"redo": `{"builds":[{"build":1,"pieces":1}]}`, "measures": `{"name":"x","nominal_mm":1,"lower_mm":0,"upper_mm":0,"measured_mm":1}`, "inspect": `{}`, "deliver": `{}`,
	"rate": `{"rating":3}`, "orders": `{"order_ids":["x"]}`, "space": `{}`, "start": `{}`,
}

// What belongs to others answers a stranger as what does not exist does, in every route of parts, orders, batches and their files: not
// even that it is there is told.
func TestStrangersAreToldNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		b, err := w.batches.Plan(t.Context(), w.turner, []making.OrderID{w.order.ID, w.accepted(w.wanted).ID})
		must(t, err)
		stranger := w.person("ailleurs", w.organisation("Ailleurs"), account.Manager)
		fill := func(path string, part, order, batch string) string {
			path = strings.NewReplacer("{part}", part, "{order}", order, "{batch}", batch, "{machine}", string(w.machine.ID), "{material}", string(w.wanted.MaterialID),
				"{number}", "1", "{plate}", "1").Replace(path)
			return anyBlank.ReplaceAllString(path, "x") + "?name=x.stl&sha256=" + strings.Repeat("0", 64)
		}
		missing := strings.Repeat("0", 26)
		ask := func(method, path, kind, body string) (int, string) {
			q, err := http.NewRequestWithContext(t.Context(), method, w.srv.URL+path, strings.NewReader(body))
			must(t, err)
			q.Header.Set("X-Who", string(stranger.ID))
			q.Header.Set("Content-Type", kind)
			res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(q)
			must(t, err)
			defer func() { _ = res.Body.Close() }()
			text, err := io.ReadAll(res.Body)
			must(t, err)
			return res.StatusCode, anyID.ReplaceAllString(string(text), "ID")
		}
		asked := 0
		for _, r := range w.mux.Routes() {
			method, path, ok := strings.Cut(r.Pattern, " ")
			if !ok || !ofPart.MatchString(path) {
				continue
			}
			kind, body := "application/x-www-form-urlencoded", "title=x&unit=mm&quantity=1&shows=file&version=1&quote.price_cents=1"
			if strings.HasPrefix(path, "/api/") {
				kind, body = "application/json", said[path[strings.LastIndex(path, "/")+1:]]
			}
			code, text := ask(method, fill(path, string(w.order.PartID), string(w.order.ID), string(b.ID)), kind, body)
			none, empty := ask(method, fill(path, missing, missing, missing), kind, body)
			if asked++; code != 404 || none != 404 || text != empty {
				t.Errorf("%s %s: %d, and %d of what is not there; the same words: %t", method, path, code, none, text == empty)
			}
		}
		if asked < 80 {
			t.Errorf("only %d requests", asked)
		}
	})
}
