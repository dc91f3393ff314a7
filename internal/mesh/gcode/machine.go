package gcode

import (
	"bytes"
	"errors"
	"io"
)

// limit takes what a command says that moves are held to.
func (p *reader) limit(code int) {
	take := func(c byte, to *float64) {
		if v, ok := p.word(c); ok && v >= 0 {
			*to = v
			p.m.fromFile = true
		}
	}
	m := &p.m
	switch code {
	case 201, 203, 205:
		of := map[int]*[axes]float64{201: &m.Accel, 203: &m.Speed, 205: &m.Jerk}[code]
		if x, ok := p.word('X'); ok && code == 205 && p.has&(1<<('Y'-'A')) == 0 { // X alone is for both
			of[axisY] = x
		}
		for a, c := range [axes]byte{'X', 'Y', 'Z', 'E'} {
			take(c, &of[a])
		}
		if code == 205 {
			take('S', &m.LeastExtrude)
			take('T', &m.LeastTravel)
		}
	case 204:
		if v, ok := p.word('S'); ok { // of Marlin's elder kind: for extrusion and travel, T for drawing back
			if v > 0 {
				m.Extrude, m.Travel = v, v
			}
			take('T', &m.Retract)
			break
		}
		take('P', &m.Extrude)
		take('R', &m.Retract)
		take('T', &m.Travel)
	case 221:
		if v, ok := p.word('S'); ok && v > 0 {
			p.flow = v / 100
		}
	}
}

// setting takes one of PrusaSlicer's; of several values (one for each mode or extruder) the first.
func (m *Machine) setting(key string, value []byte) {
	v, n := number(bytes.TrimSpace(value))
	if n == 0 || v < 0 || v > 1e6 {
		return
	}
	for a, name := range [axes]string{"x", "y", "z", "e"} {
		switch key {
		case "machine_max_acceleration_" + name:
			m.Accel[a], m.fromFile = v, true
		case "machine_max_feedrate_" + name:
			m.Speed[a], m.fromFile = v, true
		case "machine_max_jerk_" + name:
			m.Jerk[a], m.fromFile = v, true
		}
	}
	to := map[string]*float64{
		"machine_max_acceleration_extruding": &m.Extrude, "machine_max_acceleration_retracting": &m.Retract, "machine_max_acceleration_travel": &m.Travel,
		"machine_min_extruding_rate": &m.LeastExtrude, "machine_min_travel_rate": &m.LeastTravel, "retract_length": &m.RetractLength,
		"retract_speed": &m.RetractSpeed, "filament_diameter": &m.FilamentMM, "filament_density": &m.DensityGCM3,
	}[key]
	if to != nil && (v > 0 || to == &m.LeastExtrude || to == &m.LeastTravel || to == &m.RetractLength) {
		*to = v
	}
}

// tail is how much of the end of a file is looked at for settings.
const tail = 256 << 10

// Settings takes what a file, or a profile (.ini), says of the machine in lines "key = value" at its end. PrusaSlicer writes
// them there, when all moves have gone by: so they are read before.
func (m *Machine) Settings(r io.ReaderAt, size int64) error {
	if m.binarySettings(r, size) {
		return nil
	}
	from := max(0, size-tail)
	b := make([]byte, size-from)
	if n, err := r.ReadAt(b, from); err != nil && !errors.Is(err, io.EOF) {
		return err
	} else {
		b = b[:n]
	}
	for line := range bytes.Lines(b) {
		line = bytes.TrimLeft(line, "; ")
		if key, value, ok := bytes.Cut(line, []byte(" = ")); ok && len(key) < 40 {
			m.setting(string(key), value)
		}
	}
	return nil
}
