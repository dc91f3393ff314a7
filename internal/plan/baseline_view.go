package plan

import "bassin/internal/web"

func driftTone(days int) web.Tone {
	if days > 0 {
		return web.Late
	}
	return web.Plain
}

// driftTitle says in a sentence how far the end has moved.
func driftTitle(v *web.View, d Drifted) string {
	switch {
	case d.Days > 0:
		return v.T("plan.baseline.later", "count", d.Days, "now", d.Now, "name", d.Baseline.Name)
	case d.Days < 0:
		return v.T("plan.baseline.earlier", "count", -d.Days, "now", d.Now, "name", d.Baseline.Name)
	}
	return v.T("plan.baseline.kept", "now", d.Now, "name", d.Baseline.Name)
}
