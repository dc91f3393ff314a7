package outward

import (
	"testing"
	"time"
)

func TestWhatMayBeReached(t *testing.T) {
	none, private, plain := Allow{}, Allow{Private: true}, Allow{Private: true, NoPublic: true}
	for _, c := range []struct {
		name, network, address string
		none, private, plain   bool
	}{
		{"public", "tcp4", "93.184.216.34:443", true, true, false},
		{"public, IPv6", "tcp6", "[2606:2800:220:1::1]:443", true, true, false},
		{"10/8", "tcp4", "10.1.2.3:80", false, true, true},
		{"172.16/12", "tcp4", "172.31.0.9:7125", false, true, true},
		{"172.32 is none", "tcp4", "172.32.0.9:80", true, true, false},
		{"192.168/16", "tcp4", "192.168.1.20:80", false, true, true},
		{"unique local", "tcp6", "[fd12::1]:80", false, true, true},
		{"loopback", "tcp4", "127.0.0.1:80", false, false, false},
		{"loopback, IPv6", "tcp6", "[::1]:80", false, false, false},
		{"metadata of clouds", "tcp4", "169.254.169.254:80", false, false, false},
		{"metadata of clouds, IPv6", "tcp6", "[fd00:ec2::254]:80", false, false, false},
		{"link-local", "tcp6", "[fe80::1]:80", false, false, false},
		{"unspecified", "tcp4", "0.0.0.0:80", false, false, false},
		{"mapped private", "tcp6", "[::ffff:10.0.0.1]:80", false, false, false},
		{"shared of carriers", "tcp4", "100.64.0.1:80", false, false, false},
	} {
		for _, x := range []struct {
			allow Allow
			want  bool
		}{{none, c.none}, {private, c.private}, {plain, c.plain}} {
			if err := Dialer(x.allow, time.Second).Control(c.network, c.address, nil); (err == nil) != x.want || err != nil && !Forbidden(err) {
				t.Errorf("%s with %+v: %v", c.name, x.allow, err)
			}
		}
	}
	if Dialer(Allow{Loopback: true, NoPublic: true}, time.Second).Control("tcp4", "127.0.0.1:9", nil) != nil {
		t.Error("loopback is refused where it is allowed")
	}
}
