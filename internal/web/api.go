package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"bassin/internal/fault"

	"github.com/danielgtaylor/huma/v2"
)

// apiConfig describes the API: OpenAPI 3.1 at /api/openapi.json, problem details (RFC 9457),
// personal tokens as bearer.
func apiConfig(version string) huma.Config {
	c := huma.DefaultConfig("Bassin", version)
	c.OpenAPIPath = "/api/openapi"
	c.DocsPath, c.SchemasPath = "", ""
	c.CreateHooks = nil // no $schema links in answers
	c.Info.Description = "The programme and the workspace of an industrial territory. Lists are paged with a cursor; " +
		"changes carry If-Match; creations may carry Idempotency-Key; errors are problem details (RFC 9457)."
	c.Info.Contact = &huma.Contact{Name: "The operator of this server", URL: "/about"}
	c.Info.License = &huma.License{Name: "EUPL-1.2", URL: "https://joinup.ec.europa.eu/collection/eupl/eupl-text-eupl-12"}
	c.Servers = []*huma.Server{{URL: "/"}}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "A personal token, made on your account's page."},
	}
	c.Security = []map[string][]string{{"token": {}}}
	return c
}

// Scopes of personal tokens.
const (
	ScopeRead  = "read"
	ScopeWrite = "write"
)

// Operation registers one operation of the API. The handler's faults become problem details in
// the caller's language. A caller must be known, by session or token; a token that may only
// read is refused on changes.
func Operation[I, O any](m *Mux, op huma.Operation, h func(context.Context, *I) (*O, error)) {
	m.note(op.Method+" "+op.Path, h, false)
	if op.OperationID == "" {
		op.OperationID = operationID(op.Method, op.Path)
	}
	if op.Description == "" {
		op.Description = op.Summary + "."
	}
	if len(op.Errors) == 0 {
		op.Errors = []int{401, 403, 404, 422, 503}
		if op.Method != http.MethodGet {
			op.Errors = []int{401, 403, 404, 409, 412, 413, 422, 503}
		}
	}
	huma.Register(m.api, op, func(ctx context.Context, in *I) (*O, error) {
		v := ViewIn(ctx)
		if v.Viewer.ID == "" {
			return nil, huma.ErrorWithHeaders(&huma.ErrorModel{Type: "urn:bassin:fault.unauthorized", Title: http.StatusText(401), Status: 401, Detail: v.T("fault.unauthorized")},
				http.Header{"WWW-Authenticate": {`Bearer realm="bassin"`}})
		}
		if v.Viewer.Token && op.Method != http.MethodGet && !slices.Contains(v.Viewer.Scopes, ScopeWrite) {
			return nil, problem(v, fault.New(fault.Forbidden, "fault.token_scope"))
		}
		out, err := h(ctx, in)
		if err != nil {
			if huma := huma.StatusError(nil); errors.As(err, &huma) {
				return nil, err
			}
			if Status(err) >= 500 {
				m.opts.Log.Error("operation failed", "operation", op.OperationID, "error", err.Error())
			}
			return nil, problem(v, err)
		}
		return out, nil
	})
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

func writeProblem(w http.ResponseWriter, r *http.Request, err error) error {
	p := problem(ViewOf(r), err)
	w.Header().Set("Content-Type", "application/problem+json")
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
