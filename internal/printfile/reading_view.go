package printfile

import (
	"slices"

	"bassin/internal/web"
)

func (g readGroup) title(v *web.View) string { return v.T("printfile.group." + g.Name) }

func (x read) name(v *web.View) string { return v.T("printfile.setting." + x.Key) }

// named gives the name of a word of the slicer.
func named(v *web.View, w string) string {
	if slices.Contains(words(), w) {
		return v.T("printfile.word." + w)
	}
	return w
}

// value writes what a setting says, with its unit.
func (x read) value(v *web.View) string {
	switch {
	case x.As == bed:
		return v.Decimal(x.Width, 1) + " × " + v.Decimal(x.Depth, 1) + "\u00a0mm"
	case x.As == word:
		return named(v, x.Text)
	case x.As == text:
		return x.Text
	case x.Text != "":
		return v.T("printfile.is." + x.Text)
	case x.Percent && x.Comes > 0:
		return v.Percent(x.Value/100) + ", " + v.T("printfile.comes_to", "value", v.Decimal(x.Comes, 3)+"\u00a0"+x.Unit)
	case x.Percent:
		return v.Percent(x.Value / 100)
	case x.Unit == "%":
		return v.Percent(x.Value / 100)
	case x.Unit == "":
		return v.Decimal(x.Value, 3)
	case x.Unit == "°" || x.Unit == "/kg":
		return v.Decimal(x.Value, 3) + x.Unit
	}
	return v.Decimal(x.Value, 3) + "\u00a0" + x.Unit
}

// note says what the estimate by layers takes a setting for.
func (x read) note(v *web.View) string {
	switch {
	case x.Taken != "":
		return v.T("printfile.taken_for", "pattern", named(v, x.Taken))
	case x.Left:
		return v.T("printfile.left_out")
	}
	return ""
}
