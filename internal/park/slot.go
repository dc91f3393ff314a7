package park

import (
	"strings"
	"time"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/when"
)

// SlotID names a slot.
type SlotID string

// SlotKind is why a machine is taken.
type SlotKind string

// The kinds.
const (
	Booking     SlotKind = "booking"
	Maintenance SlotKind = "maintenance"
)

// Key is the text key of the kind.
func (k SlotKind) Key() string { return "park.slot." + string(k) }

// Slot is time in which a machine is taken.
type Slot struct {
	ID        SlotID
	MachineID MachineID
	Kind      SlotKind
	Title     string
	FromAt    when.Time
	ToAt      when.Time
	OrderID   string // when an order takes it
	PersonID  account.PersonID
	CreatedAt when.Time
}

const maxSlot = 366 * 24 * time.Hour

// check gathers what is wrong with a slot, taken has those that stand already.
func (s *Slot) check(taken []Slot) error {
	var wrong fault.Fields
	s.Title = strings.Join(strings.Fields(s.Title), " ")
	wrong.Text("title", s.Title, 1, maxName)
	if s.Kind != Booking && s.Kind != Maintenance {
		wrong.Add("kind", "fault.choice")
	}
	switch length := s.ToAt.Sub(s.FromAt); {
	case length <= 0:
		wrong.Add("to", "park.wrong.ends_before")
	case length > maxSlot:
		wrong.Add("to", "park.wrong.long")
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	for _, t := range taken {
		if t.ID != s.ID && s.FromAt < t.ToAt && t.FromAt < s.ToAt {
			wrong.Add("from", "park.wrong.taken", "from_at", t.FromAt, "to_at", t.ToAt)
			return wrong.Err()
		}
	}
	return nil
}

// Opening is when people are at a machine.
type Opening struct {
	OpenDays   string // "12345": 1 is Monday
	OpenFrom   int64  // minutes of the day
	OpenTo     int64
	Unattended bool // builds go on outside of the hours
}

const dayMinutes = 24 * 60

func (o Opening) check(wrong *fault.Fields) {
	if o.OpenDays == "" || strings.Trim(o.OpenDays, "1234567") != "" || len(o.OpenDays) > 7 {
		wrong.Add("open_days", "park.wrong.days")
	}
	if o.OpenFrom < 0 || o.OpenTo > dayMinutes || o.OpenTo <= o.OpenFrom {
		wrong.Add("open_to", "park.wrong.hours")
	}
}

// Length is so many hours. What is longer than a machine can be taken stays so, and a number without end makes none.
func Length(hours float64) time.Duration {
	if !(hours > 0) {
		return 0
	}
	return time.Duration(min(hours, 2*maxSlot.Hours()) * float64(time.Hour)).Round(time.Minute)
}

// on tells whether people are there on a day of the week.
func (o Opening) on(day time.Weekday) bool {
	return strings.Contains(o.OpenDays, string('0'+rune((int(day)+6)%7+1)))
}

// horizon is how far a start is looked for.
const horizon = 400 // days

// Ready gives when a build of some length can begin and when it is done, after the slots that stand. It begins while
// people are there; unattended it runs through, else it goes on only in the hours. Days are those of the place. False:
// not within a year, or longer than a machine can be taken.
func (o Opening) Ready(now time.Time, length time.Duration, taken []Slot) (begins, ends time.Time, ok bool) {
	if length > maxSlot {
		return now, now, false
	}
	at := now
	for range horizon + len(taken) {
		begins, ok = o.next(at)
		if !ok {
			return begins, ends, false
		}
		if ends, ok = o.run(begins, length); !ok || ends.Sub(begins) > maxSlot {
			return begins, ends, false
		}
		for len(taken) > 0 && !begins.Before(taken[0].ToAt.Time()) {
			taken = taken[1:] // over by then
		}
		clash := false
		for _, t := range taken {
			if begins.Before(t.ToAt.Time()) && t.FromAt.Time().Before(ends) {
				at, clash = t.ToAt.Time().In(now.Location()), true
				break
			}
		}
		if !clash {
			return begins, ends, true
		}
	}
	return begins, ends, false
}

// hours are the instants between which people are there on the day of t.
func (o Opening) hours(t time.Time) (from, to time.Time) {
	y, m, d := t.Date()
	at := func(minutes int64) time.Time {
		return time.Date(y, m, d, int(minutes/60), int(minutes%60), 0, 0, t.Location())
	}
	return at(o.OpenFrom), at(o.OpenTo)
}

// next is the first instant from t on at which people are there.
func (o Opening) next(t time.Time) (time.Time, bool) {
	for range 8 {
		from, to := o.hours(t)
		if o.on(t.Weekday()) && t.Before(to) {
			if t.Before(from) {
				return from, true
			}
			return t, true
		}
		y, m, d := t.Date()
		t = time.Date(y, m, d+1, 0, 0, 0, 0, t.Location())
	}
	return t, false
}

// run is when a build that begins at t is done.
func (o Opening) run(t time.Time, length time.Duration) (time.Time, bool) {
	if o.Unattended {
		return t.Add(length), true
	}
	for range horizon {
		at, ok := o.next(t)
		if !ok {
			return t, false
		}
		_, to := o.hours(at)
		if left := to.Sub(at); length <= left {
			return at.Add(length), true
		} else {
			length -= left
		}
		y, m, d := at.Date()
		t = time.Date(y, m, d+1, 0, 0, 0, 0, at.Location())
	}
	return t, false
}
