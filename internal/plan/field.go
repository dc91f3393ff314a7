package plan

import (
	"slices"
	"strconv"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/when"
)

// FieldID names a field.
type FieldID string

// FieldKind says what a field holds.
type FieldKind string

// The kinds.
const (
	TextField   FieldKind = "text"
	NumberField FieldKind = "number"
	DateField   FieldKind = "date"
	ChoiceField FieldKind = "choice"
	YesNoField  FieldKind = "yesno"
)

// FieldKinds lists them in the order of forms.
func FieldKinds() []FieldKind {
	return []FieldKind{TextField, NumberField, DateField, ChoiceField, YesNoField}
}

// Key gives the text key of the kind's name.
func (k FieldKind) Key() string { return "plan.custom.kind." + string(k) }

// Field is what a project notes of its tasks beside what all tasks have.
type Field struct {
	ID        FieldID
	ProjectID project.ID
	Name      string
	Kind      FieldKind
	Unit      string // of numbers
	Choices   string // one a line
	Position  int64
	Listed    bool // a column of the list, until one chooses others
	RemovedAt when.Time
	Version   int64
}

// The limits of fields. Columns are those that a list shows at once.
const (
	maxFields  = 20
	maxColumns = 4
	maxChoices = 50
	maxChoice  = 60
	maxValue   = 500
)

// The values of a yes or no.
const (
	yes = "yes"
	no  = "no"
)

// ChoiceList gives the choices one by one.
func (f Field) ChoiceList() []string {
	return strings.FieldsFunc(f.Choices, func(r rune) bool { return r == '\n' })
}

// tidy cleans the field and gathers what is wrong.
func (f *Field) tidy() error {
	var wrong fault.Fields
	f.Name, f.Unit = oneLine(f.Name), oneLine(f.Unit)
	wrong.Text("name", f.Name, 1, maxChoice)
	if !slices.Contains(FieldKinds(), f.Kind) {
		wrong.Add("kind", "fault.choice")
	}
	if f.Kind != NumberField {
		f.Unit = ""
	}
	wrong.Text("unit", f.Unit, 0, 20)
	var list []string
	for _, c := range f.ChoiceList() {
		if c = oneLine(c); c != "" && !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	if f.Kind != ChoiceField {
		list = nil
	} else if len(list) == 0 {
		wrong.Add("choices", "fault.required")
	}
	if len(list) > maxChoices || slices.ContainsFunc(list, func(s string) bool { return len([]rune(s)) > maxChoice }) {
		wrong.Add("choices", "plan.wrong.choices", "most", maxChoices, "long", maxChoice)
	}
	f.Choices = strings.Join(list, "\n")
	wrong.Unseen("choices", f.Choices)
	return wrong.Err()
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// read gives a value as it is kept, from what people or programs write, and notes what is wrong. What
// was kept before stays right, even if it is no longer among the choices.
func (f Field) read(text, was string, wrong *fault.Fields) string {
	name := "field." + string(f.ID)
	text = oneLine(text)
	if text == "" || text == was {
		return text
	}
	good := true
	switch f.Kind {
	case TextField:
		wrong.Text(name, text, 0, maxValue)
	case NumberField:
		if text, good = readNumber(text); !good {
			wrong.Add(name, "plan.wrong.field_number")
		}
	case DateField:
		if !when.Date(text).Valid() {
			wrong.Add(name, "fault.date", "min_year", when.MinYear, "max_year", when.MaxYear)
		}
	case ChoiceField:
		good = slices.Contains(f.ChoiceList(), text)
	case YesNoField:
		good = text == yes || text == no
	}
	if !good && f.Kind != NumberField {
		wrong.Add(name, "fault.choice")
	}
	return text
}

// readNumber writes a number with a point, whatever people separate it by; up to six decimals.
func readNumber(text string) (string, bool) {
	text = strings.ReplaceAll(strings.ReplaceAll(strings.Join(strings.Fields(text), ""), ",", "."), "−", "-")
	whole, part, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	if len(whole) > 12 || len(part) > 6 || strings.Trim(whole+part, "0123456789") != "" || whole == "" {
		return "", false
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return "", false
	}
	return strconv.FormatFloat(n+0, 'f', -1, 64), true // −0 is 0
}

// moveField puts a field one place up or down, and gives those whose position changed by it; none when
// it is the first or the last already. Positions may be shared by a field that came back and another.
func moveField(list []Field, id FieldID, up bool) []Field {
	at := slices.IndexFunc(list, func(f Field) bool { return f.ID == id })
	to := at + 1
	if up {
		to = at - 1
	}
	if at < 0 || to < 0 || to >= len(list) {
		return nil
	}
	next := slices.Clone(list)
	next[at], next[to] = next[to], next[at]
	var changed []Field
	for i, f := range next {
		if position := int64(i + 1); f.Position != position {
			f.Position = position
			changed = append(changed, f)
		}
	}
	return changed
}

// columns gives the fields that a list shows: those asked for, else those that the project lists.
func columns(all []Field, asked string) []Field {
	var out []Field
	wanted := strings.Split(asked, ".")
	for _, f := range all {
		if asked == "" && f.Listed || slices.Contains(wanted, string(f.ID)) {
			out = append(out, f)
		}
	}
	return out[:min(len(out), maxColumns)]
}
