package fault

import (
	"fmt"
	"strings"
	"unicode"
)

// Unseen reports a sign that no text may hold, for it shows nothing or makes what stands beside it read
// in another order: control characters, marks and overrides of direction ("exe.pdf" is shown of
// "fdp.exe"), separators of lines that no keyboard has, spaces without width. The joiners (U+200C,
// U+200D) and variation selectors make scripts and emoji, and stay; so do tab and the ends of lines.
func Unseen(r rune) bool {
	switch {
	case r == '\t', r == '\n', r == '\r':
		return false
	case unicode.IsControl(r):
		return true
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0x061C: // direction
		return true
	case r == 0x2028, r == 0x2029, r >= 0xFFF9 && r <= 0xFFFB: // separators
		return true
	case r == 0x200B, r == 0xFEFF, r == 0x00AD, r == 0x180E, r >= 0x2060 && r <= 0x2064, r >= 0x206A && r <= 0x206F: // no width
		return true
	case r == 0x115F, r == 0x1160, r == 0x3164, r == 0xFFA0: // letters that are blank
		return true
	}
	return false
}

// Seen takes what is unseen out of a text that people typed or pasted, or that a file of theirs holds.
// What separates lines ends one.
func Seen(s string) string {
	if strings.IndexFunc(s, Unseen) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == 0x2028, r == 0x2029, r == '\v', r == '\f', r == 0x0085:
			return '\n'
		case Unseen(r):
			return -1
		}
		return r
	}, s)
}

// Unseen notes a text that holds an unseen sign. Forms and files lose it before (Seen), for who typed
// does not see it; a program is told, so that it does not look for what it did not get.
func (l *Fields) Unseen(name, value string) {
	i := strings.IndexFunc(value, Unseen)
	if i < 0 {
		return
	}
	for _, r := range value[i:] {
		l.Add(name, "fault.unseen", "sign", fmt.Sprintf("U+%04X", r))
		return
	}
}

// Text notes a text that is missing, too long, or that holds an unseen sign. Least 0 allows none; most
// counts characters.
func (l *Fields) Text(name, value string, least, most int) {
	switch n := len([]rune(strings.TrimSpace(value))); {
	case n < least:
		l.Add(name, "fault.required")
	case n > most:
		l.Add(name, "fault.too_long", "count", most)
	default:
		l.Unseen(name, value)
	}
}
