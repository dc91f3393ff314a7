package web

import (
	"maps"
	"slices"
	"strings"

	"bassin/internal/when"

	"github.com/a-h/templ"
)

// Field is one question of a form. The same list of fields renders the form and its summary of faults.
type Field struct {
	Name, Label string
	Hint        string
	Optional    bool     // said beside the label; what is not optional is not starred
	NeededFor   string   // said in the place of "optional": it may wait, but not for this
	Type        string   // of TextField: "text" when empty, email, password, tel, url, month, search
	Complete    string   // the browser's autocomplete: "username", "current-password", "off"
	Unit        string   // behind the field: "%", "jours"
	Rows        int      // of TextArea, 4 when 0
	Min, Max    string   // of NumberField and DateField
	Choices     []Choice // of SelectField, ChecksField, RadioField
	Empty       string   // first line of a select: "Choisir"
	Accept      string   // of FileField: ".csv,.xlsx"
	Many        bool     // several files
	Narrow      bool     // no wider than what is asked: a year, an amount
	ReadOnly    bool
}

func (x Field) id() string {
	return "f-" + strings.NewReplacer(".", "-", "[", "-", "]", "").Replace(x.Name)
}

func (x Field) kind() string {
	if x.Type == "" {
		return "text"
	}
	return x.Type
}

func (x Field) rows() int {
	if x.Rows == 0 {
		return 4
	}
	return x.Rows
}

// describedBy names the hint and the error that stand below the field.
func (x Field) describedBy(f *Form) string {
	var ids []string
	if f.Errors[x.Name] != "" {
		ids = append(ids, x.id()+"-e")
	}
	if x.Hint != "" {
		ids = append(ids, x.id()+"-h")
	}
	return strings.Join(ids, " ")
}

// attrs are what every control has: name, id, what describes it, whether it is wrong.
func (x Field) attrs(f *Form) templ.OrderedAttributes {
	a := templ.OrderedAttributes{{Key: "id", Value: x.id()}, {Key: "name", Value: x.Name}}
	if d := x.describedBy(f); d != "" {
		a = append(a, templ.KeyValue[string, any]{Key: "aria-describedby", Value: d})
	}
	if f.Errors[x.Name] != "" {
		a = append(a, templ.KeyValue[string, any]{Key: "aria-invalid", Value: "true"})
	}
	if !x.Optional {
		a = append(a, templ.KeyValue[string, any]{Key: "aria-required", Value: "true"})
	}
	if x.Complete != "" {
		a = append(a, templ.KeyValue[string, any]{Key: "autocomplete", Value: x.Complete})
	}
	if x.ReadOnly {
		a = append(a, templ.KeyValue[string, any]{Key: "readonly", Value: true})
	}
	return a
}

func (x Field) class(f *Form, base string) string {
	if f.Errors[x.Name] != "" {
		base += " is-invalid"
	}
	if x.Narrow {
		base += " b-narrow"
	}
	return base
}

// DateType is the kind of a field for a day: "date" for what a browser can show in one; anything else typed
// stays as it was typed, and the fault below says how a day is written.
func DateType(value string) string {
	if value == "" || when.Date(value).Valid() {
		return "date"
	}
	return "text"
}

// Sheet is a whole form: where it goes, its fields (for the summary of faults), its buttons.
type Sheet struct {
	URL      string
	Submit   string // the verb: "Enregistrer l’étape"
	Cancel   string // address to go back to; no link when empty
	Fields   []Field
	Files    bool // it sends files
	NoGuard  bool // leaving it loses nothing: a sign-in
	Ordinary bool // its button is not the page's full one
}

// formFault is one line of the summary above a form.
type formFault struct{ label, text, anchor string }

// faults lists what is wrong in the order of the fields; those without a field come last, so that none is lost.
func (f *Form) faults(fields []Field) []formFault {
	var out []formFault
	seen := map[string]bool{}
	for _, x := range fields {
		if text := f.Errors[x.Name]; text != "" && !seen[x.Name] {
			out = append(out, formFault{x.Label, text, x.id()})
			seen[x.Name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Errors)) {
		if !seen[name] {
			out = append(out, formFault{text: f.Errors[name]})
		}
	}
	return out
}

// guard says whether leaving the form loses typing: "dirty" when it came back with faults.
func (f *Form) guard() string {
	if f.Typed || f.Top != "" || len(f.Errors) > 0 {
		return "dirty"
	}
	return "clean"
}
