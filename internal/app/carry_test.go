package app

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"

	"github.com/PuerkitoBio/goquery"
)

// carried asks a server of the demonstration, in which work is done, for what a person may have.
type carried struct {
	t   *testing.T
	s   *site
	srv *httptest.Server
	url string
	who *http.Client
}

func newCarried(t *testing.T, d *db.DB) carried {
	t.Helper()
	s, srv := demoServerOn(t, d)
	if err := s.jobs.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.jobs.Stop(context.Background()) })
	return carried{t, s, srv, srv.URL, signedIn(t, s, srv, "ecole")}
}

// ask gives status and body.
func (c carried) ask(method, path, kind string, body io.Reader) (int, string, *http.Response) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	if r.Header.Set("Accept-Language", "fr"); kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	x, err := c.who.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = x.Body.Close() }()
	b, err := io.ReadAll(x.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return x.StatusCode, string(b), x
}

// until asks again until the page says so.
func (c carried) until(path, says string) string {
	c.t.Helper()
	for range 300 {
		if _, page, _ := c.ask("GET", path, "", nil); strings.Contains(page, says) {
			return page
		}
		time.Sleep(100 * time.Millisecond)
	}
	_, page, _ := c.ask("GET", path, "", nil)
	c.t.Fatalf("%s never says %q: %s", path, says, page)
	return ""
}

// upload sends a file by the form of the page where archives are brought.
func (c carried) upload(name string, b []byte) (status int, page, at string) {
	c.t.Helper()
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	part, err := m.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(b)
	}
	if err != nil || m.Close() != nil {
		c.t.Fatal(err)
	}
	status, page, x := c.ask("POST", "/project-imports", m.FormDataContentType(), &form)
	return status, page, x.Request.URL.Path
}

func (c carried) id() string {
	c.t.Helper()
	return first(c.t, c.s.db, `select id from project_project where code = 'PREH'`)
}

// fetch takes the project along by its page.
func (c carried) fetch(id string) []byte {
	c.t.Helper()
	page := "/projects/" + id + "/archives"
	if status, _, _ := c.ask("POST", page, "application/x-www-form-urlencoded", nil); status != http.StatusOK {
		c.t.Fatal(status)
	}
	html := c.until(page, "/file\"")
	at := strings.LastIndex(html[:strings.Index(html, "/file\"")], `"`)
	_, b, r := c.ask("GET", html[at+1:strings.Index(html, "/file\"")]+"/file", "", nil)
	if !strings.Contains(r.Header.Get("Content-Disposition"), ".bassin-project") || r.Header.Get("Content-Type") != "application/octet-stream" {
		c.t.Fatal(r.Header)
	}
	return []byte(b)
}

// TestAProjectIsCarriedByPages takes a project along and in again by the pages, and compares.
func TestAProjectIsCarriedByPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCarried(t, d)
		sent := c.fetch(c.id())
		status, page, at := c.upload("preh.bassin-project", sent)
		if status != http.StatusOK || !strings.Contains(page, "L’archive est entière") || !strings.Contains(page, "Reprendre ce projet") {
			t.Fatalf("%d %s", status, page)
		}
		owner := first(t, d, `select owner_id from project_project where code = 'PREH'`)
		status, page, _ = c.ask("POST", at+"/take", "application/x-www-form-urlencoded", strings.NewReader(url.Values{"owner_id": {owner}}.Encode()))
		if status != http.StatusOK {
			t.Fatalf("%d %s", status, page)
		}
		c.until(at, "est repris")
		made := first(t, d, `select project_id from transfer_arrival where done_at > 0`)
		want, got := sentRows(t, sent), sentRows(t, c.fetch(made))
		delete(want, "project_project") // its code is taken here
		delete(got, "project_project")
		for table := range want {
			if !slices.Equal(got[table], want[table]) {
				t.Errorf("%s: %d rows, %d were sent", table, len(got[table]), len(want[table]))
			}
		}
		if status, _, _ := c.ask("POST", at+"/take", "application/x-www-form-urlencoded", strings.NewReader(url.Values{"owner_id": {owner}}.Encode())); status != http.StatusConflict {
			t.Errorf("taken twice: %d", status)
		}
		if parts := first(t, d, `select cast(count(*) as text) from transfer_arrival where done_at = 0`); parts != "0" {
			t.Errorf("%s archives wait", parts)
		}
	})
}

// shownHistory reads the sentences of a project's history as its pages show them, the oldest first, with
// who did it.
func (c carried) shownHistory(project string) []string {
	c.t.Helper()
	var lines []string
	for at := "/projects/" + project + "/history"; at != ""; {
		_, html, _ := c.ask("GET", at, "", nil)
		page, err := goquery.NewDocumentFromReader(strings.NewReader(html))
		if err != nil {
			c.t.Fatal(err)
		}
		lines = append(lines, page.Find(".b-log > li").Map(func(_ int, li *goquery.Selection) string {
			return strings.Join(strings.Fields(li.Text()), " ")
		})...)
		next, _ := page.Find("p.b-gap-t a").Attr("href")
		at = next
	}
	slices.Reverse(lines)
	return lines
}

// TestHistoryTravels: what a person reads of a project's past after its journey is what they read before.
func TestHistoryTravels(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCarried(t, d)
		before := c.shownHistory(c.id())
		_, _, at := c.upload("preh.bassin-project", c.fetch(c.id()))
		owner := first(t, d, `select owner_id from project_project where code = 'PREH'`)
		if status, page, _ := c.ask("POST", at+"/take", "application/x-www-form-urlencoded", strings.NewReader(url.Values{"owner_id": {owner}}.Encode())); status != http.StatusOK {
			t.Fatalf("%d %s", status, page)
		}
		c.until(at, "est repris")
		after := c.shownHistory(first(t, d, `select project_id from transfer_arrival where done_at > 0`))
		if len(before) < 60 || len(after) < len(before) {
			t.Fatalf("%d lines before, %d after", len(before), len(after))
		}
		for i, line := range before {
			if after[i] != line {
				t.Fatalf("line %d of %d was\n%s\nand is\n%s", i, len(before), line, after[i])
			}
		}
	})
}

// TestArchivesAreRefusedByPage: what is wrong is said beside the field, and nothing of it stays.
func TestArchivesAreRefusedByPage(t *testing.T) {
	c := newCarried(t, dbtest.Open(t))
	sent := c.fetch(c.id())
	flipped := flippedIn(t, sent)
	for name, x := range map[string]struct {
		file []byte
		says string
	}{
		"no archive": {[]byte("bonjour"), "n’est pas une archive de projet Bassin"}, "empty": {nil, "n’est pas une archive"},
		"cut": {sent[:len(sent)/2], "L’archive est coupée"}, "changed": {flipped, "une somme de contrôle est fausse"}, "newer": {packedAs(t, 9), "plus récent (format 9)"},
	} {
		if status, page, _ := c.upload("x.bassin-project", x.file); status != http.StatusUnprocessableEntity || !strings.Contains(page, x.says) {
			t.Errorf("%s: %d, want 422 that says %q", name, status, x.says)
		}
	}
	if n := first(t, c.s.db, `select cast(count(*) as text) from transfer_arrival`); n != "0" {
		t.Errorf("%s archives stayed", n)
	}
	for i := range 4 {
		status, page, _ := c.upload("x.bassin-project", sent)
		if want := i < 3; (status == http.StatusOK) != want || !want && !strings.Contains(page, "attendent déjà") {
			t.Errorf("archive %d: %d", i+1, status)
		}
	}
}

// TestWhoCarriesProjects: an archive is for who manages the project, what somebody brought is theirs.
func TestWhoCarriesProjects(t *testing.T) {
	c := newCarried(t, dbtest.Open(t))
	id := c.id()
	sent := c.fetch(id)
	_, _, at := c.upload("x.bassin-project", sent)
	one := "/projects/" + id + "/archives/" + first(t, c.s.db, `select id from transfer_departure`)
	for who, out := range map[string]int{"chef-de-projet": 403, "serveur": 404} { // the lead of the territory sees the project
		want := map[string]int{"/projects/" + id + "/archives": out, one + "/file": out, one + "/line": out, at: 404, at + "/line": 404}
		other := c
		other.who = signedIn(t, c.s, c.srv, who)
		for path, status := range want {
			if got, _, _ := other.ask("GET", path, "", nil); got != status {
				t.Errorf("%s at %s: %d, want %d", who, path, got, status)
			}
		}
		if got, _, _ := other.ask("POST", "/projects/"+id+"/archives", "application/x-www-form-urlencoded", nil); got != out {
			t.Errorf("%s exports: %d", who, got)
		}
		if got, _, _ := other.ask("POST", at+"/take", "application/x-www-form-urlencoded", strings.NewReader("owner_id=x")); got != 404 {
			t.Errorf("%s takes another’s archive in: %d", who, got)
		}
	}
	if got, page, _ := c.ask("POST", at+"/take", "application/x-www-form-urlencoded", strings.NewReader("owner_id=x")); got != http.StatusUnprocessableEntity {
		t.Errorf("owned by nobody: %d %s", got, page)
	}
	// an archive that one made is no longer one's own when the role in the project has ended
	if got, _, _ := c.ask("GET", one+"/file", "", nil); got != http.StatusOK {
		t.Fatalf("before: %d", got)
	}
	for _, ends := range []struct {
		what, statement string
		want            int
	}{
		{"the role", `update account_grant set until_on = '2020-01-01' where scope_kind = 'project'`, 403}, // the school still sees its project
		{"the membership", `update account_membership set ends_on = '2020-01-01'`, 404},
	} {
		err := c.s.db.Do(t.Context(), func(tx db.Tx) error {
			// nor does it hang on managing the organisation that owns the project
			if _, err := tx.Exec(`update account_membership set role = 'member'`); err != nil {
				return err
			}
			_, err := tx.Exec(ends.statement)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]int{one + "/file": ends.want, one + "/line": ends.want, "/projects/" + id + "/archives": ends.want, at: 200} {
			if got, _, _ := c.ask("GET", path, "", nil); got != want {
				t.Errorf("%s after %s ended: %d, want %d", path, ends.what, got, want)
			}
		}
	}
}

// TestAProjectIsCarriedByProgram does the same through the API, two archives at once.
func TestAProjectIsCarriedByProgram(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCarried(t, d)
		exports := "/api/v1/projects/" + c.id() + "/exports"
		var made struct{ ID, State, SHA256, Fingerprint string }
		status, body, _ := c.ask("POST", exports, "", nil)
		if err := json.Unmarshal([]byte(body), &made); err != nil || status != http.StatusAccepted {
			t.Fatal(status, body)
		}
		c.until(exports+"/"+made.ID, `"ready"`)
		_, sent, _ := c.ask("GET", exports+"/"+made.ID+"/content", "", nil)
		if names, _ := members(t, []byte(sent)); len(names) < 20 {
			t.Fatal(names)
		}
		owner := first(t, d, `select owner_id from project_project where code = 'PREH'`)
		var done sync.WaitGroup
		for range 2 {
			var in struct {
				ID, State string
				Preview   struct {
					Counts struct{ Tasks, Documents, Notes, Meetings int }
				}
			}
			status, body, _ := c.ask("POST", "/api/v1/project-imports?name=a.bassin-project", "application/octet-stream", strings.NewReader(sent))
			if err := json.Unmarshal([]byte(body), &in); err != nil || status != http.StatusCreated {
				t.Fatal(status, body)
			}
			if n := in.Preview.Counts; n.Tasks < 10 || n.Documents < 1 || n.Notes < 1 || n.Meetings < 1 {
				t.Error(n)
			}
			done.Go(func() {
				status, body, _ := c.ask("POST", "/api/v1/project-imports/"+in.ID+"/take", "application/json", strings.NewReader(`{"owner_id":"`+owner+`"}`))
				if status != http.StatusAccepted {
					t.Error(status, body)
				}
				c.until("/api/v1/project-imports/"+in.ID, `"done"`)
			})
		}
		done.Wait()
		if n := first(t, d, `select cast(count(*) as text) from project_project where code like 'PREH%'`); n != "3" {
			t.Errorf("%s projects", n)
		}
		if status, _, _ := c.ask("DELETE", exports+"/"+made.ID, "", nil); status != http.StatusNoContent {
			t.Error(status)
		}
		if status, _, _ := c.ask("GET", exports+"/"+made.ID+"/content", "", nil); status != http.StatusNotFound {
			t.Error(status)
		}
	})
}

// table gives the plan's CSV of a project, numbers of tasks by the lines on which they stand.
func (c carried) table(t *testing.T, project, lang string) [][]string {
	t.Helper()
	c.ask("POST", "/preferences", "application/x-www-form-urlencoded", strings.NewReader("next=/account&lang="+lang))
	_, text, _ := c.ask("GET", "/projects/"+project+"/plan.csv", "", nil)
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	if in.FieldsPerRecord = -1; lang == "fr" {
		in.Comma = ';'
	}
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]string{}
	for i, r := range rows {
		at[r[0]] = "line " + strconv.Itoa(i)
	}
	links := slices.Index(rows[0], map[string]string{"fr": "Après", "en": "After"}[lang])
	people := slices.Index(rows[0], map[string]string{"fr": "Responsables", "en": "Assignees"}[lang])
	for _, r := range rows {
		after := strings.Split(r[links], ", ")
		for i, l := range after {
			number, rest, _ := strings.Cut(l, " ")
			after[i] = at[number] + " " + rest
		}
		slices.Sort(after)
		r[0], r[links], r[people] = at[r[0]], strings.Join(after, ", "), ""
	}
	return rows
}

// TestBassinsOwnTableComesBack: the table of a plan, taken over into an empty project, is the same plan:
// tasks, order, outline, links and dates.
func TestBassinsOwnTableComesBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCarried(t, d)
		from := c.id()
		owner := first(t, d, `select owner_id from project_project where code = 'PREH'`)
		for i, lang := range []string{"fr", "en"} {
			made := c.made(t, "POST", "/api/v1/projects", `{"title":"Copie `+lang+`","code":"COPY`+strconv.Itoa(i)+`","kind":"product_development","confidentiality":"members","owner_id":"`+owner+`","starts_on":"`+first(t, d, `select starts_on from project_project where code = 'PREH'`)+`"}`, http.StatusCreated)
			to := made["id"].(string)
			c.sameCalendar(t, from, to)
			want := c.table(t, from, lang)
			_, text, _ := c.ask("GET", "/projects/"+from+"/plan.csv", "", nil)
			imports := "/api/v1/projects/" + to + "/plan/imports"
			in := c.made(t, "POST", imports+"?name=plan.csv", text, http.StatusCreated)
			if in["form"] != "bassin" || in["refused_count"] != 0.0 || len(in["blocked"].([]any)) != 0 {
				t.Fatal(lang, in)
			}
			c.made(t, "POST", imports+"/"+in["id"].(string)+"/take", "", http.StatusOK)
			got := c.table(t, to, lang)
			if len(got) != len(want) || len(want) < 30 {
				t.Fatalf("%s: %d lines, %d were sent", lang, len(got), len(want))
			}
			for i := range want {
				for j := range got[i] { // the project's own fields stay behind
					if got[i][j] != want[i][j] {
						t.Errorf("%s, line %d %q, %s: %q, sent as %q", lang, i+1, want[i][1], want[0][j], got[i][j], want[i][j])
					}
				}
			}
		}
	})
}

// made calls the API and reads its answer.
func (c carried) made(t *testing.T, method, path, body string, want int) map[string]any {
	t.Helper()
	kind := "application/json"
	if !strings.HasPrefix(body, "{") {
		kind = "text/csv"
	}
	status, text, _ := c.ask(method, path, kind, strings.NewReader(body))
	var out map[string]any
	if err := json.Unmarshal([]byte(text), &out); status != want || err != nil && text != "" {
		t.Fatal(method, path, status, text)
	}
	return out
}

// sameCalendar closes a plan on the days on which another is closed; the rest of both is usual.
func (c carried) sameCalendar(t *testing.T, from, to string) {
	t.Helper()
	list, _ := c.made(t, "GET", "/api/v1/projects/"+from+"/plan/calendar", "", http.StatusOK)["closures"].([]any)
	for _, x := range list {
		one, _ := x.(map[string]any)
		delete(one, "id")
		b, err := json.Marshal(one)
		if err != nil {
			t.Fatal(err)
		}
		c.made(t, "POST", "/api/v1/projects/"+to+"/plan/closures", string(b), http.StatusCreated)
	}
}

// TestPlansOfOtherToolsByProgram begins with a file, says what its columns hold, and takes it over.
func TestPlansOfOtherToolsByProgram(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCarried(t, d)
		imports := "/api/v1/projects/" + c.id() + "/plan/imports"
		in := c.made(t, "POST", imports+"?name=liste.csv", "quoi;quand\nPeindre;05/03/2027\nVisser;06/03/2027\n", http.StatusCreated)
		if in["tasks"] != 0.0 || in["form"] != "table" || len(in["columns"].([]any)) != 2 {
			t.Fatal(in)
		}
		one := imports + "/" + in["id"].(string)
		if in = c.made(t, "PUT", one+"/reading", `{"fields":["title","start"]}`, http.StatusOK); in["tasks"] != 2.0 {
			t.Fatal(in)
		}
		c.made(t, "PUT", one+"/reading", `{"fields":["secret"]}`, http.StatusUnprocessableEntity)
		if in = c.made(t, "POST", one+"/take", "", http.StatusOK); in["tasks"] != 2.0 || in["made"] != 2.0 {
			t.Fatal(in)
		}
		c.made(t, "POST", one+"/take", "", http.StatusConflict)
		c.made(t, "DELETE", one, "", http.StatusConflict)
		again := c.made(t, "POST", imports, "id,title\n1,Poncer\n", http.StatusCreated)
		c.made(t, "DELETE", imports+"/"+again["id"].(string), "", http.StatusNoContent)
		c.made(t, "GET", imports+"/"+again["id"].(string), "", http.StatusNotFound)
		if list := c.made(t, "GET", imports, "", http.StatusOK); len(list["items"].([]any)) < 1 {
			t.Fatal(list)
		}
		c.made(t, "POST", imports, "PK\x03\x04", http.StatusUnprocessableEntity)
		c.who = signedIn(t, c.s, c.srv, "chef-de-projet")
		c.made(t, "POST", imports, "id,title\n1,Poncer\n", http.StatusForbidden)
	})
}

// TestFilesComeInPartsByProgram does what the guide of the API says: announce, send, ask, go on.
func TestFilesComeInPartsByProgram(t *testing.T) {
	c := newCarried(t, dbtest.Open(t))
	_, page, _ := c.ask("POST", "/account/tokens", "application/x-www-form-urlencoded", strings.NewReader(url.Values{"name": {"essai"}, "scopes": {"read write"}, "expires_on": {time.Now().AddDate(0, 1, 0).Format(time.DateOnly)}}.Encode()))
	token := regexp.MustCompile(`bassin_[0-9A-Za-z_-]+`).FindString(page)
	if token == "" {
		t.Fatal(page)
	}
	c.who = http.DefaultClient
	send := func(method, path string, body []byte, want int, head ...string) http.Header {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, c.url+path, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Tus-Resumable", "1.0.0")
		for i := 0; i < len(head); i += 2 {
			r.Header.Set(head[i], head[i+1])
		}
		x, err := c.who.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = x.Body.Close()
		if x.StatusCode != want {
			t.Fatalf("%s %s: %d, want %d", method, path, x.StatusCode, want)
		}
		return x.Header
	}
	content := bytes.Repeat([]byte("mesure\n"), 1000)
	const part = "application/offset+octet-stream"
	at := send("POST", "/api/v1/projects/"+c.id()+"/folders/root/uploads", nil, http.StatusCreated,
		"Upload-Length", strconv.Itoa(len(content)), "Upload-Metadata", "filename "+base64.StdEncoding.EncodeToString([]byte("mesures.txt"))).Get("Location")
	if !strings.HasPrefix(at, "/api/v1/projects/") {
		t.Fatal(at)
	}
	send("PATCH", at, content[:3000], http.StatusNoContent, "Content-Type", part, "Upload-Offset", "0")
	if n := send("HEAD", at, nil, http.StatusOK).Get("Upload-Offset"); n != "3000" {
		t.Fatal(n)
	}
	send("PATCH", at, content[5:], http.StatusConflict, "Content-Type", part, "Upload-Offset", "5")
	if doc := send("PATCH", at, content[3000:], http.StatusNoContent, "Content-Type", part, "Upload-Offset", "3000").Get("Content-Location"); !strings.Contains(doc, "/documents/") {
		t.Fatal(doc)
	}
	token = "bassin_nobodys"
	send("HEAD", at, nil, http.StatusUnauthorized)
}
