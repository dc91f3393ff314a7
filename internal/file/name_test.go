package file

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCleanName(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "Fiche action 03.pdf", "Fiche action 03.pdf"},
		{"accents", "été à l’œuvre.pdf", "été à l’œuvre.pdf"},
		{"accents of a Mac", "e\u0301te\u0301.pdf", "été.pdf"},
		{"emoji", "🏭 usine 👩🏽‍🔧.png", "🏭 usine 👩🏽‍🔧.png"},
		{"folders", "../../etc/passwd", "passwd"},
		{"folders of Windows", `C:\Users\x\plan.dwg`, "plan.dwg"},
		{"only folders", "../", "file"},
		{"hidden", ".htaccess", "htaccess"},
		{"dots", "...", "file"},
		{"empty", "", "file"},
		{"spaces", "  a \t b\u00a0c .pdf ", "a b c .pdf"},
		{"control characters", "a\x00b\r\nc\x1b.txt", "ab c.txt"},
		{"direction turned", "facture\u202efdp.exe", "facturefdp.exe"},
		{"signs of Windows", `a<b>:"c"|d?*.txt`, "a-b---c--d--.txt"},
		{"end of Windows", "a.txt. . ", "a.txt"},
		{"device", "CON", "_CON"},
		{"device with extension", "con.txt", "_con.txt"},
		{"device with two", "Lpt1.tar.gz", "_Lpt1.tar.gz"},
		{"device with a power", "COM¹.txt", "_COM¹.txt"},
		{"no device", "console.txt", "console.txt"},
		{"no device", "com10.txt", "com10.txt"},
		{"not UTF-8", "a\xffb.txt", "a\uFFFDb.txt"},
		{"long", strings.Repeat("é", 200) + ".pdf", strings.Repeat("é", 125) + ".pdf"},
		{"long without extension", strings.Repeat("a", 300), strings.Repeat("a", 255)},
		{"long extension", "a." + strings.Repeat("b", 300), "a." + strings.Repeat("b", 253)},
	} {
		got := CleanName(c.in)
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		if again := CleanName(got); again != got {
			t.Errorf("%s: again gives %q", c.name, again)
		}
	}
}

func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"a.pdf", "../..", "CON.txt", strings.Repeat("é", 200) + ".x", "e\u0301", "\u202e", "a. . .b", "👩🏽‍🔧"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got := CleanName(in)
		if got == "" || len(got) > maxNameBytes || !utf8.ValidString(got) || strings.ContainsAny(got, "/\\\x00\r\n\"") || strings.HasPrefix(got, ".") || reserved(got) {
			t.Errorf("%q gives %q", in, got)
		}
	})
}
