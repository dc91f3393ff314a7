package schedule

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"bassin/internal/when"
)

const day = 7 * Hour

// daily works 7 h on every day of the week, so that days can be counted on the fingers.
func daily(t testing.TB) *Calendar {
	return mustCompile(t, Rules{Name: "Tous les jours", Week: [7]Minutes{day, day, day, day, day, day, day}})
}

func mustCompute(t testing.TB, p Plan) Schedule {
	t.Helper()
	s, err := Compute(p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A textbook network of eight activities on nodes; dates and floats computed by hand.
//
//	A3 ─► B4 ─► D5 ─► G4 ─► H3
//	 └──► C2 ─► E1 ──┘      │
//	       └──► F2 ─────────┘
func TestTextbookNetwork(t *testing.T) {
	p := Plan{Start: "2026-06-01", Calendars: []*Calendar{daily(t)}}
	for _, x := range []struct {
		id   string
		days Minutes
	}{{"A", 3}, {"B", 4}, {"C", 2}, {"D", 5}, {"E", 1}, {"F", 2}, {"G", 4}, {"H", 3}} {
		p.Tasks = append(p.Tasks, Task{ID: x.id, Work: x.days * day})
	}
	at := p.Index()
	for _, l := range []string{"AB", "AC", "BD", "CE", "CF", "DG", "EG", "FH", "GH"} {
		p.Links = append(p.Links, Link{From: at[l[:1]], To: at[l[1:]]})
	}
	s := mustCompute(t, p)
	for _, x := range []struct {
		id                     string
		es, ef, ls, lf         int // of June
		total, free            Minutes
		critical               bool
		driver                 string
		lateStart, earlyFinish when.Date
	}{
		{id: "A", es: 1, ef: 3, ls: 1, lf: 3, critical: true},
		{id: "B", es: 4, ef: 7, ls: 4, lf: 7, critical: true, driver: "A"},
		{id: "C", es: 4, ef: 5, ls: 10, lf: 11, total: 6, driver: "A"},
		{id: "D", es: 8, ef: 12, ls: 8, lf: 12, critical: true, driver: "B"},
		{id: "E", es: 6, ef: 6, ls: 12, lf: 12, total: 6, free: 6, driver: "C"},
		{id: "F", es: 6, ef: 7, ls: 15, lf: 16, total: 9, free: 9, driver: "C"},
		{id: "G", es: 13, ef: 16, ls: 13, lf: 16, critical: true, driver: "D"},
		{id: "H", es: 17, ef: 19, ls: 17, lf: 19, critical: true, driver: "G"},
	} {
		d := s.Tasks[at[x.id]]
		june := func(n int) when.Date { return when.Day(2026, time.June, n) }
		got := fmt.Sprint(d.Start.Date(), d.Finish.Date(), d.LateStart.Date(), d.LateFinish.Date(), d.TotalFloat, d.FreeFloat, d.Critical, driver(p, d))
		want := fmt.Sprint(june(x.es), june(x.ef), june(x.ls), june(x.lf), x.total*day, x.free*day, x.critical, x.driver)
		if got != want {
			t.Errorf("%s: got %s\nwant %s", x.id, got, want)
		}
	}
	if s.Start.Date() != "2026-06-01" || s.Finish.Date() != "2026-06-19" {
		t.Errorf("plan from %s to %s", s.Start.Date(), s.Finish.Date())
	}
}

func driver(p Plan, d Dates) string {
	if d.Driver == 0 {
		return ""
	}
	return p.Tasks[p.Links[d.Driver-1].From].ID
}

// A takes three days from Monday 27 April 2026; Friday 1 May is a holiday, Monday 4 May the next
// working day after Thursday 30 April. B takes two days, or none.
func TestLinksOverHolidayAndWeekend(t *testing.T) {
	const m27, t28, w29, t30, m4, t5 when.Date = "2026-04-27", "2026-04-28", "2026-04-29", "2026-04-30", "2026-05-04", "2026-05-05"
	c := french(t)
	for _, x := range []struct {
		link          Type
		lag           Minutes
		start, finish when.Date // of B with two days
		milestone     when.Date // of B without work
	}{
		{FS, 0, t30, m4, w29},
		{FS, 1 * day, m4, t5, t30},
		{FS, 2 * day, t5, "2026-05-06", m4},
		{FS, -1 * day, w29, t30, t28},
		{FS, -2 * day, t28, w29, m27},
		{FS, -9 * day, m27, t28, m27},
		{FS, 4 * Hour, t30, t5, t30}, // 3 h on Thursday, 7 h on Monday, 4 h on Tuesday
		{SS, 0, m27, t28, m27},
		{SS, 3 * day, t30, m4, t30},
		{SS, 4 * day, m4, t5, m4},
		{SS, -1 * day, m27, t28, m27},
		{FF, 0, t28, w29, w29},
		{FF, 1 * day, w29, t30, t30},
		{FF, 2 * day, t30, m4, m4},
		{FF, -1 * day, m27, t28, t28},
		{FF, -2 * day, m27, t28, m27},
		{SF, 0, m27, t28, m27},
		{SF, 3 * day, t28, w29, w29},
		{SF, 4 * day, w29, t30, t30},
		{SF, 5 * day, t30, m4, m4},
		{SF, -1 * day, m27, t28, m27},
	} {
		t.Run(fmt.Sprintf("%d%+d", x.link, x.lag), func(t *testing.T) {
			p := Plan{Start: m27, Calendars: []*Calendar{c}, Links: []Link{{0, 1, x.link, x.lag}}}
			p.Tasks = []Task{{ID: "A", Work: 3 * day}, {ID: "B", Work: 2 * day}}
			if b := mustCompute(t, p).Tasks[1]; b.Start.Date() != x.start || b.Finish.Date() != x.finish {
				t.Errorf("task from %s to %s, want %s to %s", b.Start.Date(), b.Finish.Date(), x.start, x.finish)
			}
			p.Tasks[1].Work = 0
			if b := mustCompute(t, p).Tasks[1]; b.Start.Date() != x.milestone || b.Finish != b.Start {
				t.Errorf("milestone on %s to %s, want %s", b.Start.Date(), b.Finish.Date(), x.milestone)
			}
		})
	}
}

// The old machine runs until the new one starts, on Monday 4 May: its last day is the working day
// before, Thursday, and not a minute of Monday.
func TestStartToFinishHandsOver(t *testing.T) {
	p := Plan{Start: "2026-04-27", Calendars: []*Calendar{french(t)}, Links: []Link{{0, 1, SF, 0}}}
	p.Tasks = []Task{{ID: "nouvelle", Work: 3 * day, NotBefore: "2026-05-04"}, {ID: "ancienne", Work: 2 * day}}
	if d := mustCompute(t, p).Tasks[1]; moments(d) != "2026-04-29+0 2026-04-30+420" {
		t.Errorf("the old machine runs from %s", moments(d))
	}
}

// Overlapped design: the drawings start two days after the study starts and finish one day after
// it finishes. The study is 5 days, the drawings 4 or 2.
func TestStartAndFinishTied(t *testing.T) {
	for _, x := range []struct {
		work          Minutes
		start, finish when.Date
		float         Minutes // of the study
		by            Type
	}{
		{4, "2026-06-03", "2026-06-06", 0, FF}, // both bind: start at 3, finish at 6
		{2, "2026-06-05", "2026-06-06", 0, FF},
		{5, "2026-06-03", "2026-06-07", 0, SS}, // the start of the study is critical, and so is it all
	} {
		p := Plan{Start: "2026-06-01", Calendars: []*Calendar{daily(t)}}
		p.Tasks = []Task{{ID: "étude", Work: 5 * day}, {ID: "plans", Work: x.work * day}}
		p.Links = []Link{{0, 1, SS, 2 * day}, {0, 1, FF, 1 * day}}
		s := mustCompute(t, p)
		if d := s.Tasks[1]; d.Start.Date() != x.start || d.Finish.Date() != x.finish || s.Tasks[0].TotalFloat != x.float {
			t.Errorf("%d days: from %s to %s, float of the study %d", x.work, d.Start.Date(), d.Finish.Date(), s.Tasks[0].TotalFloat)
		}
	}
}

// Two calendars: a machine runs 24 h on all days, people work 7 h from Monday to Friday.
func TestMachineAndPeople(t *testing.T) {
	people := mustCompile(t, Rules{Name: "Atelier", Week: Weekdays()})
	machine := mustCompile(t, Rules{Name: "Machine", Week: [7]Minutes{dayLength, dayLength, dayLength, dayLength, dayLength, dayLength, dayLength}})
	p := Plan{Start: "2026-06-04", Calendars: []*Calendar{people, machine}} // a Thursday
	p.Tasks = []Task{
		{ID: "préparer", Work: 2 * day},
		{ID: "construire", Work: 65 * Hour, Calendar: 1}, // 17 h of Friday, Saturday and Sunday
		{ID: "dépouiller", Work: 3 * Hour},
		{ID: "rapport", Work: 1 * day},
		{ID: "pièce prête", Calendar: 1},
	}
	p.Links = []Link{{0, 1, FS, 0}, {1, 2, FS, 0}, {1, 3, FF, 0}, {1, 4, FS, 0}}
	s := mustCompute(t, p)
	for i, want := range []string{
		"2026-06-04+0 2026-06-05+420", "2026-06-05+420 2026-06-07+1440", "2026-06-08+0 2026-06-08+180",
		"2026-06-05+1 2026-06-08+1", "2026-06-07+1440 2026-06-07+1440",
	} {
		if got := moments(s.Tasks[i]); got != want {
			t.Errorf("%s: %s, want %s", p.Tasks[i].ID, got, want)
		}
	}
	if d := s.Tasks[1]; d.TotalFloat != 0 || !d.Critical { // on Monday morning people wait for the part
		t.Errorf("float of the build: %d", d.TotalFloat)
	}
}

func moments(d Dates) string {
	return fmt.Sprintf("%s+%d %s+%d", d.Start.Date(), d.Start.minute(), d.Finish.Date(), d.Finish.minute())
}

func TestSummaries(t *testing.T) {
	// 0 lot 1 (1 étude 3 d, 2 plans 2 d after it); 3 lot 2 (4 achat 1 d, 5 sous-lot (6 montage 4 d)); 7 recette
	p := Plan{Start: "2026-06-01", Calendars: []*Calendar{daily(t)}}
	p.Tasks = []Task{
		{ID: "lot 1"}, {ID: "étude", Parent: 1, Work: 3 * day}, {ID: "plans", Parent: 1, Work: 2 * day},
		{ID: "lot 2"}, {ID: "achat", Parent: 4, Work: 1 * day}, {ID: "sous-lot", Parent: 4}, {ID: "montage", Parent: 6, Work: 4 * day},
		{ID: "recette"},
	}
	p.Links = []Link{{1, 2, FS, 0}, {0, 3, FS, 1 * day}, {3, 7, FS, 0}}
	s := mustCompute(t, p)
	for _, x := range []struct {
		task          int
		start, finish when.Date
		total, free   Minutes
		critical      bool
	}{
		{0, "2026-06-01", "2026-06-05", 0, 0, true},
		{2, "2026-06-04", "2026-06-05", 0, 0, true},
		{3, "2026-06-07", "2026-06-10", 0, 0, true},
		{4, "2026-06-07", "2026-06-07", 3, 3, false},
		{5, "2026-06-07", "2026-06-10", 0, 0, true},
		{6, "2026-06-07", "2026-06-10", 0, 0, true},
		{7, "2026-06-10", "2026-06-10", 0, 0, true},
	} {
		d := s.Tasks[x.task]
		if d.Start.Date() != x.start || d.Finish.Date() != x.finish || d.TotalFloat != x.total*day || d.FreeFloat != x.free*day || d.Critical != x.critical {
			t.Errorf("%s: %s to %s, float %d %d, critical %v", p.Tasks[x.task].ID, d.Start.Date(), d.Finish.Date(), d.TotalFloat/day, d.FreeFloat/day, d.Critical)
		}
	}
	if got := driver(p, s.Tasks[6]); got != "lot 1" {
		t.Errorf("montage waits for %q", got)
	}

	p.Links[1].Type = SS // lot 2 starts a day after the first task of lot 1
	p.Tasks[3].NotBefore = "2026-06-03"
	p.Tasks[3].Deadline = "2026-06-05"
	s = mustCompute(t, p)
	if d := s.Tasks[3]; d.Start.Date() != "2026-06-03" || d.Finish.Date() != "2026-06-06" || !d.Late || d.TotalFloat != -1*day {
		t.Errorf("lot 2 from %s to %s, late %v, float %d", d.Start.Date(), d.Finish.Date(), d.Late, d.TotalFloat/day)
	}
	if d := s.Tasks[6]; !d.Late || d.TotalFloat != -1*day || !d.Critical {
		t.Errorf("montage: late %v, float %d", d.Late, d.TotalFloat/day)
	}
	if d := s.Tasks[4]; d.Late || d.TotalFloat != 2*day {
		t.Errorf("achat: late %v, float %d", d.Late, d.TotalFloat/day)
	}
}

func TestDatesOfTheirOwn(t *testing.T) {
	a := Task{ID: "A", Work: 3 * day}
	for name, x := range map[string]struct {
		b                    Task // after A, which takes Monday 1 June to Wednesday
		start, finish        when.Date
		floatA, floatB       Minutes
		late, forced, driven bool
	}{
		"not before, later":      {b: Task{NotBefore: "2026-06-06"}, start: "2026-06-08", finish: "2026-06-09", floatA: 2 * day},
		"not before, earlier":    {b: Task{NotBefore: "2026-06-02"}, start: "2026-06-04", finish: "2026-06-05", driven: true},
		"deadline met":           {b: Task{Deadline: "2026-06-09"}, start: "2026-06-04", finish: "2026-06-05", driven: true},
		"deadline missed":        {b: Task{Deadline: "2026-06-04"}, start: "2026-06-04", finish: "2026-06-05", floatA: -1 * day, floatB: -1 * day, late: true, driven: true},
		"deadline on a Sunday":   {b: Task{Deadline: "2026-06-07"}, start: "2026-06-04", finish: "2026-06-05", driven: true},
		"fixed later":            {b: Task{Mode: Fixed, Begin: "2026-06-08"}, start: "2026-06-08", finish: "2026-06-09", floatA: 2 * day},
		"fixed on a Sunday":      {b: Task{Mode: Fixed, Begin: "2026-06-07"}, start: "2026-06-08", finish: "2026-06-09", floatA: 2 * day},
		"fixed too early":        {b: Task{Mode: Fixed, Begin: "2026-06-03"}, start: "2026-06-03", finish: "2026-06-04", floatA: -1 * day, forced: true},
		"manual":                 {b: Task{Mode: Manual, Begin: "2026-06-06", End: "2026-06-09"}, start: "2026-06-06", finish: "2026-06-09", floatA: 2 * day},
		"manual, a day off":      {b: Task{Mode: Manual, Begin: "2026-06-06", End: "2026-06-06"}, start: "2026-06-06", finish: "2026-06-06", floatA: 2 * day},
		"manual, too early":      {b: Task{Mode: Manual, Begin: "2026-06-02", End: "2026-06-05"}, start: "2026-06-02", finish: "2026-06-05", floatA: -2 * day, forced: true},
		"begun before A is done": {b: Task{Begun: "2026-06-02", Percent: 50}, start: "2026-06-02", finish: "2026-06-03"},
	} {
		t.Run(name, func(t *testing.T) {
			x.b.ID, x.b.Work = "B", 2*day
			p := Plan{Start: "2026-06-01", Calendars: []*Calendar{french(t)}, Tasks: []Task{a, x.b}, Links: []Link{{From: 0, To: 1}}}
			s := mustCompute(t, p)
			b := s.Tasks[1]
			if b.Start.Date() != x.start || b.Finish.Date() != x.finish {
				t.Errorf("B from %s to %s, want %s to %s", b.Start.Date(), b.Finish.Date(), x.start, x.finish)
			}
			if b.TotalFloat != x.floatB || s.Tasks[0].TotalFloat != x.floatA {
				t.Errorf("floats %d and %d, want %d and %d", s.Tasks[0].TotalFloat, b.TotalFloat, x.floatA, x.floatB)
			}
			if b.Late != x.late || b.Forced != x.forced || b.Driver > 0 != x.driven {
				t.Errorf("late %v, forced %v, driven %v, want %v, %v, %v", b.Late, b.Forced, b.Driver > 0, x.late, x.forced, x.driven)
			}
		})
	}
}

// As of the morning of Monday 8 June, a week after the plan began.
func TestProgress(t *testing.T) {
	for name, x := range map[string]struct {
		a             Task
		start, finish when.Date // of A, 5 days
		next          when.Date // start of B, after it
		float         Minutes
		done          bool
	}{
		"not begun":            {a: Task{}, start: "2026-06-08", finish: "2026-06-12", next: "2026-06-15"},
		"begun, nothing told":  {a: Task{Begun: "2026-06-02"}, start: "2026-06-02", finish: "2026-06-12", next: "2026-06-15"},
		"40 %":                 {a: Task{Begun: "2026-06-02", Percent: 40}, start: "2026-06-02", finish: "2026-06-10", next: "2026-06-11"},
		"100 %, not closed":    {a: Task{Begun: "2026-06-02", Percent: 100}, start: "2026-06-02", finish: "2026-06-05", next: "2026-06-08"},
		"begins later":         {a: Task{Begun: "2026-06-09"}, start: "2026-06-09", finish: "2026-06-15", next: "2026-06-16"},
		"finished":             {a: Task{Begun: "2026-06-02", Finished: "2026-06-05", Percent: 100}, start: "2026-06-02", finish: "2026-06-05", next: "2026-06-08", done: true},
		"finished on Saturday": {a: Task{Begun: "2026-06-02", Finished: "2026-06-06"}, start: "2026-06-02", finish: "2026-06-06", next: "2026-06-08", done: true},
	} {
		t.Run(name, func(t *testing.T) {
			x.a.ID, x.a.Work = "A", 5*day
			p := Plan{Start: "2026-06-01", Status: "2026-06-08", Calendars: []*Calendar{french(t)}, Tasks: []Task{x.a, {ID: "B", Work: day}}, Links: []Link{{From: 0, To: 1}}}
			s := mustCompute(t, p)
			a, b := s.Tasks[0], s.Tasks[1]
			if a.Start.Date() != x.start || a.Finish.Date() != x.finish || b.Start.Date() != x.next {
				t.Errorf("A from %s to %s, B on %s; want %s to %s, %s", a.Start.Date(), a.Finish.Date(), b.Start.Date(), x.start, x.finish, x.next)
			}
			if a.Done != x.done || a.Critical == x.done || a.TotalFloat != 0 {
				t.Errorf("done %v, critical %v, float %d", a.Done, a.Critical, a.TotalFloat)
			}
		})
	}
}

func TestBegunTaskWaitsToFinish(t *testing.T) {
	p := Plan{Start: "2026-06-01", Calendars: []*Calendar{french(t)}}
	p.Tasks = []Task{{ID: "A", Work: 5 * day}, {ID: "B", Work: 2 * day, Begun: "2026-06-01", Percent: 50}}
	p.Links = []Link{{0, 1, FF, 1 * day}}
	s := mustCompute(t, p)
	if b := s.Tasks[1]; b.Start.Date() != "2026-06-01" || b.Finish.Date() != "2026-06-08" || b.Driver != 1 {
		t.Errorf("B from %s to %s, driver %d", b.Start.Date(), b.Finish.Date(), b.Driver)
	}
	if a := s.Tasks[0]; !a.Critical {
		t.Errorf("A has a float of %d", a.TotalFloat)
	}
}

func TestFaults(t *testing.T) {
	link := func(from, to int) Link { return Link{From: from, To: to} }
	for name, x := range map[string]struct {
		change func(*Plan)
		want   Faults
	}{
		"waits for itself":   {func(p *Plan) { p.Links = []Link{link(1, 1)} }, Faults{{Kind: Cycle, Tasks: []string{"B"}}}},
		"a ring":             {func(p *Plan) { p.Links = []Link{link(0, 1), link(1, 2), link(2, 0)} }, Faults{{Kind: Cycle, Tasks: []string{"A", "B", "C"}}}},
		"the shorter of two": {func(p *Plan) { p.Links = []Link{link(0, 1), link(1, 2), link(2, 0), link(3, 2), link(2, 3)} }, Faults{{Kind: Cycle, Tasks: []string{"C", "D"}}}},
		"behind a ring":      {func(p *Plan) { p.Links = []Link{link(3, 2), link(2, 3), link(2, 0), link(0, 1)} }, Faults{{Kind: Cycle, Tasks: []string{"C", "D"}}}},
		"part after its summary": {func(p *Plan) {
			p.Tasks[1].Parent = 1
			p.Links = []Link{link(0, 1)}
		}, Faults{{Kind: Cycle, Tasks: []string{"A", "B"}}}},
		"two summaries": {func(p *Plan) {
			p.Tasks[1].Parent, p.Tasks[3].Parent = 1, 3
			p.Links = []Link{link(0, 2), link(3, 1)}
		}, Faults{{Kind: Cycle, Tasks: []string{"A", "C", "D", "B"}}}},
		"parts of each other":    {func(p *Plan) { p.Tasks[1].Parent, p.Tasks[2].Parent = 3, 2 }, Faults{{Kind: ParentCycle, Tasks: []string{"B", "C"}}}},
		"part of itself":         {func(p *Plan) { p.Tasks[1].Parent = 2 }, Faults{{Kind: ParentCycle, Tasks: []string{"B"}}}},
		"unknown parent":         {func(p *Plan) { p.Tasks[1].Parent = 9 }, Faults{{Kind: UnknownTask, Tasks: []string{"B"}}}},
		"unknown ends":           {func(p *Plan) { p.Links = []Link{link(0, 4), link(-1, 0)} }, Faults{{Kind: UnknownTask, Link: 1}, {Kind: UnknownTask, Link: 2}}},
		"unknown type of link":   {func(p *Plan) { p.Links = []Link{{0, 1, 4, 0}} }, Faults{{Kind: UnknownLink, Link: 1}}},
		"unknown calendar":       {func(p *Plan) { p.Tasks[0].Calendar = 1 }, Faults{{Kind: UnknownCalendar, Tasks: []string{"A"}}}},
		"no calendar":            {func(p *Plan) { p.Calendars[0] = nil; p.Tasks = p.Tasks[:1] }, Faults{{Kind: UnknownCalendar, Tasks: []string{"A"}}}},
		"negative work":          {func(p *Plan) { p.Tasks[3].Work = -1 }, Faults{{Kind: BadWork, Tasks: []string{"D"}}}},
		"eleven years":           {func(p *Plan) { p.Tasks[3].Work = 11 * 260 * day }, Faults{{Kind: TooLong, Tasks: []string{"D"}}}},
		"a lag of eleven years":  {func(p *Plan) { p.Links = []Link{{0, 1, FS, -11 * 260 * day}} }, Faults{{Kind: TooLong, Link: 1, Tasks: []string{"A", "B"}}}},
		"no start":               {func(p *Plan) { p.Start = "" }, Faults{{Kind: BadDate}}},
		"no status":              {func(p *Plan) { p.Status = "hier" }, Faults{{Kind: BadDate, Date: "hier"}}},
		"no day":                 {func(p *Plan) { p.Tasks[0].NotBefore = "2026-02-30" }, Faults{{Kind: BadDate, Tasks: []string{"A"}, Date: "2026-02-30"}}},
		"fixed nowhere":          {func(p *Plan) { p.Tasks[0].Mode = Fixed }, Faults{{Kind: BadDate, Tasks: []string{"A"}}}},
		"ends before it begins":  {func(p *Plan) { p.Tasks[0].Mode, p.Tasks[0].Begin, p.Tasks[0].End = Manual, "2026-06-02", "2026-06-01" }, Faults{{Kind: BadDate, Tasks: []string{"A"}, Date: "2026-06-01"}}},
		"finished before begun":  {func(p *Plan) { p.Tasks[0].Begun, p.Tasks[0].Finished = "2026-06-02", "2026-06-01" }, Faults{{Kind: BadDate, Tasks: []string{"A"}, Date: "2026-06-01"}}},
		"finished but not begun": {func(p *Plan) { p.Tasks[0].Finished = "2026-06-01" }, Faults{{Kind: BadProgress, Tasks: []string{"A"}}}},
		"101 %":                  {func(p *Plan) { p.Tasks[0].Percent = 101 }, Faults{{Kind: BadProgress, Tasks: []string{"A"}}}},
		"after 2200":             {func(p *Plan) { p.Tasks[0].NotBefore = "2200-12-30"; p.Links = []Link{link(0, 1)} }, Faults{{Kind: OutOfRange, Tasks: []string{"A"}}}},
		"milestone after 2200": {func(p *Plan) {
			p.Tasks[0].NotBefore, p.Tasks[0].Work, p.Links = "2200-12-30", 0, []Link{{0, 1, FS, 9 * day}}
		}, Faults{{Kind: OutOfRange, Tasks: []string{"B"}}}},
		"all at once": {func(p *Plan) { p.Tasks[0].ID, p.Tasks[0].Percent, p.Tasks[1].Work = "", -1, -1 }, Faults{{Kind: BadProgress, Tasks: []string{"#0"}}, {Kind: BadWork, Tasks: []string{"B"}}}},
		"too many":    {func(p *Plan) { p.Links = make([]Link, MaxLinks+1) }, Faults{{Kind: TooLarge}}},
	} {
		t.Run(name, func(t *testing.T) {
			p := Plan{Start: "2026-06-01", Calendars: []*Calendar{french(t)}}
			for _, id := range []string{"A", "B", "C", "D"} {
				p.Tasks = append(p.Tasks, Task{ID: id, Work: 5 * day})
			}
			x.change(&p)
			_, err := Compute(p)
			var got *Faults
			if !errors.As(err, &got) || !slices.EqualFunc(*got, x.want, same) {
				t.Errorf("got %v, want %v", err, x.want)
			}
		})
	}
}

func TestNothingToDo(t *testing.T) {
	s := mustCompute(t, Plan{Start: "2026-06-01"})
	if s.Start != 0 || s.Finish != 0 || len(s.Tasks) != 0 {
		t.Errorf("got %+v", s)
	}
}
