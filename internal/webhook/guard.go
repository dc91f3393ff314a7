package webhook

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"code.dny.dev/ssrf"
)

// within is how long a receiver may take, from the look-up of its name to the end of its answer.
const within = 10 * time.Second

// reachWithin is how long a new address is tried.
const reachWithin = 3 * time.Second

// guard keeps requests from addresses that are not of the public Internet. It looks at the
// address of each connection when it is made: a name that pointed elsewhere a moment ago, or a
// proxy, cannot lead around it.
type guard struct{ dialer *net.Dialer }

func newGuard(loopback bool) guard {
	options := []ssrf.Option{ssrf.WithAnyPort()}
	if loopback {
		options = append(options, ssrf.WithAllowedV4Prefixes(netip.MustParsePrefix("127.0.0.0/8")), ssrf.WithAllowedV6Prefixes(netip.MustParsePrefix("::1/128")))
	}
	return guard{&net.Dialer{Timeout: within, Control: ssrf.New(options...).Safe}}
}

// client sends one request a connection, follows nothing and asks no proxy.
func (g guard) client() *http.Client {
	return &http.Client{
		Timeout:       within,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DialContext: g.dialer.DialContext, DisableKeepAlives: true, MaxResponseHeaderBytes: 16 << 10},
	}
}

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
func forbidden(err error) bool {
	return errors.Is(err, ssrf.ErrProhibitedIP) || errors.Is(err, ssrf.ErrProhibitedNetwork) || errors.Is(err, ssrf.ErrProhibitedPort) || errors.Is(err, ssrf.ErrInvalidHostPort)
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}
