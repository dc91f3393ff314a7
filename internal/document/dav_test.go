package document

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/cputest"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/when"
)

func (w *world) today(t testing.TB) (day when.Date) {
	t.Helper()
	_ = w.d.View(t.Context(), func(tx db.Tx) error { day = tx.Today(); return nil })
	return day
}

// client is a program that has connected the share.
type client struct {
	*world
	root, token string
}

func (w *world) client(t testing.TB, a account.Actor) client {
	return client{w, "/dav/projects/" + string(w.p.ID) + "/", w.token(t, a, "read write")}
}

// do sends a request; the header is pairs.
func (c client) do(t testing.TB, method, path, body string, header ...string) (int, string) {
	t.Helper()
	res := c.send(t, method, path, body, header...)
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// drain asks about the root and keeps nothing of the answer.
func (c client) drain(t testing.TB, want int, method string, header ...string) {
	t.Helper()
	res := c.send(t, method, "", "", header...)
	defer func() { _ = res.Body.Close() }()
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != want {
		t.Fatalf("%s: got %d, want %d (%v)", method, res.StatusCode, want, err)
	}
}

func (c client) send(t testing.TB, method, path, body string, header ...string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, c.srv.URL+c.root+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth("peu importe", c.token)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := c.srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func (c client) must(t testing.TB, want int, method, path, body string, header ...string) string {
	t.Helper()
	code, text := c.do(t, method, path, body, header...)
	if code != want {
		t.Fatalf("%s %s: got %d %s, want %d", method, path, code, text, want)
	}
	return text
}

func (c client) moves(t testing.TB, from, to string) {
	t.Helper()
	code, text := c.do(t, "MOVE", from, "", "Destination", c.srv.URL+c.root+to, "Overwrite", "T")
	if code != 201 && code != 204 {
		t.Fatalf("MOVE %s %s: %d %s", from, to, code, text)
	}
}

// TestSaves replays how programs save: each save is one more version, whatever the steps.
func TestSaves(t *testing.T) {
	for name, save := range map[string]func(t *testing.T, c client){
		"put over it": func(t *testing.T, c client) { c.must(t, 204, "PUT", "plan.txt", "deux") },
		"empty, then the content (Windows, Finder)": func(t *testing.T, c client) {
			c.must(t, 204, "PUT", "plan.txt", "")
			c.must(t, 204, "PUT", "plan.txt", "deux")
		},
		"temporary file renamed over it": func(t *testing.T, c client) {
			c.must(t, 201, "PUT", "lu123.tmp", "deux")
			c.moves(t, "lu123.tmp", "plan.txt")
		},
		"original moved aside, temporary renamed, aside removed (Word)": func(t *testing.T, c client) {
			c.must(t, 201, "PUT", "~$plan.txt", "ana")
			c.must(t, 201, "PUT", "~WRD0001.tmp", "deux")
			c.moves(t, "plan.txt", "~WRL0002.tmp")
			c.moves(t, "~WRD0001.tmp", "plan.txt")
			if got := c.must(t, 200, "GET", "~WRL0002.tmp", ""); got != "un" {
				t.Errorf("what was moved aside holds %q", got)
			}
			c.must(t, 204, "DELETE", "~WRL0002.tmp", "")
			c.must(t, 204, "DELETE", "~$plan.txt", "")
		},
		"names without extension (Excel)": func(t *testing.T, c client) {
			c.must(t, 201, "PUT", "A1B2C300", "deux")
			c.moves(t, "plan.txt", "5F6E7D00.tmp")
			c.moves(t, "A1B2C300", "plan.txt")
			c.must(t, 204, "DELETE", "5F6E7D00.tmp", "")
		},
		"original removed, temporary renamed (CAD)": func(t *testing.T, c client) {
			c.must(t, 201, "PUT", "~plan.tmp", "deux")
			c.must(t, 204, "DELETE", "plan.txt", "")
			c.moves(t, "~plan.tmp", "plan.txt")
		},
		"original removed, put again": func(t *testing.T, c client) {
			c.must(t, 204, "DELETE", "plan.txt", "")
			c.must(t, 201, "PUT", "plan.txt", "deux")
		},
		"locked, put, unlocked (LibreOffice)": func(t *testing.T, c client) {
			body := c.must(t, 200, "LOCK", "plan.txt", `<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner>x</D:owner></D:lockinfo>`, "Timeout", "Second-300")
			_, token, _ := strings.Cut(body, "<D:locktoken><D:href>")
			token, _, _ = strings.Cut(token, "<")
			c.must(t, 423, "PUT", "plan.txt", "perdu")
			c.must(t, 204, "PUT", "plan.txt", "deux", "If", "(<"+token+">)")
			c.must(t, 204, "UNLOCK", "plan.txt", "", "Lock-Token", "<"+token+">")
		},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				w := newWorld(t, d)
				c := w.client(t, w.manager)
				c.must(t, 201, "PUT", "plan.txt", "un")
				var before Entry
				_ = d.View(t.Context(), func(tx db.Tx) (err error) { before, err = getNamed(tx, w.p.ID, "", "plan.txt"); return err })
				save(t, c)
				if got := w.versions(t, "", "plan.txt"); !slices.Equal(got, []string{"deux", "un"}) {
					t.Errorf("versions: %q", got)
				}
				err := d.View(t.Context(), func(tx db.Tx) error {
					list, err := listEntries(tx, w.p.ID, "", false)
					if err == nil && (len(list) != 1 || list[0].ID != before.ID) {
						t.Errorf("people see %+v", list)
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

func TestShareKeepsItsWalls(t *testing.T) {
	w := newWorld(t, dbtest.Open(t))
	f := w.folder(t, "", "Plans")
	w.add(t, w.manager, f.ID, "plan.txt", "un")
	w.add(t, w.manager, "", "prix.txt", "cher")
	guest := w.person(t, "invite")
	if err := w.s.Invite(t.Context(), w.manager, w.p.ID, f.ID, Invitation{Email: "invite@exemple.fr", UntilOn: w.today(t)}); err != nil {
		t.Fatal(err)
	}
	c := w.client(t, w.again(t, guest.ID))
	c.must(t, 404, "PROPFIND", "", "", "Depth", "1")
	c.must(t, 404, "GET", "Plans/plan.txt", "")
	c.root = "/dav/folders/" + string(f.ID) + "/"
	if got := c.must(t, 207, "PROPFIND", "", "", "Depth", "1"); !strings.Contains(got, "plan.txt") || strings.Contains(got, "prix") {
		t.Errorf("a guest sees %s", got)
	}
	c.must(t, 200, "GET", "plan.txt", "")
	c.must(t, 201, "PUT", "retour.txt", "vu")
	for _, path := range []string{"../prix.txt", "%2e%2e/prix.txt", "..%2fprix.txt"} {
		if code, _ := c.do(t, "GET", path, ""); code != 404 {
			t.Errorf("GET %s: %d", path, code)
		}
	}
	var grant account.GrantID
	_ = w.d.View(t.Context(), func(tx db.Tx) error {
		list, err := guestsOf(tx, w.p.ID, []Entry{f})
		grant = list[0].ID
		return err
	})
	if err := w.s.Exclude(t.Context(), w.manager, w.p.ID, f.ID, grant); err != nil {
		t.Fatal(err)
	}
	c.must(t, 404, "GET", "plan.txt", "")
	c.must(t, 404, "PUT", "tard.txt", "x")
	reader := w.client(t, w.invited(t, "lecteur", account.ProjectReader))
	reader.must(t, 200, "GET", "Plans/plan.txt", "")
	reader.must(t, 403, "PUT", "Plans/plan.txt", "x")
	reader.must(t, 403, "DELETE", "Plans/plan.txt", "")
	only := client{w, reader.root, w.token(t, w.manager, "read")}
	only.must(t, 200, "GET", "Plans/plan.txt", "")
	only.must(t, 403, "PUT", "Plans/plan.txt", "x")
	none := client{w, reader.root, "bassin_rien"}
	none.must(t, 401, "GET", "Plans/plan.txt", "")
}

func TestShareRefuses(t *testing.T) {
	w := newWorld(t, dbtest.Open(t))
	c := w.client(t, w.manager)
	for _, x := range []struct {
		want               int
		method, path, body string
		header             []string
	}{
		{403, "PROPFIND", "", "", []string{"Depth", "infinity"}},
		{400, "PROPFIND", "", "<a", []string{"Depth", "1"}},
		{400, "PROPFIND", "", `<!DOCTYPE a [<!ENTITY b "c">]><propfind xmlns="DAV:"><allprop/></propfind>`, []string{"Depth", "0"}},
		{400, "PUT", "CON", "x", nil},
		{400, "PUT", strings.Repeat("a", 256), "x", nil},
		{400, "PUT", "x.txt", "x", []string{"Content-Range", "bytes 0-0/2"}},
		{415, "PUT", "x.pdf", "texte", nil},
		{409, "PUT", "rien/x.txt", "x", nil},
		{400, "PUT", "x.txt", "x", []string{"If", "(("}},
		{412, "PUT", "x.txt", "x", []string{"If-Match", "*"}},
		{201, "PUT", "%F0%9F%94%A9%20" + strings.Repeat("b", 246) + ".txt", "x", nil}, // 255 bytes, an emoji
		{502, "MOVE", "x.txt", "", []string{"Destination", "http://ailleurs.example/dav/projects/x/y"}},
		{400, "LOCK", "x.txt", "<lockinfo xmlns='DAV:'/>", nil},
		{405, "PATCH", "x.txt", "", nil},
	} {
		if code, text := c.do(t, x.method, x.path, x.body, x.header...); code != x.want {
			t.Errorf("%s %.30s %v: got %d %s, want %d", x.method, x.path, x.header, code, text, x.want)
		}
	}
	c.must(t, 201, "PUT", "page.html", "<script>alert(1)</script>")
	r, _ := http.NewRequest("GET", w.srv.URL+c.root+"page.html", nil)
	r.SetBasicAuth("x", c.token)
	res, err := w.srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if h := res.Header; h.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("a page is served as %v", h)
	}
}

// fill writes entries at once.
func (w *world) fill(t testing.TB, n int) {
	t.Helper()
	err := w.d.Do(t.Context(), func(tx db.Tx) error {
		for i := range n {
			e := Entry{ID: EntryID(db.NewID()), ProjectID: w.p.ID, Kind: Document, Hash: strings.Repeat("ab", 32), Size: int64(i), Type: "application/pdf", Number: 1, CreatedAt: tx.Now()}
			if err := e.rename(fmt.Sprintf("pièce %05d.pdf", i)); err != nil {
				return err
			}
			setMaker(&e, w.manager, tx.Now())
			if err := insertEntry(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPropfindOf5000(t *testing.T) {
	w := newWorld(t, dbtest.Open(t))
	w.fill(t, 5000)
	body := w.client(t, w.manager).must(t, 207, "PROPFIND", "", "", "Depth", "1")
	if n := strings.Count(body, "<D:response>"); n != 5001 {
		t.Fatalf("%d entries", n)
	}
}

// A folder of 5,000 files is to be told in 100 ms. What is measured is the server and a client that reads the answer.
func BenchmarkPropfind5000(b *testing.B) {
	w := newWorld(b, dbtest.Open(b))
	w.fill(b, 5000)
	c := w.client(b, w.manager)
	before := cputest.Used(b)
	for b.Loop() {
		c.drain(b, 207, "PROPFIND", "Depth", "1")
	}
	cputest.Report(b, before)
}
