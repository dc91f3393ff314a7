package app

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/archive"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/project"
	"bassin/internal/transfer"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/klauspost/compress/zstd"
)

// carrier is a server as far as transfers need one.
type carrier struct {
	*transfer.Service
	d     *db.DB
	files file.Store
}

func newCarrier(t *testing.T, d *db.DB) carrier {
	t.Helper()
	files, err := file.NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSite(t.Context(), d, siteOptions{Files: files, Version: "test", NoJobs: true})
	if err != nil {
		t.Fatal(err)
	}
	return carrier{s.transfer, d, files}
}

// pilot gives the archive of the demonstration's project.
func pilot(t *testing.T) []byte {
	t.Helper()
	c := newCarrier(t, dbtest.Open(t))
	if err := seedDemo(t.Context(), c.d, c.files, "http://bassin.example", time.Now()); err != nil {
		t.Fatal(err)
	}
	id := first(t, c.d, `select id from project_project where code = 'PREH'`)
	return c.out(t, project.ID(id))
}

func first(t testing.TB, d *db.DB, query string) (s string) {
	t.Helper()
	if err := d.View(context.Background(), func(tx db.Tx) (err error) { s, err = db.Get[string](tx, query); return err }); err != nil {
		t.Fatal(err)
	}
	return s
}

func (c carrier) out(t *testing.T, id project.ID) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := c.Export(t.Context(), operator, id, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// empty is a server with the organisations of the demonstration and nobody's account.
func empty(t *testing.T, d *db.DB) (carrier, transfer.Into) {
	t.Helper()
	c := newCarrier(t, d)
	var in transfer.Into
	err := d.Do(t.Context(), func(tx db.Tx) error {
		for _, name := range []string{"École de l’archive", "Atelier coopératif (exemple)", "CA Alès Agglomération"} {
			o, err := account.AddOrganisationIn(tx, operator, account.Organisation{Kind: "company", Name: name})
			if err != nil {
				return err
			}
			if in.OwnerID == "" {
				in.OwnerID = o.ID
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, in
}

// members unpacks an archive.
func members(t testing.TB, b []byte) (names []string, content map[string][]byte) {
	t.Helper()
	z, err := zstd.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	content = map[string][]byte{}
	for in := tar.NewReader(z); ; {
		h, err := in.Next()
		if err == io.EOF {
			return names, content
		}
		if err != nil {
			t.Fatal(err)
		}
		if content[h.Name], err = io.ReadAll(in); err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
	}
}

var anyID = regexp.MustCompile(`\b[0-9a-hjkmnp-tv-z]{26}\b`)

// sentRows gives the rows of an archive, identifiers by their place of first appearance in rows of
// their own, sorted; what differs between servers by design left out.
func sentRows(t *testing.T, b []byte) map[string][]string {
	t.Helper()
	names, content := members(t, b)
	ids, out := map[string]string{}, map[string][]string{}
	for _, name := range names {
		table, _, _ := strings.Cut(strings.TrimPrefix(name, "tables/"), "/")
		if !strings.HasPrefix(name, "tables/") || table == project.Past {
			continue
		}
		for i, line := range bytes.Split(bytes.TrimSpace(content[name]), []byte("\n")) {
			var row map[string]any
			if err := json.Unmarshal(line, &row); err != nil {
				t.Fatal(err)
			}
			if id, ok := row["id"].(string); ok {
				ids[id] = fmt.Sprintf("%s-%d", table, i)
			}
			for _, column := range []string{"owner_id", "owner_name", "person_id", "created_by", "updated_by", "removed_by", "author_id", "met_by", "recorded_by", "organisation_id"} {
				delete(row, column)
			}
			if table == "project_project" { // by design: only members see it, it came now
				for _, column := range []string{"confidentiality", "updated_at", "territory_id"} {
					delete(row, column)
				}
			}
			if table == "project_partner" {
				delete(row, "joined_at")
			}
			plain, err := json.Marshal(row)
			if err != nil {
				t.Fatal(err)
			}
			out[table] = append(out[table], string(plain))
		}
	}
	for table := range out {
		for i, line := range out[table] {
			out[table][i] = anyID.ReplaceAllStringFunc(line, func(s string) string {
				if n := ids[s]; n != "" {
					return n
				}
				return s
			})
		}
		slices.Sort(out[table])
	}
	return out
}

func TestAProjectTravelsWhole(t *testing.T) {
	sent := pilot(t)
	want := sentRows(t, sent)
	if len(want) < 25 {
		t.Fatalf("the demonstration fills %d tables only: %v", len(want), slices.Sorted(maps.Keys(want)))
	}
	for _, hop := range []func(testing.TB) *db.DB{dbtest.Postgres, dbtest.Open} { // there and back
		c, in := empty(t, hop(t))
		made, err := c.Import(t.Context(), operator, in, bytes.NewReader(sent))
		if err != nil {
			t.Fatal(err)
		}
		sent = c.out(t, made.Project.ID)
		got := sentRows(t, sent)
		for table := range want {
			if !slices.Equal(got[table], want[table]) {
				for i := range max(len(got[table]), len(want[table])) {
					if i >= len(got[table]) || i >= len(want[table]) || got[table][i] != want[table][i] {
						t.Errorf("%s: %d rows, %d were sent; from row %d\n got %.600s\nwant %.600s", table, len(got[table]), len(want[table]), i, at(got[table], i), at(want[table], i))
						break
					}
				}
			}
		}
		if n, err := account.Verify(t.Context(), c.d, nil); err != nil {
			t.Errorf("audit trail of %d rows: %v", n, err)
		}
	}
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "nothing"
}

// forge writes an archive whose sums are right, with changed members.
func forge(t testing.TB, b []byte, change func(names []string, content map[string][]byte) []string) []byte {
	t.Helper()
	names, content := members(t, b)
	names = change(slices.DeleteFunc(names, func(n string) bool { return n == "manifest.json" || n == "BASSIN-PROJECT" }), content)
	var out bytes.Buffer
	if err := packed(&out, names, content); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// forged is the manifest of a sender who means harm.
type forged struct {
	Format  int       `json:"format"`
	Program string    `json:"program"`
	At      when.Time `json:"created_at"`
	archive.Sums
}

// Written is the format.
func (f *forged) Written() int { return f.Format }

// packed writes an archive of any members with right sums.
func packed(w io.Writer, names []string, content map[string][]byte) error {
	out, err := archive.NewWriter(w, archive.Sort{Mark: "BASSIN-PROJECT", Format: 1, What: "archive"}, time.Unix(0, 0))
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := out.Put(name, int64(len(content[name])), bytes.NewReader(content[name])); err != nil {
			return err
		}
	}
	return out.Finish(&forged{Format: 1, Program: "forged"})
}

// swap replaces a text in a table.
func swap(table, old, by string) func([]string, map[string][]byte) []string {
	return func(names []string, content map[string][]byte) []string {
		name := "tables/" + table + "/0.jsonl"
		content[name] = []byte(strings.Replace(string(content[name]), old, by, 1))
		return names
	}
}

// flippedIn is an archive with one bit flipped, such that what is packed still unpacks, to another content: most bits are such, some
// end it early.
func flippedIn(t *testing.T, whole []byte) []byte {
	t.Helper()
	for at := len(whole) / 2; at < len(whole); at++ {
		flipped := bytes.Clone(whole)
		flipped[at] ^= 1
		r, err := zstd.NewReader(bytes.NewReader(flipped))
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(io.Discard, r)
		r.Close()
		if errors.Is(err, zstd.ErrCRCMismatch) {
			return flipped
		}
	}
	t.Fatal("no bit changes the content alone")
	return nil
}

func TestAForgedArchiveIsRefused(t *testing.T) {
	whole := pilot(t)
	c, in := empty(t, dbtest.Open(t))
	flipped := flippedIn(t, whole)
	with := func(name string) []byte {
		return forge(t, whole, func(names []string, content map[string][]byte) []string {
			content[name] = []byte("x")
			return append(names, name)
		})
	}
	wrong := func(key string) string { return "transfer.wrong." + key }
	for name, x := range map[string]struct {
		archive []byte
		key     string
		says    string
	}{
		"a flipped byte": {flipped, wrong("changed"), "changed"},
		"cut":            {whole[:len(whole)/2], wrong("cut"), "is cut"},
		"no archive":     {[]byte("PK hello"), wrong("foreign"), "not an archive"},
		"empty":          {nil, wrong("foreign"), "not an archive"},
		"path up":        {with("../evil"), wrong("path"), "../evil"},
		"absolute path":  {with("/etc/cron.d/evil"), wrong("path"), "/etc/cron.d/evil"},
		"backslashes":    {with(`..\evil`), wrong("path"), "leads out"},
		"hidden path":    {with("tables/plan_task/../../evil"), wrong("path"), "leads out"},
		"another member": {with("readme.txt"), wrong("member"), "readme.txt"},
		"unknown table":  {with("tables/plan_dream/0.jsonl"), wrong("newer_table"), "plan_dream"},
		"twice": {forge(t, whole, func(n []string, _ map[string][]byte) []string {
			return append(n, n[len(n)-1])
		}), wrong("twice"), "stands twice"},
		"newer": {packedAs(t, 2), wrong("newer"), "newer Bassin (format 2)"},
		"bomb": {forge(t, whole, func(n []string, content map[string][]byte) []string {
			content["files/"+strings.Repeat("0", 64)] = make([]byte, 400<<20)
			return append(n, "files/"+strings.Repeat("0", 64))
		}), wrong("bomb"), "far more"},
		"another content": {forge(t, whole, func(n []string, content map[string][]byte) []string {
			content["files/"+strings.Repeat("0", 64)] = []byte("x")
			return append(n, "files/"+strings.Repeat("0", 64))
		}), wrong("changed"), "checksum"},
		"file missing": {forge(t, whole, func(n []string, _ map[string][]byte) []string {
			return slices.DeleteFunc(n, func(s string) bool { return strings.HasPrefix(s, "files/") })
		}), wrong("row"), "not in the archive"},
		"table missing": {forge(t, whole, func(n []string, _ map[string][]byte) []string {
			return slices.DeleteFunc(n, func(s string) bool { return strings.HasPrefix(s, "tables/project_project/") })
		}), wrong("lacking"), "project_project"},
		"newer column":       {forge(t, whole, swap("plan_task", `{"begin_on"`, `{"colour":"red","begin_on"`)), wrong("newer_table"), "newer"},
		"foreign identifier": {forge(t, whole, swap("plan_link", `"from_id":"0`, `"from_id":"9`)), wrong("row"), "not in the archive"},
		"negative work":      {forge(t, whole, swap("plan_task", `"work":`, `"work":-`)), wrong("rule"), "work"},
		"negative money":     {forge(t, whole, swap("cost_purchase", `"cents":`, `"cents":-`)), wrong("rule"), "cents"},
		"wrong day":          {forge(t, whole, swap("project_stage", `"ends_on":"2`, `"ends_on":"x`)), wrong("row"), "no day"},
		"wrong state":        {forge(t, whole, swap("plan_task", `"state":"`, `"state":"x`)), wrong("rule"), "state"},
		"text for a number":  {forge(t, whole, swap("plan_task", `"work":`, `"work":"1","title":"x","y":`)), wrong("row"), ""},
		"a long text":        {forge(t, whole, swap("plan_task", `"body":"`, `"body":"`+strings.Repeat("a", 7<<20))), wrong("row"), "bytes"},
		"a very long text":   {forge(t, whole, swap("plan_task", `"body":"`, `"body":"`+strings.Repeat("a", 20<<20))), wrong("large"), "too large"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Import(t.Context(), operator, in, bytes.NewReader(x.archive))
			f := fault.As(err)
			if f == nil || f.Key != x.key || !web.Known(f.Key) || !strings.Contains(explain(err), x.says) {
				t.Errorf("got %v, want %s that says %q", err, x.key, x.says)
			}
			if n := first(t, c.d, `select cast(count(*) as text) from project_project`); n != "0" {
				t.Errorf("%s projects were made", n)
			}
		})
	}
}

// packedAs is an archive whose mark says another format.
func packedAs(t testing.TB, format int) []byte {
	t.Helper()
	var b bytes.Buffer
	out, err := archive.NewWriter(&b, archive.Sort{Mark: "BASSIN-PROJECT", Format: format, What: "archive"}, time.Unix(0, 0))
	if err == nil {
		err = out.Finish(&forged{Format: format, Program: "forged"})
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// FuzzArchive takes in archives whose sums are right and whose rows are anything: what a sender who
// means harm writes. The seeds are the tables of the demonstration's project, one changed at a time.
func FuzzArchive(f *testing.F) {
	store, err := file.NewFolder(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	d, err := db.Open(context.Background(), db.Config{Dir: f.TempDir()})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = d.Close() })
	s, err := newSite(context.Background(), d, siteOptions{Files: store, Version: "test", NoJobs: true})
	if err != nil {
		f.Fatal(err)
	}
	if err := seedDemo(context.Background(), d, store, "http://bassin.example", time.Now()); err != nil {
		f.Fatal(err)
	}
	var whole bytes.Buffer
	id := project.ID(first(f, d, `select id from project_project where code = 'PREH'`))
	if _, err := s.transfer.Export(context.Background(), operator, id, &whole); err != nil {
		f.Fatal(err)
	}
	into := transfer.Into{OwnerID: account.OrganisationID(first(f, d, `select owner_id from project_project where code = 'PREH'`))}
	names, content := members(f, whole.Bytes())
	names = slices.DeleteFunc(names, func(n string) bool { return n == "manifest.json" || n == "BASSIN-PROJECT" })
	for _, name := range names {
		if !strings.HasPrefix(name, "files/") {
			f.Add(name, content[name][:min(len(content[name]), 20_000)])
		}
	}
	f.Add("../x", []byte("x"))
	f.Add("files/"+strings.Repeat("0", 64), []byte("x"))
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		mine := maps.Clone(content)
		list := names
		if mine[name] == nil {
			list = append(slices.Clone(names), name)
		}
		mine[name] = body
		var b bytes.Buffer
		if packed(&b, list, mine) != nil {
			return // no tar has such a name
		}
		_, err := s.transfer.Import(t.Context(), operator, into, bytes.NewReader(b.Bytes()))
		if x := fault.As(err); err != nil && (x == nil || x.Kind == fault.Internal) {
			t.Fatalf("%v is no refusal", err)
		}
	})
}
