package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

// reference registers the page that shows the description of the API. All routes are known when it is
// first asked for; after that the description does not change.
func (m *Mux) reference() {
	m.subjects = sync.OnceValue(func() []refSubject { return refSubjects(m.api.OpenAPI()) })
	m.Open("GET /api", func(w http.ResponseWriter, r *http.Request) error {
		all, v := m.subjects(), ViewOf(r)
		for _, s := range all {
			if s.Slug == v.Query.Get("subject") {
				return Render(w, r, http.StatusOK, refSubjectPage(v, s))
			}
		}
		return Render(w, r, http.StatusOK, refPage(v, refFind(all, v.Query.Get("q"))))
	})
}

// Warm makes what is the same for every request, before the first one asks for it. Call it when all routes
// are registered.
func (m *Mux) Warm() { m.subjects() }

// refSubject is one subject of the API with its operations.
type refSubject struct {
	Name, Slug string
	Operations []refOperation
}

// URL is the address of the subject's page.
func (s refSubject) URL() string { return "/api?subject=" + s.Slug }

// refOperation is one operation, ready to be shown.
type refOperation struct {
	ID, Method, Path     string
	Summary, Description string
	Parameters           []refField
	Body, Answer         []refField
	BodyType, AnswerType string // media types
	Success              string // "201"
	Errors               []string
	Example              string // for a shell
}

// refField is a parameter, or a field of a body: items[].id for one of an entry of a list.
type refField struct {
	Name, In, Type, Text string
	Required             bool
}

// matches reports whether every word stands in the address or the texts of the operation.
func (o refOperation) matches(words []string) bool {
	text := strings.ToLower(o.Method + " " + o.Path + " " + o.Summary + " " + o.Description)
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// refFind keeps the operations in which all words of q stand; a subject called so is kept whole.
func refFind(all []refSubject, q string) []refSubject {
	words := strings.Fields(strings.ToLower(q))
	if len(words) == 0 {
		return all
	}
	var found []refSubject
	for _, s := range all {
		if !strings.Contains(strings.ToLower(s.Name), strings.Join(words, " ")) {
			s.Operations = slices.DeleteFunc(slices.Clone(s.Operations), func(o refOperation) bool { return !o.matches(words) })
		}
		if len(s.Operations) > 0 {
			found = append(found, s)
		}
	}
	return found
}

// refCount counts the operations of subjects.
func refCount(all []refSubject) int {
	n := 0
	for _, s := range all {
		n += len(s.Operations)
	}
	return n
}

// refSubjects reads the description: subjects in its order, operations by address.
func refSubjects(doc *huma.OpenAPI) []refSubject {
	by := map[string][]refOperation{}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		p := doc.Paths[path]
		for _, op := range []*huma.Operation{p.Get, p.Post, p.Put, p.Patch, p.Delete} {
			if op != nil && len(op.Tags) > 0 {
				by[op.Tags[0]] = append(by[op.Tags[0]], refOperationOf(doc.Components.Schemas, op))
			}
		}
	}
	var all []refSubject
	for _, t := range doc.Tags {
		if len(by[t.Name]) > 0 {
			all = append(all, refSubject{t.Name, strings.ReplaceAll(strings.ToLower(t.Name), " ", "-"), by[t.Name]})
		}
	}
	return all
}

func refOperationOf(schemas huma.Registry, op *huma.Operation) refOperation {
	o := refOperation{ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary, Description: op.Description}
	if o.Description == o.Summary+"." {
		o.Description = ""
	}
	for _, p := range op.Parameters {
		f := refFieldOf(schemas, p.Name, p.Schema)
		f.In, f.Required, f.Text = p.In, p.Required, cmp.Or(p.Description, f.Text)
		o.Parameters = append(o.Parameters, f)
	}
	var body *huma.Schema
	if op.RequestBody != nil {
		o.BodyType, body = refContent(op.RequestBody.Content)
		o.Body = refFields(schemas, body, "", 0)
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		if status >= "400" {
			o.Errors = append(o.Errors, status)
			continue
		}
		var answer *huma.Schema
		o.Success = status
		o.AnswerType, answer = refContent(op.Responses[status].Content)
		o.Answer = refFields(schemas, answer, "", 0)
		for i := range o.Answer {
			o.Answer[i].Required = false // of an answer it says nothing that its reader must do
		}
	}
	o.Example = refExample(schemas, op, o.BodyType, body)
	return o
}

func refContent(content map[string]*huma.MediaType) (string, *huma.Schema) {
	for _, kind := range slices.Sorted(maps.Keys(content)) {
		return kind, content[kind].Schema
	}
	return "", nil
}

func refResolve(schemas huma.Registry, s *huma.Schema) *huma.Schema {
	if s != nil && s.Ref != "" {
		return schemas.SchemaFromRef(s.Ref)
	}
	return s
}

// refDepth is how far fields of fields are listed; what recurs ends there too.
const refDepth = 4

func refFields(schemas huma.Registry, s *huma.Schema, prefix string, depth int) []refField {
	s = refResolve(schemas, s)
	if s == nil || depth > refDepth {
		return nil
	}
	if s.Type == huma.TypeArray {
		return refFields(schemas, s.Items, prefix+"[]", depth)
	}
	if prefix != "" {
		prefix += "."
	}
	var list []refField
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		f := refFieldOf(schemas, prefix+name, s.Properties[name])
		f.Required = slices.Contains(s.Required, name)
		list = append(list, f)
		list = append(list, refFields(schemas, s.Properties[name], prefix+name, depth+1)...)
	}
	return list
}

func refFieldOf(schemas huma.Registry, name string, s *huma.Schema) refField {
	f := refField{Name: name}
	own := s
	if s = refResolve(schemas, s); s == nil {
		return f
	}
	f.Text = cmp.Or(own.Description, s.Description)
	f.Type = s.Type
	if s.Type == huma.TypeArray {
		if of := refResolve(schemas, s.Items); of != nil {
			f.Type += " of " + of.Type
		}
	}
	if s.Nullable {
		f.Type += " or null"
	}
	f.Type += refLimits(s)
	return f
}

// refLimits says what a value may be, in the words of the description's language.
func refLimits(s *huma.Schema) string {
	var list []string
	for _, e := range s.Enum {
		list = append(list, fmt.Sprint(e))
	}
	if len(list) > 0 {
		return ": " + strings.Join(list, ", ")
	}
	number := func(word string, n *float64) {
		if n != nil {
			list = append(list, word+" "+strconv.FormatFloat(*n, 'f', -1, 64))
		}
	}
	count := func(word string, n *int, of string) {
		if n != nil {
			list = append(list, word+" "+strconv.Itoa(*n)+of)
		}
	}
	number("from", s.Minimum)
	number("to", s.Maximum)
	count("at least", s.MinLength, " characters")
	count("at most", s.MaxLength, " characters")
	count("at most", s.MaxItems, " entries")
	if s.Default != nil {
		list = append(list, fmt.Sprint("default ", s.Default))
	}
	if len(list) == 0 {
		return ""
	}
	return ", " + strings.Join(list, ", ")
}

// refExample is the shortest call that the description allows.
func refExample(schemas huma.Registry, op *huma.Operation, kind string, body *huma.Schema) string {
	lines := []string{`curl -H "Authorization: Bearer $TOKEN"`}
	if op.Method != http.MethodGet {
		lines[0] = "curl -X " + op.Method + ` -H "Authorization: Bearer $TOKEN"`
	}
	path, query := op.Path, []string{}
	for _, p := range op.Parameters {
		switch {
		case p.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", "$"+strings.ToUpper(p.Name))
		case p.In == "query" && p.Required:
			query = append(query, p.Name+"=…")
		case p.Name == "If-Match":
			lines = append(lines, `-H 'If-Match: "v3"'`)
		case p.Name == "Idempotency-Key":
			lines = append(lines, `-H "Idempotency-Key: 2026-03-12-line-7"`)
		}
	}
	switch kind {
	case "":
	case "application/json":
		text, err := json.MarshalIndent(refValue(schemas, body, 0), "  ", "  ")
		if err != nil {
			text = []byte("{}")
		}
		lines = append(lines, `-H "Content-Type: application/json"`, "-d '"+string(text)+"'")
	case "multipart/form-data":
		lines = append(lines, "-F file=@file.pdf")
	default:
		lines = append(lines, `-H "Content-Type: `+kind+`"`, "--data-binary @file")
	}
	if len(query) > 0 {
		path += "?" + strings.Join(query, "&")
	}
	return strings.Join(append(lines, `"$BASSIN`+path+`"`), " \\\n  ")
}

// refValue is an example of a value: the one of the description, else the plainest of its type. Of an
// object, only what is needed.
func refValue(schemas huma.Registry, s *huma.Schema, depth int) any {
	s = refResolve(schemas, s)
	switch {
	case s == nil || depth > refDepth:
		return nil
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.Enum) > 0:
		return s.Enum[0]
	}
	switch s.Type {
	case huma.TypeObject:
		m := map[string]any{}
		for name, p := range s.Properties {
			if slices.Contains(s.Required, name) {
				m[name] = refValue(schemas, p, depth+1)
			}
		}
		return m
	case huma.TypeArray:
		return []any{refValue(schemas, s.Items, depth+1)}
	case huma.TypeInteger, huma.TypeNumber:
		if s.Minimum != nil {
			return *s.Minimum
		}
		return 1
	case huma.TypeBoolean:
		return true
	}
	return "…"
}
