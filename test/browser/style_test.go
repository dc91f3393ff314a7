//go:build browser

package browser

import (
	"log/slog"
	"net/http/httptest"
	"testing"

	"bassin/internal/web"
)

// TestComponents looks at the page that shows every component, at the page of who is not in, at a document, and at
// an error.
func TestComponents(t *testing.T) {
	ctx := Open(t)
	m := web.NewMux(web.Options{Log: slog.New(slog.DiscardHandler), Demo: true, Version: "test"})
	m.NotFound()
	server := httptest.NewServer(m.Handler())
	t.Cleanup(server.Close)
	for path, name := range map[string]string{"/style": "style", "/style/entry": "style-entry", "/style/document": "style-document", "/none": "style-error"} {
		Page(ctx, t, server.URL+path, name)
	}
}
