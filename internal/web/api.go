package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"

	"bassin/internal/fault"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// apiConfig describes the API: OpenAPI 3.1 at /api/openapi.json, problem details (RFC 9457),
// personal tokens as bearer.
func apiConfig(version string) huma.Config {
	c := huma.DefaultConfig("Bassin", version)
	c.OpenAPIPath = "/api/openapi"
	c.DocsPath, c.SchemasPath = "", ""
	c.Formats = map[string]huma.Format{"application/json": storableJSON, "json": storableJSON}
	c.CreateHooks = nil // no $schema links in answers
	c.Info.Description = "The programme and the workspace of an industrial territory. Lists are paged with a cursor; " +
		"changes carry If-Match; creations may carry Idempotency-Key; errors are problem details (RFC 9457)."
	c.Info.Contact = &huma.Contact{Name: "The operator of this server"}
	c.Info.License = &huma.License{Name: "EUPL-1.2", URL: "https://joinup.ec.europa.eu/collection/eupl/eupl-text-eupl-12"}
	c.Servers = []*huma.Server{{URL: "/"}}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "A personal token, made on your account's page."},
	}
	c.Security = []map[string][]string{{"token": {}}}
	return c
}

// storableJSON reads JSON without NUL, which PostgreSQL does not store in texts.
var storableJSON = huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: func(data []byte, v any) error {
	if holdsNUL(data) {
		return errors.New(`\u0000 cannot be stored`)
	}
	return huma.DefaultJSONFormat.Unmarshal(data, v)
}}

// holdsNUL reports whether a text of the JSON has a NUL, which stands there as \u0000 after an even
// number of backslashes.
func holdsNUL(data []byte) bool {
	for i := 0; i+5 < len(data); i++ {
		if data[i] != '\\' {
			continue
		}
		if string(data[i+1:i+6]) == "u0000" {
			return true
		}
		i++
	}
	return false
}

// Scopes of personal tokens.
const (
	ScopeRead  = "read"
	ScopeWrite = "write"
)

// Operation registers one operation of the API. The handler's faults become problem details in
// the caller's language. A caller must be known, by session or token.
func Operation[I, O any](m *Mux, op huma.Operation, h func(context.Context, *I) (*O, error)) {
	m.note(op.Method+" "+op.Path, h, false)
	m.subject(op.Tags)
	if op.OperationID == "" {
		op.OperationID = operationID(op.Method, op.Path)
	}
	if op.Description == "" {
		op.Description = op.Summary + "."
	}
	if len(op.Errors) == 0 {
		op.Errors = []int{401, 403, 404, 422, 503}
		if op.Method != http.MethodGet {
			op.Errors = []int{401, 403, 404, 409, 413, 422, 503}
		}
	}
	if op.Method == http.MethodPost {
		op.Parameters = append(op.Parameters, &huma.Param{Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: huma.TypeString},
			Description: "A key of your own, 8 to 100 letters, digits and signs: the same request again within a day gets the first answer.", Example: "2026-03-12-line-7"})
	}
	if _, matches := any(new(I)).(interface{ Version() (int64, error) }); matches {
		op.Errors = append(op.Errors, http.StatusPreconditionRequired)
		op.Responses = map[string]*huma.Response{"412": {Description: "Somebody else changed it first: nothing was stored, and what differs is shown.", Content: map[string]*huma.MediaType{
			"application/problem+json": {Schema: m.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[StaleProblem](), true, "StaleProblem")}}}}
	}
	op.Middlewares = append(op.Middlewares, m.known)
	huma.Register(m.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err != nil {
			if huma := huma.StatusError(nil); errors.As(err, &huma) {
				return nil, err
			}
			if Status(err) >= 500 {
				m.opts.Log.Error("operation failed", "operation", op.OperationID, "error", err.Error())
			}
			return nil, problem(ViewIn(ctx), err)
		}
		return out, nil
	})
}

// known refuses who is not known, and changes with a token that may only read, before anything else of
// the request is looked at: who may send nothing does not get to send 200 MB first.
func (m *Mux) known(c huma.Context, next func(huma.Context)) {
	v := ViewIn(c.Context())
	r, w := humago.Unwrap(c)
	var err error
	switch {
	case v.Viewer.ID == "":
		w.Header().Set("WWW-Authenticate", `Bearer realm="bassin"`)
		err = writeModel(w, &huma.ErrorModel{Type: "urn:bassin:fault.unauthorized", Title: http.StatusText(401), Status: 401, Detail: v.T("fault.unauthorized")})
	case v.Viewer.Token && c.Method() != http.MethodGet && !slices.Contains(v.Viewer.Scopes, ScopeWrite):
		err = writeProblem(w, r, fault.New(fault.Forbidden, "fault.token_scope"))
	default:
		next(c)
	}
	if err != nil {
		m.opts.Log.Error("refusal not sent", "error", err.Error())
	}
}

// subject notes the subjects of an operation in the order in which features bring them.
func (m *Mux) subject(tags []string) {
	doc := m.api.OpenAPI()
	for _, name := range tags {
		if !slices.ContainsFunc(doc.Tags, func(t *huma.Tag) bool { return t.Name == name }) {
			doc.Tags = append(doc.Tags, &huma.Tag{Name: name})
		}
	}
}

// dayJSON and instantJSON describe days and instants as they are written.
type (
	dayJSON     struct{}
	instantJSON struct{}
)

// Schema describes a day.
func (dayJSON) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Description: "A day, YYYY-MM-DD; empty for none.", Examples: []any{"2026-03-12"}}
}

// Schema describes an instant.
func (instantJSON) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time", Nullable: true, Description: "RFC 3339 in UTC; null for never.", Examples: []any{"2026-03-12T09:30:00.000000Z"}}
}

// listsNeverNull: a list of ours is empty, and never null, in answers and in what is sent.
var listsNeverNull = sync.OnceFunc(func() { huma.DefaultArrayNullable = false })

// newAPI makes the API on the router.
func newAPI(mux *http.ServeMux, version string) huma.API {
	listsNeverNull()
	c := apiConfig(version)
	c.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[when.Date](), reflect.TypeFor[dayJSON]())
	c.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[when.Time](), reflect.TypeFor[instantJSON]())
	return humago.New(mux, c)
}

// operationID makes "get-actions-by-id" of GET /api/v1/actions/{id}.
func operationID(method, path string) string {
	path = strings.TrimPrefix(path, "/api/v1/")
	path = strings.NewReplacer("/", "-", "{", "by-", "}", "", "_", "-").Replace(path)
	return strings.ToLower(method) + "-" + path
}

// problem makes problem details of an error. Type is a stable name that programs can test.
func problem(v *View, err error) *huma.ErrorModel {
	status := Status(err)
	f := fault.As(err)
	key := "fault.internal"
	if f != nil {
		key = f.Key
		if key == "fault.stale" {
			status = http.StatusPreconditionFailed
		}
	}
	p := &huma.ErrorModel{Type: "urn:bassin:" + key, Title: http.StatusText(status), Status: status, Detail: v.Fault(f)}
	if f != nil {
		for _, x := range f.Fields {
			p.Errors = append(p.Errors, &huma.ErrorDetail{Location: "body." + x.Name, Message: v.TArgs(x.Key, x.Args)})
		}
	}
	return p
}

// WriteProblem answers with an error, for what writes its answer itself.
func WriteProblem(w http.ResponseWriter, r *http.Request, err error) error {
	return writeProblem(w, r, err)
}

func writeProblem(w http.ResponseWriter, r *http.Request, err error) error {
	return writeModel(w, problem(ViewOf(r), err))
}

func writeModel(w http.ResponseWriter, p *huma.ErrorModel) error {
	w.Header().Set("Content-Type", "application/problem+json")
	retryAfter(w, p.Status)
	w.WriteHeader(p.Status)
	return json.NewEncoder(w).Encode(p)
}

func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

// ETag writes a version as an entity tag.
func ETag(version int64) string { return fmt.Sprintf(`"v%d"`, version) }

// IfMatch is the header that a change must carry: the version that the caller saw.
type IfMatch struct {
	IfMatch string `header:"If-Match" doc:"The ETag of the version that you saw; * to overwrite whatever stands."`
}

// Version reads the header. 0 stands for "*". A missing or unreadable one is a fault.
func (h IfMatch) Version() (int64, error) {
	if h.IfMatch == "*" {
		return 0, nil
	}
	var n int64
	if _, err := fmt.Sscanf(h.IfMatch, `"v%d"`, &n); err != nil || n <= 0 {
		return 0, huma.NewError(http.StatusPreconditionRequired, `If-Match is needed: the ETag that you read, such as "v3"`)
	}
	return n, nil
}

// Paging are the parameters of every list.
type Paging struct {
	Cursor string `query:"cursor" maxLength:"200" doc:"The next_cursor of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Most entries of a page."`
}

// List is one page of a list.
type List[T any] struct {
	Items      []T    `json:"items" doc:"The entries of this page."`
	NextCursor string `json:"next_cursor,omitempty" doc:"Give it as cursor to read on; absent on the last page."`
}

// PageAfter cuts one page out of a list that is read whole, because it is short by nature: the
// milestones of a sheet. A cursor that names none of its entries is wrong.
func PageAfter[T any](items []T, p Paging, cursor func(T) string) (List[T], error) {
	if p.Cursor != "" {
		at := slices.IndexFunc(items, func(x T) bool { return cursor(x) == p.Cursor })
		if at < 0 {
			return List[T]{}, (fault.Fields{{Name: "cursor", Key: "fault.cursor"}}).Err()
		}
		items = items[at+1:]
	}
	return PageOf(items, p.Limit, cursor), nil
}

// PageOf cuts a list that was read with one entry more than the limit.
func PageOf[T any](items []T, limit int, cursor func(T) string) List[T] {
	if items == nil {
		items = []T{}
	}
	if limit > 0 && len(items) > limit {
		return List[T]{Items: items[:limit], NextCursor: cursor(items[limit-1])}
	}
	return List[T]{Items: items}
}
