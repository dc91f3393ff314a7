package territory

import (
	"context"
	"net/http"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// Pages registers the feature's pages.
func (s *Service) Pages(m *web.Mux) {
	m.Raw("GET "+outlinesPath, http.HandlerFunc(outlines))
	m.Page("GET /territories", s.territoriesPage)
	m.Page("GET /territories/export.csv", s.exportTerritories)
	m.Page("GET /territories/{id}", s.territoryPage)
	m.Page("GET /territories/{id}/edit", s.editTerritoryPage)
	m.Page("POST /territories/{id}", s.saveTerritoryPage)
	m.Page("POST /territories/{id}/complete", s.completePage)
	m.Page("POST /territories/complete", s.completeAllPage)
	m.Page("GET /regions/{id}", s.regionPage)
	s.importPages(m)
}

// pageSize is how many territories a page of the list shows.
const pageSize = 50

// row is a territory in a list.
type row struct {
	Number int
	Territory
	Regions   []RegionID
	Groupings []Grouping
	Leads     []account.Holder
}

// rows reads what lists tell of territories, a few queries whatever their number.
func rows(tx db.Tx, list []Territory, first int) ([]row, error) {
	ids, names := make([]ID, len(list)), make([]string, len(list))
	for i, t := range list {
		ids[i], names[i] = t.ID, string(t.ID)
	}
	regions, err := RegionsOfAll(tx, ids)
	if err != nil {
		return nil, err
	}
	groupings, err := GroupingsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	holders, err := account.Holders(tx, account.OverTerritory, names, account.ProjectLead)
	if err != nil {
		return nil, err
	}
	leads := map[ID][]account.Holder{}
	for _, h := range holders {
		leads[ID(h.ScopeID)] = append(leads[ID(h.ScopeID)], h)
	}
	out := make([]row, len(list))
	for i, t := range list {
		out[i] = row{first + i, t, regions[t.ID], groupings[t.ID], leads[t.ID]}
	}
	return out, nil
}

type territoriesView struct {
	all     []Territory // that the filters choose, on every page
	rows    []row
	region  RegionID
	regions []web.Choice
	pager   web.Pager
	admin   bool

	mayComplete bool // ask the register for all
}

// overseasCount is a region that the map of France does not draw, with its territories on the list.
type overseasCount struct {
	Region      Region
	Territories int
}

// overseas are the regions that the map of France does not draw and that the list has territories of: they are
// reached beside it.
func (p territoriesView) overseas() []overseasCount {
	var list []overseasCount
	for _, r := range Regions() {
		if p.region != "" || r.ID.metropolitan() {
			continue
		}
		c := overseasCount{Region: r}
		for _, t := range p.all {
			if t.Region == r.ID {
				c.Territories++
			}
		}
		if c.Territories > 0 {
			list = append(list, c)
		}
	}
	return list
}

// unlocated counts the territories that the map cannot show.
func (p territoriesView) unlocated() (n int) {
	for _, t := range p.all {
		if !t.Located() || p.region == "" && !t.Region.metropolitan() {
			n++
		}
	}
	return n
}

func filterOf(v *web.View) Filter {
	sort, descending := web.SortOf(v, string(ByName), string(ByRegion), string(ByJobs))
	if descending {
		sort = "-" + sort
	}
	region, _ := RegionByID(RegionID(v.Query.Get("region")))
	return Filter{Region: region.ID, Text: v.Query.Get("q"), Order: Order(sort)}
}

func (s *Service) territoriesPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	f := filterOf(v)
	p := territoriesView{region: f.Region, admin: mayImport(account.ActorOf(r))}
	p.mayComplete = p.admin && s.lookup != nil && s.queue != nil
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		counts, err := RegionCounts(tx)
		if err != nil {
			return err
		}
		p.regions = regionChoices(v, counts)
		if p.all, err = List(tx, f); err != nil {
			return err
		}
		p.pager = web.PagerOf(v, pageSize, len(p.all))
		from := p.pager.Offset()
		p.rows, err = rows(tx, p.all[from:min(from+pageSize, len(p.all))], from+1)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, territoriesPage(v, p))
}

func regionChoices(v *web.View, counts []RegionCount) []web.Choice {
	n := map[RegionID]int{}
	for _, c := range counts {
		n[c.Region] = c.Territories
	}
	var out []web.Choice
	for _, r := range Regions() {
		if n[r.ID] > 0 {
			out = append(out, web.Choice{Value: string(r.ID), Label: v.T("territory.list.region_count", "region", r.Name, "number", n[r.ID])})
		}
	}
	return out
}

type territoryView struct {
	Territory
	regions     []RegionID
	groupings   []account.Organisation
	communes    []Commune
	holders     []account.Holder
	history     []account.Entry
	panels      []templ.Component
	mayEdit     bool
	mayComplete bool // there is a register to ask and something to learn from it
}

// departments are those in which the communes lie.
func (p territoryView) departments() []string {
	seen := map[string]bool{}
	var out []string
	for _, c := range p.communes {
		d := c.Code[:2]
		if d == "97" {
			d = c.Code[:3]
		}
		if !seen[d] {
			seen[d] = true
			out = append(out, d)
		}
	}
	return out
}

// historySize is how many events of its history a territory's page shows.
const historySize = 10

func (s *Service) territoryPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	p, err := s.readTerritory(r.Context(), account.ActorOf(r), ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	for _, panel := range s.Panels { // each reads for itself: outside of our transaction
		c, err := panel(r.Context(), v, p.ID)
		if err != nil {
			return err
		}
		if c != nil {
			p.panels = append(p.panels, c)
		}
	}
	return web.Render(w, r, http.StatusOK, territoryPage(v, p))
}

func (s *Service) readTerritory(ctx context.Context, by account.Actor, id ID) (territoryView, error) {
	p := territoryView{mayEdit: id.mayEdit(by)}
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		if p.Territory, err = Get(tx, id); err != nil {
			return err
		}
		if p.regions, err = RegionsOf(tx, id); err != nil {
			return err
		}
		if p.groupings, err = groupingOrganisations(tx, id); err != nil {
			return err
		}
		if p.communes, err = Communes(tx, id); err != nil {
			return err
		}
		if p.holders, err = account.Holders(tx, account.OverTerritory, []string{string(id)}, account.ProjectLead, account.LeadPair); err != nil {
			return err
		}
		p.history, err = account.History(tx, "territory", string(id), 0, historySize)
		return err
	})
	p.mayComplete = p.mayEdit && s.lookup != nil && (!p.Located() && len(p.groupings) > 0 || len(unlocated(p.groupings)) > 0)
	return p, err
}

type regionView struct {
	Region
	all  []Territory
	rows []row
}

func (s *Service) regionPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	region, ok := RegionByID(RegionID(r.PathValue("id")))
	if !ok {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	p := regionView{Region: region}
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if p.all, err = List(tx, Filter{Region: region.ID, Order: ByName}); err != nil {
			return err
		}
		p.rows, err = rows(tx, p.all, 1)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, regionPage(v, p))
}

// regionName gives the name of a region, its code when there is none.
func regionName(id RegionID) string {
	if r, ok := RegionByID(id); ok {
		return r.Name
	}
	return string(id)
}

func territoryURL(id ID) string    { return "/territories/" + string(id) }
func regionURL(id RegionID) string { return "/regions/" + string(id) }

// degrees writes a coordinate as people read it.
func degrees(v *web.View, f float64) string { return v.Decimal(f, 4) }

func position(v *web.View, lat, lon float64) string {
	if lat == 0 && lon == 0 {
		return ""
	}
	return degrees(v, lat) + " ; " + degrees(v, lon)
}

func number(v *web.View, n int) string { return v.Number(int64(n)) }

func ref(n int) string { return strconv.Itoa(n) }
