package additive

import (
	"encoding/json"
	"strconv"

	"bassin/internal/mesh"
	"bassin/internal/park"
	"bassin/internal/web"
)

func (j Judged) badge(v *web.View) web.Badge {
	b := web.Badge{Label: v.T(j.Verdict.Key())}
	switch j.Verdict {
	case NotSo:
		b.Tone = web.Stop
	case WithCare:
		b.Tone, b.Icon = web.Late, "alert-triangle"
	default:
		b.Tone = web.Done
	}
	return b
}

func (j Judgement) title(v *web.View) string {
	args := spoken(v, j.Args)
	if key, ok := args["what_key"].(string); ok {
		args["what"] = v.T(key)
	}
	return v.TArgs("additive.rule."+j.Key, args)
}

// advice says what to do; "" when there is nothing.
func (j Judgement) advice(v *web.View) string {
	if key := "additive.rule." + j.Key + ".do"; web.Known(key) {
		return v.T(key)
	}
	return ""
}

// limit says the rule with its source; "" when there was none.
func (j Judgement) limit(v *web.View) string {
	if j.Limit.Name == "" {
		return ""
	}
	return v.T("additive.limit", "rule", v.T(j.Limit.Name.Key()), "value", j.Limit.Said(v), "source", j.Limit.Source)
}

// markName is the name of a judgement's marks in the view.
func markName(p park.Process, i int) string { return string(p) + "-" + strconv.Itoa(i+1) }

// marksOf is what the view marks on the part, for the script: the lines of each finding and of each judgement, in the
// file's unit.
func (x partView) marksOf() string {
	marks := map[string][]Mark{}
	for i, f := range x.Findings {
		if len(f.Marks) > 0 {
			marks[strconv.Itoa(i+1)] = f.Marks
		}
	}
	for _, j := range x.Judged {
		for i, y := range j.Judgements {
			if len(y.Marks) > 0 {
				marks[markName(j.Process, i)] = y.Marks
			}
		}
	}
	text, err := json.Marshal(marks)
	if err != nil {
		return "{}"
	}
	return string(text)
}

func severityBadge(v *web.View, s mesh.Severity) web.Badge { return Finding{Severity: s}.badge(v) }

// offersURL is where the part is priced, by a process.
func (x partView) offersURL(p park.Process) string { return x.URL() + "/offers?process=" + string(p) }
