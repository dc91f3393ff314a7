package app

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/web"
	"bassin/internal/web/assets"

	"github.com/prometheus/client_golang/prometheus"
)

// site is all features on one database, with their routes.
type site struct {
	db       *db.DB
	log      *slog.Logger
	account  *account.Service
	mux      *web.Mux
	stopping chan struct{} // closed when the server leaves: /readyz then says so
}

// siteOptions are what the wiring needs beyond the database.
type siteOptions struct {
	Version string
	URL     string // public address
	Demo    bool
	Log     *slog.Logger
	Metrics prometheus.Registerer
}

// newSite makes the features, fills their slots and registers their routes.
func newSite(d *db.DB, o siteOptions) *site {
	s := &site{db: d, log: o.Log, stopping: make(chan struct{})}
	secure := secureURL(o.URL)
	s.account = account.New(account.Options{DB: d, Log: o.Log, Demo: o.Demo, Secure: secure, URL: strings.TrimSuffix(o.URL, "/")})
	s.mux = web.NewMux(web.Options{
		DB: d, Log: o.Log, Demo: o.Demo, Version: o.Version, Secure: secure, Metrics: o.Metrics,
		Authenticate: s.account.Authenticate, Viewer: account.Viewer, Shell: s.shell,
	})
	s.mux.Raw("GET /assets/", assets.Handler())
	s.mux.Raw("GET /healthz", http.HandlerFunc(s.healthz))
	s.mux.Raw("GET /readyz", http.HandlerFunc(s.readyz))
	s.account.Pages(s.mux)
	s.account.API(s.mux)
	s.mux.NotFound()
	return s
}

// shell builds navigation and territories of the person who looks.
func (s *site) shell(ctx context.Context, v *web.View) web.Shell {
	return web.Shell{}
}
