package scan

import (
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
)

func TestLines(t *testing.T) {
	long := strings.Repeat("x", 3*piece)
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"lf":                       {"a\nb\n", []string{"a", "b"}},
		"cr lf":                    {"a\r\n\r\nb", []string{"a", "", "b"}},
		"cr alone":                 {"a\rb\r\rc", []string{"a", "b", "", "c"}},
		"all of them":              {"a\r\n\nb\r", []string{"a", "", "b"}},
		"byte order mark":          {"\xEF\xBB\xBFa", []string{"a"}},
		"longer than a piece":      {"a\n" + long + "\nb", []string{"a", long, "b"}},
		"nothing":                  {"", nil},
		"end of line on the piece": {strings.Repeat("y", piece-1) + "\r\nz", []string{strings.Repeat("y", piece-1), "z"}},
	} {
		t.Run(name, func(t *testing.T) {
			lines := NewLines(strings.NewReader(c.text), 0, int64(len(c.text)), 0)
			for i, want := range c.want {
				got, err := lines.Next()
				if err != nil || string(got) != want || lines.Number() != int64(i+1) {
					t.Fatalf("line %d is %.20q (number %d, %v), want %.20q", i+1, got, lines.Number(), err, want)
				}
			}
			if got, err := lines.Next(); err != io.EOF {
				t.Errorf("after the end stands %.20q, %v", got, err)
			}
			if lines.Left() != 0 {
				t.Errorf("%d bytes are left", lines.Left())
			}
		})
	}
}

func TestLineTooLong(t *testing.T) {
	text := strings.Repeat("x", maxLine+2*piece)
	if _, err := NewLines(strings.NewReader(text), 0, int64(len(text)), 0).Next(); err == nil || !strings.Contains(err.Error(), "line-too-long") {
		t.Errorf("a line of %d bytes is %v", len(text), err)
	}
}

func TestFloat(t *testing.T) {
	for _, word := range []string{"0", "-0", "1", "+1.5", "-.25", "3.", "0.1", "123456.789e-3", "7.718933e+000", "1e22", "1e23", "9007199254740993",
		"0.000000000000000000001234", "3.1415926535897932384626433", "1.7976931348623157e308", "5e-324", "2.2250738585072011e-308", "1e400", "-1e-400"} {
		got, ok := Float([]byte(word))
		want, _ := strconv.ParseFloat(word, 64)
		if !ok || got != want || math.Signbit(got) != math.Signbit(want) {
			t.Errorf("%s is %v (%v), want %v", word, got, ok, want)
		}
	}
	for _, word := range []string{"nan", "NaN", "-nan"} {
		if got, ok := Float([]byte(word)); word != "-nan" && (!ok || !math.IsNaN(got)) {
			t.Errorf("%s is %v (%v)", word, got, ok)
		}
	}
	if got, ok := Float([]byte("-INF")); !ok || !math.IsInf(got, -1) {
		t.Errorf("-INF is %v (%v)", got, ok)
	}
	for _, word := range []string{"", "-", ".", "1e", "1e+", "0x10", "1_000", "1,5", "1.5f", "e5", "--1", "1.2.3"} {
		if got, ok := Float([]byte(word)); ok {
			t.Errorf("%q is read as %v", word, got)
		}
	}
}

func TestInt(t *testing.T) {
	for word, want := range map[string]int64{"0": 0, "-12": -12, "+7": 7, "4294967295": 1<<32 - 1} {
		if got, ok := Int([]byte(word)); !ok || got != want {
			t.Errorf("%s is %d (%v)", word, got, ok)
		}
	}
	if got, ok := Int([]byte("18446744073709551617")); !ok || got < 1<<53 {
		t.Errorf("a number too large is %d (%v): it must not come around to a small one", got, ok)
	}
	for _, word := range []string{"", "-", "1.0", "1e3", "a"} {
		if got, ok := Int([]byte(word)); ok {
			t.Errorf("%q is read as %d", word, got)
		}
	}
}

func TestTitle(t *testing.T) {
	if got := Title([]byte("  Pièce \x01n\xB0 5\t")); got != "Pièce n\uFFFD 5" {
		t.Errorf("got %q", got)
	}
	if got := Title([]byte(strings.Repeat("é", 1000))); len([]rune(got)) != maxText {
		t.Errorf("a long name keeps %d letters", len([]rune(got)))
	}
}

// Whatever strconv reads of plain decimal numbers, Float reads alike, to the last bit.
func FuzzFloat(f *testing.F) {
	for _, seed := range []string{"0.1", "-12.5e-3", "123456789012345678", "1e22", "00000000000000000001.5"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, word string) {
		got, ok := Float([]byte(word))
		want, err := strconv.ParseFloat(word, 64)
		if err != nil && !math.IsInf(want, 0) || strings.ContainsAny(word, "xXpP_") {
			if ok {
				t.Fatalf("%q is read as %v", word, got)
			}
			return
		}
		if !ok && strings.ContainsAny(word, "nNyYfF") {
			return // longer spellings of infinity
		}
		if !ok || math.Float64bits(got) != math.Float64bits(want) && !math.IsNaN(want) {
			t.Fatalf("%q is %v (%v), want %v", word, got, ok, want)
		}
	})
}

func BenchmarkFloat(b *testing.B) {
	word := []byte("-12.345678")
	for b.Loop() {
		Float(word)
	}
}
