package webhook

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"bassin/internal/outward"
)

// within is how long a receiver may take, from the look-up of its name to the end of its answer.
const within = 10 * time.Second

// reachWithin is how long a new address is tried.
const reachWithin = 3 * time.Second

// guard keeps requests from addresses that are not of the public Internet (outward).
type guard struct{ dialer *net.Dialer }

func newGuard(loopback bool) guard {
	return guard{outward.Dialer(outward.Allow{Loopback: loopback}, within)}
}

func (g guard) client() *http.Client { return outward.Client(g.dialer, within) }

// reach tries to connect to a new address, to refuse a forbidden one at once. One that does not
// answer is no fault: its program may not run yet.
func (g guard) reach(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return nil // hook.check says so
	}
	port := u.Port()
	if port == "" {
		port = u.Scheme
	}
	ctx, cancel := context.WithTimeout(ctx, reachWithin)
	defer cancel()
	conn, err := g.dialer.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err == nil {
		return conn.Close()
	}
	if forbidden(err) {
		return err
	}
	return nil
}

// forbidden reports whether the guard refused the connection.
func forbidden(err error) bool { return outward.Forbidden(err) }

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}
