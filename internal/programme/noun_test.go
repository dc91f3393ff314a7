package programme

import (
	"encoding/json"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bassin/internal/fault"
	"bassin/internal/when"
)

// wrongs gives "field key" of every wrong field of an error, sorted.
func wrongs(err error) []string {
	var list []string
	if f := fault.As(err); f != nil {
		for _, x := range f.Fields {
			list = append(list, x.Name+" "+x.Key)
		}
	}
	slices.Sort(list)
	return list
}

func expect(t *testing.T, err error, want ...string) {
	t.Helper()
	if got := wrongs(err); !slices.Equal(got, want) || (err == nil) != (len(want) == 0) {
		t.Errorf("got %q (%v)\nwant %q", got, err, want)
	}
}

func TestContractMove(t *testing.T) {
	full := Signatory{ID: "g", College: Groupings, OrganisationName: "Agglomération", Assembly: "Conseil communautaire",
		DeliberationNumber: "C2019_11_03", DeliberatedOn: "2019-11-21"}
	bare := Signatory{ID: "p", College: Public, OrganisationName: "Région"}
	industry := Signatory{ID: "e", College: Economic}
	at := func(s ContractState) Contract {
		return Contract{State: s, MemorandumOn: "2019-03-01", SignedOn: "2019-12-09"}
	}
	for _, c := range []struct {
		name        string
		contract    Contract
		to          ContractState
		signatories []Signatory
		want        []string
	}{
		{"memorandum", at(Preparation), Memorandum, nil, nil},
		{"memorandum without its date", Contract{State: Preparation}, Memorandum, nil, []string{"memorandum_on programme.wrong.required"}},
		{"memorandum tomorrow", Contract{State: Preparation, MemorandumOn: today.AddDays(1)}, Memorandum, nil, []string{"memorandum_on programme.wrong.future"}},
		{"back to preparation", at(Memorandum), Preparation, nil, nil},
		{"signed", at(Memorandum), Signed, []Signatory{full, industry}, nil},
		{"signed without a memorandum", at(Preparation), Signed, []Signatory{full}, nil},
		{"everything is missing", Contract{State: Memorandum}, Signed, []Signatory{bare}, []string{
			"signatories programme.contract.grouping_missing", "signatory.p programme.contract.deliberation_missing", "signed_on programme.wrong.required"}},
		{"industry alone", at(Memorandum), Signed, []Signatory{industry}, []string{"signatories programme.contract.grouping_missing"}},
		{"a deliberation without its number", at(Memorandum), Signed, []Signatory{func() Signatory { s := full; s.DeliberationNumber = ""; return s }()},
			[]string{"signatory.g programme.contract.deliberation_missing"}},
		{"closed", at(Signed), Closed, nil, nil},
		{"reopened, though a signatory came without deliberation", at(Closed), Signed, []Signatory{bare}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			from := c.contract.State
			err := c.contract.move(c.to, c.signatories, today)
			expect(t, err, c.want...)
			if want := c.to; err != nil && c.contract.State != from || err == nil && c.contract.State != want {
				t.Errorf("state is %s", c.contract.State)
			}
		})
	}
	allowed := map[string]bool{"preparation>memorandum": true, "preparation>signed": true, "memorandum>preparation": true,
		"memorandum>signed": true, "signed>closed": true, "closed>signed": true}
	for _, from := range ContractStates() {
		for _, to := range ContractStates() {
			k := at(from)
			err := k.move(to, []Signatory{full}, today)
			if way := string(from) + ">" + string(to); allowed[way] != (err == nil) || err != nil && !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: %v", way, err)
			}
		}
	}
}

func TestContractValidate(t *testing.T) {
	good := Contract{TerritoryID: "ti-7602", Code: "ALES", Title: "Contrat du Bassin d’Alès", Phase: 1, State: Signed,
		SignedOn: "2019-12-09", StartsOn: "2021-01-01", EndsOn: "2027-12-31", AnnouncedCents: 40_000_000 * euros}
	expect(t, good.validate(today))
	bad := Contract{Code: "ales", Title: " ", Phase: 3, State: Memorandum, SignedOn: "2026-05-22", StartsOn: "2021-01-01",
		EndsOn: "2020-12-31", AnnouncedCents: MaxCents + 1}
	expect(t, bad.validate(today), "announced_cents programme.wrong.amount", "code programme.wrong.contract_code",
		"ends_on programme.wrong.order", "memorandum_on programme.wrong.required", "phase programme.wrong.choice",
		"signed_on programme.wrong.future", "territory_id programme.wrong.required", "title programme.wrong.required")
}

func TestSignatoryValidate(t *testing.T) {
	expect(t, Signatory{OrganisationID: "o", College: Economic}.validate(today))
	expect(t, Signatory{College: "press", DeliberatedOn: "2020-01-02", SignedOn: "2020-01-01"}.validate(today),
		"college programme.wrong.choice", "organisation_id programme.wrong.required", "signed_on programme.wrong.order")
}

func TestPhaseAxes(t *testing.T) {
	for phase, want := range map[int]int{0: 0, 1: 4, 2: 4, 3: 0} {
		if got := len(PhaseAxes(phase)); got != want {
			t.Errorf("phase %d has %d axes, want %d", phase, got, want)
		}
	}
	if a := (Axis{LabelFR: "Innover"}); a.Label("en") != "Innover" || a.Label("fr") != "Innover" {
		t.Error("an axis without English speaks French")
	}
}

// sheet is a complete action that every test below breaks in one place.
func sheet() Action {
	return Action{
		ID: "a", ContractID: "c",
		Identity: Identity{Reference: "ALES-03", Title: "Think & Mate, smart Factory", AxisIDs: []AxisID{"innovate"},
			Commitment: Firm, Priority: Normal, Confidentiality: ForPublic},
		Content: Content{
			Context:     strings.Repeat("contexte ", 10),
			Description: strings.Repeat("plateforme ", 10),
			Stakes:      strings.Repeat("enjeu ", 10),
			GroupingIDs: []string{"200066918"},
		},
		People: People{
			Owners: []Owner{{OrganisationID: "school", Leads: true}, {OrganisationID: "grouping"}},
			Pilots: []Pilot{{Name: "Enseignant-chercheur"}}, Partners: []Partner{{OrganisationID: "cluster", Role: "essais"}},
		},
		Calendar: Calendar{StartsOn: "2024-09-02", EndsOn: "2027-12-31"},
		FollowUp: FollowUp{Status: UnderWay, Outlook: Cloud},
	}
}

func TestActionValidate(t *testing.T) {
	expect(t, sheet().validateAll(today))
	long := strings.Repeat("é", maxText+1)
	for _, c := range []struct {
		name  string
		in    Section
		spoil func(*Action)
		want  []string
	}{
		{"identity, all wrong at once", SectionIdentity, func(a *Action) {
			a.Identity = Identity{Reference: "ales-3", Title: "x", AxisIDs: []AxisID{"a", "a"}, Confidentiality: "secret"}
		}, []string{"axis_ids programme.wrong.twice", "commitment programme.wrong.choice", "confidentiality programme.wrong.choice",
			"priority programme.wrong.choice", "reference programme.wrong.reference", "title programme.wrong.too_short"}},
		{"title of 201 letters", SectionIdentity, func(a *Action) { a.Title = strings.Repeat("é", 201) }, []string{"title programme.wrong.too_long"}},
		{"title of 200 letters", SectionIdentity, func(a *Action) { a.Title = strings.Repeat("é", 200) }, nil},
		{"title over two lines", SectionIdentity, func(a *Action) { a.Title = "deux\nlignes" }, []string{"title programme.wrong.one_line"}},
		{"broken characters", SectionIdentity, func(a *Action) { a.Title = "abc\xff" }, []string{"title programme.wrong.characters"}},
		{"long texts", SectionDescription, func(a *Action) { a.Context, a.Stakes = long, long },
			[]string{"context programme.wrong.too_long", "stakes programme.wrong.too_long"}},
		{"an empty description may be saved", SectionDescription, func(a *Action) { a.Content = Content{} }, nil},
		{"nobody leads", SectionPeople, func(a *Action) { a.Owners[0].Leads = false }, []string{"owners programme.action.one_leads"}},
		{"two lead", SectionPeople, func(a *Action) { a.Owners[1].Leads = true }, []string{"owners programme.action.one_leads"}},
		{"the same owner twice", SectionPeople, func(a *Action) { a.Owners[1].OrganisationID = "school" }, []string{"owners programme.wrong.twice"}},
		{"no people yet", SectionPeople, func(a *Action) { a.People = People{} }, nil},
		{"nameless pilot, partner twice", SectionPeople, func(a *Action) {
			a.Pilots = append(a.Pilots, Pilot{})
			a.Partners = append(a.Partners, a.Partners[0])
		}, []string{"partners programme.wrong.twice", "pilots programme.wrong.required"}},
		{"ends before it starts", SectionCalendar, func(a *Action) { a.EndsOn = "2024-09-01" }, []string{"ends_on programme.wrong.order"}},
		{"starts and ends the same day", SectionCalendar, func(a *Action) { a.EndsOn = a.StartsOn }, nil},
		{"ended tomorrow", SectionCalendar, func(a *Action) { a.EndedOn = today.AddDays(1) }, []string{"ended_on programme.wrong.future"}},
		{"the year 0", SectionCalendar, func(a *Action) { a.StartsOn = "0000-01-01" }, []string{"starts_on programme.wrong.date"}},
		{"negative jobs", SectionIndicators, func(a *Action) { a.JobsKeptActual = -1 }, []string{"jobs_kept_actual programme.wrong.number"}},
		{"no outlook", SectionFollowUp, func(a *Action) { a.Outlook = "" }, nil},
		{"unknown outlook and status", SectionFollowUp, func(a *Action) { a.Outlook, a.Status = "rain", "late" },
			[]string{"outlook programme.wrong.choice", "status programme.wrong.choice"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := sheet()
			c.spoil(&a)
			expect(t, a.validate(c.in, today), c.want...)
			expect(t, a.validateAll(today), c.want...)
		})
	}
}

func TestReference(t *testing.T) {
	for ref, ok := range map[string]bool{"ALES-03": true, "ALES-1234": true, "TI7602-10": true, "ALES-3": false, "ALES03": false,
		"-03": false, "A-03": false, "ALES-03 ": false, "ALÈS-03": false, "": false} {
		a := sheet()
		a.Reference = ref
		if got := a.validate(SectionIdentity, today) == nil; got != ok {
			t.Errorf("%q: accepted %v", ref, got)
		}
	}
	if got := CleanReference(" ales-03\n"); got != "ALES-03" {
		t.Errorf("got %q", got)
	}
}

func TestActionMove(t *testing.T) {
	open := []Blocker{{Text: "avis de raccordement", SinceOn: "2026-05-01"}}
	gone := []Blocker{{SinceOn: "2026-05-01", ResolvedOn: "2026-05-10"}}
	for _, c := range []struct {
		name     string
		from, to Status
		starts   when.Date
		ended    when.Date
		blockers []Blocker
		want     []string
	}{
		{"starts today", Planned, UnderWay, today, "", nil, nil},
		{"starts tomorrow", Planned, UnderWay, today.AddDays(1), "", nil, []string{"starts_on programme.wrong.future"}},
		{"starts without a day", Planned, UnderWay, "", "", nil, []string{"starts_on programme.wrong.required"}},
		{"blocked by something", UnderWay, Blocked, "2024-09-02", "", open, nil},
		{"blocked by nothing", UnderWay, Blocked, "2024-09-02", "", gone, []string{"blockers programme.action.blocker_missing"}},
		{"done", UnderWay, Done, "2024-09-02", today, gone, nil},
		{"done without end, blocked", UnderWay, Done, "2024-09-02", "", open,
			[]string{"blockers programme.action.blocker_open", "ended_on programme.wrong.required"}},
		{"reopened", Done, UnderWay, "2024-09-02", "2026-05-01", nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := Action{Calendar: Calendar{StartsOn: c.starts, EndedOn: c.ended}, FollowUp: FollowUp{Status: c.from}}
			err := a.move(c.to, c.blockers, today)
			expect(t, err, c.want...)
			if err == nil && a.Status != c.to || err != nil && a.Status != c.from {
				t.Errorf("status is %s", a.Status)
			}
			if c.from == Done && a.EndedOn != when.None {
				t.Errorf("a reopened action ended on %s", a.EndedOn)
			}
		})
	}
	for _, way := range [][2]Status{{ToDiscuss, UnderWay}, {ToDiscuss, Done}, {Planned, Done}, {Done, Planned}, {Abandoned, UnderWay}, {Blocked, Done}, {Planned, Planned}, {UnderWay, "late"}} {
		a := Action{Calendar: Calendar{StartsOn: "2024-01-01", EndedOn: "2026-01-01"}, FollowUp: FollowUp{Status: way[0]}}
		if err := a.move(way[1], nil, today); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s to %s: %v, want a conflict", way[0], way[1], err)
		}
	}
}

func TestEveryStatusLeadsOn(t *testing.T) {
	for _, s := range Statuses() {
		if len(s.next()) == 0 {
			t.Errorf("no way out of %s", s)
		}
		for _, n := range s.next() {
			if n == s || !slices.Contains(Statuses(), n) {
				t.Errorf("%s to %q", s, n)
			}
		}
	}
}

func TestLate(t *testing.T) {
	due := func(id MilestoneID, d when.Date) Milestone { return Milestone{ID: id, Title: string(id), DueOn: d} }
	reached := Milestone{ID: "r", DueOn: "2026-01-01", ReachedOn: "2026-02-01"}
	for _, c := range []struct {
		name       string
		status     Status
		ends       when.Date
		ended      when.Date
		milestones []Milestone
		days       int
		milestone  MilestoneID
	}{
		{"nothing dated", UnderWay, "", "", []Milestone{due("m", "")}, 0, ""},
		{"due today", UnderWay, today, "", []Milestone{due("m", today)}, 0, ""},
		{"milestone passed", UnderWay, "2027-12-31", "", []Milestone{due("m", "2026-04-30")}, 21, "m"},
		{"the milestone was reached", UnderWay, "2027-12-31", "", []Milestone{reached}, 0, ""},
		{"the oldest is the reason", UnderWay, "", "", []Milestone{due("m", "2026-05-06"), due("n", "2026-04-30")}, 21, "n"},
		{"end passed", UnderWay, "2026-05-20", "", nil, 1, ""},
		{"the end is older", UnderWay, "2026-04-01", "", []Milestone{due("m", "2026-04-30")}, 50, ""},
		{"same day: the milestone says more", UnderWay, "2026-05-20", "", []Milestone{due("m", "2026-05-20")}, 1, "m"},
		{"it ended", UnderWay, "2026-05-01", "2026-05-10", nil, 0, ""},
		{"paused is late too", Paused, "2026-05-20", "", nil, 1, ""},
		{"done", Done, "2026-05-01", "", []Milestone{due("m", "2026-04-30")}, 0, ""},
		{"abandoned", Abandoned, "2026-05-01", "", nil, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := Action{Calendar: Calendar{EndsOn: c.ends, EndedOn: c.ended}, FollowUp: FollowUp{Status: c.status}}
			got := Late(a, c.milestones, today)
			if got.Days != c.days || got.MilestoneID != c.milestone || got.Late() != (c.days > 0) {
				t.Errorf("got %+v, want %d days by %q", got, c.days, c.milestone)
			}
			if got.Late() && (got.DueOn.AddDays(got.Days) != today || got.Args()["late_days"] != got.Days) {
				t.Errorf("due %s and %d days do not meet", got.DueOn, got.Days)
			}
		})
	}
}

func TestMilestone(t *testing.T) {
	m := Milestone{Title: "Version pilote", DueOn: "2026-07-17"}
	expect(t, m.validate(today))
	expect(t, Milestone{DueOn: "2026-02-31", ReachedOn: today.AddDays(1)}.validate(today),
		"due_on programme.wrong.date", "reached_on programme.wrong.future", "title programme.wrong.required")
	expect(t, m.reach("", today), "reached_on programme.wrong.required")
	expect(t, m.reach(today.AddDays(1), today), "reached_on programme.wrong.future")
	if err := m.reach("2026-05-05", today); err != nil || m.ReachedOn != "2026-05-05" {
		t.Errorf("got %v, %s", err, m.ReachedOn)
	}
	if err := m.reach("2026-05-06", today); !fault.Is(err, fault.Conflict) || m.ReachedOn != "2026-05-05" {
		t.Errorf("reached again: %v, %s", err, m.ReachedOn)
	}
	next, found := NextMilestone([]Milestone{{ID: "undated"}, m, {ID: "late", DueOn: "2026-09-01"}, {ID: "soon", DueOn: "2026-06-01"}})
	if !found || next.ID != "soon" {
		t.Errorf("next is %q", next.ID)
	}
	if next, found = NextMilestone([]Milestone{m, {ID: "undated"}}); !found || next.ID != "undated" {
		t.Errorf("next is %q", next.ID)
	}
	if _, found = NextMilestone([]Milestone{m}); found {
		t.Error("a reached milestone is next")
	}
}

func TestBlocker(t *testing.T) {
	b := Blocker{Text: "pas de réponse pour 2026", Unblock: "réponse écrite", SinceOn: "2025-12-29"}
	expect(t, b.validate(today))
	if got := b.Days(today); got != 143 {
		t.Errorf("in the way for %d days, want 143", got)
	}
	expect(t, Blocker{SinceOn: today.AddDays(1)}.validate(today), "since_on programme.wrong.future",
		"text programme.wrong.required", "unblock programme.wrong.required")
	expect(t, b.resolve("", "", today), "resolved_on programme.wrong.required")
	expect(t, b.resolve("2025-12-28", "", today), "resolved_on programme.wrong.order")
	if !b.Open() {
		t.Fatal("a refused end has closed it")
	}
	if err := b.resolve("2026-01-08", "réponse reçue", today); err != nil || b.Open() || b.Days(today) != 10 {
		t.Errorf("got %v, open %v, %d days", err, b.Open(), b.Days(today))
	}
	if err := b.resolve(today, "", today); !fault.Is(err, fault.Conflict) {
		t.Errorf("resolved again: %v", err)
	}
}

func TestNote(t *testing.T) {
	expect(t, Note{On: today, Text: "visite"}.validate(today))
	expect(t, Note{On: "", Text: " "}.validate(today), "on programme.wrong.required", "text programme.wrong.required")
}

func TestCosts(t *testing.T) {
	good := []Cost{{Year: 2026, Kind: Investment, PlannedCents: MaxCents}, {Year: 2026, Kind: Operation, ActualCents: 5}, {Year: 2100, Kind: Operation, PlannedCents: 7}}
	expect(t, validateCosts(good))
	got := SumCosts(good)
	if got.PlannedCents() != MaxCents+7 || got.ActualCents() != 5 || got.InvestmentPlannedCents != MaxCents {
		t.Errorf("got %+v", got)
	}
	expect(t, validateCosts([]Cost{good[0], {Year: 1999, Kind: "gift", PlannedCents: -1, ActualCents: MaxCents + 1}, good[0]}),
		"costs.1.actual_cents programme.wrong.amount", "costs.1.kind programme.wrong.choice",
		"costs.1.planned_cents programme.wrong.amount", "costs.1.year programme.wrong.year", "costs.2.year programme.cost.twice")
}

func TestLineValidate(t *testing.T) {
	expect(t, Line{FunderID: "f", Nature: Grant, Year: 2026, RateBP: 10_000}.validate())
	expect(t, Line{Nature: "gift", Year: 2101, RateBP: -1}.validate(), "funder_id programme.wrong.required",
		"nature programme.wrong.choice", "rate_bp programme.wrong.rate", "year programme.wrong.year")
}

// thinkAndMate is the plan of the mock-up: per funder and year, in thousands of euros.
func thinkAndMate() ([]Cost, []Funded) {
	costs := []Cost{}
	for i, k := range []int64{480, 760, 860, 700} {
		costs = append(costs, Cost{Year: 2024 + i, Kind: Operation, PlannedCents: k * 1000 * euros})
	}
	var lines []Funded
	for _, f := range []struct {
		nature Nature
		years  [4]int64
	}{
		{Grant, [4]int64{150, 200, 200, 150}}, {Grant, [4]int64{180, 240, 240, 0}}, {Grant, [4]int64{0, 160, 160, 120}},
		{OwnFunds, [4]int64{90, 90, 90, 70}}, {Grant, [4]int64{60, 60, 60, 60}},
	} {
		for i, k := range f.years {
			if k > 0 {
				lines = append(lines, Funded{Line{Nature: f.nature, Year: 2024 + i}, Fold(journal(entry(1, Decided, "2024-01-01", k*1000)), AsOf{})})
			}
		}
	}
	refused := Fold(journal(entry(1, Asked, "2026-01-01", 150_000), entry(2, Refused, "2026-03-12", 0)), AsOf{})
	return costs, append(lines, Funded{Line{Nature: RepayableAdvance, Year: 2026}, refused})
}

func TestBalance(t *testing.T) {
	p := Balance(thinkAndMate())
	want := []PlanYear{
		{2024, 480_000 * euros, 480_000 * euros, 0, 0},
		{2025, 760_000 * euros, 750_000 * euros, 10_000 * euros, 0},
		{2026, 860_000 * euros, 750_000 * euros, 110_000 * euros, 0},
		{2027, 700_000 * euros, 400_000 * euros, 300_000 * euros, 0},
	}
	if !slices.Equal(p.Years, want) {
		t.Errorf("got %+v", p.Years)
	}
	if p.Balanced() || p.CostCents != 2_800_000*euros || p.InPlanCents != 2_380_000*euros || p.ToFindCents != 420_000*euros || p.ExcessCents != 0 {
		t.Errorf("got %+v", p)
	}
	if p.OwnCents != 340_000*euros || p.AidedCents != 2_040_000*euros || p.RefusedLines != 1 || p.Totals.RefusedCents != 150_000*euros {
		t.Errorf("got %+v", p)
	}
	if got := p.CoveredRate(); math.Abs(got-0.85) > 1e-9 {
		t.Errorf("covered %v", got)
	}
	if got := p.OwnRate() + p.AidedRate(); math.Abs(got-1) > 1e-9 {
		t.Errorf("shares make %v", got)
	}
}

func TestBalanceWithinOneEuro(t *testing.T) {
	plan := func(cents int64) Plan {
		s := Fold([]Step{{ID: "s", LineID: "l", Kind: Decided, EffectiveOn: "2026-01-01", AmountCents: cents}}, AsOf{})
		return Balance([]Cost{{Year: 2026, Kind: Investment, PlannedCents: 100_000}}, []Funded{{Line{Year: 2026}, s}})
	}
	for cents, want := range map[int64]bool{99_899: false, 99_900: true, 100_000: true, 100_100: true, 100_101: false} {
		if got := plan(cents).Balanced(); got != want {
			t.Errorf("%d of 100000 cents: balanced %v", cents, got)
		}
	}
	if p := plan(150_000); p.ExcessCents != 50_000 || p.ToFindCents != 0 || p.Years[0].ExcessCents != 50_000 {
		t.Errorf("got %+v", p)
	}
	other := Balance([]Cost{{Year: 2026, PlannedCents: 100_000}}, []Funded{{Line{Year: 2027},
		Fold([]Step{{ID: "s", LineID: "l", Kind: Decided, EffectiveOn: "2026-01-01", AmountCents: 100_000}}, AsOf{})}})
	if other.Balanced() || other.ToFindCents != 0 {
		t.Errorf("money of the wrong year balances: %+v", other)
	}
}

// Each euro of the cost stands once in the bar: what is held and what is still to find make the
// cost, or more only by the excess; and years add up to the totals.
func TestPlanHoldsEachEuroOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var costs []Cost
		var lines []Funded
		for range rapid.IntRange(0, 4).Draw(t, "costs") {
			costs = append(costs, Cost{Year: rapid.IntRange(2024, 2027).Draw(t, "year"), PlannedCents: rapid.Int64Range(0, 900).Draw(t, "cost")})
		}
		for range rapid.IntRange(0, 4).Draw(t, "lines") {
			lines = append(lines, Funded{Line{Year: rapid.IntRange(2024, 2027).Draw(t, "year"), Nature: rapid.SampledFrom(Natures()).Draw(t, "nature")},
				Fold(lives(t), AsOf{})})
		}
		p := Balance(costs, lines)
		var bar, cost, held, gap int64
		for _, h := range p.Totals.Held(p.CostCents) {
			bar += h.Cents
		}
		for _, y := range p.Years {
			cost, held, gap = cost+y.CostCents, held+y.InPlanCents, gap+y.MissingCents-y.ExcessCents
		}
		if bar != p.CostCents+p.ExcessCents || cost != p.CostCents || held != p.InPlanCents || gap != p.ToFindCents-p.ExcessCents ||
			p.OwnCents+p.AidedCents != p.InPlanCents || p.Totals.PlanCents() != p.InPlanCents {
			t.Fatalf("bar %d, cost %d, held %d, gap %d of %+v", bar, cost, held, gap, p)
		}
	})
}

func TestReadiness(t *testing.T) {
	good := func() Facts {
		costs, lines := thinkAndMate()
		lines = append(lines, own(2025, 10_000), own(2026, 110_000), own(2027, 300_000))
		return Facts{Action: sheet(), Plan: Balance(costs, lines),
			Indicators: []Indicator{{ID: "i", Name: "Entreprises accompagnées", Unit: "entreprises", BaselineOn: "2024-09-02", TargetOn: "2027-12-31"}}}
	}
	for _, c := range []struct {
		name  string
		spoil func(*Facts)
		code  ConditionCode
		want  []string // section field key
	}{
		{"complete", func(*Facts) {}, "", nil},
		{"nobody", func(f *Facts) { f.Action.People = People{} }, Carried,
			[]string{"people owners programme.missing.owner", "people pilots programme.missing.pilot"}},
		{"owners, none leads", func(f *Facts) { f.Action.Owners[0].Leads = false }, Carried, []string{"people owners programme.missing.owner"}},
		{"blank sheet", func(f *Facts) { f.Action.Content = Content{Context: "  \n"} }, Described,
			[]string{"description context programme.missing.text", "description description programme.missing.text",
				"description stakes programme.missing.text", "description grouping_ids programme.missing.perimeter"}},
		{"à compléter", func(f *Facts) { f.Action.Content.Description = "à compléter" }, Described,
			[]string{"description description programme.missing.longer"}},
		{"a commune is a perimeter", func(f *Facts) { f.Action.GroupingIDs, f.Action.Communes = nil, "Alès" }, "", nil},
		{"no cost", func(f *Facts) { f.Plan = Plan{} }, Financed, []string{"costs costs programme.missing.cost"}},
		{"two years lack money", func(f *Facts) {
			costs, lines := thinkAndMate()
			f.Plan = Balance(costs, append(lines, own(2025, 10_000)))
		}, Financed, []string{"funding lines programme.missing.money", "funding lines programme.missing.money"}},
		{"too much money", func(f *Facts) {
			costs, lines := thinkAndMate()
			f.Plan = Balance(costs, append(lines, own(2025, 10_000), own(2026, 110_000), own(2027, 300_002)))
		}, Financed, []string{"funding lines programme.missing.excess"}},
		{"no indicator", func(f *Facts) { f.Indicators = nil }, Evaluated, []string{"indicators indicators programme.missing.indicator"}},
		{"one good indicator and a bare one", func(f *Facts) { f.Indicators = append(f.Indicators, Indicator{ID: "j"}) }, Evaluated,
			[]string{"indicators indicators.j programme.missing.unit", "indicators indicators.j programme.missing.baseline", "indicators indicators.j programme.missing.target"}},
		{"no dates", func(f *Facts) { f.Action.Calendar = Calendar{} }, Ready,
			[]string{"calendar starts_on programme.missing.start", "calendar ends_on programme.missing.end"}},
		{"a dated milestone stands for the end", func(f *Facts) { f.Action.EndsOn, f.Milestones = "", []Milestone{{DueOn: "2026-07-17"}} }, "", nil},
		{"an undated milestone does not", func(f *Facts) { f.Action.EndsOn, f.Milestones = "", []Milestone{{Title: "x"}} }, Ready,
			[]string{"calendar ends_on programme.missing.end"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := good()
			c.spoil(&f)
			got := Readiness(f)
			for i, condition := range got {
				if condition.Code != ConditionCodes()[i] || condition.Met != (condition.Code != c.code) || condition.Met != (len(condition.Missing) == 0) {
					t.Errorf("%+v", condition)
				}
				var missing []string
				for _, m := range condition.Missing {
					missing = append(missing, string(m.Section)+" "+m.Field+" "+m.Key)
				}
				if condition.Code == c.code && !slices.Equal(missing, c.want) {
					t.Errorf("missing %q\nwant %q", missing, c.want)
				}
			}
			if want := map[bool]int{true: 5, false: 4}[c.code == ""]; Met(got) != want {
				t.Errorf("met %d, want %d", Met(got), want)
			}
		})
	}
}

func own(year int, amount int64) Funded {
	return Funded{Line{Nature: OwnFunds, Year: year}, Fold(journal(entry(1, Decided, "2024-01-01", amount)), AsOf{})}
}

func TestProgress(t *testing.T) {
	for _, c := range []struct {
		name                   string
		direction              Direction
		baseline, target, from float64
		want                   int
	}{
		{"start", Rise, 0, 40, 0, 0},
		{"18 of 40", Rise, 0, 40, 18, 45},
		{"rounded up from a half", Rise, 0, 200, 1, 1},
		{"rounded down", Rise, 0, 1000, 4, 0},
		{"reached", Rise, 0, 40, 40, 100},
		{"beyond", Rise, 0, 40, 55, 100},
		{"below the baseline", Rise, 10, 40, 5, 0},
		{"from a baseline", Rise, 10, 20, 15, 50},
		{"nothing to rise: kept", Rise, 40, 40, 40, 100},
		{"nothing to rise: lost", Rise, 40, 40, 39, 0},
		{"baseline above the target: kept", Rise, 50, 40, 41, 100},
		{"fall: start", Fall, 100, 60, 100, 0},
		{"fall: half way", Fall, 100, 60, 80, 50},
		{"fall: reached", Fall, 100, 60, 60, 100},
		{"fall: beyond", Fall, 100, 60, 10, 100},
		{"fall: worse", Fall, 100, 60, 120, 0},
		{"nothing to fall: kept", Fall, 60, 60, 60, 100},
		{"nothing to fall: lost", Fall, 60, 60, 61, 0},
		{"through zero", Rise, -10, 10, 0, 50},
	} {
		t.Run(c.name, func(t *testing.T) {
			i := Indicator{Direction: c.direction, Baseline: c.baseline, Target: c.target, BaselineOn: "2024-01-01", TargetOn: "2027-01-01"}
			if got := i.Progress(c.from); got != (Progress{c.want, true}) {
				t.Errorf("got %+v, want %d", got, c.want)
			}
		})
	}
	if got := (Indicator{Target: 40, TargetOn: "2027-01-01"}).Progress(40); got.Known {
		t.Errorf("known without a dated baseline: %+v", got)
	}
}

func TestProgressMirrors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Float64Range(-1e6, 1e6)
		b, to, x, y := number.Draw(t, "baseline"), number.Draw(t, "target"), number.Draw(t, "x"), number.Draw(t, "y")
		rise := Indicator{Direction: Rise, Baseline: b, Target: to, BaselineOn: today, TargetOn: today}
		fall := Indicator{Direction: Fall, Baseline: -b, Target: -to, BaselineOn: today, TargetOn: today}
		p := rise.Progress(x)
		if p != fall.Progress(-x) {
			t.Fatalf("rise %v, fall %v", p, fall.Progress(-x))
		}
		if p.Percent < 0 || p.Percent > 100 {
			t.Fatalf("out of bounds: %v", p)
		}
		if x < y && p.Percent > rise.Progress(y).Percent {
			t.Fatalf("falls from %v to %v while the value rises", p, rise.Progress(y))
		}
	})
}

func TestLatestValue(t *testing.T) {
	values := []Value{{ID: "b", On: "2026-03-01", Value: 12, RecordedAt: 2}, {ID: "a", On: "2026-03-01", Value: 11, RecordedAt: 1}, {ID: "c", On: "2026-05-01", Value: 18}}
	i := Indicator{Direction: Rise, Target: 40, BaselineOn: "2024-01-01", TargetOn: "2027-01-01"}
	for on, want := range map[when.Date]Progress{"2026-02-28": {}, "2026-03-01": {30, true}, "2026-04-30": {30, true}, today: {45, true}} {
		if got := i.ProgressOn(values, on); got != want {
			t.Errorf("on %s: got %+v, want %+v", on, got, want)
		}
	}
}

func TestMeanProgress(t *testing.T) {
	known := func(percent, weight int) Weighted { return Weighted{Progress{percent, true}, weight} }
	for _, c := range []struct {
		name     string
		children []Weighted
		want     Progress
	}{
		{"none", nil, Progress{}},
		{"weighted", []Weighted{known(100, 1), known(0, 3)}, Progress{25, true}},
		{"rounded", []Weighted{known(100, 2), known(0, 1)}, Progress{67, true}},
		{"one unknown", []Weighted{known(100, 1), {Progress{}, 1}}, Progress{}},
		{"an unknown that weighs nothing", []Weighted{known(40, 1), {Progress{}, 0}}, Progress{40, true}},
		{"nothing weighs", []Weighted{known(40, 0)}, Progress{}},
	} {
		if got := MeanProgress(c.children); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestIndicatorValidate(t *testing.T) {
	expect(t, Indicator{Name: "Emplois", Direction: Rise, Weight: 1}.validate(today))
	expect(t, Indicator{Direction: "up", Baseline: math.NaN(), Target: math.Inf(1), BaselineOn: today.AddDays(1), TargetOn: "2020-13-01", Weight: 101}.validate(today),
		"baseline programme.wrong.measure", "baseline_on programme.wrong.future", "direction programme.wrong.choice", "name programme.wrong.required",
		"target programme.wrong.measure", "target_on programme.wrong.date", "weight programme.wrong.number")
	expect(t, Value{On: today, Value: -3}.validate(today))
	expect(t, Value{Value: 1e13}.validate(today), "on programme.wrong.required", "value programme.wrong.measure")
}

// Every word that the nouns can show has its text in both languages, with the same values in it.
func TestTexts(t *testing.T) {
	texts := map[string]map[string]any{}
	for _, lang := range []string{"fr", "en"} {
		b, err := os.ReadFile("../web/text/programme." + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		texts[lang] = map[string]any{}
		if err := json.Unmarshal(b, ptr(texts[lang])); err != nil {
			t.Fatal(err)
		}
	}
	var keys []string
	collect(&keys, ContractStates())
	collect(&keys, Colleges())
	collect(&keys, Commitments())
	collect(&keys, Statuses())
	collect(&keys, Priorities())
	collect(&keys, append(Outlooks(), ""))
	collect(&keys, Confidentialities())
	collect(&keys, Sections())
	collect(&keys, CostKinds())
	collect(&keys, Natures())
	collect(&keys, append(Kinds(), ""))
	collect(&keys, Directions())
	collect(&keys, Standings())
	collect(&keys, Permissions())
	codes := ConditionCodes()
	collect(&keys, codes[:])
	for _, field := range []string{"context", "description", "stakes"} {
		keys = append(keys, "programme.field."+field)
	}
	for _, key := range keys {
		for lang := range texts {
			if s, _ := texts[lang][key].(string); strings.TrimSpace(s) == "" {
				t.Errorf("%s has no text in %s", key, lang)
			}
		}
	}
	for key, fr := range texts["fr"] {
		if en := texts["en"][key]; !maps.Equal(values(fr), values(en)) {
			t.Errorf("%s: values differ: %v, %v", key, fr, en)
		}
	}
	if len(texts["fr"]) != len(texts["en"]) {
		t.Errorf("%d French texts, %d English", len(texts["fr"]), len(texts["en"]))
	}
}

func ptr[T any](x T) *T { return &x }

func collect[T interface{ Key() string }](keys *[]string, list []T) {
	for _, x := range list {
		*keys = append(*keys, x.Key())
	}
}

// values gives the {{.names}} of a text, of the form for several when there are plurals.
func values(text any) map[string]bool {
	s, ok := text.(string)
	if plural, is := text.(map[string]any); is {
		s, ok = plural["other"].(string)
	}
	found := map[string]bool{}
	for ok {
		_, rest, more := strings.Cut(s, "{{.")
		if !more {
			break
		}
		name, after, _ := strings.Cut(rest, "}}")
		found[name], s = true, after
	}
	return found
}

func TestCorrectedValues(t *testing.T) {
	first := Value{ID: "a", On: "2026-03-01", Value: 11}
	for _, c := range []struct {
		name  string
		later []Value
		want  []ValueID
	}{
		{"nothing later", nil, []ValueID{"a"}},
		{"corrected", []Value{{ID: "b", On: "2026-03-02", Value: 12, CorrectsID: "a"}}, []ValueID{"b"}},
		{"taken away", []Value{{ID: "b", On: "2026-03-01", Value: 11, CorrectsID: "a", Cancelled: true}}, nil},
		{"the correction corrected", []Value{{ID: "b", CorrectsID: "a"}, {ID: "c", CorrectsID: "b"}}, []ValueID{"c"}},
		{"another beside it", []Value{{ID: "b", CorrectsID: "x"}}, []ValueID{"a", "b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []ValueID
			for _, v := range Counting(append([]Value{first}, c.later...)) {
				got = append(got, v.ID)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	expect(t, Value{On: "2026-03-01", CorrectsID: "a"}.validate(today), "note programme.value.why")
	expect(t, Value{On: "2026-03-01", Cancelled: true}.validate(today), "corrects_id programme.wrong.required")
}
