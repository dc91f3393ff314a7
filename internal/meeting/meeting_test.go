package meeting

import (
	"slices"
	"testing"
	"time"

	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/plan"
	"bassin/internal/when"
)

func TestClock(t *testing.T) {
	for _, c := range []struct {
		typed string
		want  int // -1: refused
	}{
		{"14:30", 870}, {"14h30", 870}, {"14 h 30", 870}, {"14.30", 870}, {"1430", 870}, {"9h", 540}, {"9", 540}, {"09:05", 545}, {"00:00", 0}, {"23:59", 1439},
		{"", -1}, {"24:00", -1}, {"12:60", -1}, {"12:5", -1}, {"midi", -1}, {"-1:00", -1}, {"1:2:3", -1}, {"123", -1}, {"14:3000", -1}, {"h", -1},
	} {
		got, ok := ParseClock(c.typed)
		if !ok {
			got = -1
		}
		if got != c.want {
			t.Errorf("%q: got %d, want %d", c.typed, got, c.want)
		}
	}
}

func TestMomentKnowsSummerTime(t *testing.T) {
	for day, want := range map[when.Date]string{"2026-03-28": "13:00", "2026-03-29": "12:00", "2026-10-25": "13:00"} {
		if got := Moment(day, 14*60, db.Paris).Time().Format("15:04"); got != want {
			t.Errorf("14:00 in Paris on %s is %s UTC, want %s", day, got, want)
		}
	}
	if got := Moment(when.None, 0, db.Paris); got != 0 {
		t.Errorf("no day gave %d", got)
	}
}

func TestStates(t *testing.T) {
	begin := func(m *Meeting) error { return m.begin() }
	during := func(m *Meeting) error { return m.during() }
	cancel := func(m *Meeting) error { return m.cancel("Neige") }
	end := func(m *Meeting) error { return m.close("Ana", 7) }
	for _, c := range []struct {
		name string
		act  func(*Meeting) error
		from State
		ok   bool
		to   State
	}{
		{"begin", begin, Planned, true, Held}, {"begin", begin, Held, false, Held}, {"begin", begin, Closed, false, Closed}, {"begin", begin, Cancelled, false, Cancelled},
		{"decide", during, Planned, false, Planned}, {"decide", during, Held, true, Held}, {"decide", during, Closed, false, Closed}, {"decide", during, Cancelled, false, Cancelled},
		{"cancel", cancel, Planned, true, Cancelled}, {"cancel", cancel, Held, false, Held}, {"cancel", cancel, Closed, false, Closed}, {"cancel", cancel, Cancelled, false, Cancelled},
		{"close", end, Planned, false, Planned}, {"close", end, Held, true, Closed}, {"close", end, Closed, false, Closed}, {"close", end, Cancelled, false, Cancelled},
	} {
		m := Meeting{State: c.from, Sequence: 3}
		err := c.act(&m)
		if (err == nil) != c.ok || m.State != c.to || err != nil && !fault.Is(err, fault.Conflict) {
			t.Errorf("%s when %s: %v, then %s", c.name, c.from, err, m.State)
		}
		if c.name == "cancel" && c.ok && m.Sequence != 4 {
			t.Errorf("cancelling leaves the sequence at %d", m.Sequence)
		}
	}
}

func TestWhatIsRefusedOfAMeeting(t *testing.T) {
	good := Meeting{Title: "Revue", StartsAt: when.At(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)), Minutes: 60}
	for _, c := range []struct {
		name, field string
		change      func(*Meeting)
	}{
		{"good", "", func(*Meeting) {}},
		{"with a call", "", func(m *Meeting) { m.Link = "https://visio.exemple.fr/x" }},
		{"no title", "title", func(m *Meeting) { m.Title = " " }},
		{"no hour", "starts_on", func(m *Meeting) { m.StartsAt = 0 }},
		{"long ago", "starts_on", func(m *Meeting) { m.StartsAt = when.At(time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC)) }},
		{"no time", "minutes", func(m *Meeting) { m.Minutes = 0 }},
		{"two days", "minutes", func(m *Meeting) { m.Minutes = 2880 }},
		{"a script", "link", func(m *Meeting) { m.Link = "javascript:alert(1)" }},
		{"plain http", "link", func(m *Meeting) { m.Link = "http://visio.exemple.fr" }},
	} {
		m := good
		c.change(&m)
		got := ""
		if f := fault.As(m.tidy()); f != nil {
			got = f.Fields[0].Name
		}
		if got != c.field {
			t.Errorf("%s: fault of %q, want %q", c.name, got, c.field)
		}
	}
}

func TestAddresses(t *testing.T) {
	for email, good := range map[string]bool{"essais@labo.example": true, " ESSAIS@labo.example ": true, "": false, "x": false, "a b@c.example": false,
		"Nom <a@b.example>": false, "a@b.example, c@d.example": false, "a@b.example\r\nBcc: x@y.example": false} {
		p := Participant{Email: email}
		if err := p.tidy(); (err == nil) != good {
			t.Errorf("%q: %v", email, err)
		}
	}
}

func TestHoursOfItems(t *testing.T) {
	for _, c := range []struct{ minutes, want []int64 }{
		{[]int64{10, 20, 5}, []int64{600, 610, 630}},
		{[]int64{10, 0, 5}, []int64{600, 610, -1}},
		{nil, []int64{}},
	} {
		var items []Item
		for _, m := range c.minutes {
			items = append(items, Item{Minutes: m})
		}
		if got := hours(items, 600); !slices.Equal(got, c.want) {
			t.Errorf("%v: got %v, want %v", c.minutes, got, c.want)
		}
	}
}

func TestWhichEarlierActionsAreTold(t *testing.T) {
	for _, c := range []struct {
		name string
		task plan.Task
		want bool // left out
	}{
		{"open", plan.Task{State: plan.Doing}, false},
		{"done since", plan.Task{State: plan.Done, FinishedOn: "2026-03-02"}, false},
		{"done before", plan.Task{State: plan.Done, FinishedOn: "2026-02-27"}, true},
		{"off the plan", plan.Task{State: plan.Todo, RemovedAt: 1}, true},
	} {
		if got := (Action{Task: c.task}).settled("2026-03-01"); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
