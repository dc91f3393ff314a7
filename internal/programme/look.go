package programme

import (
	"strings"

	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/a-h/templ"
)

// badges are the status of an action and what is wrong with it beside: an open blocker that the status does not
// say, a date that has passed. Neither hides where the action stands.
func badges(v *web.View, s Status, blocked, late bool) []web.Badge {
	list := []web.Badge{StatusBadge(v, s)}
	if blocked && s != Blocked {
		list = append(list, web.Badge{Label: v.T("programme.status.in_the_way"), Tone: web.Stop})
	}
	if late {
		list = append(list, web.Badge{Label: v.T("programme.status.late"), Tone: web.Late})
	}
	return list
}

// Badges are those of a row.
func Badges(v *web.View, r Row) []web.Badge {
	return badges(v, r.Status, r.Blocked(), r.Late(v.Today()))
}

// labels writes badges as words, for paper.
func labels(list []web.Badge) string {
	words := make([]string, len(list))
	for i, b := range list {
		words[i] = b.Label
	}
	return strings.Join(words, ", ")
}

// Counted says how actions stand: "7 en cours, 2 bloquées, 1 terminée, dont 2 en retard". What is blocked counts as
// such whatever its status says, and in no other part; what is late is one of those before.
func Counted(v *web.View, rows []Row) string {
	n := map[Status]int{}
	late := 0
	for _, r := range rows {
		if r.Late(v.Today()) {
			late++
		}
		if r.Blocked() {
			n[Blocked]++
		} else {
			n[r.Status]++
		}
	}
	var parts []string
	for _, s := range Statuses() {
		if n[s] > 0 {
			parts = append(parts, v.T("programme.counted."+string(s), "count", n[s]))
		}
	}
	if late > 0 {
		parts = append(parts, v.T("programme.counted.late", "count", late))
	}
	return strings.Join(parts, ", ")
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

// outlookText names the outlook in a line of facts: "Météo : à portée", or that none is given.
func outlookText(v *web.View, o Outlook) string {
	if o == "" {
		return v.T(o.Key())
	}
	return v.T("programme.action.outlook", "outlook_key", o.Key())
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

// ContractFunnel is the money of a contract's actions by stage, the same on every page that shows it: counts and
// money are of the actions that the reader sees, what is to find as of the day of the money.
func ContractFunnel(v *web.View, c Contract, n Counts, money Amounts, toFindCents int64) web.Funnel {
	f := web.Funnel{Rows: FunnelParts(money), Gap: toFindCents, Caption: v.T("programme.contract.funnel_none", "count", n.All)}
	if c.AnnouncedCents > 0 {
		f.Caption = v.T("programme.contract.funnel", "announced_cents", c.AnnouncedCents, "count", n.All)
	}
	return Shared(v, f, c.AnnouncedCents, n.CostCents)
}

// Shared says what the shares of a funnel are of, the same on every page: what was announced at the signing or,
// where nothing was, the planned cost.
func Shared(v *web.View, f web.Funnel, announcedCents, costCents int64) web.Funnel {
	switch {
	case announcedCents > 0:
		f.Of, f.OfName = announcedCents, v.T("programme.share.announced")
	case costCents > 0:
		f.Of, f.OfName = costCents, v.T("programme.share.cost")
	}
	return f
}

// FunnelParts are the rows of the funnel, from foreseen to paid.
func FunnelParts(a Amounts) []web.MoneyPart {
	var parts []web.MoneyPart
	for _, k := range FunnelKinds() {
		parts = append(parts, web.MoneyPart{Step: LookOf(k), Cents: a.Funnel(k)})
	}
	return parts
}

// nextStep is what an action must keep next: its first milestone that is not reached.
type nextStep struct {
	Title string
	When  string // its day, or that it is overdue, since when and by how much
	Late  bool
	End   string // the planned end when it has passed, and by how much
}

// next says the next milestone of a row, and the planned end when that has passed.
func (r Row) next(v *web.View) nextStep {
	n := nextStepOf(v, r.NextTitle, r.NextDueOn, r.Status.Over())
	if r.Late(v.Today()) && !(n.Late && r.NextDueOn == r.LateOn) && r.EndsOn == r.LateOn {
		n.End = endPassed(v, r.EndsOn)
	}
	return n
}

// endPassed says that the planned end has passed and by how much.
func endPassed(v *web.View, on when.Date) string {
	return v.T("programme.list.end_passed", "date", v.DateNear(on), "late_days", v.Today().Sub(on))
}

// nextStepOf says a milestone that is not reached: when it is due or, overdue, since when. The milestones of an
// action that is over are late for nobody.
func nextStepOf(v *web.View, title string, due when.Date, over bool) nextStep {
	n := nextStep{Title: title}
	switch late := v.Today().Sub(due); {
	case title == "":
	case due == when.None:
		n.When = v.T("programme.list.no_date")
	case late > 0 && !over:
		n.When, n.Late = v.T("programme.list.late_by", "date", v.DateNear(due), "late_days", late), true
	default:
		n.When = v.DateNear(due)
	}
	return n
}

// text is the step in a line: "Permis d’aménager, en retard de 21 jours (5 novembre)".
func (n nextStep) text() string {
	var parts []string
	for _, s := range []string{n.Title, lowered(n.When), n.End} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
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
