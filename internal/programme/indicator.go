package programme

import (
	"fmt"
	"math"

	"bassin/internal/fault"
	"bassin/internal/when"
)

func place(list string, i int, name string) string { return fmt.Sprintf("%s.%d.%s", list, i, name) }

// IndicatorID names an indicator.
type IndicatorID string

// ValueID names a measured value.
type ValueID string

// Direction says which way is good.
type Direction string

// The directions.
const (
	Rise Direction = "rise"
	Fall Direction = "fall"
)

// Directions lists them.
func Directions() []Direction { return []Direction{Rise, Fall} }

// Key gives the text key of the label.
func (d Direction) Key() string { return "programme.direction." + string(d) }

// Indicator measures a result. A baseline or target without its date is not stated.
type Indicator struct {
	ID         IndicatorID
	ActionID   ActionID
	Name       string
	Unit       string
	Direction  Direction
	Baseline   float64
	BaselineOn when.Date
	Target     float64
	TargetOn   when.Date
	Weight     int // in the progress of the action, 1 to 100; 0 leaves it out
	Source     string
	Position   int
	CreatedAt  when.Time
	UpdatedAt  when.Time
	Version    int64
}

// Value is one measure of an indicator. Measures are only added: a wrong one is corrected, or taken
// away, by a later one that names it.
type Value struct {
	ID          ValueID
	IndicatorID IndicatorID
	ActionID    ActionID
	On          when.Date `db:"measured_on"`
	Value       float64
	Source      string
	DocumentID  string // the proof
	Note        string
	CorrectsID  ValueID // the measure that this one stands instead of
	Cancelled   bool    // with CorrectsID: takes that measure away; day and value are those taken away
	RecordedAt  when.Time
	RecordedBy  string
}

// maxMeasure bounds a measure; beyond, doubles lose the units.
const maxMeasure = 1e12

func measure(wrong *fault.Fields, name string, x float64) {
	if math.IsNaN(x) || math.Abs(x) > maxMeasure {
		wrong.Add(name, "programme.wrong.measure")
	}
}

// validate gathers every wrong field. What is only missing is told by Readiness.
func (i Indicator) validate(today when.Date) error {
	var wrong fault.Fields
	text(&wrong, "name", i.Name, 2, 200)
	text(&wrong, "unit", i.Unit, 0, 50)
	text(&wrong, "source", i.Source, 0, 500)
	oneOf(&wrong, "direction", i.Direction, Directions())
	measure(&wrong, "baseline", i.Baseline)
	measure(&wrong, "target", i.Target)
	past(&wrong, "baseline_on", i.BaselineOn, today)
	anyDay(&wrong, "target_on", i.TargetOn)
	ordered(&wrong, "target_on", i.BaselineOn, i.TargetOn)
	if i.Weight < 0 || i.Weight > 100 {
		wrong.Add("weight", "programme.wrong.number", "min", 0, "max", 100)
	}
	return wrong.Err()
}

func (v Value) validate(today when.Date) error {
	var wrong fault.Fields
	happened(&wrong, "on", v.On, today)
	measure(&wrong, "value", v.Value)
	text(&wrong, "source", v.Source, 0, 500)
	text(&wrong, "note", v.Note, 0, 2000)
	if v.CorrectsID != "" && v.Note == "" {
		wrong.Add("note", "programme.value.why")
	}
	if v.Cancelled && v.CorrectsID == "" {
		wrong.Add("corrects_id", "programme.wrong.required")
	}
	return wrong.Err()
}

// verb is how the trail names a measure.
func (v Value) verb() string {
	switch {
	case v.Cancelled:
		return "programme.value.cancel"
	case v.CorrectsID != "":
		return "programme.value.correct"
	}
	return "programme.value.record"
}

// replaced gives the measures that a later one names.
func replaced(values []Value) map[ValueID]bool {
	m := map[ValueID]bool{}
	for _, v := range values {
		if v.CorrectsID != "" {
			m[v.CorrectsID] = true
		}
	}
	return m
}

// Counting gives the measures that count: neither corrected nor taken away.
func Counting(values []Value) []Value {
	gone := replaced(values)
	var list []Value
	for _, v := range values {
		if !v.Cancelled && !gone[v.ID] {
			list = append(list, v)
		}
	}
	return list
}

// Latest gives the last measure that counts on or before a day; of one day, the last recorded.
func Latest(values []Value, asOf when.Date) (Value, bool) {
	var last Value
	found := false
	for _, v := range Counting(values) {
		if v.On > asOf || v.On == when.None {
			continue
		}
		if !found || v.On > last.On || v.On == last.On &&
			(v.RecordedAt > last.RecordedAt || v.RecordedAt == last.RecordedAt && v.ID > last.ID) {
			last, found = v, true
		}
	}
	return last, found
}

// Progress is a percentage, or unknown.
type Progress struct {
	Percent int
	Known   bool
}

// Progress gives how far the value has come from the baseline to the target, 0 to 100. Where the
// baseline already stands at or past the target there is no way to measure: all or nothing.
func (i Indicator) Progress(value float64) Progress {
	if i.BaselineOn == when.None || i.TargetOn == when.None {
		return Progress{}
	}
	from, to, x := i.Baseline, i.Target, value
	if i.Direction == Fall {
		from, to, x = -from, -to, -x
	}
	if from >= to {
		if x >= to {
			return Progress{100, true}
		}
		return Progress{0, true}
	}
	percent := math.Round(100 * (x - from) / (to - from))
	return Progress{int(min(100, max(0, percent))), true}
}

// ProgressOn gives the progress by the last measure on or before a day; unknown without one.
func (i Indicator) ProgressOn(values []Value, asOf when.Date) Progress {
	v, found := Latest(values, asOf)
	if !found {
		return Progress{}
	}
	return i.Progress(v.Value)
}

// Weighted is a child's progress with its weight.
type Weighted struct {
	Progress
	Weight int
}

// MeanProgress is a parent's progress: the weighted mean of its children, rounded; unknown if any
// is unknown, and if there is nothing to weigh. A child of weight 0 is left out.
func MeanProgress(children []Weighted) Progress {
	sum, weights := 0, 0
	for _, c := range children {
		if c.Weight <= 0 {
			continue
		}
		if !c.Known {
			return Progress{}
		}
		sum, weights = sum+c.Percent*c.Weight, weights+c.Weight
	}
	if weights == 0 {
		return Progress{}
	}
	return Progress{int(math.Round(float64(sum) / float64(weights))), true}
}
