package plan

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/web"

	"github.com/PuerkitoBio/goquery"
)

// served is a world whose pages and API are served; a header says who asks.
type served struct {
	*world
	t      *testing.T
	srv    *httptest.Server
	people map[string]account.Actor
}

func serve(t *testing.T, d *db.DB) *served {
	t.Helper()
	w := &served{world: newWorld(t, d), t: t, people: map[string]account.Actor{}}
	w.people["manager"], w.people["reader"], w.people["stranger"] = w.manager, w.invited(t, "lecture", account.ProjectReader), w.person(t, "inconnu")
	m := web.NewMux(web.Options{DB: w.d, Log: slog.New(slog.DiscardHandler), Viewer: account.Viewer,
		Authenticate: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(rw, r.WithContext(account.WithActor(r.Context(), w.people[r.Header.Get("X-Who")])))
			})
		}})
	w.s.Pages(m)
	w.s.API(m)
	m.NotFound()
	w.srv = httptest.NewServer(m.Handler())
	t.Cleanup(w.srv.Close)
	return w
}

func (w *served) ask(who, method, path, kind, body string) (int, string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.srv.URL+path, strings.NewReader(body))
	must(w.t, err)
	r.Header.Set("X-Who", who)
	r.Header.Set("Accept-Language", "fr")
	r.Header.Set("If-Match", "*")
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	must(w.t, err)
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	must(w.t, err)
	return res.StatusCode, string(b)
}

func (w *served) get(who, path string, status int) *goquery.Document {
	w.t.Helper()
	got, body := w.ask(who, "GET", path, "", "")
	if got != status {
		w.t.Fatalf("%s: got %d, want %d", path, got, status)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	must(w.t, err)
	return doc
}

func (w *served) post(who, path string, status int, pairs ...string) *goquery.Document {
	w.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	got, body := w.ask(who, "POST", path, "application/x-www-form-urlencoded", v.Encode())
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	must(w.t, err)
	if got != status {
		w.t.Fatalf("%s: got %d, want %d: %s", path, got, status, strings.Join(strings.Fields(doc.Find("main").Text()), " "))
	}
	return doc
}

func TestPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := serve(t, d)
		base := planURL(w.p.ID)
		w.post("manager", base+"/tasks", http.StatusSeeOther, "add.title", "Plans", "add.work", "3 j", "add.people", string(w.manager.ID))
		w.post("manager", base+"/tasks", http.StatusSeeOther, "add.title", "Revue", "add.work", "0 j")
		list := w.get("manager", base, http.StatusOK)
		if n := list.Find(".b-plan tbody tr").Length(); n != 2 {
			t.Fatalf("%d rows", n)
		}
		url, _ := list.Find(".b-plan tbody th a").First().Attr("href")
		own := w.get("manager", url, http.StatusOK)
		var states []string
		own.Find(`.b-head form[action="` + url + `/state"] button[name="to"]`).Each(func(_ int, b *goquery.Selection) { states = append(states, b.AttrOr("value", "")) })
		if strings.Join(states, " ") != "doing review done" {
			t.Errorf("the page of a task to do offers the states %q", states)
		}
		if facts := own.Find(".b-head .meta").Text(); !strings.Contains(facts, w.manager.Name) {
			t.Errorf("the head of a task does not say whose it is: %q", facts)
		}
		if n := w.get("reader", url, http.StatusOK).Find(".b-head form").Length(); n != 0 {
			t.Errorf("a reader finds %d forms beside the title", n)
		}
		bad := w.post("manager", base+"/tasks", http.StatusUnprocessableEntity, "add.title", "x", "add.work", "trois")
		if v, _ := bad.Find("#f-add-work").Attr("value"); v != "trois" || bad.Find("[data-errors]").Length() != 1 {
			t.Errorf("a duration that cannot be read comes back as %q", v)
		}
		edit := w.get("manager", base+"?edit="+url[strings.LastIndex(url, "/")+1:], http.StatusOK)
		version, _ := edit.Find(`input[name="row.version"]`).Attr("value")
		w.post("manager", url+"/row", http.StatusSeeOther, "row.title", "Plans du châssis", "row.state", "doing", "row.work", "1 sem", "row.version", version)
		w.post("manager", url+"/row", http.StatusConflict, "row.title", "Autre", "row.state", "doing", "row.version", version)
		board := w.get("manager", base+"/board", http.StatusOK)
		if got := board.Find(`[data-lane="doing"] h3`).Text(); got != "Plans du châssis" {
			t.Errorf("in progress: %q", got)
		}
		w.post("manager", url+"/links", http.StatusUnprocessableEntity, "link.from", "RDS-99", "link.kind", "fs")
		w.post("manager", url+"/links", http.StatusSeeOther, "link.from", "RDS-2", "link.kind", "fs", "link.lag", "1 j")
		page := w.get("manager", url, http.StatusOK)
		if page.Find("#links .b-list li").Length() != 1 || page.Find("#history").Length() != 1 {
			t.Errorf("the page of a task lacks its link or its history")
		}
		try := w.get("manager", url+"/try?try.to=2026-03-09&try.work=10+j", http.StatusOK)
		if try.Find("#preview table tbody tr").Length() == 0 {
			t.Errorf("nothing is told of what would move")
		}
		w.get("manager", url+"/try?try.work=99+ans", http.StatusUnprocessableEntity)
		if got := w.get("manager", url+"/try?try.to=lundi", http.StatusUnprocessableEntity).Find("#f-try-to[type=text]").AttrOr("value", ""); got != "lundi" {
			t.Errorf("a day that cannot be read comes back as %q", got)
		}
		w.post("manager", base+"/baselines", http.StatusSeeOther, "baseline.name", "Lancement")
		w.post("manager", url+"/shift", http.StatusSeeOther, "try.to", "2026-03-02", "try.work", "10 j")
		gantt := w.get("manager", base+"/gantt", http.StatusOK)
		if gantt.Find("svg .g-base").Length() == 0 || gantt.Find("svg .g-link").Length() != 1 || gantt.Find("#table tbody tr").Length() != 2 {
			t.Errorf("the diagram lacks the baseline, the link or its table")
		}
		drift, _ := w.get("manager", base+"/baselines", http.StatusOK).Find(".b-table th a").Attr("href")
		if got := w.get("manager", drift, http.StatusOK).Find("main").Text(); !strings.Contains(got, "Lancement") {
			t.Errorf("drift: %s", got)
		}
		w.post("manager", base+"/settings", http.StatusUnprocessableEntity, "calendar.starts_on", "2026-03-02", "calendar.holidays", "france", "calendar.version", "1")
		w.post("manager", base+"/chosen", http.StatusSeeOther, "do", "state", "state", "done", "id", url[strings.LastIndex(url, "/")+1:])
		if code, csv := w.ask("reader", "GET", base+".csv", "", ""); code != http.StatusOK || !strings.Contains(csv, "RDS-1;Plans du châssis") {
			t.Errorf("CSV: %d %s", code, csv)
		}
		w.post("manager", url+"/remove", http.StatusSeeOther)
		w.get("reader", url, http.StatusNotFound)
		w.post("manager", url+"/restore", http.StatusSeeOther)
	})
}

func TestWhoSeesPages(t *testing.T) {
	w := serve(t, dbtest.Open(t))
	x := w.task(t, "Plans", 3)
	base := planURL(w.p.ID)
	for _, path := range []string{base, base + "/board", base + "/gantt", base + "/baselines", base + "/settings", base + ".csv", x.URL(), x.URL() + "/try"} {
		w.get("stranger", path, http.StatusNotFound)
		doc := w.get("reader", path, http.StatusOK)
		if doc.Find(`.b-quick[method="post"], .b-bulk, [data-card]`).Length() > 0 {
			t.Errorf("%s offers a reader what they may not do", path)
		}
	}
	w.post("reader", base+"/tasks", http.StatusForbidden, "add.title", "x")
	w.post("stranger", x.URL()+"/state", http.StatusNotFound, "to", "done")
	w.get("manager", base+"/tasks/none", http.StatusNotFound)
}

func TestAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := serve(t, d)
		base := "/api/v1" + w.p.ID.URL()
		var ids []string
		for _, body := range []string{`{"title":"Plans","work_minutes":1260,"labels":["acier"]}`, `{"title":"Châssis"}`} {
			code, text := w.ask("manager", "POST", base+"/tasks", "application/json", body)
			var got planTaskJSON
			if err := json.Unmarshal([]byte(text), &got); err != nil || code != http.StatusCreated {
				t.Fatalf("create: %d %s", code, text)
			}
			ids = append(ids, string(got.ID))
		}
		link := func(from, to string) (int, string) {
			return w.ask("manager", "POST", base+"/links", "application/json", `{"from_id":"`+from+`","to_id":"`+to+`"}`)
		}
		if code, text := link(ids[0], ids[1]); code != http.StatusCreated {
			t.Fatalf("link: %d %s", code, text)
		}
		if code, text := link(ids[1], ids[0]); code != http.StatusUnprocessableEntity || !strings.Contains(text, "RDS-1 Plans") {
			t.Errorf("a circle: %d %s", code, text)
		}
		code, text := w.ask("manager", "GET", base+"/tasks/"+ids[1], "", "")
		if code != http.StatusOK || !strings.Contains(text, `"early_on":"2026-03-05"`) {
			t.Errorf("read: %d %s", code, text)
		}
		for _, x := range []struct {
			who, method, path, body string
			want                    int
		}{
			{"manager", "PUT", "/tasks/" + ids[0], `{"title":"Plans du châssis","work_minutes":420}`, http.StatusOK},
			{"manager", "POST", "/tasks/" + ids[0] + "/state", `{"state":"doing"}`, http.StatusOK},
			{"manager", "POST", "/tasks/" + ids[0] + "/try", `{"to":"2026-03-20"}`, http.StatusOK},
			{"manager", "POST", "/tasks/" + ids[1] + "/place", `{"after_id":""}`, http.StatusOK},
			{"reader", "POST", "/tasks/" + ids[0] + "/state", `{"state":"done"}`, http.StatusForbidden},
			{"stranger", "GET", "/tasks", "", http.StatusNotFound},
			{"manager", "DELETE", "/tasks/" + ids[1], "", http.StatusNoContent},
			{"manager", "POST", "/tasks/" + ids[1] + "/restore", "", http.StatusOK},
		} {
			kind := ""
			if x.body != "" {
				kind = "application/json"
			}
			if code, text := w.ask(x.who, x.method, base+x.path, kind, x.body); code != x.want {
				t.Errorf("%s %s: got %d, want %d: %s", x.method, x.path, code, x.want, text)
			}
		}
	})
}
