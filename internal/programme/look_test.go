package programme

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bassin/internal/fault"
	"bassin/internal/web"
	"bassin/internal/when"
)

// plainly writes every kind of space alike.
func plainly(s string) string { return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s) }

func french() *web.View { return web.NewView("fr") }

func TestTheNoteBesideTheActionsCountsAsTheFiguresDo(t *testing.T) {
	v := french()
	now := v.Today()
	rows := []Row{
		{Status: UnderWay, LateOn: never},
		{Status: UnderWay, LateOn: now.AddDays(-3)},
		{Status: UnderWay, LateOn: never, OpenBlockers: 1},
		{Status: Blocked, LateOn: now.AddDays(-3), CostCents: 100, PlanCents: 40},
		{Status: Done, LateOn: now.AddDays(-3), OpenBlockers: 1, CostCents: 100, PlanCents: 40},
	}
	if got, want := plainly(Counted(v, rows)), "2 en cours, 2 bloquées, 1 terminée, dont 2 en retard"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if n := Count(rows, now); n.All != 5 || n.Late != 2 || n.Blocked != 2 || n.Unfunded != 1 || n.ToFindCents != 60 {
		t.Errorf("got %+v", n)
	}
}

func TestABadgeHidesNoStatus(t *testing.T) {
	v := french()
	late := v.Today().AddDays(-1)
	for _, c := range []struct {
		row  Row
		want string
	}{
		{Row{Status: UnderWay, LateOn: never}, "En cours"},
		{Row{Status: UnderWay, LateOn: late}, "En cours, En retard"},
		{Row{Status: UnderWay, LateOn: late, OpenBlockers: 1}, "En cours, Blocage, En retard"},
		{Row{Status: Blocked, LateOn: late, OpenBlockers: 1}, "Bloquée, En retard"},
		{Row{Status: Done, LateOn: late, OpenBlockers: 1}, "Terminée"},
	} {
		if got := labels(Badges(v, c.row)); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestTheNextMilestoneSaysItsNameAndHowLateItIs(t *testing.T) {
	v := french()
	now := v.Today()
	at := func(days int) string { return plainly(v.DateNear(now.AddDays(days))) }
	for _, c := range []struct {
		name string
		row  Row
		want string
	}{
		{"nothing", Row{LateOn: never}, ""},
		{"to come", Row{NextTitle: "Permis", NextDueOn: now.AddDays(3), LateOn: never}, "Permis, " + at(3)},
		{"without a day", Row{NextTitle: "Permis", LateOn: never}, "Permis, sans date"},
		{"overdue", Row{NextTitle: "Permis", NextDueOn: now.AddDays(-21), LateOn: now.AddDays(-21)}, "Permis, en retard de 21 jours (" + at(-21) + ")"},
		{"long overdue", Row{NextTitle: "Permis", NextDueOn: now.AddDays(-1335), LateOn: now.AddDays(-1335)}, "Permis, en retard de 3 ans (" + at(-1335) + ")"},
		{"the end has passed, the milestone is to come", Row{NextTitle: "Permis", NextDueOn: now.AddDays(3), EndsOn: now.AddDays(-2), LateOn: now.AddDays(-2)},
			"Permis, " + at(3) + ", fin prévue dépassée de 2 jours (" + at(-2) + ")"},
		{"over", Row{Status: Done, NextTitle: "Permis", NextDueOn: now.AddDays(-21), LateOn: now.AddDays(-21)}, "Permis, " + at(-21)},
	} {
		if got := plainly(c.row.next(v).text()); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestSharesAreOfOneBase(t *testing.T) {
	v := french()
	for _, c := range []struct {
		announced, cost int64
		of              int64
		name            string
	}{{400, 300, 400, "Part de l’annoncé"}, {0, 300, 300, "Part du coût prévu"}, {0, 0, 0, ""}} {
		f := ContractFunnel(v, Contract{AnnouncedCents: c.announced}, Counts{CostCents: c.cost}, Amounts{}, 0)
		if f.Of != c.of || f.OfName != c.name {
			t.Errorf("announced %d, cost %d: got %d, %q", c.announced, c.cost, f.Of, f.OfName)
		}
	}
}

func TestALinePaidInPartSaysSo(t *testing.T) {
	v := french()
	whole := entry(5, Paid, "2026-04-21", 12_000)
	for _, c := range []struct {
		name  string
		steps []Step
		want  string
	}{
		{"in part", journal(asked, decided, signed, part), "188 000 € versés sur 200 000 € conventionnés"},
		{"of a decision alone", journal(asked, decided, part), "188 000 € versés sur 200 000 € décidés"},
		{"whole", journal(asked, decided, signed, part, whole), ""},
		{"nothing yet", journal(asked, decided, signed), ""},
	} {
		now := Fold(c.steps, AsOf{})
		stored := storedLine{Stage: now.Stage, Amounts: now.Amounts, AskedOn: now.Asked.On, DecidedOn: now.Decided.On,
			ContractedOn: now.Contracted.On, PaidOn: now.Paid.On}.state()
		for _, s := range []LineState{now, stored} {
			if got := plainly(stageDetail(v, s)); got != c.want {
				t.Errorf("%s: got %q, want %q", c.name, got, c.want)
			}
		}
	}
}

func TestAPlanTellsWhatIsDecidedFromWhatIsForeseen(t *testing.T) {
	v := french()
	cost := []Cost{{Year: 2026, Kind: Investment, PlannedCents: 200 * euros}}
	line := func(k Kind, amount int64) Funded {
		return Funded{Line: Line{Year: 2026}, State: Fold(journal(entry(1, k, "2026-01-05", amount)), AsOf{})}
	}
	for _, c := range []struct {
		name    string
		lines   []Funded
		reserve bool
		want    string
	}{
		{"all decided", []Funded{line(Decided, 150), line(Contracted, 50)}, false, "Plan équilibré : 200 € pour 200 € de coût, tout est décidé, conventionné ou versé"},
		{"in part", []Funded{line(Decided, 150), line(Foreseen, 50)}, true, "Plan équilibré : 200 € pour 200 € de coût, dont 150 € décidés, conventionnés ou versés ; 50 € ne sont que pressentis ou sollicités"},
		{"all foreseen", []Funded{line(Foreseen, 150), line(Asked, 50)}, true, "Plan équilibré : 200 € pour 200 € de coût, mais rien n’est encore décidé : tout est pressenti ou sollicité"},
	} {
		x := sheetView{Sheet: Sheet{Costs: cost, Lines: c.lines}}
		x.compute()
		funded := x.Conditions[2]
		if !funded.Met || x.reserve(funded) != c.reserve {
			t.Errorf("%s: met %v, reserve %v", c.name, funded.Met, x.reserve(funded))
		}
		if got := plainly(x.held(v, funded)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// An entry of an earlier day that an older entry could no longer follow names the one to correct first.
func TestAPastStepNamesTheEntryToCorrect(t *testing.T) {
	typed := entry(1, Foreseen, today, 200_000)
	err := fault.As(Line{ID: "l"}.append(journal(typed), entry(2, Decided, "2024-03-12", 200_000), today))
	if err == nil || len(err.Fields) != 1 || err.Fields[0].Name != "effective_on" || err.Fields[0].Key != "programme.step.later_entry" {
		t.Fatalf("got %+v", err)
	}
	text := plainly(french().TArgs(err.Fields[0].Key, err.Fields[0].Args))
	for _, want := range []string{"« Pressenti » est inscrit au 21 mai 2026", "« Décidé » au 12 mars 2024", "Corriger"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
}

// What EarlierKinds offers is accepted with the day of the step that it comes before.
func TestEarlierKindsAreAccepted(t *testing.T) {
	line := Line{ID: "l"}
	if got := line.EarlierKinds(journal(decided)); !slices.Equal(got, []Kind{Foreseen, Asked}) {
		t.Errorf("before a decision: got %v", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		steps := lives(t)
		for _, k := range line.EarlierKinds(steps) {
			accepted := false
			amounts := []int64{1, 1_000_000 * euros}
			for _, s := range steps {
				amounts = append(amounts, s.AmountCents)
			}
			for _, s := range inForce(steps, 0) {
				for _, amount := range amounts {
					e := Step{ID: "z", LineID: "l", Kind: k, EffectiveOn: s.EffectiveOn, AmountCents: amount, RecordedAt: when.Time(9999)}
					accepted = accepted || line.append(steps, e, today) == nil
				}
			}
			if !accepted {
				t.Fatalf("%s is offered and never accepted after %+v", k, steps)
			}
		}
	})
}
