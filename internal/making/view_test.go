package making

import (
	"strings"
	"testing"

	"bassin/internal/web"
)

func TestHours(t *testing.T) {
	v := web.NewView("fr")
	for h, want := range map[float64]string{0.2: "12 min", 1: "1 h", 1.4: "1 h 25", 1.99: "2 h", 2.05: "2 h 05", 9.99: "10 h", 14.4: "14 h", 100: "4 jours"} {
		if got := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(hours(v, h)); got != want {
			t.Errorf("%g h reads %q, want %q", h, got, want)
		}
	}
}
