package programme_test

import (
	"context"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/programme"
	"bassin/internal/when"
)

var (
	system = account.System("test")
	ctx    = context.Background()
)

// world is one territory with a contract, an organisation that pays, and an action.
type world struct {
	t        *testing.T
	d        *db.DB
	s        *programme.Service
	contract programme.Contract
	funder   account.Organisation
	action   programme.Action
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	now := time.Date(2026, 5, 21, 10, 0, 0, 0, time.UTC)
	d = d.Clocked(func() time.Time { now = now.Add(time.Millisecond); return now })
	w := &world{t: t, d: d, s: programme.New(programme.Options{DB: d})}
	w.do(func(tx db.Tx) error {
		for _, q := range []string{
			`insert into territory_territory (id, name, name_key, region_id, created_at, updated_at) values ('ti-7602', 'Bassin d''Alès', 'bassin d''ales', '76', 0, 0)`,
			`insert into territory_span (territory_id, region_id) values ('ti-7602', '76')`,
		} {
			if _, err := tx.Exec(q); err != nil {
				return err
			}
		}
		var err error
		if w.funder, err = account.AddOrganisationIn(tx, system, account.Organisation{Kind: account.RegionBody, Name: "Région Occitanie"}); err != nil {
			return err
		}
		if w.contract, err = programme.CreateContractIn(tx, system, programme.Contract{TerritoryID: "ti-7602", Code: "ALES", Title: "Contrat du Bassin d’Alès", Phase: 1}); err != nil {
			return err
		}
		w.action, err = programme.CreateActionIn(tx, system, programme.Action{ContractID: w.contract.ID, Identity: programme.Identity{Reference: "ales-03", Title: "Think & Mate"}})
		return err
	})
	return w
}

func (w *world) do(fn func(tx db.Tx) error) {
	w.t.Helper()
	if err := w.d.Do(ctx, fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) line(year int) programme.Line {
	w.t.Helper()
	l, err := w.s.AddLine(ctx, system, programme.Line{ActionID: w.action.ID, FunderID: string(w.funder.ID), Nature: programme.Grant, Year: year})
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

func (w *world) step(l programme.Line, k programme.Kind, on when.Date, cents int64) error {
	_, err := w.s.RecordStep(ctx, system, programme.Step{LineID: l.ID, Kind: k, EffectiveOn: on, AmountCents: cents})
	return err
}

func (w *world) money(at programme.AsOf) (m programme.Amounts) {
	w.t.Helper()
	err := w.d.View(ctx, func(tx db.Tx) error {
		all, err := programme.MoneyByAction(tx, w.contract.ID, at)
		m = all[w.action.ID]
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

func TestMoneyFromStepToTotal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		l := w.line(2025)
		for _, s := range []struct {
			kind  programme.Kind
			on    when.Date
			cents int64
		}{
			{programme.Asked, "2025-01-10", 24_000_00}, {programme.Decided, "2025-03-12", 20_000_00},
			{programme.Contracted, "2025-05-05", 20_000_00}, {programme.Paid, "2025-09-01", 12_000_00},
		} {
			if err := w.step(l, s.kind, s.on, s.cents); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.step(l, programme.Paid, "2025-10-01", 9_000_00); !fault.Is(err, fault.Invalid) {
			t.Errorf("paid above the contract: got %v, want invalid", err)
		}
		for _, c := range []struct {
			on                         when.Date
			asked, decided, paid, plan int64
		}{
			{"", 24_000_00, 20_000_00, 12_000_00, 20_000_00},
			{"2025-01-09", 0, 0, 0, 0},
			{"2025-01-10", 24_000_00, 0, 0, 24_000_00},
			{"2025-08-31", 24_000_00, 20_000_00, 0, 20_000_00},
			{"2026-05-21", 24_000_00, 20_000_00, 12_000_00, 20_000_00},
		} {
			m := w.money(programme.AsOf{On: c.on})
			if m.AskedCents != c.asked || m.DecidedCents != c.decided || m.PaidCents != c.paid || m.PlanCents() != c.plan {
				t.Errorf("as of %q: asked %d decided %d paid %d plan %d, want %d %d %d %d", c.on, m.AskedCents, m.DecidedCents, m.PaidCents, m.PlanCents(), c.asked, c.decided, c.paid, c.plan)
			}
		}
		if m := w.money(programme.AsOf{On: "2026-05-21", KnownBy: when.At(time.Date(2026, 5, 20, 0, 0, 0, 0, time.UTC))}); m != (programme.Amounts{}) {
			t.Errorf("nothing was recorded the day before: got %+v", m)
		}
		if n, err := account.Verify(ctx, d, nil); err != nil || n == 0 {
			t.Errorf("audit trail: %d %v", n, err)
		}
	})
}

func TestTwoPeopleSaveTheSameSection(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.action
		a.Context = "First"
		if _, err := w.s.SaveSection(ctx, system, programme.SectionDescription, 1, a); err != nil {
			t.Fatal(err)
		}
		a.Context = "Second, without having seen the first"
		if _, err := w.s.SaveSection(ctx, system, programme.SectionDescription, 1, a); !fault.Is(err, fault.Conflict) || fault.As(err).Key != "fault.stale" {
			t.Errorf("got %v, want a stale conflict", err)
		}
		a.StartsOn = "2026-01-01"
		if _, err := w.s.SaveSection(ctx, system, programme.SectionCalendar, 1, a); err != nil {
			t.Errorf("another section: %v", err)
		}
		if _, err := w.s.SaveSection(ctx, system, programme.SectionDescription, 2, a); err != nil {
			t.Errorf("after reading again: %v", err)
		}
	})
}
