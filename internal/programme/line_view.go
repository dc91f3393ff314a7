package programme

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
	"bassin/internal/when"
)

// lineView is a financing line with its whole course.
type lineView struct {
	sheetView
	Line    Line
	State   LineState
	Steps   []Step // in the order of recording
	Journal []journalEntry
	Papers  []Document     // of the action, to be chosen as a step's document
	News    []journalEntry // what others recorded while the reader typed
}

// readLine reads a line of an action that the actor may see.
func readLine(tx db.Tx, by account.Actor, action ActionID, id LineID) (lineView, error) {
	var x lineView
	var err error
	if x.sheetView, err = readSheet(tx, by, action); err != nil {
		return x, err
	}
	l, err := getLine(tx, id)
	if err == nil && l.ActionID != action {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil {
		return x, err
	}
	x.Line = l.Line
	if x.Steps, err = listSteps(tx, id); err != nil {
		return x, err
	}
	documents, err := listDocuments(tx, action)
	if err != nil {
		return x, err
	}
	x.State = Fold(x.Steps, AsOf{})
	x.Journal = journalOf(x.Steps, map[LineID]Line{id: x.Line}, moment{}, x.documentNames(documents))
	if x.Inside() {
		x.Papers = documents
	}
	return x, nil
}

func (x lineView) mayRecordHere() bool { return x.mayRecord(x.Line) }

// since gives what was recorded after the entry that the reader had seen last.
func (x lineView) since(last string) []journalEntry {
	seen := last == ""
	new := map[StepID]bool{}
	for _, s := range x.Steps {
		if seen {
			new[s.ID] = true
		}
		seen = seen || string(s.ID) == last
	}
	var list []journalEntry
	for _, e := range x.Journal {
		if new[e.ID] {
			list = append(list, e)
		}
	}
	return list
}

// last is the entry recorded last.
func (x lineView) last() string {
	if len(x.Steps) == 0 {
		return ""
	}
	return string(x.Steps[len(x.Steps)-1].ID)
}

func (x lineView) url(parts ...string) string { return x.lineURL(x.Line.ID, parts...) }

// title names the line on its own page.
func (x lineView) title() string { return x.Line.FunderName + ", " + strconv.Itoa(x.Line.Year) }

// head is the header of the line's pages.
func (x lineView) head(v *web.View, page string) web.Head {
	crumbs := append(x.contractCrumb(), web.Crumb{Label: x.Action.Reference, URL: x.URL()}, web.Crumb{Label: v.T("programme.tab.funding"), URL: x.URL("funding")})
	h := web.Head{Title: x.title(), Browser: x.Action.Reference + " " + x.title()}
	if page != "" {
		h.Title, h.Browser = page, page+v.T("programme.plan.comma")+x.title()
		h.Crumbs = append(crumbs, web.Crumb{Label: x.title(), URL: x.url()}, web.Crumb{Label: page})
		return h
	}
	h.Crumbs = append(crumbs, web.Crumb{Label: x.title()})
	h.Facts = append(h.Facts, web.Text(v.T(x.Line.Nature.Key())))
	if x.Line.Scheme != "" {
		h.Facts = append(h.Facts, web.Text(x.Line.Scheme))
	}
	if x.Line.RateBP > 0 {
		h.Facts = append(h.Facts, web.Text(v.T("programme.line.rate", "rate", v.Rate(float64(x.Line.RateBP)/10_000))))
	}
	if x.State.Stage != "" {
		h.State = web.State(stageBadge(v, x.State))
	}
	if x.May(EditAction) {
		h.Actions = append(h.Actions, web.Button(web.Act{Label: v.T("programme.line.edit"), URL: x.url("edit"), Icon: "pencil"}))
	}
	return h
}

// stageBadge shows the stage that a line has reached.
func stageBadge(v *web.View, s LineState) web.Badge {
	b := web.Badge{Label: v.T(s.Stage.Key()), Icon: "coin-euro"}
	if partlyPaid(s) > 0 {
		b.Label, b.Tone = v.T("programme.stage.partly_paid"), web.Run
		return b
	}
	switch s.Stage {
	case Paid, Settled:
		b.Tone, b.Icon = web.Done, "check"
	case Refused, Withdrawn:
		b.Tone, b.Icon = web.Stop, "ban"
	}
	return b
}

// courseRow is a stage of the line's course.
type courseRow struct {
	Kind  Kind
	On    when.Date // of the last step of the stage; none: not reached
	Cents int64
	Acts  string // references
	Days  int    // since the stage before; -1: unknown
}

// course lists the stages: those reached with day, amount and act, those to come without.
func (x lineView) course() []courseRow {
	steps := InForce(x.Steps)
	kinds := FunnelKinds()
	if x.State.Stage.Ends() {
		kinds = append(slices.Clone(kinds), x.State.Stage)
	}
	var rows []courseRow
	before := when.None
	for _, k := range kinds {
		r := courseRow{Kind: k, Days: -1}
		first := when.None
		var acts []string
		for _, s := range steps {
			if s.Kind != k {
				continue
			}
			if first == when.None {
				first = s.EffectiveOn
			}
			if k == Paid {
				r.Cents += s.AmountCents
			} else {
				r.Cents = s.AmountCents
			}
			r.On = s.EffectiveOn
			if s.Reference != "" {
				acts = append(acts, s.Reference)
			}
		}
		r.Acts = strings.Join(acts, " ; ")
		if r.On != when.None {
			if before != when.None {
				r.Days = first.Sub(before)
			}
			before = r.On
		} else if x.State.Stage.Ends() {
			continue // what never came will not come
		}
		rows = append(rows, r)
	}
	return rows
}

// nextKind is the step that most often comes next: the form begins with it.
func (x lineView) nextKind() Kind {
	next := map[Kind]Kind{"": Asked, Foreseen: Asked, Asked: Decided, Decided: Contracted, Contracted: Paid, Paid: Paid}[x.State.Stage]
	if kinds := x.Line.NextKinds(x.Steps); !in(next, kinds) && len(kinds) > 0 {
		return kinds[0]
	}
	return next
}

// stepForm is an empty form for the next step.
func (x lineView) stepForm() *web.Form {
	return web.NewForm(web.NewOnce(), "kind", string(x.nextKind()), "effective_on", string(x.Today),
		"seen", strconv.FormatInt(x.Line.Version, 10), "last", x.last())
}

// correctForm is the entry as it stands, to be put right.
func (x lineView) correctForm(v *web.View, s Step) *web.Form {
	return web.NewForm(web.NewOnce(), "kind", string(s.Kind), "effective_on", string(s.EffectiveOn), "amount_cents", typedAmount(v, s.AmountCents),
		"reference", s.Reference, "document_id", s.DocumentID, "seen", strconv.FormatInt(x.Line.Version, 10), "last", x.last())
}

// typedAmount writes an amount as people type it.
func typedAmount(v *web.View, cents int64) string {
	if cents == 0 {
		return ""
	}
	return v.Amount(cents)
}

// fresh sets what the form has seen to what stands now, so that sending it again is a choice.
func (x lineView) fresh(f *web.Form) {
	f.Values.Set("seen", strconv.FormatInt(x.Line.Version, 10))
	f.Values.Set("last", x.last())
}

// stepFields are the fields of the form, for its summary of faults and its controls.
type stepFields struct{ kind, on, amount, reference, document, file, note web.Field }

func (s stepFields) all() []web.Field {
	return []web.Field{s.kind, s.on, s.amount, s.reference, s.document, s.file, s.note}
}

func (x lineView) stepFields(v *web.View, corrects bool) stepFields {
	s := stepFields{
		kind: web.Field{Name: "kind", Label: v.T("programme.field.kind")},
		on: web.Field{Name: "effective_on", Label: v.T("programme.field.effective_on"), Hint: v.T("programme.step.on_hint"),
			Min: strconv.Itoa(MinYear) + "-01-01", Max: string(x.Today)},
		amount:    web.Field{Name: "amount_cents", Label: v.T("programme.field.amount_cents"), Hint: x.amountHint(v), Narrow: true},
		reference: web.Field{Name: "reference", Label: v.T("programme.step.act"), Hint: v.T("programme.step.act_hint"), Optional: true},
		document:  web.Field{Name: "document_id", Label: v.T("programme.step.document"), Optional: true, Empty: v.T("programme.step.no_document")},
		file:      web.Field{Name: "document", Label: v.T("programme.step.file"), Hint: v.T("programme.step.file_hint"), Optional: true},
		note:      web.Field{Name: "note", Label: v.T("programme.field.note"), Optional: true, Rows: 2},
	}
	if len(x.Papers) == 0 {
		s.file.Label = v.T("programme.field.document_id")
	}
	if corrects {
		s.note.Label, s.note.Optional, s.note.Hint = v.T("programme.step.why"), false, v.T("programme.step.why_hint")
	}
	earlier := x.Line.EarlierKinds(x.Steps)
	if len(earlier) > 0 {
		s.kind.Hint = v.T("programme.step.earlier_hint")
	}
	for _, k := range append(earlier, x.Line.NextKinds(x.Steps)...) {
		s.kind.Choices = append(s.kind.Choices, web.Choice{Value: string(k), Label: v.T(k.Key())})
	}
	for _, d := range x.Papers {
		s.document.Choices = append(s.document.Choices, web.Choice{Value: string(d.ID), Label: cmp.Or(d.Title, d.Name)})
	}
	return s
}

// amountHint says how much may still come.
func (x lineView) amountHint(v *web.View) string {
	if left := x.State.LeftToPayCents(); left > 0 {
		return v.T("programme.step.left_hint", "left_cents", left)
	}
	if x.State.Asked.Cents > 0 && x.State.Stage == Asked {
		return v.T("programme.step.asked_hint", "asked_cents", x.State.Asked.Cents)
	}
	return v.T("programme.step.amount_hint")
}

// lineForm is the line as it stands, for its form.
func (x lineView) lineForm(v *web.View) *web.Form {
	return web.NewForm("", "funder_id", x.Line.FunderID, "scheme", x.Line.Scheme, "nature", string(x.Line.Nature), "year", strconv.Itoa(x.Line.Year),
		"rate_bp", typedRate(v, x.Line.RateBP), "note", x.Line.Note, "version", strconv.FormatInt(x.Line.Version, 10))
}

func typedRate(v *web.View, bp int) string {
	if bp == 0 {
		return ""
	}
	return v.Decimal(float64(bp)/100, 2)
}

// parseRate reads "25", "25,5 %" as hundredths of a percent.
func parseRate(f *web.Form, name string) int {
	typed := strings.TrimSpace(strings.TrimRight(f.Text(name), "% \u00a0\u202f"))
	if typed == "" {
		return 0
	}
	bp, key := web.ParseCents(typed) // percent with two decimals reads like euros with cents
	if key != "" || bp > 10_000 || strings.ContainsRune(typed, '€') {
		f.Wrong(name, "programme.wrong.rate")
		return 0
	}
	return int(bp)
}

// newLinesView is the form of new lines.
type newLinesView struct {
	sheetView
	Funders []account.Organisation
	Found   bool // Funders are what a search found
	Years   []PlanYear
}

// maxNewYears bounds the years of the form.
const maxNewYears = 12

// newYears are the years that the form asks for: those of cost, money and calendar, and the one the
// person added; else this year and the three after it.
func (x newLinesView) newYears(more []string) []PlanYear {
	years := slices.Clone(x.Plan.Years)
	add := func(y int) {
		if y >= MinYear && y <= MaxYear && len(years) < maxNewYears && !slices.ContainsFunc(years, func(p PlanYear) bool { return p.Year == y }) {
			years = append(years, PlanYear{Year: y})
		}
	}
	for _, m := range more {
		if y, err := strconv.Atoi(m); err == nil {
			add(y)
		}
	}
	if x.Action.StartsOn != when.None && x.Action.EndsOn != when.None {
		for y := x.Action.StartsOn.Year(); y <= x.Action.EndsOn.Year(); y++ {
			add(y)
		}
	}
	if len(years) == 0 {
		for i := range 4 {
			add(x.Today.Year() + i)
		}
	}
	slices.SortFunc(years, func(a, b PlanYear) int { return cmp.Compare(a.Year, b.Year) })
	return years
}

// funderChoices are the radio buttons of the organisations.
func funderChoices(v *web.View, list []account.Organisation) []web.Choice {
	var choices []web.Choice
	for _, o := range list {
		choices = append(choices, web.Choice{Value: string(o.ID), Label: o.Name + v.T("programme.plan.comma") + lowered(v.T(o.Kind.Key()))})
	}
	return choices
}

func natureChoices(v *web.View) []web.Choice {
	var choices []web.Choice
	for _, n := range Natures() {
		choices = append(choices, web.Choice{Value: string(n), Label: v.T(n.Key())})
	}
	return choices
}

// newOrganisationURL is where an organisation is added that no search finds.
func newOrganisationURL(text string) string {
	if text == "" {
		return "/organisations/new"
	}
	return "/organisations/new?" + url.Values{"find": {text}}.Encode()
}

// newHead is the header of the form of new lines.
func (x newLinesView) newHead(v *web.View) web.Head {
	title := v.T("programme.line.add")
	return web.Head{Title: title, Browser: x.Action.Reference + " " + title, Crumbs: append(x.contractCrumb(),
		web.Crumb{Label: x.Action.Reference, URL: x.URL()}, web.Crumb{Label: v.T("programme.tab.funding"), URL: x.URL("funding")}, web.Crumb{Label: title})}
}

// firstKind asks where the money stands already.
func (x newLinesView) firstKind(v *web.View) web.Field {
	f := web.Field{Name: "kind", Label: v.T("programme.line.first_step")}
	for _, k := range (Line{}).NextKinds(nil) {
		f.Choices = append(f.Choices, web.Choice{Value: string(k), Label: v.T(k.Key())})
	}
	return f
}

// amountFields ask for an amount a year; each says what that year lacks.
func (x newLinesView) amountFields(v *web.View) []web.Field {
	var list []web.Field
	for _, y := range x.Years {
		f := web.Field{Name: "amount." + strconv.Itoa(y.Year), Label: strconv.Itoa(y.Year), Narrow: true, Optional: true}
		if y.MissingCents > 0 {
			f.Hint = v.T("programme.line.missing", "missing_cents", y.MissingCents)
		}
		list = append(list, f)
	}
	return list
}

// stands tells the line as somebody else saved it, beside what the reader typed.
func (x lineView) stands(v *web.View) []web.Def {
	return []web.Def{
		{Term: v.T("programme.field.funder_id"), Value: x.Line.FunderName},
		{Term: v.T("programme.field.nature"), Value: v.T(x.Line.Nature.Key())},
		{Term: v.T("programme.field.year"), Value: strconv.Itoa(x.Line.Year)},
		{Term: v.T("programme.field.scheme"), Value: x.Line.Scheme},
		{Term: v.T("programme.field.rate_bp"), Value: typedRate(v, x.Line.RateBP)},
		{Term: v.T("programme.field.note"), Value: x.Line.Note},
	}
}
