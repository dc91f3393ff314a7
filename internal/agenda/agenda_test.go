package agenda

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bassin/internal/ical"
	"bassin/internal/plan"
)

// vcal makes a calendar of lines.
func vcal(component string, lines ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t\r\nBEGIN:" + component + "\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:" + component + "\r\nEND:VCALENDAR\r\n"
}

func TestBodies(t *testing.T) {
	start := "DTSTART:20260302T090000Z"
	for _, c := range []struct {
		name, text string
		want       error
	}{
		{"event", vcal("VEVENT", "UID:1", start), nil},
		{"task without a day", vcal("VTODO", "UID:1", "SUMMARY:x"), nil},
		{"event without a day", vcal("VEVENT", "UID:1"), errData},
		{"no name", vcal("VEVENT", start), errObject},
		{"journal", vcal("VJOURNAL", "UID:1"), errComponent},
		{"only a time zone", vcal("VTIMEZONE", "TZID:x"), errObject},
		{"method", strings.Replace(vcal("VEVENT", "UID:1", start), "VERSION", "METHOD:REQUEST\r\nVERSION", 1), errObject},
		{"a day that is none", vcal("VEVENT", "UID:1", "DTSTART:20260230T000000Z"), errData},
		{"year 9999", vcal("VEVENT", "UID:1", "DTSTART:99990101T000000Z"), errData},
		{"a rule that is none", vcal("VEVENT", "UID:1", start, "RRULE:FREQ=SOMETIMES"), errData},
		{"every second", vcal("VEVENT", "UID:1", start, "RRULE:FREQ=SECONDLY"), nil},
		{"no calendar", "hello", errData},
		{"large", vcal("VEVENT", "UID:1", start, "DESCRIPTION:"+strings.Repeat("x", maxObject)), errSize},
		{"two names", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n" + start + "\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\n" + start + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", errObject},
	} {
		_, err := readBody(c.text)
		if err != c.want && (err == nil || c.want == nil || !strings.HasPrefix(err.Error(), c.want.Error())) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

func TestTasksKeepWhatBassinDoesNotKnow(t *testing.T) {
	sent := vcal("VTODO", "UID:1", "SUMMARY:Commander", "X-APPLE-SORT-ORDER:12", "PRIORITY:5", "DUE;TZID=Europe/Paris:20260310T170000", "BEGIN:VALARM", "TRIGGER:-PT1H", "ACTION:DISPLAY", "END:VALARM")
	b, err := readBody(sent)
	if err != nil {
		t.Fatal(err)
	}
	f := readTodo(b.master())
	if f.Due != "2026-03-10" || f.Status != needsAction || f.Summary != "Commander" {
		t.Errorf("facts %+v", f)
	}
	f.write(b.master())
	if got := b.Calendar.String(); got != sent {
		t.Errorf("said already, yet changed:\n%s", got)
	}
	f.Summary, f.Status, f.Completed, f.Percent = "Commander l’acier", completed, "2026-03-09", 100
	f.write(b.master())
	got := b.Calendar.String()
	for _, want := range []string{"SUMMARY:Commander l’acier", "STATUS:COMPLETED", "COMPLETED:20260309T120000Z", "PERCENT-COMPLETE:100", "X-APPLE-SORT-ORDER:12", "DUE;TZID=Europe/Paris:20260310T170000", "BEGIN:VALARM"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in\n%s", want, got)
		}
	}
}

func TestOnlyWhatAProgramChangedChangesATask(t *testing.T) {
	was := todoFacts{Summary: "a", Status: inProcess, Due: "2026-03-10"} // computed, not agreed
	task := plan.Task{Title: "a", State: plan.Review}
	now := was
	now.Summary = "b"
	now.apply(was, &task)
	if task.Title != "b" || task.State != plan.Review || task.Deadline != "" {
		t.Errorf("%+v", task)
	}
	now = was
	now.Status, now.Completed = completed, "2026-03-02"
	now.apply(was, &task)
	if task.State != plan.Done || task.FinishedOn != "2026-03-02" {
		t.Errorf("%+v", task)
	}
}

func TestWhenSeriesHappen(t *testing.T) {
	at := func(s string) time.Time {
		x, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, c := range []struct {
		name     string
		lines    []string
		from, to string
		want     bool
	}{
		{"weekly, its day", []string{"DTSTART:20260302T090000Z", "RRULE:FREQ=WEEKLY"}, "2026-03-16 00:00", "2026-03-17 00:00", true},
		{"weekly, another day", []string{"DTSTART:20260302T090000Z", "RRULE:FREQ=WEEKLY"}, "2026-03-17 00:00", "2026-03-18 00:00", false},
		{"left out", []string{"DTSTART:20260302T090000Z", "RRULE:FREQ=WEEKLY", "EXDATE:20260316T090000Z"}, "2026-03-16 00:00", "2026-03-17 00:00", false},
		{"over", []string{"DTSTART:20260302T090000Z", "RRULE:FREQ=WEEKLY;COUNT=2"}, "2026-03-16 00:00", "2026-03-17 00:00", false},
		{"by the hour of the place", []string{"DTSTART;TZID=Europe/Paris:20260302T003000", "RRULE:FREQ=WEEKLY"}, "2026-04-05 22:00", "2026-04-05 23:00", true},
		{"still going on", []string{"DTSTART:20260302T230000Z", "DURATION:PT3H", "RRULE:FREQ=DAILY"}, "2026-03-10 01:00", "2026-03-10 01:30", true},
		{"the last Friday", []string{"DTSTART:20260130T090000Z", "RRULE:FREQ=MONTHLY;BYDAY=-1FR"}, "2026-02-27 00:00", "2026-02-28 00:00", true},
		{"not yet", []string{"DTSTART:20260302T090000Z", "RRULE:FREQ=DAILY"}, "2026-02-01 00:00", "2026-03-01 00:00", false},
	} {
		b, err := readBody(vcal("VEVENT", append([]string{"UID:1"}, c.lines...)...))
		if err != nil {
			t.Fatal(err)
		}
		if got := (&work{}).happens(b.master(), at(c.from), at(c.to)); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// A rule takes a line to write and may take hours to follow.
func TestRulesThatNeverEnd(t *testing.T) {
	for _, rule := range []string{
		"FREQ=SECONDLY", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
		"FREQ=MONTHLY;INTERVAL=12;BYMONTH=5", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYMONTH=6", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=7", "FREQ=DAILY;BYMONTHDAY=31;BYDAY=1MO", "FREQ=YEARLY;BYYEARDAY=366;INTERVAL=3",
		"FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=0,1,2,3,4,5,6,7,8,9;BYMINUTE=0,1,2,3,4,5,6,7,8,9;BYSECOND=0,1,2,3,4,5,6,7,8,9",
		"FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23",
	} {
		b, err := readBody(vcal("VEVENT", "UID:1", "DTSTART:20260302T090000Z", "RRULE:"+rule))
		if err != nil {
			t.Fatalf("%s: %v", rule, err)
		}
		began := time.Now()
		w := &work{}
		for i := range 200 {
			from := time.Date(2030+i/10, 1, 1, 0, 0, 0, 0, time.UTC)
			w.happens(b.master(), from, from.Add(time.Minute))
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("%s took %v", rule, took)
		}
	}
}

func TestCompare(t *testing.T) {
	say := func(facts string) saying { return saying{facts: facts} }
	items := []item{{kind: OfTask, ref: "same", ours: say("1")}, {kind: OfTask, ref: "changed", ours: say("2")}, {kind: OfTask, ref: "new", ours: say("1")}, {kind: OfTask, ref: "back", ours: say("1")},
		{kind: OfTask, ref: "theirs", ours: say("computed"), theirs: say("agreed")}}
	rows := []Object{{Kind: OfTask, RefID: "same", Name: "task-same.ics", Facts: "1"}, {Kind: OfTask, RefID: "changed", Name: "task-changed.ics", Facts: "1"}, {Kind: OfTask, RefID: "left", Name: "task-left.ics", Facts: "1"},
		{Kind: OfTask, RefID: "back", Name: "task-back.ics", Facts: "1", GoneAt: 5}, {Kind: OfTask, RefID: "long gone", Name: "x", GoneAt: 5}, {Kind: OfTask, RefID: "theirs", Name: "abc.ics", Facts: "agreed"}}
	var got []string
	for _, c := range compare(items, rows) {
		if c.item == nil {
			got = append(got, "-"+c.row.RefID)
		} else {
			got = append(got, "+"+c.item.ref)
		}
	}
	if s := strings.Join(got, " "); s != "+changed +new +back -left" {
		t.Errorf("changes: %s", s)
	}
}

func TestPlaces(t *testing.T) {
	for path, want := range map[string]level{"/caldav/": atRoot, "/caldav/people/p/": atPerson, "/caldav/people/p": atPerson, "/caldav/people/p/calendars/": atHome, "/caldav/people/p/calendars/x/": atBook,
		"/caldav/people/p/calendars/x/a%20b.ics": atObject, "/caldav/people": -1, "/caldav/x/p/": -1, "/caldav/people/p/x/": -1, "/caldav/people/p/calendars/x/y/z": -1, "/caldav/people/../": -1,
		"/caldav/people/p/calendars/x/%2e%2e": -1, "/caldav/people/p/calendars/x/a%2fb": -1, "/caldav/people/p/calendars/x/%ff": -1, "/other": -1, "/caldav//": -1} {
		p, ok := parsePlace(path)
		if ok != (want >= 0) || ok && p.level != want {
			t.Errorf("%s: %v %v", path, p.level, ok)
		}
		if ok {
			if again, ok := parsePlace(p.href()); !ok || again != p {
				t.Errorf("%s becomes %s, which is %+v", path, p.href(), again)
			}
		}
	}
}

func TestMonths(t *testing.T) {
	for _, c := range []struct{ asked, first, from, to string }{
		{"2026-11", "2026-11-01", "2026-10-26", "2026-12-06"}, {"2026-02", "2026-02-01", "2026-01-26", "2026-03-01"}, {"2027-02", "2027-02-01", "2027-02-01", "2027-02-28"},
		{"x", "2026-03-01", "2026-02-23", "2026-04-05"}, {"0001-01", "2026-03-01", "2026-02-23", "2026-04-05"},
	} {
		m := monthOf(c.asked, "2026-03-15")
		if string(m.First) != c.first || string(m.Days[0].On) != c.from || string(m.Days[len(m.Days)-1].On) != c.to || len(m.Days)%7 != 0 {
			t.Errorf("%s: %s, %s to %s", c.asked, m.First, m.Days[0].On, m.Days[len(m.Days)-1].On)
		}
	}
}

func FuzzBody(f *testing.F) {
	f.Add(vcal("VEVENT", "UID:1", "DTSTART:20260302T090000Z", "RRULE:FREQ=WEEKLY;COUNT=3"))
	f.Add(vcal("VTODO", "UID:1", "DUE;VALUE=DATE:20260302", "DURATION:P1D"))
	f.Add(vcal("VEVENT", "UID:1", "DTSTART;VALUE=DATE:20260302", "RRULE:FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=1", "EXDATE:20260302,x"))
	f.Fuzz(func(t *testing.T, s string) {
		b, err := readBody(s)
		if err != nil {
			return
		}
		b.span()
		for _, p := range b.Calendar.Parts {
			(&work{}).happens(p, earliest, latest)
			(&work{}).happens(p, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
		}
		todo, event := readTodo(b.master()), readEvent(b.master())
		_ = fmt.Sprint(todo, event)
		todo.Summary, todo.Due = "x", "2026-03-02"
		todo.write(b.master())
		if _, err := ical.Parse(b.Calendar.String()); err != nil {
			t.Fatal(err)
		}
	})
}
