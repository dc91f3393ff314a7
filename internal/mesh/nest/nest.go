// Package nest lays parts side by side: outlines on plates or on a strip, as densely as the time allows (Strip, Plates),
// and bodies in the chamber of a powder bed (Chambers). It is a library; nothing in it knows a file or a machine.
//
// Outlines are laid as the method of J. Gardeyn, G. Vanden Berghe and T. Wauters does (An open-source heuristic to reboot
// 2D nesting research, 2025): parts may overlap at first, and are moved one by one to where they overlap least, while
// overlaps that stay weigh more and more (guided local search). When none is left the strip is made narrower. Whether two
// outlines meet is told by their sides; how much they overlap is a guess from circles within them, which is quick, smooth,
// and only has to lead apart.
//
// What is laid never overlaps: outlines are made simpler only outward, and what touches counts as meeting.
//
// The same parts, options and seed give the same outcome where the work is limited (Options.Work), on any number of
// processors. Where a context ends it sooner, the outcome is the best until then.
package nest

import (
	"errors"
	"fmt"
	"math"
)

// Point of an outline, in millimetres or any other unit.
type Point struct{ X, Y float64 }

// Outline is one part on its plate.
type Outline struct {
	Rings [][]Point // closed, the last point joins the first; what lies in an odd number of them is material, so that holes are rings too
	Count int       // how many are wanted
	Turns []float64 // degrees by which it may be turned, counter-clockwise; none is as it lies
}

// Options of nesting. The zero value lays parts until the context ends.
type Options struct {
	Spacing float64 // least distance between parts
	Margin  float64 // least distance to the border
	Seed    uint64
	Work    int64 // placements looked at before it stops; 0 is no limit
	Plates  int   // most plates; 0 is no limit
	Told    func(Progress)
}

// Progress is told now and then, from the goroutine that called.
type Progress struct {
	Placed, Wanted int
	Width          float64 // of a strip
	Plates         int
}

// Placement is where a copy of a part lies: its points are turned about the origin of the outline, then moved.
type Placement struct {
	Part, Copy int
	Plate      int // from 0
	Degrees    float64
	X, Y       float64
}

// At is where a point of the outline comes to lie.
func (p *Placement) At(q Point) Point {
	sin, cos := sincos(p.Degrees)
	return Point{q.X*cos - q.Y*sin + p.X, q.X*sin + q.Y*cos + p.Y}
}

// Why a copy was not laid.
type Why string

// The reasons.
const (
	TooLarge Why = "too-large" // for an empty plate, however it is turned
	NoRoom   Why = "no-room"   // the plates that may be used are full
)

// Left is a copy that was not laid.
type Left struct {
	Part, Copy int
	Why        Why
}

// Result of nesting outlines.
type Result struct {
	Placements []Placement
	Left       []Left
	Plates     int
	Width      float64   // of the strip that is used, with its margins
	Filling    []float64 // of each plate, or of the used strip: area of parts over area
	Work       int64     // placements looked at
}

// The most that is taken at once: beyond, the table of overlaps of pairs would not fit in memory.
const (
	mostCopies = 1500
	mostPoints = 20_000
	leastSide  = 1e-4 // of an outline's box: below a ten-thousandth of a millimetre numbers say nothing of its shape
)

// ErrOutlines says that something is wrong with what was given.
var ErrOutlines = errors.New("nest: outlines")

// Wrong is what is wrong: Key says it, "many" copies, "nothing" to lay of a part, "points" of its outline, a "count" or a "size".
type Wrong struct {
	Key  string
	Part int // from 1; 0: all
	Most int // what is taken
}

// Error names it.
func (w *Wrong) Error() string {
	return fmt.Sprintf("%v: %s, part %d, at most %d", ErrOutlines, w.Key, w.Part, w.Most)
}

// Unwrap gives ErrOutlines.
func (w *Wrong) Unwrap() error { return ErrOutlines }

func check(parts []Outline, o *Options, sizes ...float64) error {
	copies := 0
	for i := range parts {
		p := &parts[i]
		points := 0
		least, most := Point{math.Inf(1), math.Inf(1)}, Point{math.Inf(-1), math.Inf(-1)}
		for _, r := range p.Rings {
			points += len(r)
			for _, q := range r {
				if !(math.Abs(q.X) < 1e7 && math.Abs(q.Y) < 1e7) {
					return &Wrong{Key: "size", Part: i + 1}
				}
				least, most = Point{min(least.X, q.X), min(least.Y, q.Y)}, Point{max(most.X, q.X), max(most.Y, q.Y)}
			}
		}
		if points > mostPoints {
			return &Wrong{"points", i + 1, mostPoints}
		}
		if !(areaOf(p.Rings) > 0) {
			return &Wrong{Key: "nothing", Part: i + 1}
		}
		if max(most.X-least.X, most.Y-least.Y) < leastSide {
			return &Wrong{Key: "nothing", Part: i + 1}
		}
		if p.Count < 0 || len(p.Turns) > 360 {
			return &Wrong{Key: "count", Part: i + 1}
		}
		copies = min(copies+p.Count, mostCopies+1)
	}
	if copies > mostCopies {
		return &Wrong{Key: "many", Most: mostCopies}
	}
	for _, v := range append(sizes, o.Spacing+1, o.Margin+1) {
		if !(v > 0 && v < 1e7) {
			return &Wrong{Key: "size"}
		}
	}
	return nil
}

// sincos is exact for quarter turns.
func sincos(degrees float64) (sin, cos float64) {
	switch math.Mod(math.Mod(degrees, 360)+360, 360) {
	case 0:
		return 0, 1
	case 90:
		return 1, 0
	case 180:
		return 0, -1
	case 270:
		return -1, 0
	}
	return math.Sincos(degrees * math.Pi / 180)
}
