package account

import (
	"bassin/internal/db"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/a-h/templ"
)

func dayIn(t when.Time) when.Date { return t.Date(db.Paris) }

func roleChoices(v *web.View) []web.Choice {
	var out []web.Choice
	for _, r := range Roles() {
		out = append(out, web.Choice{Value: string(r.Role), Label: v.T(r.Role.Key())})
	}
	return out
}

func stateChoices(v *web.View) []web.Choice {
	var out []web.Choice
	for _, s := range []string{stateActive, stateInvited, stateDisabled} {
		out = append(out, web.Choice{Value: s, Label: v.T("account.state." + s)})
	}
	return out
}

func personFacts(p Person) []templ.Component {
	var facts []templ.Component
	for _, s := range []string{p.Title, p.Email} {
		if s != "" {
			facts = append(facts, web.Text(s))
		}
	}
	return facts
}

// lastSeen is the day of the last visit.
func lastSeen(v *web.View, p Person) string {
	if p.SeenAt == 0 {
		return v.T("account.person.never")
	}
	return v.Date(dayIn(p.SeenAt))
}

// opensWith gives the text key of how the person signs in.
func (p Person) opensWith() string {
	switch {
	case p.Password != "" && p.Subject != "":
		return "account.person.opens_with.both"
	case p.Subject != "":
		return "account.method.oidc"
	case p.Password != "":
		return "account.method.password"
	case p.Demo:
		return "account.method.demo"
	}
	return "account.person.opens_with.nothing"
}

func personFormHead(v *web.View, d personFormView) web.Head {
	h := web.Head{Title: v.T("account.person.add"), Crumbs: []web.Crumb{{Label: v.T("account.people"), URL: "/people"}}}
	if d.Person.ID != "" {
		h.Title = d.Person.Name
		h.Crumbs = append(h.Crumbs, web.Crumb{Label: d.Person.Name, URL: "/people/" + string(d.Person.ID)}, web.Crumb{Label: v.T("account.edit")})
		return h
	}
	h.Crumbs = append(h.Crumbs, web.Crumb{Label: v.T("account.person.add")})
	return h
}

func personFormURL(d personFormView) string {
	if d.Person.ID == "" {
		return "/people"
	}
	return "/people/" + string(d.Person.ID)
}

func personSubmit(v *web.View, d personFormView) string {
	if d.Person.ID == "" {
		return v.T("account.person.invite")
	}
	return v.T("account.save")
}
