package territory

import (
	"net/url"
	"strings"

	"bassin/internal/account"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// What the pages' templates say, made from what the handlers read.

func (p territoriesView) actions(v *web.View) []templ.Component {
	if !p.admin {
		return nil
	}
	return []templ.Component{web.Button(web.Act{Label: v.T("territory.import.open"), URL: "/territories/import", Icon: "file-import", Kind: web.Full})}
}

func (p territoriesView) empty(v *web.View) web.EmptyList {
	e := web.EmptyList{Title: v.T("territory.list.empty"), Text: v.T("territory.list.empty_text")}
	if p.admin {
		e.Ways = []web.Way{{Title: v.T("territory.import.title"), Detail: v.T("territory.list.empty_way"),
			Link: web.Link{Label: v.T("territory.import.open"), URL: "/territories/import"}}}
	}
	return e
}

func (p territoriesView) filters(v *web.View) []web.FilterField {
	return []web.FilterField{
		{Name: "q", Label: v.T("territory.list.search")},
		{Name: "region", Label: v.T("territory.list.region"), All: v.T("territory.list.all_regions"), Choices: p.regions},
	}
}

// exportURL exports what the filters show.
func (p territoriesView) exportURL(v *web.View) string {
	q := url.Values{}
	for _, name := range []string{"q", "region"} {
		if s := v.Query.Get(name); s != "" {
			q.Set(name, s)
		}
	}
	if len(q) == 0 {
		return "/territories/export.csv"
	}
	return "/territories/export.csv?" + q.Encode()
}

func (p territoriesView) mapTitle(v *web.View) string {
	if p.region != "" {
		return regionName(p.region)
	}
	return v.T("territory.map.title")
}

func (p regionView) unlocated() (n int) {
	for _, t := range p.all {
		if !t.Located() {
			n++
		}
	}
	return n
}

// beside is what the second line of a row adds: the other regions of a territory.
func (t row) beside(v *web.View, here RegionID) string {
	var others []RegionID
	for _, r := range t.Regions {
		if here == "" && r != t.Region || here != "" && r != here {
			others = append(others, r)
		}
	}
	if len(others) == 0 {
		return ""
	}
	return v.T("territory.list.also", "regions", regionNames(others))
}

// groupingsText names a few and counts more.
func groupingsText(v *web.View, list []Grouping) string {
	const few = 2
	if len(list) == 0 {
		return "–"
	}
	var names []string
	for _, g := range list[:min(few, len(list))] {
		names = append(names, g.Name)
	}
	text := strings.Join(names, ", ")
	if more := len(list) - few; more > 0 {
		text = v.T("territory.list.and_more", "names", text, "count", more)
	}
	return text
}

func holderNames(list []account.Holder) string {
	names := make([]string, len(list))
	for i, h := range list {
		names[i] = h.Name
	}
	if len(names) == 0 {
		return "–"
	}
	return strings.Join(names, ", ")
}

func communeNames(list []Commune) string {
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

func (p territoryView) facts(v *web.View) []templ.Component {
	list := []templ.Component{web.Text(string(p.ID)), regionFact(p.regions)}
	if p.Jobs > 0 {
		list = append(list, web.Text(v.T("territory.page.jobs", "count", p.Jobs)))
	}
	return list
}

func (p territoryView) actions(v *web.View) []templ.Component {
	if !p.mayEdit {
		return nil
	}
	return []templ.Component{web.Button(web.Act{Label: v.T("territory.edit.open"), URL: territoryURL(p.ID) + "/edit", Icon: "pencil"})}
}

// people are the pair and the project leads, by role first.
func (p territoryView) people(v *web.View) []web.PersonLine {
	list := make([]web.PersonLine, len(p.holders))
	for i, h := range p.holders {
		role := v.T("territory.role." + string(h.Role))
		if h.Title != "" {
			role = v.T("territory.role.with_title", "role", role, "title", h.Title)
		}
		list[i] = web.PersonLine{Role: role, Name: h.Name}
	}
	return list
}

func (p territoryView) placeDefs(v *web.View) []web.Def {
	list := []web.Def{{Term: v.T("territory.page.lead_region"), Value: regionName(p.Region)}}
	if len(p.regions) > 1 {
		list = append(list, web.Def{Term: v.T("territory.page.other_regions"), Value: regionNames(p.regions[1:])})
	}
	if d := p.departments(); len(d) > 0 {
		list = append(list, web.Def{Term: v.T("territory.page.departments"), Value: strings.Join(d, ", ")})
	}
	return append(list, web.Def{Term: v.T("territory.page.position"), Value: position(v, p.Latitude, p.Longitude)})
}

func (p territoryView) regionMap(v *web.View) web.RegionMap {
	m := web.RegionMap{Region: string(p.Region), Departments: p.departments(),
		Label: v.T("territory.page.map_label", "name", p.Name, "region", regionName(p.Region))}
	if p.Located() {
		m.Points = []web.MapPoint{{Lat: p.Latitude, Lon: p.Longitude, Current: true}}
	}
	return m
}
