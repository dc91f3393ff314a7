package webhook

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bassin/internal/when"
)

func TestKindOf(t *testing.T) {
	for _, tt := range []struct {
		verb string
		want Kind
		ok   bool
	}{
		{"plan.task.create", Tasks, true}, {"plan.item.tick", Tasks, true}, {"plan.series.next", Tasks, true}, {"plan.baseline.take", Planning, true},
		{"document.approve", Documents, true}, {"note.save", Notes, true}, {"meeting.close", Meetings, true},
		{"project.decision.record", Decisions, true}, {"project.criterion.meet", Stages, true}, {"project.blocker.add", Risks, true},
		{"talk.say", Talk, true}, {"cost.rate.set", Costs, true}, {"project.people.invite", People, true},
		{"project.save", Project, true}, {"something.new", Project, true}, {"webhook.add", "", false},
	} {
		if got, ok := KindOf(tt.verb); got != tt.want || ok != tt.ok {
			t.Errorf("%s: got %s %v, want %s %v", tt.verb, got, ok, tt.want, tt.ok)
		}
	}
}

func TestHears(t *testing.T) {
	for _, tt := range []struct {
		name string
		h    Hook
		verb string
		want bool
	}{
		{"everything", Hook{State: On}, "cost.rate.set", true},
		{"its subject", Hook{State: On, Kinds: "task,decision"}, "plan.task.move", true},
		{"another subject", Hook{State: On, Kinds: "task,decision"}, "note.save", false},
		{"paused", Hook{State: Paused}, "plan.task.move", false},
		{"off", Hook{State: Off}, "plan.task.move", false},
		{"itself", Hook{State: On}, "webhook.rotate", false},
	} {
		if got := tt.h.hears(tt.verb); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		url      string
		loopback bool
		ok       bool
	}{
		{"https://hooks.example.org/bassin?key=1", false, true},
		{"https://hooks.example.org:8443/", false, true},
		{"http://hooks.example.org/", false, false},
		{"http://hooks.example.org/", true, false},
		{"http://127.0.0.1:9000/x", true, true},
		{"http://localhost:9000/x", true, true},
		{"http://[::1]:9000/x", true, true},
		{"http://127.0.0.1:9000/x", false, false},
		{"https://user:password@example.org/", false, false},
		{"https://example.org/#part", false, false},
		{"https:///path", false, false},
		{"https://:443/", false, false},
		{"https://example.org/a b", false, false},
		{"ftp://example.org/", false, false},
		{"javascript:alert(1)", false, false},
		{"", false, false},
		{"https://example.org/" + strings.Repeat("a", maxURL), false, false},
	} {
		if err := (Hook{URL: tt.url}).check(tt.loopback); (err == nil) != tt.ok {
			t.Errorf("%.60q, loopback %v: got %v, want ok %v", tt.url, tt.loopback, err, tt.ok)
		}
	}
	if err := (Hook{URL: "https://example.org/", Kinds: "task,nothing"}).check(false); err == nil {
		t.Error("an unknown subject is taken")
	}
}

func TestTries(t *testing.T) {
	at := when.At(time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC))
	h, d := Hook{State: On}, Delivery{State: Waiting}
	for i, tt := range []struct {
		o      outcome
		after  time.Duration
		pause  time.Duration
		state  DeliveryState
		reason string
	}{
		{outcome{Code: 500}, 0, time.Minute, Waiting, ""},
		{outcome{Problem: "webhook.problem.timeout"}, time.Hour, time.Minute, Waiting, ""},
		{outcome{Code: 204}, 2 * time.Hour, time.Minute, Sent, ""},
		{outcome{Code: 301}, 3 * time.Hour, 0, GivenUp, ""},
		{outcome{Code: 503}, 3*time.Hour + failFor - time.Second, 0, GivenUp, ""},
		{outcome{Code: 503}, 3*time.Hour + failFor, 0, GivenUp, offFailing},
		{outcome{Code: 200}, 4*time.Hour + failFor, 0, Sent, ""},
		{outcome{Code: 410}, 5*time.Hour + failFor, time.Minute, Waiting, offGone},
	} {
		d.State = Waiting
		d.tried(tt.o, at.Add(tt.after), tt.pause)
		if reason := h.tried(tt.o, at.Add(tt.after)); d.State != tt.state || reason != tt.reason || d.Attempts != int64(i+1) {
			t.Errorf("try %d: got %s, %q, %d tries, want %s, %q", i, d.State, reason, d.Attempts, tt.state, tt.reason)
		}
		if (d.NextAt != 0) != (tt.state == Waiting) {
			t.Errorf("try %d: the next one is at %d in state %s", i, d.NextAt, d.State)
		}
	}
}

func TestAnswerOf(t *testing.T) {
	for in, want := range map[string]string{
		"ok\n": "ok", "a\x00b": "ab", "\xff\xfeok": "ok", strings.Repeat("é", 600): strings.Repeat("é", 512), "x" + strings.Repeat("é", 600): "x" + strings.Repeat("é", 511),
	} {
		if got := answerOf([]byte(in)); got != want {
			t.Errorf("%.20q: got %.20q of %d bytes, want %d bytes", in, got, len(got), len(want))
		}
	}
}

// TestForbiddenAddresses asks the guard as the dialer does, after the name was looked up.
func TestForbiddenAddresses(t *testing.T) {
	for _, tt := range []struct {
		network, address string
		ok, loopback     bool // without and with the option
	}{
		{"tcp4", "93.184.216.34:443", true, true},
		{"tcp4", "93.184.216.34:8443", true, true},
		{"tcp6", "[2606:2800:220:1::1]:443", true, true},
		{"tcp4", "127.0.0.1:443", false, true},
		{"tcp6", "[::1]:443", false, true},
		{"tcp4", "10.1.2.3:443", false, false},
		{"tcp4", "172.16.0.1:443", false, false},
		{"tcp4", "192.168.1.1:443", false, false},
		{"tcp4", "169.254.169.254:80", false, false}, // metadata of clouds
		{"tcp4", "100.64.0.1:443", false, false},
		{"tcp4", "0.0.0.0:443", false, false},
		{"tcp4", "224.0.0.1:443", false, false},
		{"tcp4", "255.255.255.255:443", false, false},
		{"tcp6", "[fe80::1]:443", false, false},
		{"tcp6", "[fd00::1]:443", false, false},
		{"tcp6", "[ff02::1]:443", false, false},
		{"tcp6", "[::]:443", false, false},
		{"tcp6", "[::ffff:10.0.0.1]:443", false, false},
		{"tcp6", "[64:ff9b::a00:1]:443", false, false},
		{"tcp6", "[2002:a00:1::]:443", false, false},
		{"udp4", "93.184.216.34:443", false, false},
	} {
		for loopback, ok := range map[bool]bool{false: tt.ok, true: tt.loopback} {
			err := newGuard(loopback).dialer.Control(tt.network, tt.address, nil)
			if (err == nil) != ok {
				t.Errorf("%s %s, loopback %v: got %v, want ok %v", tt.network, tt.address, loopback, err, ok)
			}
			if err != nil && !forbidden(err) {
				t.Errorf("%s: %v is not recognised as a refusal", tt.address, err)
			}
		}
	}
}

// TestTheGuardStandsBeforeTheConnection names this machine in several ways: no request arrives.
func TestTheGuardStandsBeforeTheConnection(t *testing.T) {
	arrived := make(chan string, 10)
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { arrived <- r.Host }))
	defer srv.Close()
	_, port, err := net.SplitHostPort(srv.Listener.Addr().String())
	must(t, err)
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1"} {
		s := New(Options{})
		o, err := s.post(t.Context(), Hook{URL: "http://" + host + ":" + port + "/", Secret: newSecret()}, Delivery{ID: "d", Body: "{}"}, when.At(time.Now()))
		if err != nil || o.ok() || o.Problem == "" || host != "127.1" && o.Problem != "webhook.problem.forbidden" {
			t.Errorf("%s: got %+v, %v", host, o, err)
		}
	}
	if len(arrived) > 0 {
		t.Errorf("a request arrived at %s", <-arrived)
	}
}
