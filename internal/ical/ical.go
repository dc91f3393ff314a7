// Package ical reads and writes iCalendar (RFC 5545). It is a library: it knows nothing of the rest
// of the program.
//
// Words: a component (VEVENT) holds lines (SUMMARY:…) and parts (VALARM). What is not changed is
// written as it was read, to the byte: programs keep in a calendar what only they understand.
// Everything read is hostile: size, depth and number of lines are bounded.
package ical

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// The limits of what is read.
const (
	MaxBytes = 512 << 10
	maxLines = 20_000
	maxDepth = 6
)

// ErrSyntax says that a text is no iCalendar, or one beyond the limits.
var ErrSyntax = errors.New("no iCalendar")

// Param is a parameter of a line: TZID=Europe/Paris.
type Param struct{ Name, Value string }

// Line is a property with its value as it is written, escapes and all.
type Line struct {
	Name   string // in capitals
	Params []Param
	Value  string
	raw    string // as it was read, folded; "" for a line of ours
}

// Component is a part of a calendar with what stands in it, in the order it was read.
type Component struct {
	Name  string // in capitals
	Lines []Line
	Parts []*Component
}

// New makes a component.
func New(name string) *Component { return &Component{Name: name} }

// Get gives the first line of a name.
func (c *Component) Get(name string) (Line, bool) {
	for _, l := range c.Lines {
		if l.Name == name {
			return l, true
		}
	}
	return Line{}, false
}

// All gives the lines of a name.
func (c *Component) All(name string) []Line {
	var out []Line
	for _, l := range c.Lines {
		if l.Name == name {
			out = append(out, l)
		}
	}
	return out
}

// Text gives the text of the first line of a name, "" when there is none.
func (c *Component) Text(name string) string {
	l, _ := c.Get(name)
	return l.Text()
}

// Set makes a line the only one of its name, in the place of the first.
func (c *Component) Set(name, value string, params ...Param) {
	line := Line{Name: name, Params: params, Value: value}
	for i, l := range c.Lines {
		if l.Name == name {
			rest := c.Lines[i+1:]
			c.Lines = append(c.Lines[:i:i], line)
			for _, l := range rest {
				if l.Name != name {
					c.Lines = append(c.Lines, l)
				}
			}
			return
		}
	}
	c.Lines = append(c.Lines, line)
}

// SetText is Set for a text; an empty one removes the line.
func (c *Component) SetText(name, text string) {
	if text == "" {
		c.Remove(name)
		return
	}
	c.Set(name, Escape(text))
}

// Add puts a line behind the others.
func (c *Component) Add(name, value string, params ...Param) {
	c.Lines = append(c.Lines, Line{Name: name, Params: params, Value: value})
}

// Remove takes the lines of a name away.
func (c *Component) Remove(name string) {
	kept := make([]Line, 0, len(c.Lines))
	for _, l := range c.Lines {
		if l.Name != name {
			kept = append(kept, l)
		}
	}
	c.Lines = kept
}

// Text gives the value without escapes.
func (l Line) Text() string { return unescape(l.Value) }

// Param gives the value of a parameter.
func (l Line) Param(name string) string {
	for _, p := range l.Params {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// Day reports whether the value is a day without an hour.
func (l Line) Day() bool { return strings.EqualFold(l.Param("VALUE"), "DATE") || len(l.Value) == 8 }

// Time reads a date-time or a day. A time without a zone, and one of a zone that is not known, is
// taken as of the place.
func (l Line) Time(place *time.Location) (time.Time, error) {
	if l.Day() {
		return inRange(time.ParseInLocation("20060102", l.Value, place))
	}
	if v, utc := strings.CutSuffix(l.Value, "Z"); utc {
		return inRange(time.Parse("20060102T150405", v))
	}
	if zone, err := time.LoadLocation(l.Param("TZID")); err == nil && l.Param("TZID") != "" && l.Param("TZID") != "Local" {
		place = zone
	}
	return inRange(time.ParseInLocation("20060102T150405", l.Value, place))
}

// inRange refuses years that nobody means: they make loops over days long.
func inRange(t time.Time, err error) (time.Time, error) {
	if err == nil && (t.Year() < 1800 || t.Year() > 2300) {
		return t, fmt.Errorf("%w: year %d", ErrSyntax, t.Year())
	}
	return t, err
}

// UTC writes an instant.
func UTC(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// Escape writes a text as a value.
func Escape(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`, "\r", `\n`).Replace(printable(s))
}

// printable leaves out control characters, which no calendar may hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\r' && r != '\t' || r == 0x7F {
			return -1
		}
		return r
	}, s)
}

func unescape(s string) string {
	if !strings.ContainsRune(s, '\\') {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		switch i++; s[i] {
		case 'n', 'N':
			b.WriteByte('\n')
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// String writes the component: lines of at most 75 bytes, ended by CR LF.
func (c *Component) String() string {
	var b strings.Builder
	c.write(&b)
	return b.String()
}

func (c *Component) write(b *strings.Builder) {
	b.WriteString("BEGIN:" + c.Name + "\r\n")
	for _, l := range c.Lines {
		l.write(b)
	}
	for _, p := range c.Parts {
		p.write(b)
	}
	b.WriteString("END:" + c.Name + "\r\n")
}

func (l Line) write(b *strings.Builder) {
	if l.raw != "" {
		b.WriteString(l.raw)
		return
	}
	s := l.Name
	for _, p := range l.Params {
		v := strings.Map(func(r rune) rune {
			if r < 0x20 || r == '"' || r == 0x7F {
				return -1
			}
			return r
		}, p.Value)
		if strings.ContainsAny(v, ";:,") {
			v = `"` + v + `"`
		}
		s += ";" + p.Name + "=" + v
	}
	fold(b, s+":"+strings.NewReplacer("\r", "", "\n", "").Replace(l.Value))
}

// fold writes a line in pieces of at most 75 bytes, never within a character.
func fold(b *strings.Builder, s string) {
	for room := 75; len(s) > room; room = 74 {
		cut := room
		for cut > 1 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		b.WriteString(s[:cut] + "\r\n ")
		s = s[cut:]
	}
	b.WriteString(s + "\r\n")
}

// Duration reads a duration such as PT1H30M or P2W. The longest is ten years.
func Duration(s string) (time.Duration, bool) {
	sign := time.Duration(1)
	if rest, minus := strings.CutPrefix(s, "-"); minus {
		sign, s = -1, rest
	}
	s, ok := strings.CutPrefix(strings.TrimPrefix(s, "+"), "P")
	if !ok || s == "" || len(s) > 40 {
		return 0, false
	}
	units := map[byte]time.Duration{'W': 7 * 24 * time.Hour, 'D': 24 * time.Hour}
	var sum, n time.Duration
	digits := false
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			if n = n*10 + time.Duration(c-'0'); n > 1e9 {
				return 0, false
			}
			digits = true
		case c == 'T' && !digits:
			units = map[byte]time.Duration{'H': time.Hour, 'M': time.Minute, 'S': time.Second}
		case digits && units[c] != 0:
			if n > 3660*24*time.Hour/units[c] {
				return 0, false
			}
			sum, n, digits = sum+n*units[c], 0, false
		default:
			return 0, false
		}
	}
	return sign * sum, !digits && sum <= 3660*24*time.Hour
}
