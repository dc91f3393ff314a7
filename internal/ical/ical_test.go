package ical

import (
	"strings"
	"testing"
	"time"
)

const sent = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y\r\nBEGIN:VEVENT\r\nUID:1\r\nX-MOZ-LASTACK;X=\"a;b:c\":20260101T000000Z\r\n" +
	"SUMMARY:Une réunion assez longue pour que sa ligne soit pliée par qui l’\r\n envoie\r\nDTSTART;TZID=Europe/Paris:20260302T100000\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\n" +
	"BEGIN:VALARM\r\nTRIGGER:-PT15M\r\nACTION:DISPLAY\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

func TestWhatIsNotChangedIsWrittenAsItWasRead(t *testing.T) {
	c, err := Parse(sent)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.String(); got != sent {
		t.Errorf("got\n%s", got)
	}
	e := c.Parts[0]
	if got := e.Text("SUMMARY"); got != "Une réunion assez longue pour que sa ligne soit pliée par qui l’envoie" {
		t.Errorf("summary %q", got)
	}
	x, _ := e.Get("X-MOZ-LASTACK")
	if x.Param("X") != "a;b:c" || x.Value != "20260101T000000Z" {
		t.Errorf("line %+v", x)
	}
	at, _ := e.Get("DTSTART")
	if got, err := at.Time(time.UTC); err != nil || !got.Equal(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("start %v %v", got, err)
	}
	e.SetText("SUMMARY", "Autre, chose; à\nvoir")
	if got, want := c.String(), strings.Replace(sent, "SUMMARY:Une réunion assez longue pour que sa ligne soit pliée par qui l’\r\n envoie", `SUMMARY:Autre\, chose\; à\nvoir`, 1); got != want {
		t.Errorf("got\n%s", got)
	}
	if got := e.Text("SUMMARY"); got != "Autre, chose; à\nvoir" {
		t.Errorf("summary %q", got)
	}
}

func TestLinesAreFoldedBetweenCharacters(t *testing.T) {
	c := New("VEVENT")
	text := strings.Repeat("é", 200)
	c.SetText("DESCRIPTION", text)
	for line := range strings.SplitSeq(c.String(), "\r\n") {
		if len(line) > 75 {
			t.Errorf("%d bytes: %s", len(line), line)
		}
	}
	again, err := Parse(c.String())
	if err != nil || again.Text("DESCRIPTION") != text {
		t.Errorf("%v %q", err, again.Text("DESCRIPTION"))
	}
}

func TestWhatIsNoCalendarIsRefused(t *testing.T) {
	deep := strings.Repeat("BEGIN:X\n", 10) + strings.Repeat("END:X\n", 10)
	for _, bad := range []string{"", "x", "END:X", "BEGIN:X", "BEGIN:X\nEND:Y", "BEGIN:X\nA;B\nEND:X", "BEGIN:X\nA;B=\"c\nEND:X", "BEGIN:X\n:a\nEND:X", "BEGIN:X\nEND:X\nA:b", deep,
		"BEGIN:X\nA:\x00\nEND:X", "BEGIN:X\nA:\xff\nEND:X", "BEGIN:X\nA B:c\nEND:X", "BEGIN:\nEND:", "BEGIN:X\n" + strings.Repeat("A:b\n", 30_000) + "END:X", strings.Repeat("x", MaxBytes+1)} {
		if _, err := Parse(bad); err == nil {
			t.Errorf("accepted: %.60q", bad)
		}
	}
}

func TestYearsThatNobodyMeansAreRefused(t *testing.T) {
	for _, v := range []string{"99990101", "00010101T000000Z", "20261340", "x"} {
		if _, err := (Line{Value: v}).Time(time.UTC); err == nil {
			t.Errorf("accepted %q", v)
		}
	}
}

// What is read is written so that it reads the same.
func FuzzParse(f *testing.F) {
	f.Add(sent)
	f.Add("BEGIN:X\nA;B=\"c\":d\n e\nEND:X")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := Parse(s)
		if err != nil {
			return
		}
		again, err := Parse(c.String())
		if err != nil {
			t.Fatalf("%v: %q", err, c.String())
		}
		if again.String() != c.String() {
			t.Fatalf("%q became %q", c.String(), again.String())
		}
		for _, l := range c.Lines {
			_, _ = l.Time(time.UTC)
			_ = l.Text()
		}
	})
}
