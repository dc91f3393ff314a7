package additive

import (
	"math"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/mesh"
	"bassin/internal/park"
)

// What is found of a part that is read in metres is what is found of the same part in millimetres: rules are in millimetres.
func TestAUnitThatIsChosenIsMeasured(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var rules park.Figures
		must(t, d.View(t.Context(), func(tx db.Tx) (err error) { rules, err = park.Library(tx); return err }))
		plate, small := plateWithHole(1.5), plateWithHole(1.5)
		for i, p := range small.Points {
			small.Points[i] = p.Times(0.001)
		}
		p, _ := w.drop(w.designer, w.office, "plaque.stl", stlOf(t, plate))
		q, _ := w.drop(w.designer, w.office, "plaque en mètres.stl", stlOf(t, small))
		w.derived(q, 1)
		_, err := w.s.SetUnit(t.Context(), w.designer, q.ID, mesh.Metre)
		must(t, err)
		w.checked(q)
		want, got := w.derived(p, 1), w.derived(q, 1)
		judged := 0
		for _, process := range park.Processes() {
			var list [2]Judged
			for i, r := range []Revision{want, got} {
				x, err := r.ReportOf()
				must(t, err)
				list[i] = Judge(subjectOf(x, r.Unit), process, rules, nil)
			}
			a, b := list[0], list[1]
			if a.Verdict != b.Verdict || len(a.Judgements) != len(b.Judgements) {
				t.Errorf("%s: in millimetres %s %+v, in metres %s %+v", process, a.Verdict, a.Judgements, b.Verdict, b.Judgements)
				continue
			}
			for i, x := range a.Judgements {
				y := b.Judgements[i]
				least, _ := x.Args["least_mm"].(float64)
				other, _ := y.Args["least_mm"].(float64)
				if x.Key != y.Key || math.Abs(least-other) > 1e-3 {
					t.Errorf("%s: in millimetres %+v, in metres %+v", process, x, y)
				}
				if least > 0 {
					judged++
				}
			}
		}
		if judged == 0 {
			t.Error("the hole is too narrow for none")
		}
	})
}
