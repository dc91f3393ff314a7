package programme

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/web"
)

// fundingView is the financing plan of an action as of a moment.
type fundingView struct {
	sheetView
	Moment  moment
	Rows    []planRow
	Years   []PlanYear
	AsOf    Plan // sheetView's is the plan as it stands
	Answer  Delay
	Payment Delay
	Journal []journalEntry
	Hidden  int    // older entries, shown when asked for
	Entries int    // in the whole journal
	Differs string // how what is stored differs from the entries; "" when it does not
	Open    []Line // on which the reader may record
}

// planRow is one row of the table: a funder's money of one scheme and nature, year by year.
type planRow struct {
	FunderName string
	Scheme     string
	Nature     Nature
	Lines      []Funded
}

// in gives the lines of a year: more than one when a request was made again after a refusal.
func (r planRow) in(year int) []Funded {
	var list []Funded
	for _, l := range r.Lines {
		if l.Year == year {
			list = append(list, l)
		}
	}
	return list
}

func (r planRow) planCents() int64 {
	var n int64
	for _, l := range r.Lines {
		n += l.State.PlanCents()
	}
	return n
}

// gone reports whether all was refused or withdrawn, and gives the last of it.
func (r planRow) gone() (LineState, bool) {
	var last LineState
	for _, l := range r.Lines {
		if l.State.Stage != Refused && l.State.Stage != Withdrawn {
			return LineState{}, false
		}
		if l.State.StageOn >= last.StageOn {
			last = l.State
		}
	}
	return last, len(r.Lines) > 0
}

// sub says nature and scheme under the funder's name.
func (r planRow) sub(v *web.View) string {
	s := v.T(r.Nature.Key())
	if r.Scheme != "" {
		s += v.T("programme.plan.comma") + r.Scheme
	}
	if end, gone := r.gone(); gone {
		s += v.T("programme.plan.ended", "stage_key", end.Stage.Key(), "ended_on", end.StageOn)
	}
	return s
}

// shownCents is the amount that a cell of the table shows of a line.
func shownCents(s LineState) int64 {
	switch s.Stage {
	case Refused:
		return s.RefusedCents
	case Withdrawn:
		return s.WithdrawnCents
	}
	return s.PlanCents()
}

// partlyPaid gives what is paid of a line that is not paid whole.
func partlyPaid(s LineState) int64 {
	if s.Stage == Paid && s.LeftToPayCents() > 0 {
		return s.Paid.Cents
	}
	return 0
}

// stageDetail says how far a payment has come: "300 000 € versés sur 900 000 € conventionnés"; empty when what is
// granted is paid whole, or nothing is.
func stageDetail(v *web.View, s LineState) string {
	paid := partlyPaid(s)
	if paid == 0 {
		return ""
	}
	kind, granted := s.granted()
	return v.T("programme.line.paid_of."+string(kind), "paid_cents", paid, "granted_cents", granted)
}

// journalEntry is an entry as the journal shows it.
type journalEntry struct {
	Step
	Line       Line
	ReplacedBy StepID // it no longer holds
	By         Step   // the entry that replaced it
	Document   string // name; "" for who may not see documents
	AskedCents int64  // beside a decision of less than was asked
}

// shortJournal is how many entries the page shows before it is asked for all.
const shortJournal = 12

// shorten keeps the newest entries.
func (x *fundingView) shorten() {
	if len(x.Journal) > shortJournal+3 { // a link for three more is not worth its place
		x.Hidden = len(x.Journal) - shortJournal
		x.Journal = x.Journal[:shortJournal]
	}
}

// readFunding reads the plan of an action as of a moment.
func readFunding(tx db.Tx, by account.Actor, id ActionID, m moment) (fundingView, error) {
	x := fundingView{Moment: m}
	var err error
	if x.sheetView, err = readSheet(tx, by, id); err != nil {
		return x, err
	}
	steps, err := listActionSteps(tx, id)
	if err != nil {
		return x, err
	}
	documents, err := listDocuments(tx, id)
	if err != nil {
		return x, err
	}
	x.fold(steps)
	x.journal(steps, documents)
	return x, nil
}

// fold sets the plan as of the moment. The lines of the sheet hold what is stored; what their
// entries say must be the same.
func (x *fundingView) fold(steps []Step) {
	byLine := map[LineID][]Step{}
	for _, s := range steps {
		byLine[s.LineID] = append(byLine[s.LineID], s)
	}
	x.Entries = len(steps)
	var lines []Funded
	for _, l := range x.Lines {
		now := Fold(byLine[l.ID], AsOf{})
		if now.Amounts != l.State.Amounts && x.Differs == "" {
			x.Differs = l.FunderName + " " + strconv.Itoa(l.Year)
		}
		state := now
		if x.Moment.past() {
			state = Fold(byLine[l.ID], x.Moment.asOf())
			if state.Stage == "" {
				continue // nothing was known of it
			}
		}
		lines = append(lines, Funded{Line: l.Line, State: state})
		if !now.Stage.Ends() && x.mayRecord(l.Line) {
			x.Open = append(x.Open, l.Line)
		}
	}
	x.AsOf = Balance(x.Costs, lines)
	x.Answer, x.Payment = Delays(lines)
	x.Rows, x.Years = planRows(lines), planYears(x.AsOf, lines)
}

// mayRecord reports whether the reader may record steps on the line.
func (x sheetView) mayRecord(l Line) bool {
	return !x.Removed() && MayRecord(x.viewer, x.Access, l.FunderID, x.Today)
}

// planRows puts lines of the same funder, scheme and nature in one row; own funds come last, what
// is gone after them.
func planRows(lines []Funded) []planRow {
	type key struct {
		funder, scheme string
		nature         Nature
	}
	place := map[key]int{}
	var rows []planRow
	for _, l := range lines {
		k := key{l.FunderID, l.Scheme, l.Nature}
		i, ok := place[k]
		if !ok {
			i = len(rows)
			place[k] = i
			rows = append(rows, planRow{FunderName: l.FunderName, Scheme: l.Scheme, Nature: l.Nature})
		}
		rows[i].Lines = append(rows[i].Lines, l)
	}
	slices.SortStableFunc(rows, func(a, b planRow) int {
		_, ga := a.gone()
		_, gb := b.gone()
		return cmp.Or(order(ga, gb), order(a.Nature == OwnFunds, b.Nature == OwnFunds), -cmp.Compare(a.planCents(), b.planCents()))
	})
	return rows
}

func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// planYears are the columns: the years of the plan, and those in which only refused lines stand.
func planYears(p Plan, lines []Funded) []PlanYear {
	years := slices.Clone(p.Years)
	for _, l := range lines {
		if !slices.ContainsFunc(years, func(y PlanYear) bool { return y.Year == l.Year }) {
			years = append(years, PlanYear{Year: l.Year})
		}
	}
	slices.SortFunc(years, func(a, b PlanYear) int { return cmp.Compare(a.Year, b.Year) })
	return years
}

// journal lists what counts at the moment, newest first by the day of the act.
func (x *fundingView) journal(steps []Step, documents []Document) {
	lines := map[LineID]Line{}
	for _, l := range x.Lines {
		lines[l.ID] = l.Line
	}
	x.Journal = journalOf(steps, lines, x.Moment, x.documentNames(documents))
}

// documentNames are those that the reader may open: documents are the parties' own.
func (x sheetView) documentNames(documents []Document) map[string]string {
	names := map[string]string{}
	if !x.Inside() {
		return names
	}
	for _, d := range documents {
		names[string(d.ID)] = cmp.Or(d.Title, d.Name)
	}
	return names
}

func journalOf(steps []Step, lines map[LineID]Line, m moment, documents map[string]string) []journalEntry {
	known := slices.DeleteFunc(slices.Clone(steps), func(s Step) bool {
		return m.Known && s.RecordedAt > EndOf(m.On) // what replaced an entry later was not known
	})
	byID := map[StepID]Step{}
	byLine := map[LineID][]Step{}
	for _, s := range known {
		byID[s.ID] = s
		byLine[s.LineID] = append(byLine[s.LineID], s)
	}
	replaced := Superseded(known)
	var list []journalEntry
	for _, s := range known {
		if !m.takes(s) {
			continue
		}
		e := journalEntry{Step: s, Line: lines[s.LineID], ReplacedBy: replaced[s.ID], By: byID[replaced[s.ID]], Document: documents[s.DocumentID]}
		if asked := Fold(byLine[s.LineID], AsOf{On: s.EffectiveOn}).Asked.Cents; s.Kind == Decided && asked > s.AmountCents {
			e.AskedCents = asked
		}
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b journalEntry) int { return recordedLast(a.Step, b.Step) })
	return list
}

// recordedLast puts the newest act first, and of one day the last recorded.
func recordedLast(a, b Step) int {
	return cmp.Or(-cmp.Compare(a.EffectiveOn, b.EffectiveOn), -recordedOrder(a, b))
}

// toFind says what is lacking and in which year the most.
func (x fundingView) toFind(v *web.View) string {
	most := PlanYear{}
	for _, y := range x.AsOf.Years {
		if y.MissingCents > most.MissingCents {
			most = y
		}
	}
	switch {
	case x.AsOf.CostCents == 0:
		return v.T("programme.plan.no_cost")
	case x.AsOf.ToFindCents == 0:
		return v.T("programme.plan.nothing_to_find")
	case most.MissingCents == 0 || len(x.AsOf.Years) == 1:
		return v.T("programme.plan.to_find")
	}
	return v.T("programme.plan.to_find_most", "missing_cents", most.MissingCents, "year", strconv.Itoa(most.Year))
}

// span is the first and last year of the cost: "2024-2027".
func (x fundingView) span() string {
	var years []string
	for _, y := range x.AsOf.Years {
		if y.CostCents > 0 {
			years = append(years, strconv.Itoa(y.Year))
		}
	}
	switch len(years) {
	case 0:
		return ""
	case 1:
		return years[0]
	}
	return years[0] + "-" + years[len(years)-1]
}

// excess reports whether a year has more money than cost, beyond rounding.
func (x fundingView) excess() bool {
	return slices.ContainsFunc(x.AsOf.Years, func(y PlanYear) bool { return y.ExcessCents > toleranceCents })
}

// funnel is the money by stage, shared of the cost.
func (x fundingView) funnel(v *web.View) web.Funnel {
	return Shared(v, web.Funnel{Caption: v.T("programme.plan.funnel"), Rows: FunnelParts(x.AsOf.Totals), Gap: x.AsOf.ToFindCents}, 0, x.AsOf.CostCents)
}

// delay says a median.
func delay(v *web.View, d Delay) string {
	if d.Count == 0 {
		return ""
	}
	return v.T("programme.plan.median", "days", v.T("programme.plan.days", "count", d.Days), "lines", v.T("programme.plan.lines", "count", d.Count))
}

// lineURL is the page of a line.
func (x sheetView) lineURL(id LineID, parts ...string) string {
	return x.URL(append([]string{"funding", "lines", string(id)}, parts...)...)
}

// lineName names a line in a list: "Région Occitanie, 2026, aide aux plateformes".
func lineName(v *web.View, l Line) string {
	parts := []string{l.FunderName, strconv.Itoa(l.Year)}
	if l.Scheme != "" {
		parts = append(parts, l.Scheme)
	} else {
		parts = append(parts, v.T(l.Nature.Key()))
	}
	return strings.Join(parts, v.T("programme.plan.comma"))
}

// lowered begins a word with a small letter, inside a sentence.
func lowered(s string) string {
	for i, r := range s {
		if i == 0 {
			return strings.ToLower(string(r)) + s[len(string(r)):]
		}
	}
	return s
}

// recordedBy says who recorded an entry and when.
func recordedBy(v *web.View, s Step) string {
	return v.T("programme.journal.recorded", "name", s.RecordedName, "recorded_at", s.RecordedAt)
}

// facts are who pays, what was lost, and how long each step took.
func (x fundingView) facts(v *web.View) []web.Def {
	p := x.AsOf
	facts := []web.Def{
		{Term: v.T("programme.plan.own"), Value: v.T("programme.plan.of_plan", "amount_cents", p.OwnCents, "share", v.Rate(p.OwnRate()))},
		{Term: v.T("programme.plan.aided"), Value: v.T("programme.plan.of_plan", "amount_cents", p.AidedCents, "share", v.Rate(p.AidedRate()))},
	}
	for _, k := range []Kind{Settled, Refused, Withdrawn} {
		if n := p.Totals.Funnel(k); n > 0 {
			facts = append(facts, web.Def{Term: v.T(k.Key()), Value: v.Money(n)})
		}
	}
	return append(facts, web.Def{Term: v.T("programme.plan.answer"), Value: delay(v, x.Answer)},
		web.Def{Term: v.T("programme.plan.payment"), Value: delay(v, x.Payment)})
}

// amount follows the word of the stage.
func (e journalEntry) amount(v *web.View) string {
	if e.AmountCents == 0 {
		return ""
	}
	return v.T("programme.plan.comma") + v.Money(e.AmountCents)
}

// replaced says what became of an entry that no longer holds.
func (e journalEntry) replaced(v *web.View) string {
	if e.By.Cancelled {
		return v.T("programme.journal.cancelled", "recorded_at", e.By.RecordedAt)
	}
	return v.T("programme.journal.corrected", "recorded_at", e.By.RecordedAt)
}
