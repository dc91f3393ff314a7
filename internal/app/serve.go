package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"bassin/internal/account"
	"bassin/internal/cad"
	"bassin/internal/office"
	"bassin/internal/slicer"
	"bassin/internal/web/assets"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Times of the server. There is no limit on the whole of an answer: event streams stay open, and
// uploads over a slow line take long; both have limits of their own.
const (
	headersWithin = 10 * time.Second
	idleFor       = 2 * time.Minute
	stopWithin    = 20 * time.Second
)

// listen says where the server answers.
type listen struct {
	Addr        string `help:"Address to listen on (${default})." default:"127.0.0.1:8080" placeholder:"HOST:PORT" group:"Server"`
	PublicURL   string `name:"public-url" help:"Address by which people reach the server, for links in mails; with https://, cookies travel over TLS only." placeholder:"URL" group:"Server"`
	Proxy       bool   `help:"Stands behind a proxy: the client's address is the last of X-Forwarded-For." group:"Server"`
	MetricsAddr string `help:"Address of the Prometheus metrics, apart from the pages; empty for none." placeholder:"HOST:PORT" group:"Server"`
}

// outside are the services of others that the program uses when it may.
type outside struct {
	SMTPHost         string   `name:"smtp-host" help:"Server that takes our mails; without it they are kept and shown to administrators." placeholder:"HOST" group:"Mail"`
	SMTPPort         int      `name:"smtp-port" help:"Its port; 0: 587, or 465 with implicit TLS." default:"0" group:"Mail"`
	SMTPUser         string   `name:"smtp-user" help:"Name to sign in there with; the password in BASSIN_SMTP_PASSWORD or a file." group:"Mail"`
	SMTPPasswordFile []byte   `name:"smtp-password-file" help:"File that holds the password." placeholder:"FILE" type:"filecontent" group:"Mail"`
	SMTPTLS          string   `name:"smtp-tls" help:"starttls (required), implicit, or none for a server on the same machine." enum:"starttls,implicit,none" default:"starttls" group:"Mail"`
	SMTPFrom         string   `name:"smtp-from" help:"Sender of our mails, a name and an address: 'Bassin <bassin@example.fr>'." placeholder:"ADDRESS" group:"Mail"`
	OIDCIssuer       string   `name:"oidc-issuer" help:"OpenID Connect provider by which people may sign in." placeholder:"URL" group:"Sign-in"`
	OIDCPreset       string   `name:"oidc-preset" help:"proconnect sets what ProConnect asks for." enum:"none,proconnect" default:"none" group:"Sign-in"`
	OIDCClientID     string   `name:"oidc-client-id" help:"Our name there; the secret in BASSIN_OIDC_CLIENT_SECRET or a file." placeholder:"ID" group:"Sign-in"`
	OIDCSecretFile   []byte   `name:"oidc-client-secret-file" help:"File that holds the secret." placeholder:"FILE" type:"filecontent" group:"Sign-in"`
	OIDCScopes       []string `name:"oidc-scopes" help:"What to ask for, instead of the usual." placeholder:"SCOPE,…" group:"Sign-in"`
	OIDCLabel        string   `name:"oidc-label" help:"Words on the button." group:"Sign-in"`
	OIDCAutoCreate   bool     `name:"oidc-auto-create" help:"People whom nobody invited get an account, without any role." group:"Sign-in"`
	CompanySearch    string   `name:"company-search" help:"Public company search service (${default}); off: none." default:"${lookup}" placeholder:"URL" group:"Services"`
	PrivatePrinters  bool     `name:"private-printers" help:"Printers at addresses of the own network (10/8, 172.16/12, 192.168/16, fc00::/7) may be asked for the history of their jobs." group:"Services"`
	Node             string   `help:"Node, in which STEP and IGES files are read: its path; found by itself; off: none." placeholder:"PATH" group:"Services"`
	Slicer           string   `help:"PrusaSlicer, which makes print files: its path; found by itself; off: none." placeholder:"PATH" group:"Services"`
	Office           string   `help:"LibreOffice, which shows office documents as PDF: the path of soffice; found by itself; off: none." placeholder:"PATH" group:"Services"`
}

// options puts the settings together; what is wrong with them is a wrong usage.
func (o outside) options(env *environment, s siteOptions) (siteOptions, error) {
	s.SMTP = account.SMTP{Host: o.SMTPHost, Port: o.SMTPPort, User: o.SMTPUser, TLS: o.SMTPTLS, From: o.SMTPFrom,
		Password: env.secret(o.SMTPPasswordFile, "BASSIN_SMTP_PASSWORD")}
	s.OIDC = account.OIDC{Issuer: o.OIDCIssuer, ClientID: o.OIDCClientID, Scopes: o.OIDCScopes, Label: o.OIDCLabel, AutoCreate: o.OIDCAutoCreate,
		ClientSecret: env.secret(o.OIDCSecretFile, "BASSIN_OIDC_CLIENT_SECRET")}
	if o.OIDCPreset != "none" {
		s.OIDC.Preset = o.OIDCPreset
	}
	s.Lookup, s.Printers = o.CompanySearch, o.PrivatePrinters
	reader, err := cad.Find(o.Node, assets.Data)
	if err != nil {
		return s, usageError("--node: " + err.Error())
	}
	s.CAD = reader
	if s.Slicer, err = slicer.Find(o.Slicer); err != nil {
		return s, usageError("--slicer: " + err.Error())
	}
	converter, err := office.Find(o.Office)
	if err != nil {
		return s, usageError("--office: " + err.Error())
	}
	s.Office = converter
	if err := errors.Join(s.SMTP.Check(), s.OIDC.Check()); err != nil {
		return s, usageError(err.Error())
	}
	return s, nil
}

type serveCmd struct {
	place
	listen
	outside
	Jobs bool `help:"Run jobs too; with --no-jobs, worker processes run them." default:"true" negatable:"" group:"Server"`
}

// Help gives an example.
func (serveCmd) Help() string {
	return `Example:

  bassin serve --data /var/lib/bassin --public-url https://bassin.example.fr --metrics-addr 127.0.0.1:9090`
}

// Run serves until the context ends.
func (c serveCmd) Run(ctx context.Context, env *environment) error {
	o, err := c.options(env, siteOptions{URL: c.url(), NoJobs: !c.Jobs, Proxied: c.Proxy})
	if err != nil {
		return err
	}
	return c.with(ctx, env, o, func(s *site) error {
		return s.serve(ctx, c.listen, func(addr string) {
			env.log.Info("listening", "url", "http://"+addr, "version", env.Version)
		})
	})
}

type workerCmd struct {
	place
	outside
	MetricsAddr string `help:"Address of the Prometheus metrics and of /healthz and /readyz; empty for none." placeholder:"HOST:PORT" group:"Server"`
	PublicURL   string `name:"public-url" help:"Address by which people reach the servers, for links in mails." placeholder:"URL" group:"Server"`
}

// Help gives an example.
func (workerCmd) Help() string {
	return `Several may run beside several servers; each may die at any moment.

Example:

  BASSIN_DATABASE=postgres://bassin@db/bassin bassin worker --files s3+https://s3.example.fr/bassin`
}

// Run runs jobs until the context ends.
func (c workerCmd) Run(ctx context.Context, env *environment) error {
	o, err := c.options(env, siteOptions{URL: c.PublicURL})
	if err != nil {
		return err
	}
	return c.with(ctx, env, o, func(s *site) error {
		stop, err := s.start(ctx, c.MetricsAddr)
		if err != nil {
			return err
		}
		env.log.Info("working", "version", env.Version)
		select {
		case err = <-s.failed:
		case <-ctx.Done():
		}
		return errors.Join(err, stop())
	})
}

// with opens the data, wires the site and hands it over.
func (p place) with(ctx context.Context, env *environment, o siteOptions, do func(*site) error) error {
	d, err := p.open(ctx, env)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	if o.Files, err = p.store(ctx, env); err != nil {
		return err
	}
	metrics := newMetrics()
	d.Observe(metrics)
	o.Version, o.Log, o.Metrics, o.Self = env.Version, env.log, metrics, env.Self
	s, err := newSite(ctx, d, o)
	if err != nil {
		return err
	}
	s.metrics = metrics
	return do(s)
}

// url is the public address, else the one we listen on.
func (l listen) url() string {
	if l.PublicURL != "" {
		return strings.TrimSuffix(l.PublicURL, "/")
	}
	return "http://" + l.Addr
}

// newMetrics makes the registry with what the Go runtime and the process tell.
func newMetrics() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// start runs jobs and the listener of metrics, and gives what ends both: it lets work finish.
func (s *site) start(ctx context.Context, metricsAddr string) (stop func() error, err error) {
	var metrics *http.Server
	if metricsAddr != "" {
		ln, err := net.Listen("tcp", metricsAddr)
		if err != nil {
			return nil, fmt.Errorf("listen on %s for metrics: %w", metricsAddr, err)
		}
		metrics = &http.Server{Handler: s.operations(), ReadHeaderTimeout: headersWithin}
		go func() { s.failed <- metrics.Serve(ln) }()
	}
	if err := s.jobs.Start(context.WithoutCancel(ctx)); err != nil { // Stop ends it, not the signal
		if metrics != nil {
			_ = metrics.Close()
		}
		return nil, err
	}
	if err := s.search.Start(ctx); err != nil {
		s.log.Warn("ask for the search index", "error", err.Error())
	}
	return func() error {
		wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*stopWithin)
		defer cancel()
		err := s.jobs.Stop(wait)
		if metrics != nil {
			_ = metrics.Close() // last: what ends is still to be seen
		}
		return err
	}, nil
}

// operations is what the operator's tools ask, apart from the pages.
func (s *site) operations() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	return mux
}

// serve listens, calls started with the address, and answers until the context ends; then it
// lets requests and jobs finish.
func (s *site) serve(ctx context.Context, l listen, started func(addr string)) error {
	ln, err := net.Listen("tcp", l.Addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", l.Addr, err)
	}
	stop, err := s.start(ctx, l.MetricsAddr)
	if err != nil {
		_ = ln.Close()
		return err
	}
	// Event streams end when the server stops: their requests' context ends with this one.
	streams, endStreams := context.WithCancel(context.WithoutCancel(ctx))
	defer endStreams()
	srv := &http.Server{
		Handler: rememberTerritory(s.mux.Handler()), ReadHeaderTimeout: headersWithin, IdleTimeout: idleFor, MaxHeaderBytes: 64 << 10,
		ErrorLog:    slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
		BaseContext: func(net.Listener) context.Context { return streams },
	}
	srv.RegisterOnShutdown(s.note.Stop) // sockets are no requests any more: the server does not end them
	go func() { s.failed <- srv.Serve(ln) }()
	go s.mux.Warm()
	started(ln.Addr().String())
	select {
	case err := <-s.failed:
		_ = srv.Close()
		return errors.Join(err, stop())
	case <-ctx.Done():
	}
	s.log.Info("stopping")
	close(s.stopping)
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	// Short requests get a moment to finish by themselves before streams are cut.
	time.AfterFunc(stopWithin/10, endStreams)
	err = srv.Shutdown(wait)
	if err != nil {
		_ = srv.Close()
		err = fmt.Errorf("requests were still running after %s: %w", stopWithin, err)
	}
	err = errors.Join(err, stop())
	s.log.Info("stopped")
	return err
}
