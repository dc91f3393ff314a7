package app

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"

	"github.com/danielgtaylor/huma/v2"
)

// hostileValues are what a field of any type may be sent as.
var hostileValues = []string{`null`, `12345678901234567890`, `-9223372036854775808`, `1e400`, `"0000-01-01"`, `"\u0000"`, `"a\u202eb\u200b"`, `["a\u202eb"]`, `"' or 1=1 --"`, `[[]]`, `{"a":{}}`, `true`}

// TestNothingHostileBreaksTheAPI calls every operation with bad names, bodies and headers for several
// people, on both databases: whatever is sent is refused or done, and never our mistake. Bad bodies go to
// what exists, and are sent by who may change it; bad names go with a body that says nothing.
func TestNothingHostileBreaksTheAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, srv := demoServerOn(t, d)
		lead := signedIn(t, s, srv, "chef-de-projet")
		people := []*http.Client{lead, signedIn(t, s, srv, "serveur"), signedIn(t, s, srv, "region"), {}}
		doc := s.mux.API().OpenAPI()
		paths := slices.Sorted(maps.Keys(doc.Paths))
		names := demoNames(t, lead, srv.URL, paths)
		calls := 0
		for i, path := range paths {
			item := doc.Paths[path]
			for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete} {
				if op == nil || method == "DELETE" && !strings.Contains(path, "{") {
					continue
				}
				for n, p := range hostilePaths(path, names) {
					who := people[(i+n)%len(people)]
					calls++
					hostileCall(t, who, srv.URL, method, p, "")
					if method == "GET" {
						calls++
						hostileCall(t, who, srv.URL, method, p+"?cursor=%00&limit=-1&q=%00", "")
						hostileCall(t, lead, srv.URL, method, p+"?cursor=99999999999999999999&limit=200&q=%25%ff&on=0000-00-00&by=x&region=%27", "")
					}
				}
				if method == "GET" || method == "DELETE" {
					continue
				}
				for _, body := range hostileBodies(doc, op) {
					calls++
					hostileCall(t, lead, srv.URL, method, filled(path, names, "none"), body)
				}
			}
		}
		if calls < 1000 {
			t.Errorf("only %d calls", calls)
		}
		for _, where := range holding(t, d, "\u202e") {
			t.Errorf("%s holds a sign that turns the reading direction", where)
		}
	})
}

// holding names the columns with a text in which there is such a part.
func holding(t *testing.T, d *db.DB, part string) (found []string) {
	t.Helper()
	columns := `select m.name as "table", p.name as "column" from sqlite_schema m join pragma_table_info(m.name) p on p.type = 'text' collate nocase
		where m.type = 'table' and m.name not like 'search_%' and m.name not like 'river_%'`
	if d.Postgres() {
		columns = `select table_name as "table", column_name as "column" from information_schema.columns
			where table_schema = current_schema() and data_type = 'text' and table_name not like 'river_%'`
	}
	err := d.View(t.Context(), func(tx db.Tx) error {
		list, err := db.List[struct{ Table, Column string }](tx, columns)
		if len(list) < 200 {
			t.Errorf("only %d columns of text", len(list))
		}
		for _, c := range list {
			n, err := db.Get[int64](tx, fmt.Sprintf(`select count(*) from %q where %q like '%%' || $1 || '%%'`, c.Table, c.Column), part)
			if err != nil {
				return err
			}
			if n > 0 {
				found = append(found, c.Table+"."+c.Column)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// demoNames are names that exist, by the list that gives them: of a territory, of one of its actions and
// of what stands on it.
func demoNames(t *testing.T, lead *http.Client, url string, paths []string) map[string]string {
	t.Helper()
	names := map[string]string{"territories": "ti-7602"}
	for range 3 { // what stands on what stands on what
		for _, path := range paths {
			list := path[strings.LastIndex(path, "/")+1:]
			at := filled(path, names, "")
			if names[list] != "" || strings.Contains(path, "{"+list) || strings.Contains(at, "//") || strings.HasSuffix(at, "/") {
				continue
			}
			r, err := lead.Get(url + at)
			if err != nil {
				t.Fatal(err)
			}
			var page struct{ Items []struct{ ID string } }
			err = json.NewDecoder(r.Body).Decode(&page)
			_ = r.Body.Close()
			if err == nil && r.StatusCode == http.StatusOK && len(page.Items) > 0 {
				names[list] = page.Items[0].ID
			}
		}
	}
	for _, list := range []string{"actions", "contracts", "lines", "milestones"} {
		if names[list] == "" {
			t.Fatalf("the demonstration has no %s: %v", list, names)
		}
	}
	return names
}

// filled fills an address with the names of what exists, else with another.
func filled(path string, names map[string]string, other string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if strings.HasPrefix(part, "{") {
			if parts[i] = names[parts[i-1]]; parts[i] == "" {
				parts[i] = other
			}
		}
	}
	return strings.Join(parts, "/")
}

// hostilePaths fills an address with names that exist, then with bad ones, alone and below what exists.
func hostilePaths(path string, names map[string]string) []string {
	if !strings.Contains(path, "{") {
		return []string{path}
	}
	out := []string{filled(path, names, "none")}
	for _, bad := range []string{"%00", "%ff%fe", "..%2f..", "'%20or%201=1", strings.Repeat("x", 300)} {
		out = append(out, filled(path, nil, bad))
		if head, tail, ok := cutLast(path); ok {
			out = append(out, filled(head, names, "none")+bad+tail)
		}
	}
	return out
}

// cutLast cuts an address around the last of several names.
func cutLast(path string) (head, tail string, ok bool) {
	i, j := strings.LastIndex(path, "{"), strings.LastIndex(path, "}")
	return path[:i], path[j+1:], strings.Contains(path[:i], "{")
}

// hostileBodies gives bodies that are no JSON, and those of the operation with each hostile value in
// every field.
func hostileBodies(doc *huma.OpenAPI, op *huma.Operation) []string {
	list := []string{"{", "null", "[]", `{"unknown":1}`, `"` + strings.Repeat("a", 2<<20) + `"`}
	if op.RequestBody == nil {
		return list[:4]
	}
	content := op.RequestBody.Content["application/json"]
	if content == nil {
		return list
	}
	schema := content.Schema
	if schema.Ref != "" {
		schema = doc.Components.Schemas.SchemaFromRef(schema.Ref)
	}
	for _, value := range hostileValues {
		var fields []string
		for name := range schema.Properties {
			fields = append(fields, fmt.Sprintf("%q:%s", name, value))
		}
		list = append(list, "{"+strings.Join(fields, ",")+"}")
	}
	// Of the right types, and still wrong.
	for _, wrong := range []map[string]string{
		{"string": `"\u0000"`, "integer": "999999999999999999", "number": "1e300", "boolean": "true", "array": "[]", "object": "{}"},
		{"string": `"a\u202eb"`, "integer": "1", "number": "1", "boolean": "true", "array": `["a\u202eb"]`, "object": "{}"},
		{"string": `"0000-00-00"`, "integer": "-1", "number": "-1e300", "boolean": "false", "array": "[]", "object": "{}"},
	} {
		var fields []string
		for name, p := range schema.Properties {
			value := wrong[p.Type]
			if len(p.Enum) > 0 {
				value = fmt.Sprintf("%q", fmt.Sprint(p.Enum[0]))
			}
			if value != "" {
				fields = append(fields, fmt.Sprintf("%q:%s", name, value))
			}
		}
		list = append(list, "{"+strings.Join(fields, ",")+"}")
	}
	return list
}

func hostileCall(t *testing.T, c *http.Client, url, method, path, body string) {
	t.Helper()
	r, err := http.NewRequest(method, url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("If-Match", "*")
	a, err := c.Do(r)
	if err != nil {
		t.Errorf("%s %s: %v", method, path, err)
		return
	}
	answer, _ := io.ReadAll(a.Body)
	_ = a.Body.Close()
	if a.StatusCode >= 500 {
		t.Errorf("%s %s %.200s: %s: %s", method, path, body, a.Status, answer)
	}
}
