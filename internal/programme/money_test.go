package programme

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/when"

	"pgregory.net/rapid"
)

// ledger is an action whose clock the test moves.
type ledger struct {
	s      *Service
	d      *db.DB
	now    time.Time
	action ActionID
	id     ContractID
	funder string
}

func newLedger(t *testing.T, d *db.DB) *ledger {
	t.Helper()
	l := &ledger{id: seedContract(t, d, 1, 0), now: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)}
	l.d = d.Clocked(func() time.Time { l.now = l.now.Add(time.Second); return l.now })
	l.s = New(Options{DB: l.d})
	l.view(t, func(tx db.Tx) error {
		rows, _, err := ListActions(tx, lead, Filter{ContractID: l.id}, 0, 0)
		if err != nil {
			return err
		}
		l.action = rows[0].ID
		found, err := account.FindOrganisations(tx, "Financeur 01", 1)
		l.funder = string(found[0].ID)
		return err
	})
	return l
}

func (l *ledger) view(t testing.TB, fn func(tx db.Tx) error) {
	t.Helper()
	if err := l.d.View(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func (l *ledger) line(t testing.TB, year int, n Nature) Line {
	t.Helper()
	x, err := l.s.AddLine(context.Background(), lead, Line{ActionID: l.action, FunderID: l.funder, Nature: n, Year: year})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func (l *ledger) record(s Step) error {
	_, err := l.s.RecordStep(context.Background(), lead, s)
	return err
}

// TestAsOfIsTheFoldOfTheEntries records random histories, corrections and cancellations among them,
// and compares every sum, as of random days and as known then, with the fold of the entries.
func TestAsOfIsTheFoldOfTheEntries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLedger(t, d)
		var before []Line // of earlier histories, on the same action
		rapid.Check(t, func(rt *rapid.T) {
			l.now = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
			line := l.line(t, rapid.IntRange(2024, 2027).Draw(rt, "year"), rapid.SampledFrom(Natures()).Draw(rt, "nature"))
			var ids []StepID
			for range rapid.IntRange(1, 9).Draw(rt, "steps") {
				l.now = l.now.AddDate(0, 0, rapid.IntRange(0, 40).Draw(rt, "later"))
				s := Step{LineID: line.ID, Kind: rapid.SampledFrom(Kinds()).Draw(rt, "kind"), EffectiveOn: when.At(l.now).Date(db.Paris).AddDays(-rapid.IntRange(0, 60).Draw(rt, "ago")),
					AmountCents: rapid.Int64Range(0, 5).Draw(rt, "amount") * 100_00}
				if len(ids) > 0 && rapid.IntRange(0, 3).Draw(rt, "correct") == 0 {
					s.CorrectsID, s.Note = rapid.SampledFrom(ids).Draw(rt, "corrects"), "erreur de saisie"
					s.Cancelled = rapid.Bool().Draw(rt, "cancelled")
				}
				switch got, err := l.s.RecordStep(context.Background(), lead, s); fault.Of(err) {
				case fault.Invalid, fault.Conflict:
				default:
					if err != nil {
						rt.Fatal(err)
					}
					ids = append(ids, got.ID)
				}
			}
			before = append(before, line)
			day := when.Date("2026-01-01").AddDays(rapid.IntRange(0, 360).Draw(rt, "day"))
			for _, at := range []AsOf{{}, {On: day}, {On: day, KnownBy: EndOf(day)}} {
				l.compare(rt, t, before, at)
			}
		})
		if n, err := Check(context.Background(), l.d); err != nil || n != int64(len(before)) {
			t.Errorf("check: %d lines, %v", n, err)
		}
	})
}

// compare adds the folds up and sets them against what the queries say.
func (l *ledger) compare(rt *rapid.T, t *testing.T, lines []Line, at AsOf) {
	l.view(t, func(tx db.Tx) error {
		var want Amounts
		byYear := map[string]Amounts{}
		for _, x := range lines {
			steps, err := listSteps(tx, x.ID)
			if err != nil {
				return err
			}
			a := Fold(steps, at).Amounts
			want = want.Plus(a)
			year := string(when.Day(x.Year, 1, 1))[:4]
			byYear[year] = byYear[year].Plus(a)
		}
		for _, by := range Bys() {
			m, err := ContractMoney(tx, lead, l.id, at, by)
			if err != nil {
				return err
			}
			if m.Total.Amounts != want {
				rt.Fatalf("%s as of %+v: got %s, want %s", by, at, m.Total.Amounts, want)
			}
			for _, g := range m.Groups {
				if by == ByYear && g.Amounts != byYear[g.ID] {
					rt.Fatalf("year %s as of %+v: got %s, want %s", g.ID, at, g.Amounts, byYear[g.ID])
				}
			}
		}
		x, err := readFunding(tx, lead, l.action, moment{On: at.On, Known: at.KnownBy != 0})
		if err != nil {
			return err
		}
		if x.AsOf.Totals != want || x.Differs != "" {
			rt.Fatalf("plan as of %+v: got %s, want %s (%s)", at, x.AsOf.Totals, want, x.Differs)
		}
		return nil
	})
}

func TestCheckNamesTheLineThatDiffers(t *testing.T) {
	for _, c := range []struct{ name, query, why string }{
		{"a stored sum", `update programme_line set paid_cents = paid_cents + 1`, "its 2 entries amount to"},
		{"a day", `update programme_line set asked_on = '2020-01-01'`, "its entries lead to"},
		{"an entry", `update programme_step set amount_cents = amount_cents - 1 where kind = 'decided'`, "its 2 entries amount to"},
		{"a delta", `update programme_money set asked_cents = asked_cents + 1`, "asked 50001"},
		{"a delta that is gone", `delete from programme_money where asked_cents > 0`, "is not stored"},
		{"a sum of the action", `update programme_action set decided_cents = decided_cents + 1`, "lists show"},
		{"the readiness of the action", `update programme_action set ready_mask = 31`, "lists show"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLedger(t, dbtest.Open(t))
			line := l.line(t, 2026, Grant)
			for _, s := range []Step{{Kind: Asked, EffectiveOn: "2025-03-01", AmountCents: 500_00}, {Kind: Decided, EffectiveOn: "2025-06-01", AmountCents: 400_00}} {
				s.LineID = line.ID
				if err := l.record(s); err != nil {
					t.Fatal(err)
				}
			}
			if n, err := Check(context.Background(), l.d); n != 1 || err != nil {
				t.Fatalf("before: %d lines, %v", n, err)
			}
			if err := l.d.Do(context.Background(), func(tx db.Tx) error {
				n, err := tx.Exec(c.query)
				if n == 0 {
					t.Fatal("nothing changed")
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			_, err := Check(context.Background(), l.d)
			var wrong *Wrong
			if !errors.As(err, &wrong) || wrong.LineID != line.ID && wrong.ActionID != line.ActionID || !strings.Contains(wrong.Why, c.why) {
				t.Errorf("got %v, want line %s, %q", err, line.ID, c.why)
			}
		})
	}
}

// TestPaymentsAtOnce pays a third of the contract eight times at once: three fit.
func TestPaymentsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLedger(t, d)
		line := l.line(t, 2026, Grant)
		if err := l.record(Step{LineID: line.ID, Kind: Contracted, EffectiveOn: "2025-03-01", AmountCents: 300_00}); err != nil {
			t.Fatal(err)
		}
		s := New(Options{DB: d})
		var wait sync.WaitGroup
		var paid, refused atomic.Int32
		for range 8 {
			wait.Go(func() {
				_, err := s.RecordStep(context.Background(), lead, Step{LineID: line.ID, Kind: Paid, EffectiveOn: "2025-06-01", AmountCents: 100_00})
				switch {
				case err == nil:
					paid.Add(1)
				case fault.Is(err, fault.Invalid):
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if paid.Load() != 3 || refused.Load() != 5 {
			t.Errorf("%d paid and %d refused, want 3 and 5", paid.Load(), refused.Load())
		}
		if _, err := Check(context.Background(), d); err != nil {
			t.Error(err)
		}
	})
}
