package territory

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
)

type editView struct {
	id        ID
	title     string
	lead      RegionID
	mayRename bool
	others    bool // there are other regions to reach into
	form      *web.Form
	fields    []web.Field

	// What another person saved meanwhile, when that is why the form came back.
	theirs []web.Def
	who    string
	when   string
}

func (s *Service) editTerritoryPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	t, regions, err := s.readForEdit(r)
	if err != nil {
		return err
	}
	f := web.NewForm(web.NewOnce(), "version", strconv.FormatInt(t.Version, 10), "name", t.Name, "summary", t.Summary,
		"jobs", zeroIsEmpty(t.Jobs), "latitude", coordinateText(v, t.Latitude, t), "longitude", coordinateText(v, t.Longitude, t))
	for _, id := range regions[1:] {
		f.Values.Add("regions", string(id))
	}
	return web.Render(w, r, http.StatusOK, editTerritoryPage(v, newEditView(v, r, t, f)))
}

func (s *Service) saveTerritoryPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	t, regions, err := s.readForEdit(r)
	if err != nil {
		return err
	}
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	typed, also := typedTerritory(f, t, account.ActorOf(r))
	if err = f.Err(); err == nil {
		_, err = s.Save(r.Context(), account.ActorOf(r), typed, also)
	}
	if err == nil {
		return web.SeeOther(w, r, territoryURL(t.ID), "territory.edit.saved", "name", t.Name)
	}
	if !f.Fail(v, err) {
		return err
	}
	p := newEditView(v, r, t, f)
	if x := fault.As(err); x.Key == "fault.stale" {
		if err := s.showTheirs(v, r, &p, t, regions, typed, also); err != nil {
			return err
		}
	}
	return web.Render(w, r, web.Status(err), editTerritoryPage(v, p))
}

// readForEdit reads the territory as it stands; who may not change it is told.
func (s *Service) readForEdit(r *http.Request) (t Territory, regions []RegionID, err error) {
	id := ID(r.PathValue("id"))
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if t, err = Get(tx, id); err != nil {
			return err
		}
		regions, err = RegionsOf(tx, id)
		return err
	})
	if err == nil && !id.mayEdit(account.ActorOf(r)) {
		err = fault.New(fault.Forbidden, "territory.edit.not_yours")
	}
	return t, regions, err
}

func newEditView(v *web.View, r *http.Request, t Territory, f *web.Form) editView {
	var others []web.Choice
	for _, x := range Regions() {
		if x.ID != t.Region && x.ID.metropolitan() && t.Region.metropolitan() { // no territory crosses the sea
			others = append(others, web.Choice{Value: string(x.ID), Label: x.Name})
		}
	}
	p := editView{id: t.ID, title: t.Name, lead: t.Region, mayRename: account.ActorOf(r).Admin(), form: f}
	p.others = len(others) > 0
	p.fields = []web.Field{
		{Name: "name", Label: v.T("territory.edit.name"), Hint: v.T("territory.edit.name_hint")},
		{Name: "summary", Label: v.T("territory.edit.summary"), Hint: v.T("territory.edit.summary_hint"), Optional: true, Rows: 5},
		{Name: "jobs", Label: v.T("territory.edit.jobs"), Optional: true, Narrow: true},
		{Name: "latitude", Label: v.T("territory.edit.latitude_label"), Hint: v.T("territory.edit.degrees_hint", "example", degrees(v, 44.125)), Optional: true, Narrow: true},
		{Name: "longitude", Label: v.T("territory.edit.longitude_label"), Hint: v.T("territory.edit.degrees_hint", "example", degrees(v, 4.081)), Optional: true, Narrow: true},
		{Name: "regions", Label: v.T("territory.edit.regions"), Hint: v.T("territory.edit.regions_hint", "region", regionName(t.Region)), Optional: true, Choices: others},
	}
	return p
}

// field gives a field of the form by name.
func (p editView) field(name string) web.Field {
	return p.fields[slices.IndexFunc(p.fields, func(f web.Field) bool { return f.Name == name })]
}

// typedTerritory reads the form over what stands; what cannot be read is noted in the form.
func typedTerritory(f *web.Form, t Territory, by account.Actor) (Territory, []RegionID) {
	if by.Admin() {
		t.Name = f.Text("name")
	}
	t.Version, _ = strconv.ParseInt(f.Text("version"), 10, 64) // 0 is nobody's version: answered as changed meanwhile
	t.Summary = f.Text("summary")
	t.Jobs = int(f.Int("jobs", 0, maxJobs))
	t.Latitude = coordinateOf(f, "latitude", "territory.edit.latitude")
	t.Longitude = coordinateOf(f, "longitude", "territory.edit.longitude")
	for name, other := range map[string]string{"latitude": "longitude", "longitude": "latitude"} {
		if f.Text(name) == "" && f.Text(other) != "" {
			f.Wrong(name, "territory.edit.both")
		}
	}
	var also []RegionID
	for _, id := range f.All("regions") {
		also = append(also, RegionID(id))
	}
	return t, also
}

func coordinateOf(f *web.Form, name, key string) float64 {
	s := strings.NewReplacer(",", ".", "−", "-", " ", "", "\u00a0", "", "°", "").Replace(f.Text(name))
	if s == "" {
		return 0
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(x, 0) || math.IsNaN(x) || strings.ContainsAny(s, "eExXpP") {
		f.Wrong(name, key)
		return 0
	}
	return x
}

// showTheirs tells what stands now wherever it differs from what was typed, and takes over its
// version: who saves again has seen it.
func (s *Service) showTheirs(v *web.View, r *http.Request, p *editView, t Territory, regions []RegionID, typed Territory, also []RegionID) error {
	show := func(field, now string, same bool) {
		if !same {
			p.theirs = append(p.theirs, web.Def{Term: p.field(field).Label, Value: now})
		}
	}
	mine, err := tidySpan(t.Region, also)
	if err != nil {
		mine = nil
	}
	show("name", t.Name, t.Name == typed.Name)
	show("summary", t.Summary, t.Summary == typed.Summary)
	show("jobs", zeroIsEmpty(t.Jobs), t.Jobs == typed.Jobs)
	show("latitude", coordinateText(v, t.Latitude, t), t.Latitude == typed.Latitude)
	show("longitude", coordinateText(v, t.Longitude, t), t.Longitude == typed.Longitude)
	show("regions", regionNames(regions[1:]), slices.Equal(regions, mine))
	p.form.Values.Set("version", strconv.FormatInt(t.Version, 10))
	p.form.Once = web.NewOnce()
	return s.db.View(r.Context(), func(tx db.Tx) error {
		last, err := account.History(tx, "territory", string(t.ID), 0, 1)
		if err == nil && len(last) > 0 {
			p.who, p.when = last[0].ActorName, v.DateTime(last[0].At)
		}
		return err
	})
}

func regionNames(ids []RegionID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = regionName(id)
	}
	return strings.Join(names, ", ")
}

func zeroIsEmpty(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func coordinateText(v *web.View, f float64, t Territory) string {
	if !t.Located() {
		return ""
	}
	return v.Decimal(f, 6)
}
