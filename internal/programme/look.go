package programme

import (
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/a-h/templ"
)

// BadgeOf is the one state that a row shows: late before its status, since it asks for somebody.
func BadgeOf(v *web.View, r Row) web.Badge {
	if r.LateDays(v.Today()) > 0 && r.Status != Blocked {
		return web.Badge{Label: v.T("programme.status.late"), Tone: web.Late}
	}
	return StatusBadge(v, r.Status)
}

// StatusBadge shows a status.
func StatusBadge(v *web.View, s Status) web.Badge {
	b := web.Badge{Label: v.T(s.Key())}
	switch s {
	case UnderWay:
		b.Tone = web.Run
	case Blocked:
		b.Tone = web.Stop
	case Done:
		b.Tone = web.Done
	case Planned:
		b.Icon = "calendar"
	case ToDiscuss:
		b.Icon = "message-2"
	case Paused:
		b.Icon = "player-pause"
	case Abandoned:
		b.Icon = "x"
	}
	return b
}

// OutlookIcon names the sign of an outlook.
func OutlookIcon(o Outlook) string {
	switch o {
	case Sun:
		return "sun"
	case Overcast:
		return "cloud"
	case Cloud:
		return "cloud-question"
	case Storm:
		return "cloud-storm"
	}
	return "point"
}

// HeldParts are the pieces of the stacked bar, each euro once.
func HeldParts(a Amounts, costCents int64) []web.MoneyPart {
	var parts []web.MoneyPart
	for _, h := range a.Held(costCents) {
		parts = append(parts, web.MoneyPart{Step: LookOf(h.Kind), Cents: h.Cents})
	}
	return parts
}

// LookOf is how a stage looks; "" is what is to find.
func LookOf(k Kind) web.Step {
	if k == "" {
		return web.ToFind
	}
	return web.Step(k)
}

// FunnelParts are the rows of the funnel, from foreseen to paid.
func FunnelParts(a Amounts) []web.MoneyPart {
	var parts []web.MoneyPart
	for _, k := range FunnelKinds() {
		parts = append(parts, web.MoneyPart{Step: LookOf(k), Cents: a.Funnel(k)})
	}
	return parts
}

// next says the next milestone of a row: its date, or by how much it is late.
func (r Row) next(v *web.View) (text string, late bool) {
	if n := r.LateDays(v.Today()); n > 0 {
		return v.T("programme.list.late_by", "date", v.DateNear(r.LateOn), "count", n), true
	}
	if r.NextDueOn == when.None {
		if r.NextTitle == "" {
			return "", false
		}
		return v.T("programme.list.no_date"), false
	}
	return v.DateNear(r.NextDueOn), false
}

// carrier tells who leads the action and, when it is given, where.
func (r Row) carrier(place string) string {
	if place == "" || r.LeadName == "" {
		return r.LeadName + place
	}
	return r.LeadName + ", " + place
}

// ActionURL is the address of a sheet.
func ActionURL(id ActionID) string { return "/actions/" + string(id) }

func percent(v *web.View, p int) templ.Component {
	if p < 0 {
		return web.Text("–")
	}
	return web.Progress(v, float64(p)/100)
}
