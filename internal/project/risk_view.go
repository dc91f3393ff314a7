package project

import (
	"strconv"

	"bassin/internal/web"
)

func riskDefs(v *web.View, r Risk) []web.Def {
	var list []web.Def
	for _, d := range []struct{ field, value string }{
		{"cause", r.Cause}, {"effect", r.Effect}, {"response", r.Response}, {"owner_id", r.OwnerName}, {"review_on", v.Date(r.ReviewOn)},
	} {
		if d.value != "" && (d.field != "review_on" || r.ReviewOn != "") {
			list = append(list, web.Def{Term: v.T("project.field." + d.field), Value: d.value})
		}
	}
	return list
}

// riskPairs fills a risk's small form.
func riskPairs(name string, r Risk) []string {
	list := []string{"title", r.Title, "cause", r.Cause, "effect", r.Effect, "response", r.Response,
		"probability", strconv.Itoa(r.Probability), "impact", strconv.Itoa(r.Impact), "owner_id", string(r.OwnerID),
		"state", string(r.State), "review_on", string(r.ReviewOn), "version", strconv.FormatInt(r.Version, 10)}
	for i := 0; i < len(list); i += 2 {
		list[i] = name + "." + list[i]
	}
	return list
}

func blockerNote(v *web.View, x risksView) string {
	if x.OriginKind != "" {
		return v.T("project.blocker.shown_on_action")
	}
	return ""
}

// excludeLabel is the word on the button that ends an access: one leaves, or is excluded.
func excludeLabel(v *web.View, x peopleView, p Person) string {
	if p.PersonID == x.By.ID {
		return v.T("project.people.leave")
	}
	return v.T("project.people.exclude")
}
