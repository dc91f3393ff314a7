package fault

import "testing"

func TestSeen(t *testing.T) {
	for _, c := range []struct{ name, in, want, sign string }{
		{"plain", "Été à l’œuvre, 3 µm → n° 2 « ok »", "Été à l’œuvre, 3 µm → n° 2 « ok »", ""},
		{"lines", "a\tb\r\nc", "a\tb\r\nc", ""},
		{"emoji", "🏭 👩🏽‍🔧 ❤️", "🏭 👩🏽‍🔧 ❤️", ""},
		{"scripts", "می\u200cخواهم שלום", "می\u200cخواهم שלום", ""},
		{"turned", "facture\u202efdp.exe", "facturefdp.exe", "U+202E"},
		{"turned apart", "\u2066a\u2069", "a", "U+2066"},
		{"marks", "a\u200e\u200f\u061cb", "ab", "U+200E"},
		{"no width", "ad\u200bmin\ufeff\u00ad\u2060", "admin", "U+200B"},
		{"only blank", "\u3164\u115f", "", "U+3164"},
		{"separators", "a\u2028b\u2029c\vd\fe\u0085f", "a\nb\nc\nd\ne\nf", "U+2028"},
		{"control", "a\x00b\x1b[31mc\x7f", "ab[31mc", "U+0000"},
	} {
		if got := Seen(c.in); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		var wrong Fields
		wrong.Text("title", c.in, 0, 100)
		switch {
		case c.sign == "" && len(wrong) != 0:
			t.Errorf("%s is refused: %v", c.name, wrong)
		case c.sign != "" && (len(wrong) != 1 || wrong[0].Key != "fault.unseen" || wrong[0].Args["sign"] != c.sign):
			t.Errorf("%s: %v, want %s refused", c.name, wrong, c.sign)
		}
	}
}
