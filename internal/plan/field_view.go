package plan

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/web"
	"bassin/internal/when"
)

// form is the name of the field in the form of a task.
func (f Field) form() string { return "field." + string(f.ID) }

// url is the address of the field's own form.
func (f Field) url() string { return planURL(f.ProjectID) + "/fields/" + string(f.ID) }

// cancel is where one goes back to from the form of a field that is there.
func cancel(f Field) string {
	if f.ID == "" {
		return ""
	}
	return planURL(f.ProjectID) + "/settings#fields"
}

// param is its name as a filter in the address of a list.
func (f Field) param() string { return "f-" + string(f.ID) }

// valueText writes a value for readers: "12,5 kg".
func valueText(v *web.View, f Field, value string) string {
	text := typedValue(v, f, value)
	switch {
	case text == "":
	case f.Kind == DateField:
		text = v.Date(when.Date(value))
	case f.Kind == YesNoField:
		text = v.T("plan.custom." + value)
	case f.Unit != "":
		text += "\u00a0" + f.Unit
	}
	return text
}

// typedValue writes a value as one types it.
func typedValue(v *web.View, f Field, value string) string {
	if n, err := strconv.ParseFloat(value, 64); f.Kind == NumberField && err == nil {
		_, part, _ := strings.Cut(value, ".")
		return v.Decimal(n, len(part))
	}
	return value
}

// choices are the values that a field offers.
func (f Field) choices(v *web.View) (out []web.Choice) {
	switch f.Kind {
	case ChoiceField:
		for _, c := range f.ChoiceList() {
			out = append(out, web.Choice{Value: c, Label: c})
		}
	case YesNoField:
		out = []web.Choice{{Value: yes, Label: v.T("plan.custom.yes")}, {Value: no, Label: v.T("plan.custom.no")}}
	case TextField, NumberField, DateField:
	}
	return out
}

// input is the field as it stands in the form of a task that holds a value.
func (f Field) input(v *web.View, held string) web.Field {
	x := web.Field{Name: f.form(), Label: f.Name, Optional: true, Unit: f.Unit, Narrow: f.Kind == NumberField}
	if x.Choices = f.choices(v); x.Choices != nil {
		x.Choices = append([]web.Choice{{Label: "–"}}, x.Choices...)
		if held != "" && !chosen(x.Choices, held) {
			x.Choices = append(x.Choices, web.Choice{Value: held, Label: held})
		}
	}
	return x
}

// valuesIn reads the fields of the project in the form of a task.
func valuesIn(f *web.Form) map[FieldID]string {
	out := map[FieldID]string{}
	for name := range f.Values {
		if id, ok := strings.CutPrefix(name, "field."); ok {
			out[FieldID(id)] = f.Text(name)
		}
	}
	return out
}

// holdsOf reads from an address what fields must hold.
func holdsOf(q url.Values, fields []Field) (out []Holding) {
	for _, f := range fields {
		text := q.Get(f.param())
		if n, ok := readNumber(text); f.Kind == NumberField && ok {
			text = n
		}
		if text != "" {
			out = append(out, Holding{f, text})
		}
	}
	return out
}

// fieldFilters are the filters of the columns that are shown.
func (x listView) fieldFilters(v *web.View) (out []web.FilterField) {
	for _, f := range x.Columns {
		out = append(out, web.FilterField{Name: f.param(), Label: f.Name, All: f.Name, Choices: f.choices(v)})
	}
	return out
}

// params are the parameters of the address that filter the list.
func (x listView) params() []string {
	out := slices.Clone(listParams)
	for _, f := range x.Fields {
		out = append(out, f.param())
	}
	return out
}

// shows reports whether the field is a column.
func (x listView) shows(f Field) bool {
	return slices.ContainsFunc(x.Columns, func(c Field) bool { return c.ID == f.ID })
}

// toggle is the address of the list with one column more or less.
func (x listView) toggle(v *web.View, f Field) string {
	var ids []string
	for _, c := range x.Columns {
		if c.ID != f.ID {
			ids = append(ids, string(c.ID))
		}
	}
	if !x.shows(f) {
		ids = append(ids, string(f.ID))
	}
	if len(ids) == 0 {
		ids = []string{"-"}
	}
	return v.With("cols", strings.Join(ids, "."), "edit", "")
}

// fieldPairs fills the form of a field; a new one when it is zero.
func fieldPairs(f Field) []string {
	kind, listed := string(f.Kind), ""
	if kind == "" {
		kind, listed = string(TextField), "1"
	}
	if f.Listed {
		listed = "1"
	}
	return []string{"custom.name", f.Name, "custom.kind", kind, "custom.unit", f.Unit, "custom.choices", f.Choices, "custom.listed", listed, "custom.version", strconv.FormatInt(f.Version, 10)}
}

// about says what a field may hold.
func (f Field) about(v *web.View) string {
	switch {
	case f.Kind == ChoiceField:
		return strings.Join(f.ChoiceList(), ", ")
	case f.Unit != "":
		return v.T(f.Kind.Key()) + " (" + f.Unit + ")"
	}
	return v.T(f.Kind.Key())
}

// customFields are the fields of the form of a field.
func customFields(v *web.View) []web.Field {
	f := func(name string, x web.Field) web.Field {
		x.Name, x.Label = "custom."+name, v.T("plan.custom."+name)
		return x
	}
	return []web.Field{
		f("name", web.Field{}),
		f("kind", web.Field{Choices: web.Keyed(v, FieldKinds()), Hint: v.T("plan.custom.kind_hint")}),
		f("unit", web.Field{Optional: true, Narrow: true, Hint: v.T("plan.custom.unit_hint")}),
		f("choices", web.Field{Optional: true, Rows: 4, Hint: v.T("plan.custom.choices_hint")}),
		f("listed", web.Field{}),
	}
}
