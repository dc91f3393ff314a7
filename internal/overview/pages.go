package overview

import (
	"net/http"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/demand"
	"bassin/internal/fault"
	"bassin/internal/programme"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/when"
)

// TerritoryCookie remembers the territory that somebody with several looked at last.
const TerritoryCookie = "territory"

// homePage shows each what they come for: a territory's state, a region's territories, one's own
// day and actions.
func (s *Service) homePage(w http.ResponseWriter, r *http.Request) error {
	by := account.ActorOf(r)
	own, regions := ownTerritory(r, by), followed(by)
	switch {
	case !by.Known():
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		return nil
	case own != "":
		return s.showTerritory(w, r, own)
	case by.Has(account.NationalObserver, ""):
		return s.showRegions(w, r, nil)
	case len(regions) > 0:
		return s.showRegions(w, r, regions)
	case by.Admin() && len(by.Memberships) == 0:
		http.Redirect(w, r, "/people", http.StatusSeeOther)
		return nil
	}
	return s.showMine(w, r)
}

// HomeIsDay reports whether the home of somebody is their day; the others have it beside.
func HomeIsDay(by account.Actor) bool {
	return len(by.Scoped(account.ProjectLead))+len(by.Scoped(account.LeadPair))+len(followed(by)) == 0 && !by.Has(account.NationalObserver, "") &&
		(!by.Admin() || len(by.Memberships) > 0)
}

// followed are the regions that somebody steers or follows for the State.
func followed(by account.Actor) []string {
	return append(by.Scoped(account.RegionSteering), by.Scoped(account.StateServices)...)
}

// ownTerritory is the territory that the actor runs or leads: the one looked at last, else the
// first.
func ownTerritory(r *http.Request, by account.Actor) territory.ID {
	ids := append(by.Scoped(account.ProjectLead), by.Scoped(account.LeadPair)...)
	if len(ids) == 0 {
		return ""
	}
	if c, err := r.Cookie(TerritoryCookie); err == nil {
		for _, id := range ids {
			if id == c.Value {
				return territory.ID(id)
			}
		}
	}
	return territory.ID(ids[0])
}

func (s *Service) territoryHomePage(w http.ResponseWriter, r *http.Request) error {
	id, ok := territory.ParseID(r.PathValue("id"))
	if !ok {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	http.SetCookie(w, &http.Cookie{Name: TerritoryCookie, Value: string(id), Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return s.showTerritory(w, r, id)
}

// home is what the page of a territory shows.
type home struct {
	Territory territory.Territory
	Region    string
	Contract  programme.Contract // no ID: none that the reader may see
	Rows      []programme.Row
	Sum       summary
	Requests  programme.MoneyGroup // what was requested and granted
	Change    programme.Amounts    // in the last three months
	Since     when.Date
	Todos     []Todo
	Unmet     demand.Figures
	Follows   bool // the reader runs or follows the territory: what waits is shown
	MayEdit   bool
	Alone     bool // the reader runs the territory and belongs to no organisation
}

func (s *Service) loadHome(r *http.Request, id territory.ID) (h home, err error) {
	by := account.ActorOf(r)
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if h, err = s.readHome(tx, by, id); err != nil || h.Contract.ID == "" || !h.Follows {
			return err
		}
		lines, err := listWaiting(tx, h.Contract.ID)
		h.Todos = todos(h.Rows, seen(lines, h.Rows), tx.Today())
		if err != nil || !by.Known() {
			return err
		}
		h.Unmet, err = demand.GapsOf(tx, by, id)
		return err
	})
	return h, err
}

// readHome reads a territory with what its reader may see of contract, actions and money.
func (s *Service) readHome(tx db.Tx, by account.Actor, id territory.ID) (home, error) {
	var h home
	var err error
	if h.Territory, err = territory.Get(tx, id); err != nil {
		return h, err
	}
	if reg, ok := territory.RegionByID(h.Territory.Region); ok {
		h.Region = reg.Name
	}
	h.MayEdit = programme.MayEdit(tx, by, string(id))
	h.Alone = h.MayEdit && by.Known() && len(by.Memberships) == 0
	regions, err := territory.RegionsOf(tx, id)
	if err != nil {
		return h, err
	}
	h.Follows = h.MayEdit || follows(by, id, regions)
	if h.Contract, err = programme.TerritoryContract(tx, by, id); err != nil {
		if fault.Is(err, fault.NotFound) {
			return h, nil
		}
		return h, err
	}
	if h.Rows, _, err = programme.ListActions(tx, by, programme.Filter{ContractID: h.Contract.ID}, 0, 0); err != nil {
		return h, err
	}
	if err := programme.WithMoney(tx, h.Contract.ID, h.Rows, programme.AsOf{}); err != nil {
		return h, err
	}
	h.Sum = summarise(h.Rows, tx.Today())
	if h.Requests, err = programme.Requests(tx, by, h.Contract.ID); err != nil {
		return h, err
	}
	h.Since = tx.Today().AddDays(-90)
	changed, err := programme.MoneySince(tx, h.Contract.ID, h.Since)
	for _, row := range h.Rows {
		h.Change = h.Change.Plus(changed[row.ID])
	}
	return h, err
}

// seen keeps the lines of actions that the reader may see.
func seen(lines []waiting, rows []programme.Row) []waiting {
	visible := make(map[programme.ActionID]bool, len(rows))
	for _, r := range rows {
		visible[r.ID] = true
	}
	var kept []waiting
	for _, l := range lines {
		if visible[l.ActionID] {
			kept = append(kept, l)
		}
	}
	return kept
}

// follows reports whether the actor leads the territory, or follows it for the nation or for any of
// the regions in which it lies.
func follows(by account.Actor, id territory.ID, regions []territory.RegionID) bool {
	return by.Has(account.LeadPair, string(id)) || by.Has(account.NationalObserver, "") ||
		slices.ContainsFunc(regions, func(r territory.RegionID) bool {
			return by.Has(account.RegionSteering, string(r)) || by.Has(account.StateServices, string(r))
		})
}

func (s *Service) showTerritory(w http.ResponseWriter, r *http.Request, id territory.ID) error {
	h, err := s.loadHome(r, id)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, homeView(web.ViewOf(r), h))
}

func (s *Service) todoPage(w http.ResponseWriter, r *http.Request) error {
	id, ok := territory.ParseID(r.PathValue("id"))
	if !ok {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	h, err := s.loadHome(r, id)
	if err != nil {
		return err
	}
	if !h.Follows {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return web.Render(w, r, http.StatusOK, todoView(web.ViewOf(r), h))
}

// TodoCount is how many things wait in a territory that the actor runs or leads, for the
// navigation; such people see every sheet of it.
func (s *Service) TodoCount(tx db.Tx, by account.Actor, id territory.ID) (int, error) {
	if !by.Has(account.ProjectLead, string(id)) && !by.Has(account.LeadPair, string(id)) {
		return 0, nil
	}
	c, err := programme.TerritoryContract(tx, by, id)
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return countTodos(tx, c.ID)
}

func (s *Service) showRegions(w http.ResponseWriter, r *http.Request, regions []string) error {
	var list []territoryTotals
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		var ids []string
		if regions != nil {
			var codes []territory.RegionID
			for _, c := range regions {
				codes = append(codes, territory.RegionID(c))
			}
			in, err := territory.InRegions(tx, codes)
			if err != nil {
				return err
			}
			ids = make([]string, 0, len(in))
			for _, id := range in {
				ids = append(ids, string(id))
			}
		}
		var err error
		list, err = listTotals(tx, ids)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, regionsView(web.ViewOf(r), regions, list))
}
