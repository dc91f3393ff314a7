package web

import "bassin/internal/when"

// Clash is what two people made of the same thing: what the other saved, and what one typed.
type Clash struct {
	Who  string
	At   when.Time
	Rows []ClashRow
}

// ClashRow is one field in both versions, as people read it.
type ClashRow struct{ Label, Theirs, Mine string }

// Differs reports whether the two versions of the field are not the same.
func (r ClashRow) Differs() bool { return r.Theirs != r.Mine }

// ClashOf sets a form that was refused because somebody saved first beside one filled from what is
// stored now, and gives it the version it must carry to overwrite that knowingly.
func ClashOf(v *View, who string, at when.Time, fields []Field, theirs, mine *Form) *Clash {
	c := &Clash{Who: who, At: at}
	for _, x := range fields {
		c.Rows = append(c.Rows, ClashRow{x.Label, Shown(v, x, theirs), Shown(v, x, mine)})
	}
	mine.Values.Set("version", theirs.Text("version"))
	mine.Top = v.T("fault.stale")
	return c
}

// Shown writes a field of a form as people read it: the label of a choice, a date in words.
func Shown(v *View, x Field, f *Form) string {
	text := f.Text(x.Name)
	for _, c := range x.Choices {
		if c.Value == text {
			return c.Label
		}
	}
	if d := when.Date(text); d.Valid() {
		return v.Date(d)
	}
	return text
}
