package when

import (
	"testing"
	"time"
)

// FuzzParse compares the reading by hand with that of the library.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "2026-11-25", "2024-02-29", "2026-02-29", "1900-01-01", "2200-12-31", "0000-00-00", "2026-13-01", "2026-1-01", "2026-01-1x", "２026-01-01", "-026-01-01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, err := time.Parse(time.DateOnly, s)
		got, ok := Date(s).parse()
		if ok != (err == nil) || ok && !got.Equal(want) {
			t.Errorf("%q: got %s %t, want %s %v", s, got, ok, want, err)
		}
	})
}
