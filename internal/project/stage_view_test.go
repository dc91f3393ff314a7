package project

import (
	"testing"

	"bassin/internal/web"
)

// TestGatesToComeAreFolded: the gate under way and those behind are whole, those to come a line each,
// unless a form of theirs came back.
func TestGatesToComeAreFolded(t *testing.T) {
	stages := []Stage{{ID: "s1", Phase: Concept, State: Passed}, {ID: "s2", Phase: Design, State: Open}, {ID: "s3", Phase: Production, State: Coming, EndsOn: "2027-03-31"}}
	x := stagesView{Stages: stages, Criteria: map[StageID][]Criterion{"s3": {{ID: "c1", Required: true}, {ID: "c2", MetOn: "2026-05-01"}}}}
	for i, want := range []bool{true, true, false} {
		if got := x.Open(stages[i]); got != want {
			t.Errorf("%s: open %v, want %v", stages[i].Phase, got, want)
		}
	}
	for _, name := range []string{"criterion-s3", "days-s3", "meet-c1"} {
		x.Forms = web.Forms{name: web.NewForm("")}
		if !x.Open(stages[2]) {
			t.Errorf("the form %s came back, unseen", name)
		}
	}
	for lang, want := range map[string]string{"fr": "Jalon le 31\u00a0mars 2027\u00a0: 2 critères, 1 prouvé", "en": "Gate on 31\u00a0March 2027: 2 criteria, 1 proven"} {
		if got := stageLine(web.NewView(lang), x, stages[2]); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}
