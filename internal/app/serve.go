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

type serveCmd struct {
	place
	listen
}

// Help gives an example.
func (serveCmd) Help() string {
	return `Example:

  bassin serve --data /var/lib/bassin --public-url https://bassin.example.fr --metrics-addr 127.0.0.1:9090`
}

// Run serves until the context ends.
func (c serveCmd) Run(ctx context.Context, env *environment) error {
	return c.place.serve(ctx, env, c.listen, false, func(addr string) {
		env.log.Info("listening", "url", "http://"+addr, "version", env.Version)
	})
}

// serve opens the data and serves it until the context ends.
func (p place) serve(ctx context.Context, env *environment, l listen, demo bool, started func(addr string)) error {
	d, err := p.open(ctx, env)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	store, err := p.store(ctx, env)
	if err != nil {
		return err
	}
	metrics := newMetrics()
	d.Observe(metrics)
	s := newSite(d, siteOptions{Files: store, Version: env.Version, URL: l.url(), Demo: demo, Log: env.log, Metrics: metrics})
	return s.serve(ctx, l, metrics, started)
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

// serve listens, calls started with the address, and answers until the context ends; then it
// lets requests finish.
func (s *site) serve(ctx context.Context, l listen, metrics prometheus.Gatherer, started func(addr string)) error {
	ln, err := net.Listen("tcp", l.Addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", l.Addr, err)
	}
	handler := rememberTerritory(s.mux.Handler())
	if l.Proxy {
		handler = behindProxy(handler)
	}
	// Event streams end when the server stops: their requests' context ends with this one.
	streams, endStreams := context.WithCancel(context.WithoutCancel(ctx))
	defer endStreams()
	srv := &http.Server{
		Handler: handler, ReadHeaderTimeout: headersWithin, IdleTimeout: idleFor, MaxHeaderBytes: 64 << 10,
		ErrorLog:    slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
		BaseContext: func(net.Listener) context.Context { return streams },
	}
	failed := make(chan error, 2)
	if l.MetricsAddr != "" {
		mln, err := net.Listen("tcp", l.MetricsAddr)
		if err != nil {
			_ = ln.Close()
			return fmt.Errorf("listen on %s for metrics: %w", l.MetricsAddr, err)
		}
		m := &http.Server{Handler: metricsHandler(metrics), ReadHeaderTimeout: headersWithin}
		go func() { failed <- m.Serve(mln) }()
		defer func() { _ = m.Close() }()
	}
	go func() { failed <- srv.Serve(ln) }()
	started(ln.Addr().String())
	select {
	case err := <-failed:
		_ = srv.Close()
		return err
	case <-ctx.Done():
	}
	s.log.Info("stopping")
	close(s.stopping)
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	// Short requests get a moment to finish by themselves before streams are cut.
	time.AfterFunc(stopWithin/10, endStreams)
	if err := srv.Shutdown(wait); err != nil && !errors.Is(err, http.ErrServerClosed) {
		_ = srv.Close()
		return fmt.Errorf("requests were still running after %s: %w", stopWithin, err)
	}
	s.log.Info("stopped")
	return nil
}

func metricsHandler(g prometheus.Gatherer) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(g, promhttp.HandlerOpts{}))
	return mux
}

// behindProxy takes the client's address from the last hop of X-Forwarded-For, the one that our
// own proxy wrote; what stands before it, anybody can write.
func behindProxy(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if list := r.Header.Values("X-Forwarded-For"); len(list) > 0 {
			hops := strings.Split(list[len(list)-1], ",")
			if ip := net.ParseIP(strings.TrimSpace(hops[len(hops)-1])); ip != nil {
				r.RemoteAddr = net.JoinHostPort(ip.String(), "0")
			}
		}
		next.ServeHTTP(w, r)
	})
}
