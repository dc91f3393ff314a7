// Package outward keeps requests to addresses that people typed from reaching where they must not. It looks at the
// address of each connection when it is made: a name that pointed elsewhere a moment ago, or a proxy, cannot lead
// around it.
//
// webhook tells other programs through it, calibration asks printers.
package outward

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// Allow says which addresses may be reached beside those of the public Internet.
type Allow struct {
	Loopback bool // of this machine: demonstrations and tests
	Private  bool // of a network of one's own: printers stand there
	NoPublic bool // nothing else, as for what is sent without TLS
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// private are the networks of RFC 1918 and RFC 4193; link-local addresses, at which clouds tell secrets, are none.
var private = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("fc00::/7")}

// metadata is where a cloud tells secrets within a network that is private.
var metadata = netip.MustParsePrefix("fd00:ec2::/32")

// Dialer connects to what is allowed.
func Dialer(a Allow, within time.Duration) *net.Dialer {
	var own, four, six []netip.Prefix
	if a.Loopback {
		own = append(own, loopback...)
	}
	if a.Private {
		own = append(own, private...)
	}
	for _, p := range own {
		if p.Addr().Is4() {
			four = append(four, p)
		} else {
			six = append(six, p)
		}
	}
	options := []ssrf.Option{ssrf.WithAnyPort()}
	if len(own) > 0 {
		options = append(options, ssrf.WithAllowedV4Prefixes(four...), ssrf.WithAllowedV6Prefixes(six...))
	}
	safe := ssrf.New(options...).Safe
	return &net.Dialer{Timeout: within, Control: func(network, address string, c syscall.RawConn) error {
		if err := safe(network, address, c); err != nil {
			return err
		}
		switch {
		case inside([]netip.Prefix{metadata}, address):
			return errMetadata
		case a.NoPublic && !inside(own, address):
			return errPublic
		}
		return nil
	}}
}

var (
	errPublic   = errors.New("outward: address of the public Internet")
	errMetadata = errors.New("outward: address at which a cloud tells secrets")
)

func inside(list []netip.Prefix, address string) bool {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return false
	}
	for _, p := range list {
		if p.Contains(at.Addr().Unmap()) {
			return true
		}
	}
	return false
}

// Forbidden tells whether a connection was refused here.
func Forbidden(err error) bool {
	return errors.Is(err, ssrf.ErrProhibitedIP) || errors.Is(err, ssrf.ErrProhibitedNetwork) || errors.Is(err, ssrf.ErrProhibitedPort) || errors.Is(err, ssrf.ErrInvalidHostPort) || errors.Is(err, errPublic) || errors.Is(err, errMetadata)
}

// Client sends one request a connection, follows nothing and asks no proxy.
func Client(d *net.Dialer, within time.Duration) *http.Client {
	return &http.Client{
		Timeout:       within,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DialContext: d.DialContext, DisableKeepAlives: true, MaxResponseHeaderBytes: 16 << 10},
	}
}
