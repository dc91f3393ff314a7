package programme

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"bassin/internal/db"
)

// Wrong is what Check found: the first line whose stored amounts are not those of its entries, or
// the first action of which lists show something else than its sheet.
type Wrong struct {
	LineID   LineID   // "" when it is the action
	ActionID ActionID // "" when it is the line
	Why      string
}

// Error says it to the operator.
func (w *Wrong) Error() string {
	if w.ActionID != "" {
		return fmt.Sprintf("action %s: %s", w.ActionID, w.Why)
	}
	return fmt.Sprintf("financing line %s: %s", w.LineID, w.Why)
}

// Check proves that what is stored of every line, for lists and sums, is what its entries say: the
// derived columns are their fold, and the deltas are those that the entries make, one by one; then
// that what lists show of every action is what its sheet says. It gives how many lines it read, and a *Wrong that names the first one that differs.
func Check(ctx context.Context, d *db.DB) (int64, error) {
	var n int64
	var last ActionID
	for {
		var actions []ActionID
		err := d.View(ctx, func(tx db.Tx) (err error) { // a snapshot for each hundred: writers go on
			if actions, err = listActionsToCheck(tx, last); err != nil || len(actions) == 0 {
				return err
			}
			lines, err := checkActions(tx, actions[0], actions[len(actions)-1])
			n += lines
			if err != nil {
				return err
			}
			return checkDerived(tx, actions)
		})
		if err != nil || len(actions) == 0 {
			return n, err
		}
		last = actions[len(actions)-1]
	}
}

func checkActions(tx db.Tx, from, to ActionID) (int64, error) {
	lines, err := listLinesBetween(tx, from, to)
	if err != nil {
		return 0, err
	}
	steps, err := listStepsBetween(tx, from, to)
	if err != nil {
		return 0, err
	}
	deltas, err := listDeltasBetween(tx, from, to)
	if err != nil {
		return 0, err
	}
	for i, l := range lines {
		if why := l.differs(steps[l.ID], deltas[l.ID]); why != "" {
			return int64(i), &Wrong{LineID: l.ID, Why: why}
		}
		delete(steps, l.ID)
		delete(deltas, l.ID)
	}
	for id := range steps {
		return int64(len(lines)), &Wrong{LineID: id, Why: "has entries and does not exist"}
	}
	for id := range deltas {
		return int64(len(lines)), &Wrong{LineID: id, Why: "has amounts and does not exist"}
	}
	return int64(len(lines)), nil
}

// checkDerived compares what is stored of actions, for lists and sums, with what their sheets say.
func checkDerived(tx db.Tx, ids []ActionID) error {
	stored, err := listDerivedAmong(tx, ids)
	if err != nil {
		return err
	}
	sheets, err := listSheets(tx, ids)
	if err != nil {
		return err
	}
	for _, s := range sheets {
		if want, has := s.derive(), stored[s.Action.ID]; has != want {
			return &Wrong{ActionID: s.Action.ID, Why: fmt.Sprintf("its sheet says %+v, lists show %+v", want, has)}
		}
	}
	return nil
}

// differs says how what is stored differs from the entries; "" when it does not.
func (l storedLine) differs(steps []Step, deltas []Delta) string {
	want := Fold(steps, AsOf{})
	if l.Amounts != want.Amounts {
		return fmt.Sprintf("its %d entries amount to %s, stored is %s", len(steps), want.Amounts, l.Amounts)
	}
	if has := l.state(); has.Stage != want.Stage || has.StageOn != want.StageOn || datesOf("", has) != datesOf("", want) {
		return fmt.Sprintf("its entries lead to %q on %s, stored is %q on %s", want.Stage, want.StageOn, has.Stage, has.StageOn)
	}
	made := Deltas(steps)
	slices.SortFunc(made, deltaOrder)
	slices.SortFunc(deltas, deltaOrder)
	for i := range max(len(made), len(deltas)) {
		switch {
		case i >= len(deltas) || i < len(made) && deltaOrder(made[i], deltas[i]) < 0:
			return fmt.Sprintf("the change of entry %s on %s is not stored", made[i].StepID, made[i].EffectiveOn)
		case i >= len(made) || deltaOrder(made[i], deltas[i]) > 0:
			return fmt.Sprintf("a change of entry %s on %s is stored that no entry made", deltas[i].StepID, deltas[i].EffectiveOn)
		case made[i] != deltas[i]:
			return fmt.Sprintf("entry %s changes %s from %s on, stored is %s", made[i].StepID, made[i].Amounts, made[i].EffectiveOn, deltas[i].Amounts)
		}
	}
	return ""
}

func deltaOrder(a, b Delta) int {
	return cmp.Or(cmp.Compare(a.StepID, b.StepID), cmp.Compare(a.EffectiveOn, b.EffectiveOn))
}

// DocumentHashes lists the files that documents name, those of removed ones too: they come back
// with undo.
func DocumentHashes(tx db.Tx) ([]string, error) { return listDocumentHashes(tx) }
