package programme

import (
	"cmp"
	"slices"
	"strconv"

	"bassin/internal/when"
)

// By is what money is grouped by.
type By string

// The groupings.
const (
	ByFunder By = "funder"
	ByScheme By = "scheme"
	ByAxis   By = "axis"
	ByYear   By = "year"
	ByNature By = "nature"
	byAction By = "action" // of which axes are made: an action stands on several
)

// Bys lists them.
func Bys() []By { return []By{ByFunder, ByScheme, ByAxis, ByYear, ByNature} }

// Key gives the text key of the label.
func (b By) Key() string { return "programme.by." + string(b) }

// MoneyGroup is what the lines of one funder, scheme, axis, year or nature amount to.
type MoneyGroup struct {
	ID    string // of funder or axis; the scheme, year or nature itself; "" for lines without scheme
	Label string // of a funder
	Lines int64
	Amounts
	// RequestedCents is what was asked by lines on which a request was really made, those refused
	// since with them, and GrantedCents what was decided on the same lines. Amounts alone would not
	// do: they count a line that began with its contract as asked, and a refused one not at all.
	RequestedCents int64
	GrantedCents   int64
	Answer         Delay `db:"-"` // from the request to the decision
	Payment        Delay `db:"-"` // from the decision, or the contract where there was none, to the first payment
}

// GrantedShare is the share of what was requested that was granted, 0 to 1, and whether anything
// was requested.
func (g MoneyGroup) GrantedShare() (float64, bool) {
	return share(g.GrantedCents, g.RequestedCents), g.RequestedCents > 0
}

// plus adds, but for the delays, which do not add up.
func (g MoneyGroup) plus(h MoneyGroup) MoneyGroup {
	g.Lines += h.Lines
	g.Amounts = g.Amounts.Plus(h.Amounts)
	g.RequestedCents += h.RequestedCents
	g.GrantedCents += h.GrantedCents
	return g
}

// Delay is the median of some delays.
type Delay struct {
	Days  int
	Count int // of how many; 0: not known
}

func median(days []int) Delay {
	if len(days) == 0 {
		return Delay{}
	}
	slices.Sort(days)
	n := len(days)
	return Delay{Days: (days[(n-1)/2] + days[n/2]) / 2, Count: n}
}

// dated is what the delays of a line are computed from: the first day of each stage.
type dated struct {
	ID           string // of the group
	AskedOn      when.Date
	DecidedOn    when.Date
	ContractedOn when.Date
	PaidOn       when.Date
}

// datesOf gives the days of a folded line.
func datesOf(group string, s LineState) dated {
	return dated{group, s.Asked.On, s.Decided.On, s.Contracted.On, s.Paid.On}
}

// on forgets what came after a day.
func (x dated) on(day when.Date) dated {
	for _, d := range []*when.Date{&x.AskedOn, &x.DecidedOn, &x.ContractedOn, &x.PaidOn} {
		if *d > day {
			*d = when.None
		}
	}
	return x
}

// answer gives the days from request to decision.
func (x dated) answer() (int, bool) {
	granted := x.granted()
	if x.AskedOn == when.None || granted == when.None {
		return 0, false
	}
	return granted.Sub(x.AskedOn), true
}

// payment gives the days from decision to first payment.
func (x dated) payment() (int, bool) {
	granted := x.granted()
	if granted == when.None || x.PaidOn == when.None {
		return 0, false
	}
	return x.PaidOn.Sub(granted), true
}

func (x dated) granted() when.Date {
	if x.DecidedOn != when.None {
		return x.DecidedOn
	}
	return x.ContractedOn
}

// delays gives the two medians of some lines.
func delays(lines []dated) (answer, payment Delay) {
	var a, p []int
	for _, x := range lines {
		if n, ok := x.answer(); ok {
			a = append(a, n)
		}
		if n, ok := x.payment(); ok {
			p = append(p, n)
		}
	}
	return median(a), median(p)
}

// Delays gives the medians of folded lines: from request to decision, from decision to payment.
func Delays(lines []Funded) (answer, payment Delay) {
	all := make([]dated, len(lines))
	for i, l := range lines {
		all[i] = datesOf("", l.State)
	}
	return delays(all)
}

// MoneySummary is the money of a contract as of a day, over the actions that the reader may see.
type MoneySummary struct {
	Contract  Contract
	At        AsOf
	By        By
	Actions   int   // that the reader may see
	CostCents int64 // their planned cost, as it stands now
	Groups    []MoneyGroup
	Total     MoneyGroup
	Axes      []Axis // when grouped by axis
}

// group puts money and delays together, each group once. Groups are sorted by what they hold, the
// largest first; years by year.
func (m *MoneySummary) group(money []MoneyGroup, lines []dated) {
	byGroup := map[string][]dated{}
	for _, x := range lines {
		byGroup[x.ID] = append(byGroup[x.ID], x)
	}
	m.Total = MoneyGroup{}
	for i := range money {
		money[i].Answer, money[i].Payment = delays(byGroup[money[i].ID])
		m.Total = m.Total.plus(money[i])
	}
	m.Total.Answer, m.Total.Payment = delays(lines)
	m.Groups = money
	slices.SortStableFunc(m.Groups, m.order)
}

func (m *MoneySummary) order(a, b MoneyGroup) int {
	if m.By == ByYear {
		x, _ := strconv.Atoi(a.ID)
		y, _ := strconv.Atoi(b.ID)
		return cmp.Compare(x, y)
	}
	return cmp.Or(-cmp.Compare(a.PlanCents(), b.PlanCents()), -cmp.Compare(a.RequestedCents, b.RequestedCents),
		cmp.Compare(a.Label, b.Label), cmp.Compare(a.ID, b.ID))
}

// spread makes groups by axis of groups by action. An action that stands on several axes counts on
// each: the total, made before, counts it once. On none: group "".
func (m *MoneySummary) spread(axesOf map[string][]string, lines []dated) {
	byAxis := map[string]*MoneyGroup{}
	days := map[string][]dated{}
	byAction := map[string][]dated{}
	for _, x := range lines {
		byAction[x.ID] = append(byAction[x.ID], x)
	}
	for _, g := range m.Groups {
		axes := axesOf[g.ID]
		if len(axes) == 0 {
			axes = []string{""}
		}
		for _, id := range axes {
			if byAxis[id] == nil {
				byAxis[id] = &MoneyGroup{ID: id}
			}
			*byAxis[id] = byAxis[id].plus(g)
			days[id] = append(days[id], byAction[g.ID]...)
		}
	}
	m.Groups = nil
	for _, x := range m.Axes { // every axis is shown, also without money
		g := byAxis[string(x.ID)]
		if g == nil {
			g = &MoneyGroup{ID: string(x.ID)}
		}
		g.Answer, g.Payment = delays(days[g.ID])
		m.Groups = append(m.Groups, *g)
	}
	if g := byAxis[""]; g != nil {
		g.Answer, g.Payment = delays(days[""])
		m.Groups = append(m.Groups, *g)
	}
}
