package project

import (
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

func (x homeView) acts(v *web.View) []templ.Component {
	if x.RemovedAt != 0 && x.May(Remove) {
		return []templ.Component{web.PostButton(web.Act{Label: v.T("project.restore"), URL: x.ID.URL() + "/restore", Icon: "arrow-back-up", Kind: web.Full})}
	}
	if !x.May(Manage) {
		return nil
	}
	return []templ.Component{web.Button(web.Act{Label: v.T("project.edit"), URL: x.ID.URL() + "/edit", Icon: "pencil"})}
}

// lines are the people who count: managers, then members; the page of people has them all.
func (x homeView) lines(v *web.View) []web.PersonLine {
	var out []web.PersonLine
	for _, p := range x.People {
		if !p.Ended && len(out) < 6 {
			out = append(out, web.PersonLine{Role: p.roleLine(v), Name: p.Name})
		}
	}
	return out
}

// roleLine says what somebody is: work first, then what they are here when it is not a member.
func (p Person) roleLine(v *web.View) string {
	line := p.Title
	if p.Role != account.ProjectMember || line == "" {
		if line != "" {
			line += " – "
		}
		line += v.T(p.Role.Key())
	}
	return line
}

// where says from where somebody comes: organisations, then their work when it says more.
func (p Person) where() string {
	list := slices.Clone(p.Organisations)
	if p.Title != "" && !slices.Contains(list, p.Title) {
		list = append(list, p.Title)
	}
	return strings.Join(list, " · ")
}

func (x homeView) defs(v *web.View) []web.Def {
	list := []web.Def{
		{Term: v.T("project.field.starts_on"), Value: v.Date(x.StartsOn)},
		{Term: v.T("project.field.ends_on"), Value: v.Date(x.EndsOn)},
		{Term: v.T("project.field.confidentiality"), Value: v.T(x.Confidentiality.Key())},
	}
	if x.Origin.URL != "" {
		list = append(list, web.Def{Term: v.T("project.origin"), Body: originLink(x.Origin)})
	}
	return list
}
