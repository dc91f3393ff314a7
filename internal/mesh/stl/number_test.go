package stl

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		text   string
		want   float64
		length int
	}{
		{"1", 1, 1}, {" \t+1.5 2", 1.5, 6}, {"-.5e-3x", -0.0005, 6}, {"1.", 1, 2}, {"1e5", 1e5, 3}, {"1E+05", 1e5, 5},
		{"1e", 1, 1}, {"1e+", 1, 1}, {"1-2", 1, 1}, {"1.2.3", 1.2, 3}, {"1,5", 1.5, 3}, {"1,5,2", 1.5, 3}, {"1, 5", 1, 1}, {"1.5,2", 1.5, 3},
		{"5.30551374E-03", 5.30551374e-03, 14}, {"0.1234567890123456789", 0.1234567890123456789, 21}, {"123456789012345678901234567890", 1.2345678901234568e29, 30},
		{"1e-320", 1e-320, 6}, {"1e400", math.Inf(1), 5}, {"0000000000000000000000000.5", 0.5, 27},
		{"", 0, 0}, {" ", 0, 0}, {"-", 0, 0}, {".", 0, 0}, {"x", 0, 0}, {"e5", 0, 0}, {"--1", 0, 0},
	} {
		got, n, _ := number([]byte(c.text))
		if got != c.want || n != c.length {
			t.Errorf("%q gives %v of %d bytes, want %v of %d", c.text, got, n, c.want, c.length)
		}
	}
	for _, text := range []string{"nan", "-nan", "NaN(ind)", "inf", "-Infinity", "1.#QNAN", "-1.#IND00", "1.#INF"} {
		if got, n, _ := number([]byte(text + " 7")); finite(got) || n != len(text) {
			t.Errorf("%q gives %v of %d bytes", text, got, n)
		}
	}
}

// Every number comes out as the library reads it: a last bit that differs would tear a mesh apart.
func TestNumberIsExact(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		v := math.Float64frombits(random.Uint64())
		if !finite(v) {
			continue
		}
		if random.IntN(2) == 0 {
			v = float64(float32(random.NormFloat64() * 100))
		}
		for _, format := range []byte("gef") {
			text := strconv.FormatFloat(v, format, random.IntN(18)-1, 64)
			want, _ := strconv.ParseFloat(text, 64)
			if got, n, _ := number([]byte(text)); got != want || n != len(text) {
				t.Fatalf("%s gives %v of %d bytes", text, got, n)
			}
		}
	}
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
