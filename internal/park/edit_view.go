package park

import (
	"bassin/internal/web"

	"github.com/a-h/templ"
)

func (x machinesView) actions(v *web.View) []templ.Component {
	list := []templ.Component{web.Button(web.Act{Label: v.T("park.library"), Icon: "books", URL: libraryURL})}
	if x.MayAdd {
		list = append(list, web.Button(web.Act{Label: v.T("park.add_machine"), Icon: "plus", URL: machinesURL + "/new", Kind: web.Full}))
	}
	return list
}

func (x editView) head(v *web.View) web.Head {
	h := web.Head{Title: v.T("park.add_machine"), Crumbs: []web.Crumb{{Label: v.T("park.machines"), URL: machinesURL}, {Label: v.T("park.add_machine")}}}
	if !x.isNew() {
		h.Title = v.T("park.edit_of", "name", x.Name)
		h.Crumbs = []web.Crumb{{Label: v.T("park.machines"), URL: machinesURL}, {Label: x.Name, URL: x.URL()}, {Label: v.T("park.edit")}}
	}
	return h
}

func (x editView) to() string {
	if x.isNew() {
		return machinesURL
	}
	return x.URL()
}

func (x editView) back() string { return x.to() }

var editNames = []string{"organisation_id", "name", "model", "process", "x_mm", "y_mm", "z_mm", "least_layer_mm", "most_layer_mm", "note", "asked_by", "partners",
	"hour_cents", "setup_cents", "part_cents", "margin_percent", "auto_cents", "open_days", "open_from", "open_to", "unattended", "lead_days"}

// fields are those of the form, by name.
func (x editView) fields(v *web.View) map[string]web.Field {
	var days []web.Choice
	for _, d := range weekdays {
		days = append(days, web.Choice{Value: d, Label: v.T("park.day." + d)})
	}
	more := map[string]web.Field{
		"organisation_id": {Choices: x.Organisations}, "model": {Optional: true}, "process": {Choices: web.Keyed(v, Processes()), Empty: v.T("park.choose")},
		"x_mm": {Unit: "mm"}, "y_mm": {Unit: "mm"}, "z_mm": {Unit: "mm"}, "least_layer_mm": {Unit: "mm"}, "most_layer_mm": {Unit: "mm"},
		"note": {Optional: true, Rows: 3}, "asked_by": {Choices: web.Keyed(v, AskedBys())}, "partners": {Optional: true, Hint: v.T("park.field.partners_hint"), Rows: 3},
		"hour_cents": {Optional: true, Hint: v.T("park.field.hour_hint")}, "setup_cents": {Optional: true}, "part_cents": {Optional: true, Hint: v.T("park.field.part_hint")},
		"margin_percent": {Optional: true, Unit: "%"}, "auto_cents": {Optional: true, Hint: v.T("park.field.auto_hint")}, "open_days": {Choices: days},
		"open_from": {Type: "time"}, "open_to": {Type: "time"}, "lead_days": {Optional: true, Unit: v.T("park.days"), Hint: v.T("park.field.lead_hint")},
	}
	out := map[string]web.Field{}
	for _, name := range editNames {
		f := more[name]
		f.Name, f.Label = name, v.T("park.field."+name)
		out[name] = f
	}
	return out
}

// all lists the fields in the order of the form, for the summary of its faults.
func (x editView) all(v *web.View) []web.Field {
	by := x.fields(v)
	var list []web.Field
	for _, name := range editNames {
		list = append(list, by[name])
	}
	if !x.isNew() {
		list = append(list, x.figureFields(v)...)
	}
	return list
}

// figureFields are the settings that the machine may have of its own; what holds without is said below each.
func (x editView) figureFields(v *web.View) []web.Field {
	var list []web.Field
	for _, k := range Kinds() {
		if !k.On(x.Process) || k.Rule {
			continue
		}
		hint := v.T("park.field.no_default")
		if f, ok := x.Library.For("").Of(x.Process, k.Name); ok {
			hint = v.T("park.field.default", "value", f.Said(v))
		}
		list = append(list, web.Field{Name: "figure_" + string(k.Name), Label: v.T(k.Name.Key()), Unit: k.Unit, Optional: true, Hint: hint, Narrow: true})
	}
	return list
}
