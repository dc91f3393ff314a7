package app

import (
	"log/slog"
	"net/http"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/file"
	"bassin/internal/overview"
	"bassin/internal/programme"
	"bassin/internal/territory"
	"bassin/internal/web"

	"github.com/prometheus/client_golang/prometheus"
)

// site is all features on one database, with their routes.
type site struct {
	db       *db.DB
	log      *slog.Logger
	mux      *web.Mux
	stopping chan struct{} // closed when the server leaves: /readyz then says so

	account   *account.Service
	territory *territory.Service
	programme *programme.Service
	overview  *overview.Service

	patterns map[string]bool // registered routes, for the navigation
	counts   counts
}

// siteOptions are what the wiring needs beyond the database.
type siteOptions struct {
	Files   file.Store
	Version string
	URL     string // public address
	Demo    bool
	Log     *slog.Logger
	Metrics prometheus.Registerer
}

// feature is what every feature gives to the wiring.
type feature interface {
	Pages(m *web.Mux)
	API(m *web.Mux)
}

// newSite makes the features, fills their slots and registers their routes.
func newSite(d *db.DB, o siteOptions) *site {
	s := &site{db: d, log: o.Log, stopping: make(chan struct{}), patterns: map[string]bool{}}
	secure := secureURL(o.URL)
	s.account = account.New(account.Options{DB: d, Log: o.Log, Demo: o.Demo, Secure: secure, URL: strings.TrimSuffix(o.URL, "/")})
	s.territory = territory.New(territory.Options{DB: d, Log: o.Log})
	s.programme = programme.New(programme.Options{DB: d, Log: o.Log, Files: o.Files})
	s.mux = web.NewMux(web.Options{
		DB: d, Log: o.Log, Demo: o.Demo, Version: o.Version, Secure: secure, Metrics: o.Metrics,
		Authenticate: s.account.Authenticate, Viewer: account.Viewer, Shell: s.shell, Prefer: s.account.Prefer,
	})
	s.mux.Raw("GET /healthz", http.HandlerFunc(s.healthz))
	s.mux.Raw("GET /readyz", http.HandlerFunc(s.readyz))
	for _, f := range []feature{s.account, s.territory, s.programme} {
		f.Pages(s.mux)
		f.API(s.mux)
	}
	s.overview = overview.New(d)
	s.overview.Pages(s.mux)
	s.mux.NotFound()
	for _, r := range s.mux.Routes() {
		s.patterns[r.Pattern] = true
	}
	return s
}
