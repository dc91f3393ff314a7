package job

import (
	"errors"
	"testing"
	"time"

	"bassin/internal/fault"
	"bassin/internal/when"
)

func TestAfter(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	busy := fault.New(fault.Unavailable, "db.busy")
	safe, last, unsafe := Record{Safe: true, Attempts: 1, MaxAttempts: 3}, Record{Safe: true, Attempts: 3, MaxAttempts: 3}, Record{Attempts: 1, MaxAttempts: 1}
	for _, c := range []struct {
		name    string
		rec     Record
		err     error
		why     cause
		state   State
		key     string
		uncount bool
	}{
		{"went well", safe, nil, "", Done, "", false},
		{"went well although asked to stop", safe, nil, causeAsked, Done, "", false},
		{"asked to stop", safe, boom, causeAsked, Cancelled, "", false},
		{"server stops, safe", last, boom, causeStop, Queued, "", true},
		{"server stops, not safe", unsafe, boom, causeStop, Failed, "job.stopped", false},
		{"taken away, safe", safe, boom, causeLost, Queued, "", false},
		{"taken away, last attempt", last, boom, causeLost, Failed, "job.lost_often", false},
		{"taken away, not safe", unsafe, boom, causeLost, Failed, "job.lost", false},
		{"too slow", safe, boom, causeTimeout, Failed, "job.timeout", false},
		{"mistake of ours, safe", safe, boom, "", Queued, "job.internal", false},
		{"mistake of ours, last attempt", last, boom, "", Failed, "job.internal", false},
		{"mistake of ours, not safe", unsafe, boom, "", Failed, "job.internal", false},
		{"busy, safe", safe, busy, "", Queued, "db.busy", false},
		{"busy, not safe", unsafe, busy, "", Failed, "db.busy", false},
		{"the person's mistake", safe, fault.New(fault.Invalid, "fault.amount"), "", Failed, "fault.amount", false},
	} {
		got := c.rec.after(c.err, c.why, time.Minute, backoff)
		if got.State != c.state || got.Key != c.key || got.Uncount != c.uncount {
			t.Errorf("%s: got %+v, want %s %q %v", c.name, got, c.state, c.key, c.uncount)
		}
	}
}

func TestTextsKeepTheirValues(t *testing.T) {
	t.Parallel()
	in := fault.Args{"count": 1200, "amount_cents": int64(9_007_199_254_740_993), "at": when.Time(5), "name": "bride.stl", "share": .25, "cause": errors.New("x"), "odd": func() {}}
	out := decodeArgs(encodeArgs(in))
	for k, want := range map[string]any{"count": int64(1200), "amount_cents": int64(9_007_199_254_740_993), "at": int64(5), "name": "bride.stl", "share": .25, "cause": "x"} {
		if out[k] != want {
			t.Errorf("%s: got %v (%T), want %v", k, out[k], out[k], want)
		}
	}
	if encodeArgs(nil) != "" || decodeArgs("") != nil || decodeArgs("{broken") != nil {
		t.Error("nothing must stay nothing")
	}
}

func TestTimeLeft(t *testing.T) {
	t.Parallel()
	start := when.Time(1_000_000)
	for name, c := range map[string]struct {
		done, total int64
		gone, want  time.Duration
	}{
		"half":       {24, 48, 10 * time.Second, 10 * time.Second},
		"too early":  {24, 48, time.Second, 0},
		"not begun":  {0, 48, time.Minute, 0},
		"no total":   {24, 0, time.Minute, 0},
		"nearly all": {48, 48, time.Minute, 0},
	} {
		r := Record{State: Running, Done: c.done, Total: c.total, StartedAt: start}
		if got := r.left(start.Add(c.gone)); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}
