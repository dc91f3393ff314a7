package account

import (
	"bassin/internal/web"

	"github.com/a-h/templ"
)

func organisationsActions(v *web.View, d organisationsView) []templ.Component {
	if !d.MayAdd {
		return nil
	}
	return []templ.Component{web.Button(web.Act{Label: v.T("account.organisation.add"), URL: "/organisations/new", Icon: "plus", Kind: web.Full})}
}

func organisationActions(v *web.View, d organisationView) []templ.Component {
	if !d.MayEdit {
		return nil
	}
	return []templ.Component{web.Button(web.Act{Label: v.T("account.edit"), URL: "/organisations/" + string(d.ID) + "/edit", Icon: "pencil", Kind: web.Full})}
}

func organisationFacts(v *web.View, d organisationView) []templ.Component {
	var facts []templ.Component
	for _, s := range []string{d.ShortName, d.Commune, d.SIREN.Display()} {
		if s != "" {
			facts = append(facts, web.Text(s))
		}
	}
	if d.Demo {
		facts = append(facts, web.Text(v.T("account.organisation.demo")))
	}
	return facts
}

func organisationFormTitle(v *web.View, d organisationFormView) string {
	if d.ID == "" {
		return v.T("account.organisation.new")
	}
	return v.T("account.organisation.edit")
}

func organisationFormHead(v *web.View, d organisationFormView) web.Head {
	h := web.Head{Title: organisationFormTitle(v, d), Crumbs: []web.Crumb{{Label: v.T("account.organisations"), URL: "/organisations"}}}
	if d.ID != "" {
		h.Crumbs = append(h.Crumbs, web.Crumb{Label: d.Name, URL: "/organisations/" + string(d.ID)})
		h.Title = d.Name
	}
	h.Crumbs = append(h.Crumbs, web.Crumb{Label: organisationFormTitle(v, d)})
	return h
}

func organisationFormURL(d organisationFormView) string {
	if d.ID == "" {
		return "/organisations"
	}
	return "/organisations/" + string(d.ID)
}

func organisationCancel(d organisationFormView) string { return organisationFormURL(d) }

func organisationSubmit(v *web.View, d organisationFormView) string {
	if d.ID == "" {
		return v.T("account.organisation.add")
	}
	return v.T("account.save")
}

// icon is the sign of a kind of organisation.
func (k OrganisationKind) icon() string {
	switch k {
	case Company:
		return "building-factory-2"
	case Grouping, RegionBody:
		return "building-community"
	case StateService, Operator, European:
		return "building-bank"
	case School, Training:
		return "school"
	}
	return "users"
}

func headcountName(v *web.View, band string) string {
	if band == "" {
		return ""
	}
	return v.T("account.headcount." + band)
}

func sourceKey(source string) string {
	switch source {
	case SourceList, SourceRegister:
		return "account.organisation.source." + source
	}
	return "account.organisation.source.typed"
}

// account is what is known of a member's account: enough for its state.
func (m member) account() Person {
	p := Person{Password: "x", DisabledAt: m.DisabledAt, SeenAt: m.SeenAt}
	if m.Invited {
		p.Password = ""
	}
	return p
}
