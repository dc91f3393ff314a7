package calibration

import (
	"bytes"
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
	"bassin/internal/db/dbtest"
	"bassin/internal/printlog"
	"bassin/internal/web"
)

// The pages: who sees them, a key that never comes back, a file that is taken or refused with the reason.
func TestPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, Options{Loopback: true})
		people := map[string]account.Actor{"makes": w.makes, "helps": w.helps, "others": w.others}
		m := web.NewMux(web.Options{DB: w.d, Log: slog.New(slog.DiscardHandler), Viewer: account.Viewer, Authenticate: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(rw, r.WithContext(account.WithActor(r.Context(), people[r.Header.Get("X-Who")])))
			})
		}})
		w.s.Pages(m)
		w.s.API(m)
		m.NotFound()
		srv := httptest.NewServer(m.Handler())
		t.Cleanup(srv.Close)
		at := "/machines/" + string(w.machine.ID) + "/calibration"
		send := func(who, method, path, kind string, body []byte) (int, string) {
			t.Helper()
			q, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, bytes.NewReader(body))
			must(t, err)
			q.Header.Set("X-Who", who)
			q.Header.Set("Content-Type", kind)
			client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			res, err := client.Do(q)
			must(t, err)
			defer func() { _ = res.Body.Close() }()
			b, err := io.ReadAll(res.Body)
			must(t, err)
			return res.StatusCode, string(b)
		}
		post := func(who, path string, pairs ...string) (int, string) {
			v := url.Values{}
			for i := 0; i < len(pairs); i += 2 {
				v.Set(pairs[i], pairs[i+1])
			}
			return send(who, "POST", at+path, "application/x-www-form-urlencoded", []byte(v.Encode()))
		}
		upload := func(content string) (int, string) {
			var b bytes.Buffer
			f := multipart.NewWriter(&b)
			part, err := f.CreateFormFile("saved.file", "history.json")
			must(t, err)
			_, err = part.Write([]byte(content))
			must(t, err)
			must(t, f.Close())
			return send("makes", "POST", at+"/file", f.FormDataContentType(), b.Bytes())
		}
		for who, want := range map[string]int{"makes": 200, "helps": 200, "others": 404} {
			for _, path := range []string{at, "/api/v1" + at} {
				if code, _ := send(who, "GET", path, "", nil); code != want {
					t.Errorf("%s at %s: %d", who, path, code)
				}
			}
		}
		printer, _ := printer(t, 3)
		if code, body := post("makes", "/link", "link.kind", string(printlog.Moonraker), "link.address", "ftp://x", "link.secret", "hush-hush"); code != 422 || strings.Contains(body, "hush-hush") || !strings.Contains(body, "ftp://x") {
			t.Errorf("a wrong address: %d", code)
		}
		if code, _ := post("makes", "/link", "link.kind", string(printlog.Moonraker), "link.address", printer.URL, "link.secret", secret); code != 303 {
			t.Errorf("link: %d", code)
		}
		w.fetched()
		for _, who := range []string{"makes", "helps"} {
			for _, path := range []string{at, "/api/v1" + at} {
				if _, body := send(who, "GET", path, "", nil); strings.Contains(body, secret) {
					t.Errorf("%s reads the key at %s", who, path)
				}
			}
		}
		if code, body := upload("G28"); code != 422 || !strings.Contains(body, "OctoPrint") {
			t.Errorf("a file of something else: %d", code)
		}
		if code, _ := upload(`{"files":[{"path":"a.gcode","gcodeAnalysis":{"estimatedPrintTime":100},"prints":{"success":1,"last":{"date":5,"printTime":120,"success":true}}}]}`); code != 303 || w.factor().ToldJobs != 4 {
			t.Errorf("upload: %d, %d jobs", code, w.factor().ToldJobs)
		}
		job := `{"jobs":[{"key":"1","ended_at":"2026-02-01T10:00:00Z","estimated_seconds":3600,"real_seconds":4000}]}`
		for who, want := range map[string]int{"others": 404, "helps": 403, "makes": 200} {
			if code, body := send(who, "POST", "/api/v1"+at+"/jobs", "application/json", []byte(job)); code != want {
				t.Errorf("jobs told by %s: %d %s", who, code, body)
			}
		}
		if code, body := send("makes", "GET", at, "", nil); code != 200 || strings.Count(body, `class="dot"`) < 5 {
			t.Errorf("the chart has not a dot for each job: %d", code)
		}
		for path, pairs := range map[string][]string{"/heed": {"heeded", "0"}, "/anew": nil, "/fetch": nil, "/unlink": nil} {
			if code, _ := post("helps", path, pairs...); code != 403 {
				t.Errorf("%s by who does not manage: %d", path, code)
			}
		}
		if code, _ := post("makes", "/heed", "heeded", "0"); code != 303 || w.factor().Heeded {
			t.Errorf("left out: %d", code)
		}
		// The same by the API.
		api := "/api/v1" + at
		body := func(address, key string) []byte {
			return []byte(`{"kind":"moonraker","address":"` + address + `","key":"` + key + `"}`)
		}
		for who, want := range map[string]int{"others": 404, "helps": 403} {
			for method, path := range map[string]string{"PUT": "/link", "DELETE": "/link", "POST": "/fetch"} {
				if code, _ := send(who, method, api+path, "application/json", body(printer.URL, "")); code != want {
					t.Errorf("%s %s by %s: %d", method, path, who, code)
				}
			}
		}
		if code, said := send("makes", "PUT", api+"/link", "application/json", body("ftp://x", "hush-hush")); code != 422 || strings.Contains(said, "hush-hush") {
			t.Errorf("a wrong address: %d %s", code, said)
		}
		for code, said := range map[int][]string{200: {"PUT", "/link"}, 202: {"POST", "/fetch"}} {
			got, answer := send("makes", said[0], api+said[1], "application/json", body(printer.URL, ""))
			if got != code || !strings.Contains(answer, printer.URL) || strings.Contains(answer, secret) {
				t.Errorf("%v: %d %s", said, got, answer)
			}
		}
		if _, said := send("helps", "GET", api, "", nil); strings.Contains(said, printer.URL) {
			t.Error("who does not manage reads the printer's address")
		}
		if code, _ := send("makes", "DELETE", api+"/link", "", nil); code != 204 {
			t.Errorf("unlinked: %d", code)
		}
		if code, _ := send("makes", "POST", api+"/fetch", "", nil); code != 404 {
			t.Errorf("fetched without a link: %d", code)
		}
	})
}
