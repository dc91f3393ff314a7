// Package gcode reads the moves of a print from the file that a slicer wrote, and says what they take: time, filament,
// layers. It reads the dialects of Marlin and its kin (Prusa, RepRap, Klipper's own words are left out), line after line: a
// file of any length takes the same memory.
//
// Time is planned as the firmware plans it (mesh/motion): each move is held to the speed and the acceleration of every axis,
// and between two moves no axis changes its speed by more than the jerk. Limits come from the file, from its commands (M201,
// M203, M204, M205) or the settings that PrusaSlicer appends, else from the machine that is given. Heating, levelling and
// homing are not in it, nor are they in what slicers say. Binary G-code is read too.
package gcode

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"

	"bassin/internal/mesh"
)

// The axes.
const (
	axisX = iota
	axisY
	axisZ
	axisE
	axes
)

// Machine is what the firmware holds moves to, by axis X, Y, Z and E: in mm/s and mm/s².
type Machine struct {
	Speed, Accel, Jerk [axes]float64
	Extrude, Retract   float64 // accelerations of moves with and without extrusion until the file says others
	Travel             float64
	LeastExtrude       float64 // speeds: slower ones are raised
	LeastTravel        float64
	RetractLength      float64 // of G10
	RetractSpeed       float64
	FilamentMM         float64 // diameter
	DensityGCM3        float64
	fromFile           bool
}

// Common is a machine of a common kind (a Cartesian one of 2020), for files that say nothing.
var Common = Machine{
	Speed: [axes]float64{200, 200, 12, 120}, Accel: [axes]float64{1000, 1000, 200, 5000}, Jerk: [axes]float64{8, 8, 0.4, 4.5},
	Extrude: 1250, Retract: 1250, Travel: 1250, RetractLength: 0.8, RetractSpeed: 35, FilamentMM: 1.75, DensityGCM3: 1.24,
}

// Options of reading.
type Options struct {
	Machine     Machine
	Bytes       int64   // most; 0 is 2 GB
	FilamentMM  float64 // diameter, when it is not that of the file
	DensityGCM3 float64
}

// Print is what a file takes.
type Print struct {
	Seconds    float64
	Layers     int
	FilamentMM float64 // that leaves the nozzle: what is drawn back and pushed again counts once
	VolumeMM3  float64
	Grams      float64
	Moves      int
	Lines      int
	Extruded   float64 // way with extrusion, in millimetres
	Travelled  float64 // without
	Min, Max   mesh.Vec
	Slicer     float64 // what the slicer says of the time, in seconds; 0 when it says nothing
	Limits     bool    // the file says what the machine is held to
}

// The limits of a file: a line longer is none that a machine would take.
const (
	mostBytes = 2 << 30
	mostLine  = 1 << 20
)

// Read reads a file to its end.
func Read(r io.Reader, o Options) (Print, error) {
	most := o.Bytes
	if most <= 0 {
		most = mostBytes
	}
	p := newReader(o)
	text, err := asText(r)
	if err != nil {
		return Print{}, err
	}
	in := bufio.NewReaderSize(text, mostLine)
	var read int64
	for {
		line, err := in.ReadSlice('\n')
		if read += int64(len(line)); read > most {
			return Print{}, &mesh.FileError{Key: "limit", Args: map[string]any{"bytes": most}}
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			return Print{}, &mesh.FileError{Key: "not-gcode", Line: int64(p.print.Lines + 1)}
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return Print{}, err
		}
		if len(line) > 0 {
			p.print.Lines++
			p.line(line)
		}
		if err != nil {
			break
		}
	}
	if p.print.Moves == 0 {
		return Print{}, &mesh.FileError{Key: "not-gcode"}
	}
	return p.done(), nil
}

// reader holds what the lines so far have set.
type reader struct {
	o        Options
	m        Machine
	plan     planner
	print    Print
	at       [axes]float64 // in millimetres
	feed     float64       // mm/s
	relative bool
	relE     bool
	inch     bool
	back     bool    // drawn back by G10
	flow     float64 // M221: of what is asked for
	out      float64 // filament pushed so far, less what was drawn back
	farthest float64 // the most of it
	heights  map[int64]bool
	marks    int // layers that comments tell
	words    [26]float64
	has      uint32
}

func newReader(o Options) *reader {
	p := &reader{o: o, m: o.Machine, heights: map[int64]bool{}, flow: 1}
	if p.m.Speed == [axes]float64{} {
		p.m = Common
	}
	p.print.Min = mesh.Vec{X: math.Inf(1), Y: math.Inf(1), Z: math.Inf(1)}
	p.print.Max = p.print.Min.Times(-1)
	return p
}

// line takes one line: a command, a comment, or both.
func (p *reader) line(b []byte) {
	i := 0
	for i < len(b) && (b[i] == ' ' || b[i] == '\t') {
		i++
	}
	if i < len(b) && (b[i] == 'N' || b[i] == 'n') { // a number of the line comes first
		for i++; i < len(b) && b[i] >= '0' && b[i] <= '9'; i++ {
		}
		for i < len(b) && b[i] == ' ' {
			i++
		}
	}
	b = b[i:]
	if len(b) == 0 {
		return
	}
	letter := b[0] &^ 0x20
	if b[0] == ';' {
		p.comment(b[1:])
		return
	}
	if letter != 'G' && letter != 'M' {
		return
	}
	number, rest, ok := integer(b[1:])
	if !ok {
		return
	}
	if letter == 'G' {
		p.g(number, rest)
	} else {
		p.mcode(number, rest)
	}
}

// integer reads the number of a command; one with a fraction (G29.1) is none that is heeded.
func integer(b []byte) (n int, rest []byte, ok bool) {
	i := 0
	for i < len(b) && i < 6 && b[i] >= '0' && b[i] <= '9' {
		n = 10*n + int(b[i]-'0')
		i++
	}
	if i == 0 || i < len(b) && (b[i] == '.' || b[i] >= '0' && b[i] <= '9') {
		return 0, nil, false
	}
	return n, b[i:], true
}

// parse reads the words of a command: a letter, and a number that may be missing.
func (p *reader) parse(b []byte) {
	p.has = 0
	for i := 0; i < len(b); {
		c := b[i] &^ 0x20
		if b[i] == ';' || b[i] == '*' || b[i] == '(' {
			return
		}
		i++
		if c < 'A' || c > 'Z' {
			continue
		}
		v, n := number(b[i:])
		if !(math.Abs(v) < 1e7) { // no machine is as large, and sums stay numbers
			v = 0
		}
		p.words[c-'A'] = v
		p.has |= 1 << (c - 'A')
		i += n
	}
}

func (p *reader) word(c byte) (float64, bool) { return p.words[c-'A'], p.has&(1<<(c-'A')) != 0 }

// number reads a decimal one as long as it goes; none is 0.
func number(b []byte) (v float64, n int) {
	i, negative := 0, false
	for i < len(b) && b[i] == ' ' {
		i++
	}
	if i < len(b) && (b[i] == '-' || b[i] == '+') {
		negative = b[i] == '-'
		i++
	}
	whole, digits, fraction := uint64(0), 0, 0
	point := false
	for ; i < len(b); i++ {
		c := b[i] - '0'
		if c <= 9 {
			if digits < 18 {
				whole = 10*whole + uint64(c)
				if digits++; point {
					fraction++
				}
			} else if !point {
				fraction--
			}
		} else if b[i] == '.' && !point {
			point = true
		} else {
			break
		}
	}
	v = float64(whole)
	if fraction >= 0 && fraction < len(tens) {
		v /= tens[fraction]
	} else {
		v *= math.Pow10(-fraction)
	}
	if negative {
		v = -v
	}
	return v, i
}

var tens = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

func (p *reader) g(code int, rest []byte) {
	switch code {
	case 0, 1:
		p.parse(rest)
		p.straight()
	case 2, 3:
		p.parse(rest)
		p.arc(code == 2)
	case 4:
		p.parse(rest)
		p.dwell()
	case 10, 11:
		p.parse(rest)
		if _, tool := p.word('P'); !tool { // G10 P sets an offset
			p.drawn(code == 10)
		}
	case 20, 21:
		p.inch = code == 20
	case 28:
		p.parse(rest)
		p.home()
	case 90, 91:
		p.relative = code == 91
		p.relE = p.relative
	case 92:
		p.parse(rest)
		p.set()
	}
}

func (p *reader) mcode(code int, rest []byte) {
	switch code {
	case 82, 83:
		p.relE = code == 83
	case 201, 203, 204, 205, 221:
		p.parse(rest)
		p.limit(code)
	}
}

// comment reads what slicers tell in comments: layers and time. Settings are read before (Machine.Settings).
func (p *reader) comment(b []byte) {
	b = bytes.TrimSpace(b)
	switch {
	case bytes.HasPrefix(b, []byte("LAYER_CHANGE")), bytes.HasPrefix(b, []byte("LAYER:")):
		p.marks++
	case bytes.HasPrefix(b, []byte("TIME:")): // Cura, at the head
		if v, _ := number(b[5:]); p.print.Slicer == 0 {
			p.print.Slicer = v
		}
	case bytes.HasPrefix(b, []byte("estimated printing time (normal mode)")):
		if _, value, ok := bytes.Cut(b, []byte("=")); ok {
			p.print.Slicer = duration(value)
		}
	}
}

// duration reads "1d 2h 3m 4s".
func duration(b []byte) float64 {
	sum := 0.0
	for _, word := range bytes.Fields(b) {
		v, n := number(word)
		if n >= len(word) {
			continue
		}
		switch word[n] {
		case 'd':
			sum += 86_400 * v
		case 'h':
			sum += 3600 * v
		case 'm':
			sum += 60 * v
		case 's':
			sum += v
		}
	}
	return sum
}

func (p *reader) done() Print {
	p.plan.flush()
	t := &p.print
	t.Seconds = p.plan.seconds
	t.Layers = len(p.heights)
	if p.marks > 0 {
		t.Layers = p.marks
	}
	diameter, density := p.o.FilamentMM, p.o.DensityGCM3
	if diameter <= 0 {
		diameter = p.m.FilamentMM
	}
	if density <= 0 {
		density = p.m.DensityGCM3
	}
	t.FilamentMM = p.farthest
	t.VolumeMM3 = t.FilamentMM * math.Pi / 4 * diameter * diameter
	t.Grams = t.VolumeMM3 / 1000 * density
	t.Limits = p.m.fromFile
	if math.IsInf(t.Min.X, 1) {
		t.Min, t.Max = mesh.Vec{}, mesh.Vec{}
	}
	return *t
}
