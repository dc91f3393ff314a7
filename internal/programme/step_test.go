package programme

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"bassin/internal/fault"
	"bassin/internal/when"
)

const today = when.Date("2026-05-21")

// euros is what the tables below are written in.
const euros = int64(100)

// entry is a step with what the rules read; recorded gives its place in the journal.
func entry(recorded int, kind Kind, on when.Date, amount int64) Step {
	return Step{ID: StepID(fmt.Sprintf("s%02d", recorded)), LineID: "l", Kind: kind, EffectiveOn: on,
		AmountCents: amount * euros, RecordedAt: when.Time(recorded * 1000)}
}

func (s Step) correcting(id StepID) Step {
	s.CorrectsID, s.Note = id, "saisi de travers"
	return s
}

func (s Step) annulled() Step { s.Cancelled = true; return s }

// asked and decided are the beginning that most tables share.
var (
	asked   = entry(1, Asked, "2025-12-29", 240_000)
	decided = entry(2, Decided, "2026-03-12", 200_000)
	signed  = entry(3, Contracted, "2026-04-02", 200_000)
	part    = entry(4, Paid, "2026-04-20", 188_000)
)

func journal(steps ...Step) []Step { return steps }

func TestAppend(t *testing.T) {
	granted := journal(asked, decided, signed, part)
	for _, c := range []struct {
		name  string
		steps []Step
		entry Step
		field string // "" and no key: accepted
		key   string
	}{
		{"first foreseen", nil, entry(9, Foreseen, "2026-01-05", 10), "", ""},
		{"first asked", nil, entry(9, Asked, "2026-01-05", 10), "", ""},
		{"own funds begin decided", nil, entry(9, Decided, "2026-01-05", 10), "", ""},
		{"an old contract begins contracted", nil, entry(9, Contracted, "2019-12-09", 10), "", ""},
		{"first paid", nil, entry(9, Paid, "2026-01-05", 10), "kind", "programme.step.nothing_granted"},
		{"first refused", nil, entry(9, Refused, "2026-01-05", 10), "kind", "programme.step.nothing_to_refuse"},
		{"first withdrawn", nil, entry(9, Withdrawn, "2026-01-05", 10), "kind", "programme.step.nothing_to_withdraw"},
		{"first closed", nil, entry(9, Settled, "2026-01-05", 0), "kind", "programme.step.nothing_paid"},
		{"paid when only asked", journal(asked), entry(9, Paid, "2026-01-05", 10), "kind", "programme.step.nothing_granted"},
		{"asked again before decision", journal(asked), entry(9, Asked, "2026-01-05", 300_000), "", ""},
		{"decided as asked", journal(asked), entry(9, Decided, "2026-01-05", 240_000), "", ""},
		{"decided a cent over asked", journal(asked), func() Step {
			s := entry(9, Decided, "2026-01-05", 240_000)
			s.AmountCents++
			return s
		}(), "amount_cents", "programme.step.decided_over_asked"},
		{"decided the same day", journal(asked), entry(9, Decided, "2025-12-29", 10), "", ""},
		{"a request found late, of the day of its decision", journal(decided), entry(9, Asked, "2026-03-12", 240_000), "", ""},
		{"decided before asked", journal(asked), entry(9, Decided, "2025-12-28", 10), "effective_on", "programme.step.later_entry"},
		{"asked after decided", journal(asked, decided), entry(9, Asked, "2026-04-01", 10), "effective_on", "programme.step.order"},
		{"a request found late, with its own date", journal(decided), entry(9, Asked, "2025-12-29", 240_000), "", ""},
		{"a late request below its decision", journal(decided), entry(9, Asked, "2025-12-29", 100_000), "amount_cents", "programme.step.decided_over_asked"},
		{"contract skips decision", journal(asked), entry(9, Contracted, "2026-01-05", 240_000), "", ""},
		{"contract over asked", journal(asked), entry(9, Contracted, "2026-01-05", 240_001), "amount_cents", "programme.step.contracted_over_asked"},
		{"contract over decided", journal(asked, decided), entry(9, Contracted, "2026-04-05", 200_001), "amount_cents", "programme.step.contracted_over_decided"},
		{"paid on decision alone", journal(asked, decided), entry(9, Paid, "2026-04-05", 200_000), "", ""},
		{"paid over decision", journal(asked, decided), entry(9, Paid, "2026-04-05", 200_001), "amount_cents", "programme.step.overpaid"},
		{"paid the rest", granted, entry(9, Paid, "2026-05-01", 12_000), "", ""},
		{"paid over the rest", granted, entry(9, Paid, "2026-05-01", 12_001), "amount_cents", "programme.step.overpaid"},
		{"paid a cent over the rest", granted, func() Step {
			s := entry(9, Paid, "2026-05-01", 12_000)
			s.AmountCents++
			return s
		}(), "amount_cents", "programme.step.overpaid"},
		{"amended up to the decision", granted, entry(9, Contracted, "2026-05-01", 200_000), "", ""},
		{"amended under paid", granted, entry(9, Contracted, "2026-05-01", 187_999), "amount_cents", "programme.step.contracted_under_paid"},
		{"closed", granted, entry(9, Settled, "2026-05-01", 0), "", ""},
		{"closed with what was paid", granted, entry(9, Settled, "2026-05-01", 188_000), "", ""},
		{"closed with a last payment", granted, entry(9, Settled, "2026-05-01", 12_000), "amount_cents", "programme.step.closed_amount"},
		{"closed before paid", journal(asked, decided, signed), entry(9, Settled, "2026-05-01", 0), "kind", "programme.step.nothing_paid"},
		{"refused after asked", journal(asked), entry(9, Refused, "2026-03-12", 0), "", ""},
		{"refused after decided", journal(asked, decided), entry(9, Refused, "2026-03-13", 0), "kind", "programme.step.nothing_to_refuse"},
		{"withdrawn after contract", journal(asked, decided, signed), entry(9, Withdrawn, "2026-05-01", 0), "", ""},
		{"withdrawn after paid", granted, entry(9, Withdrawn, "2026-05-01", 0), "kind", "programme.step.already_paid"},
		{"today", journal(asked), entry(9, Decided, today, 10), "", ""},
		{"tomorrow", journal(asked), entry(9, Decided, today.AddDays(1), 10), "effective_on", "programme.wrong.future"},
		{"31 February", journal(asked), entry(9, Decided, "2026-02-31", 10), "effective_on", "programme.wrong.date"},
		{"the year 0", journal(asked), entry(9, Decided, "0000-01-01", 10), "effective_on", "programme.wrong.date"},
		{"the year 1999", nil, entry(9, Asked, "1999-12-31", 10), "effective_on", "programme.wrong.year"},
		{"no date", journal(asked), entry(9, Decided, "", 10), "effective_on", "programme.wrong.required"},
		{"zero asked", nil, entry(9, Asked, "2026-01-05", 0), "amount_cents", "programme.step.zero"},
		{"negative", nil, entry(9, Asked, "2026-01-05", -1), "amount_cents", "programme.wrong.amount"},
		{"ten billion", nil, entry(9, Asked, "2026-01-05", 10_000_000_000), "", ""},
		{"over ten billion", nil, entry(9, Asked, "2026-01-05", 10_000_000_001), "amount_cents", "programme.wrong.amount"},
		{"no such stage", nil, entry(9, "promised", "2026-01-05", 10), "kind", "programme.wrong.choice"},
		{"another line", nil, func() Step { s := entry(9, Asked, "2026-01-05", 10); s.LineID = "m"; return s }(), "line_id", "programme.step.other_line"},

		{"corrects an amount", granted, entry(9, Paid, "2026-04-20", 18_800).correcting("s04"), "", ""},
		{"corrects a date", granted, entry(9, Paid, "2026-04-21", 188_000).correcting("s04"), "", ""},
		{"corrects a date past the next stage", granted, entry(9, Decided, "2026-04-03", 200_000).correcting("s02"), "effective_on", "programme.step.order"},
		{"corrects without a reason", granted, func() Step { s := entry(9, Paid, "2026-04-20", 1).correcting("s04"); s.Note = ""; return s }(), "note", "programme.wrong.required"},
		{"corrects the decision under the contract", granted, entry(9, Decided, "2026-03-12", 150_000).correcting("s02"), "amount_cents", "programme.step.contracted_over_decided"},
		{"corrects the contract under the payments", granted, entry(9, Contracted, "2026-04-02", 150_000).correcting("s03"), "amount_cents", "programme.step.overpaid"},
		{"corrects a missing step", granted, entry(9, Paid, "2026-04-20", 1).correcting("s77"), "corrects_id", "programme.step.corrects_missing"},
		{"corrects itself", granted, entry(9, Paid, "2026-04-20", 1).correcting("s09"), "corrects_id", "programme.step.corrects_missing"},
		{"corrects into another stage", granted, entry(9, Contracted, "2026-04-20", 1).correcting("s04"), "kind", "programme.step.corrects_other_kind"},
		{"cancels a payment", granted, entry(9, Paid, "2026-04-20", 188_000).correcting("s04").annulled(), "", ""},
		{"cancels the decision under a contract", granted, entry(9, Decided, "2026-03-12", 200_000).correcting("s02").annulled(), "", ""},
		{"cancels the only grant under a payment", journal(asked, decided, entry(3, Paid, "2026-04-20", 10)),
			entry(9, Decided, "2026-03-12", 200_000).correcting("s02").annulled(), "kind", "programme.step.nothing_granted"},
		{"cancels nothing", granted, entry(9, Paid, "2026-04-20", 1).annulled(), "corrects_id", "programme.wrong.required"},
		{"another line's step", append(journal(Step{ID: "x", LineID: "m", Kind: Asked, EffectiveOn: "2026-01-01", AmountCents: 5}), granted...),
			entry(9, Asked, "2026-01-05", 10).correcting("x"), "corrects_id", "programme.step.corrects_other_line"},
		{"corrects a correction", append(slices.Clone(granted), entry(5, Paid, "2026-04-20", 18_800).correcting("s04")),
			entry(9, Paid, "2026-04-20", 18_900).correcting("s05"), "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Line{ID: "l"}.append(c.steps, c.entry, today)
			if c.key == "" {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			f := fault.As(err)
			if f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != c.field || f.Fields[0].Key != c.key {
				t.Fatalf("got %v, want one field %s: %s", err, c.field, c.key)
			}
		})
	}
}

func TestAppendTellsTheFigures(t *testing.T) {
	err := Line{ID: "l"}.append(journal(asked, decided, signed, part), entry(9, Paid, "2026-05-01", 15_000), today)
	got := fault.As(err).Fields[0].Args
	want := fault.Args{"left_cents": 12_000 * euros, "max_cents": 200_000 * euros, "paid_cents": 188_000 * euros,
		"amount_cents": 15_000 * euros, "effective_on": when.Date("2026-05-01")}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAppendTellsEveryWrongField(t *testing.T) {
	err := Line{ID: "l"}.append(nil, Step{LineID: "l", Kind: "x", AmountCents: -1}, today)
	var names []string
	for _, f := range fault.As(err).Fields {
		names = append(names, f.Name)
	}
	if want := []string{"kind", "effective_on", "amount_cents"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}

func TestEndedLineTakesCorrectionsOnly(t *testing.T) {
	paid := journal(asked, decided, signed, part)
	for _, c := range []struct {
		name  string
		steps []Step
	}{
		{"closed", append(slices.Clone(paid), entry(5, Settled, "2026-05-01", 188_000))},
		{"refused", journal(asked, entry(5, Refused, "2026-05-01", 0))},
		{"withdrawn", journal(asked, decided, entry(5, Withdrawn, "2026-05-01", 0))},
	} {
		t.Run(c.name, func(t *testing.T) {
			line := Line{ID: "l"}
			for _, next := range []Step{entry(9, Asked, "2026-05-02", 1), entry(9, Asked, "2025-12-30", 1), entry(9, Paid, "2026-04-21", 1)} {
				f := fault.As(line.append(c.steps, next, today))
				if f == nil || f.Kind != fault.Conflict || f.Key != "programme.step.ended" {
					t.Errorf("%s on %s: got %v, want a conflict", next.Kind, next.EffectiveOn, f)
				}
			}
			end := c.steps[len(c.steps)-1]
			reopen := end.cancelling("clos trop tôt")
			reopen.ID, reopen.RecordedAt = "s09", 9000
			if err := line.append(c.steps, reopen, today); err != nil {
				t.Fatalf("cancelling the end: %v", err)
			}
			if s := Fold(append(c.steps, reopen), AsOf{}); s.Stage.Ends() {
				t.Errorf("still %s after its end is cancelled", s.Stage)
			}
			moved := end
			moved.ID, moved.RecordedAt, moved.EffectiveOn = "s09", 9000, "2026-05-02"
			if err := line.append(c.steps, moved.correcting("s05"), today); err != nil {
				t.Errorf("correcting the end's day: %v", err)
			}
		})
	}
	// A payment found wrong after the closing is corrected, though the closing states the old sum.
	closed := append(slices.Clone(paid), entry(5, Settled, "2026-05-01", 188_000))
	less := entry(9, Paid, "2026-04-20", 180_000).correcting("s04")
	if err := (Line{ID: "l"}).append(closed, less, today); err != nil {
		t.Fatalf("correcting a payment of a closed line: %v", err)
	}
	if s := Fold(append(closed, less), AsOf{}); s.ClosedCents != 180_000*euros || s.PlanCents() != 180_000*euros {
		t.Errorf("closed %d, plan %d; want the corrected sum", s.ClosedCents, s.PlanCents())
	}
}

func TestFold(t *testing.T) {
	e := func(n int64) int64 { return n * euros }
	granted := journal(asked, decided, signed, part)
	for _, c := range []struct {
		name  string
		steps []Step
		at    AsOf
		stage Kind
		want  Amounts
		plan  int64
	}{
		{"no step", nil, AsOf{}, "", Amounts{}, 0},
		{"before the first", granted, AsOf{On: "2025-12-28"}, "", Amounts{}, 0},
		{"asked", granted, AsOf{On: "2025-12-29"}, Asked,
			Amounts{ForeseenCents: e(240_000), AskedCents: e(240_000), HeldAskedCents: e(240_000)}, e(240_000)},
		{"less decided than asked", granted, AsOf{On: "2026-04-01"}, Decided,
			Amounts{ForeseenCents: e(240_000), AskedCents: e(240_000), DecidedCents: e(200_000), HeldDecidedCents: e(200_000)}, e(200_000)},
		{"contracted", granted, AsOf{On: "2026-04-19"}, Contracted,
			Amounts{ForeseenCents: e(240_000), AskedCents: e(240_000), DecidedCents: e(200_000), ContractedCents: e(200_000), HeldContractedCents: e(200_000)}, e(200_000)},
		{"partly paid", granted, AsOf{}, Paid,
			Amounts{ForeseenCents: e(240_000), AskedCents: e(240_000), DecidedCents: e(200_000), ContractedCents: e(200_000), PaidCents: e(188_000), HeldContractedCents: e(12_000)}, e(200_000)},
		{"closed below the contract", append(slices.Clone(granted), entry(5, Settled, "2026-05-01", 0)), AsOf{}, Settled,
			Amounts{ForeseenCents: e(240_000), AskedCents: e(240_000), DecidedCents: e(200_000), ContractedCents: e(200_000), PaidCents: e(188_000), ClosedCents: e(188_000)}, e(188_000)},
		{"paid on a decision: contracted counts what is paid",
			journal(entry(1, Decided, "2026-01-01", 100), entry(2, Paid, "2026-02-01", 30)), AsOf{}, Paid,
			Amounts{ForeseenCents: e(100), AskedCents: e(100), DecidedCents: e(100), ContractedCents: e(30), PaidCents: e(30), HeldDecidedCents: e(70)}, e(100)},
		{"two payments add up",
			journal(entry(1, Contracted, "2026-01-01", 100), entry(2, Paid, "2026-02-01", 30), entry(3, Paid, "2026-03-01", 20)), AsOf{}, Paid,
			Amounts{ForeseenCents: e(100), AskedCents: e(100), DecidedCents: e(100), ContractedCents: e(100), PaidCents: e(50), HeldContractedCents: e(50)}, e(100)},
		{"asked again replaces",
			journal(entry(1, Asked, "2026-01-01", 100), entry(2, Asked, "2026-02-01", 150)), AsOf{}, Asked,
			Amounts{ForeseenCents: e(150), AskedCents: e(150), HeldAskedCents: e(150)}, e(150)},
		{"asked less than foreseen",
			journal(entry(1, Foreseen, "2026-01-01", 100), entry(2, Asked, "2026-02-01", 80)), AsOf{}, Asked,
			Amounts{ForeseenCents: e(100), AskedCents: e(80), HeldAskedCents: e(80)}, e(80)},
		{"refused: out of the sums, totalled apart",
			journal(asked, entry(2, Refused, "2026-03-12", 0)), AsOf{}, Refused, Amounts{RefusedCents: e(240_000)}, 0},
		{"refused with its own figure",
			journal(asked, entry(2, Refused, "2026-03-12", 150_000)), AsOf{}, Refused, Amounts{RefusedCents: e(150_000)}, 0},
		{"refused, the day before", journal(asked, entry(2, Refused, "2026-03-12", 0)), AsOf{On: "2026-03-11"}, Asked,
			Amounts{ForeseenCents: e(240_000), AskedCents: e(240_000), HeldAskedCents: e(240_000)}, e(240_000)},
		{"withdrawn after a decision", journal(asked, decided, entry(3, Withdrawn, "2026-05-01", 0)), AsOf{}, Withdrawn,
			Amounts{WithdrawnCents: e(200_000)}, 0},
		{"corrected amount", append(slices.Clone(granted), entry(5, Paid, "2026-04-20", 18_800).correcting("s04")), AsOf{}, Paid,
			Amounts{ForeseenCents: e(240_000), AskedCents: e(240_000), DecidedCents: e(200_000), ContractedCents: e(200_000), PaidCents: e(18_800), HeldContractedCents: e(181_200)}, e(200_000)},
		{"corrected, but not yet known", append(slices.Clone(granted), entry(5, Paid, "2026-04-20", 18_800).correcting("s04")), AsOf{KnownBy: 4999}, Paid,
			Amounts{ForeseenCents: e(240_000), AskedCents: e(240_000), DecidedCents: e(200_000), ContractedCents: e(200_000), PaidCents: e(188_000), HeldContractedCents: e(12_000)}, e(200_000)},
		{"took effect, but not yet recorded", granted, AsOf{KnownBy: 2000}, Decided,
			Amounts{ForeseenCents: e(240_000), AskedCents: e(240_000), DecidedCents: e(200_000), HeldDecidedCents: e(200_000)}, e(200_000)},
		{"a correction moves a step to a later day",
			append(slices.Clone(granted), entry(5, Paid, "2026-05-10", 188_000).correcting("s04")), AsOf{On: "2026-05-01"}, Contracted,
			Amounts{ForeseenCents: e(240_000), AskedCents: e(240_000), DecidedCents: e(200_000), ContractedCents: e(200_000), HeldContractedCents: e(200_000)}, e(200_000)},
		{"cancelled, then stated again", append(slices.Clone(granted), entry(5, Paid, "2026-04-20", 1).correcting("s04").annulled(),
			entry(6, Paid, "2026-04-20", 10).correcting("s05")), AsOf{}, Paid,
			Amounts{ForeseenCents: e(240_000), AskedCents: e(240_000), DecidedCents: e(200_000), ContractedCents: e(200_000), PaidCents: e(10), HeldContractedCents: e(199_990)}, e(200_000)},
		{"two corrections of one step: the later recorded holds", append(slices.Clone(granted), entry(6, Paid, "2026-04-20", 10).correcting("s04"),
			entry(5, Paid, "2026-04-20", 20).correcting("s04")), AsOf{}, Paid,
			Amounts{ForeseenCents: e(240_000), AskedCents: e(240_000), DecidedCents: e(200_000), ContractedCents: e(200_000), PaidCents: e(10), HeldContractedCents: e(199_990)}, e(200_000)},
		{"a correction of another line's step counts for nothing", append(slices.Clone(granted), Step{ID: "x", LineID: "m", Kind: Paid, EffectiveOn: "2026-04-20",
			AmountCents: 1, CorrectsID: "s04", RecordedAt: 5000}), AsOf{}, Paid,
			Amounts{ForeseenCents: e(240_000), AskedCents: e(240_000), DecidedCents: e(200_000), ContractedCents: e(200_000), PaidCents: e(188_000), HeldContractedCents: e(12_000)}, e(200_000)},
		{"a correction of nothing counts for nothing", append(slices.Clone(granted), entry(5, Paid, "2026-04-20", 1).correcting("gone")), AsOf{}, Paid,
			Amounts{ForeseenCents: e(240_000), AskedCents: e(240_000), DecidedCents: e(200_000), ContractedCents: e(200_000), PaidCents: e(188_000), HeldContractedCents: e(12_000)}, e(200_000)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Fold(c.steps, c.at)
			if got.Stage != c.stage || got.Amounts != c.want || got.PlanCents() != c.plan {
				t.Errorf("got %s %+v, plan %d\nwant %s %+v, plan %d", got.Stage, got.Amounts, got.PlanCents(), c.stage, c.want, c.plan)
			}
			shuffled := slices.Clone(c.steps)
			slices.Reverse(shuffled)
			if again := Fold(shuffled, c.at); again != got {
				t.Errorf("another order of the entries gives %+v", again)
			}
		})
	}
}

func TestFoldDates(t *testing.T) {
	s := Fold(journal(asked, decided, signed, part, entry(5, Paid, "2026-05-02", 1)), AsOf{})
	if s.Asked.On != "2025-12-29" || s.Decided.On != "2026-03-12" || s.Paid.On != "2026-04-20" || s.StageOn != "2026-05-02" {
		t.Errorf("got asked %s, decided %s, first paid %s, last %s", s.Asked.On, s.Decided.On, s.Paid.On, s.StageOn)
	}
	if got := s.LeftToPayCents(); got != 11_999*euros {
		t.Errorf("left to pay %d", got)
	}
}

func TestSuperseded(t *testing.T) {
	got := Superseded(journal(asked, part, entry(5, Paid, "2026-04-20", 20).correcting("s04"), entry(6, Paid, "2026-04-20", 30).correcting("s05")))
	if want := map[StepID]StepID{"s04": "s06", "s05": "s06"}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestCirclesStateNothing(t *testing.T) {
	a, b := entry(1, Asked, "2026-01-01", 10).correcting("s02"), entry(2, Asked, "2026-01-01", 20).correcting("s01")
	if s := Fold(journal(a, b), AsOf{}); s.Stage != "" {
		t.Errorf("got %s %+v", s.Stage, s.Amounts)
	}
}

// lives draws the journal of one line as people would write it: every entry passed append.
func lives(t *rapid.T) []Step {
	line, steps := Line{ID: "l"}, []Step{}
	day := rapid.Custom(func(t *rapid.T) when.Date {
		return when.Date("2026-01-01").AddDays(rapid.IntRange(0, 40).Draw(t, "day"))
	})
	for i := range rapid.IntRange(1, 25).Draw(t, "tries") {
		s := Step{ID: StepID(fmt.Sprintf("s%02d", i)), LineID: "l", EffectiveOn: day.Draw(t, "on"),
			Kind:        rapid.SampledFrom(Kinds()).Draw(t, "kind"),
			AmountCents: rapid.Int64Range(0, 300).Draw(t, "amount"),
			RecordedAt:  when.Time(1000 + i/2)} // two entries share an instant
		if len(steps) > 0 && rapid.Bool().Draw(t, "corrects") {
			of := rapid.SampledFrom(steps).Draw(t, "of")
			s.CorrectsID, s.Kind, s.Note = of.ID, of.Kind, "erreur"
			s.Cancelled = rapid.IntRange(0, 3).Draw(t, "cancels") == 0
		}
		if line.append(steps, s, today) == nil {
			steps = append(steps, s)
		}
	}
	return steps
}

func TestDeltasSumToFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := lives(t)
		deltas := Deltas(steps)
		for _, x := range deltas {
			if (x.Amounts == Amounts{}) {
				t.Fatalf("a delta of nothing: %+v", x)
			}
		}
		for d := -1; d <= 41; d++ {
			on := when.Date("2026-01-01").AddDays(d)
			for known := when.Time(999); known <= 1013; known++ {
				var sum Amounts
				for _, x := range deltas {
					if x.EffectiveOn <= on && x.RecordedAt <= known {
						sum = sum.Plus(x.Amounts)
					}
				}
				if want := Fold(steps, AsOf{On: on, KnownBy: known}).Amounts; sum != want {
					t.Fatalf("as of %s known by %d: deltas give %+v, fold %+v\n%+v", on, known, sum, want, steps)
				}
			}
		}
	})
}

func TestDeltasGrowByTheEntry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := lives(t)
		var grown []Delta
		for i, s := range steps {
			grown = append(grown, DeltasOf(steps[:i], s)...)
		}
		if whole := Deltas(steps); !slices.Equal(grown, whole) {
			t.Fatalf("entry by entry %+v\nwhole %+v", grown, whole)
		}
	})
}

func TestLivesKeepTheRules(t *testing.T) {
	longest, corrected, ended := 0, false, false
	rapid.Check(t, func(t *rapid.T) {
		steps := lives(t)
		longest = max(longest, len(steps))
		for d := -1; d <= 41; d++ {
			s := Fold(steps, AsOf{On: when.Date("2026-01-01").AddDays(d)})
			for i, k := range FunnelKinds()[1:] {
				if before := FunnelKinds()[i]; s.Funnel(before) < s.Funnel(k) {
					t.Fatalf("more %s than %s: %+v", k, before, s.Amounts)
				}
			}
			for _, x := range s.Held(0) {
				if x.Cents < 0 {
					t.Fatalf("negative piece: %+v", s.Amounts)
				}
			}
			if s.PlanCents() > s.ForeseenCents {
				t.Fatalf("plan %d above foreseen %d", s.PlanCents(), s.ForeseenCents)
			}
			if s.Paid.Cents > 0 && s.Paid.Cents > max(s.Contracted.Cents, s.Decided.Cents) {
				t.Fatalf("overpaid: %+v", s)
			}
			switch s.Stage {
			case Refused, Withdrawn:
				if (s.Amounts != Amounts{RefusedCents: s.RefusedCents, WithdrawnCents: s.WithdrawnCents}) {
					t.Fatalf("%s money is counted: %+v", s.Stage, s.Amounts)
				}
			case Settled:
				if s.PlanCents() != s.PaidCents || s.ClosedCents != s.PaidCents {
					t.Fatalf("closed plan is not what was paid: %+v", s.Amounts)
				}
			}
			ended = ended || s.Stage.Ends()
		}
		for _, s := range steps {
			corrected = corrected || s.CorrectsID != ""
		}
	})
	if longest < 6 || !corrected || !ended {
		t.Errorf("the drawn lives are too poor: longest %d, corrected %v, ended %v", longest, corrected, ended)
	}
}

// NextKinds offers a stage exactly when some amount of it would be accepted on the line's last day.
func TestNextKindsAreAccepted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := lives(t)
		line := Line{ID: "l"}
		offered := line.NextKinds(steps)
		for _, k := range Kinds() {
			accepted := false
			for _, amount := range []int64{0, 1, Fold(steps, AsOf{}).Paid.Cents} {
				s := Step{ID: "z", LineID: "l", Kind: k, EffectiveOn: today, AmountCents: amount, RecordedAt: 9999}
				accepted = accepted || line.append(steps, s, today) == nil
			}
			if accepted != slices.Contains(offered, k) {
				t.Fatalf("%s: offered %v, accepted %v after %+v", k, !accepted, accepted, steps)
			}
		}
	})
}

func FuzzFoldNeverPanics(f *testing.F) {
	f.Add("a", "b", "paid", "2026-01-01", int64(5))
	f.Fuzz(func(t *testing.T, id, corrects, kind, on string, amount int64) {
		s := Step{ID: StepID(id), CorrectsID: StepID(corrects), Kind: Kind(kind), EffectiveOn: when.Date(on), AmountCents: amount}
		_ = Fold([]Step{s, s}, AsOf{})
		_ = Line{}.append([]Step{s}, s, today)
	})
}

func BenchmarkFold(b *testing.B) {
	steps := journal(entry(0, Foreseen, "2025-01-01", 300_000), asked, decided, signed, part, entry(5, Paid, "2026-05-02", 1),
		entry(6, Paid, "2026-05-02", 2).correcting("s05"))
	for b.Loop() {
		Fold(steps, AsOf{On: today})
	}
}

func BenchmarkDeltasOf(b *testing.B) {
	steps := journal(entry(0, Foreseen, "2025-01-01", 300_000), asked, decided, signed, part)
	for b.Loop() {
		DeltasOf(steps, entry(5, Paid, "2026-05-02", 1))
	}
}
