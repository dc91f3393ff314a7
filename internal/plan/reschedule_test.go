package plan

import (
	"fmt"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
)

// TestWhatIsComputedIsStored changes a plan in which each way of writing is needed, for more rows
// than one statement writes, and computes it once more: nothing may differ.
func TestWhatIsComputedIsStored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		const n = 2*savedAtOnce + 30
		drafts, ties := make([]Draft, n), []Tie{}
		for i := range drafts {
			drafts[i] = Draft{Task: Task{Title: fmt.Sprintf("Tâche %d", i), Work: 420}}
			if i%3 == 1 && i > 1 {
				ties = append(ties, Tie{From: i - 3, To: i, Kind: FinishStart})
			}
		}
		var tasks []Task
		must(t, w.d.Do(t.Context(), func(tx db.Tx) (err error) {
			tasks, err = w.s.CreateTasksIn(tx, w.manager, w.p.ID, drafts, nil, ties)
			return err
		}))
		var seen [ways]int
		for _, days := range []int64{3, 2, 300} {
			_, err := w.s.Shift(t.Context(), w.manager, w.p.ID, tasks[map[bool]int{true: 0, false: 1}[days == 300]].ID, "", days*420)
			must(t, err)
			must(t, w.d.View(t.Context(), func(tx db.Tx) error {
				a, p := w.access(t, tx)
				net, err := w.s.network(tx, a, p)
				must(t, err)
				left, ends, err := net.changed()
				for way, list := range left {
					seen[way] += len(list)
				}
				if ends != p.EndsOn {
					t.Errorf("the plan ends on %s, stored is %s", ends, p.EndsOn)
				}
				return err
			}))
		}
		if seen != [ways]int{} {
			t.Errorf("stored otherwise than computed: %v", seen)
		}
	})
}

func TestWhatDiffers(t *testing.T) {
	was := Dates{EarlyOn: "2026-03-02", FinishOn: "2026-03-03", TotalFloat: 420, Critical: true}
	for want, change := range map[int]func(d *Dates){
		ways: func(*Dates) {}, floatsOnly: func(d *Dates) { d.TotalFloat, d.LateFinishOn = 0, "2026-03-04" },
		flagsToo: func(d *Dates) { d.Critical, d.FreeFloat = false, 420 }, all: func(d *Dates) { d.FinishOn = "2026-03-04" },
	} {
		now := was
		if change(&now); now.differ(was) != want {
			t.Errorf("%+v: got %d, want %d", now, now.differ(was), want)
		}
	}
}
