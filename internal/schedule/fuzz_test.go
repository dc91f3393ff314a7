package schedule

import (
	"testing"
	"time"

	"bassin/internal/when"
)

// drawer reads a plan out of bytes; when there are none left it reads zeros.
type drawer struct{ bytes []byte }

func (d *drawer) int(n int) int {
	if len(d.bytes) == 0 || n <= 0 {
		return 0
	}
	x := int(d.bytes[0])
	d.bytes = d.bytes[1:]
	if n > 256 && len(d.bytes) > 0 {
		x = x<<8 | int(d.bytes[0])
		d.bytes = d.bytes[1:]
	}
	return x % n
}

func (d *drawer) date() when.Date {
	switch d.int(12) {
	case 0:
		return dateOf(days - 1 - d.int(9))
	case 1:
		return dateOf(d.int(9))
	case 2:
		return "2026-02-30"
	case 3, 4, 5:
		return dateOf(46172 + d.int(40))
	}
	return when.None
}

func (d *drawer) plan(calendars []*Calendar) (Plan, []Resource, []Assignment) {
	p := Plan{Start: "2026-06-01", Status: d.date(), Calendars: calendars}
	if d.int(8) == 1 {
		p.Start = d.date()
	}
	for range d.int(24) {
		t := Task{Parent: d.int(6), Calendar: d.int(len(calendars)), Work: Minutes(d.int(3000)), Mode: Mode(d.int(8)), NotBefore: d.date(), Deadline: d.date(), Priority: d.int(3)}
		if t.Parent > 3 {
			t.Parent = 0
		}
		if t.Mode > Manual {
			t.Mode = Auto
		} else {
			t.Begin, t.End = d.date(), d.date()
		}
		if d.int(4) == 1 {
			t.Begun, t.Finished, t.Percent = d.date(), d.date(), d.int(102)
		}
		if d.int(60) == 1 {
			t.Work *= 1 << 9
		}
		p.Tasks = append(p.Tasks, t)
	}
	for range d.int(40) {
		p.Links = append(p.Links, Link{d.int(len(p.Tasks) + 1), d.int(len(p.Tasks)), Type(d.int(4)), Minutes(d.int(9000) - 4500)})
	}
	rs := []Resource{{ID: "R", Calendar: calendars[0], Units: 100, Absences: []Span{{"2026-06-10", "2026-06-12", ""}}}, {ID: "M", Calendar: calendars[1], Units: 1 + d.int(300)}}
	var as []Assignment
	for range d.int(30) {
		as = append(as, Assignment{d.int(len(p.Tasks)), d.int(2), 1 + d.int(150)})
	}
	return p, rs, as
}

// FuzzPlan: whatever the plan, an answer comes soon, and it holds together.
func FuzzPlan(f *testing.F) {
	machine := mustCompile(f, Rules{Name: "M", Week: [7]Minutes{dayLength, dayLength, dayLength, dayLength, dayLength, dayLength, dayLength}})
	rare := mustCompile(f, Rules{Name: "E", Extra: []Extra{{"2026-06-06", Hour, ""}, {"1900-01-01", Hour, ""}, {"2200-12-31", Hour, ""}}})
	calendars := []*Calendar{french(f), machine, rare}
	f.Add([]byte{})
	f.Add([]byte("plan with some tasks and some links, all of which are drawn from this sentence and from nothing else; it may be long"))
	for seed := range byte(8) {
		b := make([]byte, 600)
		x := uint32(seed) + 1
		for i := range b {
			x = x*1664525 + 1013904223
			b[i] = byte(x >> 24)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		began := time.Now()
		p, rs, as := (&drawer{b}).plan(calendars)
		s, err := Compute(p)
		if err != nil {
			return
		}
		for i, d := range s.Tasks {
			c := p.Calendars[p.Tasks[i].Calendar]
			if d.Finish < d.Start || d.Start < s.Start || d.Finish > s.Finish || d.FreeFloat < 0 || d.FreeFloat > max(0, d.TotalFloat) {
				t.Fatalf("task %d: %+v", i, d)
			}
			if !d.Summary && !d.Done && p.Tasks[i].Mode == Auto && p.Tasks[i].Begun == when.None && c.work(d.Finish)-c.work(d.Start) != int32(p.Tasks[i].Work) {
				t.Fatalf("task %d works %d minutes, want %d", i, c.work(d.Finish)-c.work(d.Start), p.Tasks[i].Work)
			}
			if !d.Start.Date().Valid() || !d.Finish.Date().Valid() || !d.LateStart.Date().Valid() || !d.LateFinish.Date().Valid() {
				t.Fatalf("task %d has dates that are none: %+v", i, d)
			}
		}
		Drift(Baseline(p, s), p, s)
		if _, err := Book(p, rs, as); err == nil {
			if _, err := Level(p, rs, as); err != nil {
				if kind := (*err.(*Faults))[0].Kind; kind != OutOfRange { // what waits may come to wait past 2200
					t.Fatal(err)
				}
			}
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Fatalf("took %s", took)
		}
	})
}
