package making

import (
	"net/http"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/db"
	"bassin/internal/park"
	"bassin/internal/web"
)

const ordersURL = "/orders"

// Pages registers the feature's pages.
func (s *Service) Pages(m *web.Mux) {
	m.Page("GET /parts/{part}/offers", s.offersPage)
	m.Page("GET /parts/{part}/offers/{machine}/{material}", s.requestFormPage)
	m.Page("POST /parts/{part}/offers/{machine}/{material}", s.requestPage)
	const one = ordersURL + "/{order}"
	m.Page("GET "+ordersURL, s.ordersPage)
	m.Page("GET "+one, s.orderPage)
	m.Page("GET "+one+"/view", s.viewPage)
	m.Page("GET "+one+"/picture", s.picturePage)
	m.Page("GET "+one+"/file", s.filePage)
	m.Page("GET "+one+"/photos/{photo}", s.photoPage)
	m.Page("GET "+one+"/certificate", s.certificatePage)
	m.Page("GET "+one+"/label", s.labelPage)
	m.Page("GET "+one+"/floor", s.floorPage)
	m.Page("POST "+one+"/quote", s.quotePage)
	m.Page("POST "+one+"/refuse", s.refusePage)
	m.Page("POST "+one+"/withdraw", s.withdrawPage)
	m.Page("POST "+one+"/accept", s.acceptPage)
	m.Page("POST "+one+"/start", s.startPage)
	m.Page("POST "+one+"/finish", s.finishPage)
	m.Page("POST "+one+"/redo", s.redoPage)
	m.Page("POST "+one+"/measures", s.measurePage)
	m.Page("POST "+one+"/measures/{measure}/remove", s.removeMeasurePage)
	m.Page("POST "+one+"/photos", s.addPhotoPage)
	m.Page("POST "+one+"/inspect", s.inspectPage)
	m.Page("POST "+one+"/deliver", s.deliverPage)
	m.Page("POST "+one+"/rate", s.ratePage)
}

var offerParams = []string{"process", "material", "owner"}

// offersShown is how many are on a page.
const offersShown = 50

// offersView is the page of the offers on a part.
type offersView struct {
	additive.Part
	Revision  additive.Revision
	Quantity  int
	Judged    []additive.Judged
	Fields    []web.FilterField
	Offers    []Offer // of the page that is shown
	Total     int
	Pager     web.Pager
	Cut       bool // there are more machines than were looked at
	Processes []processRow
	Computing bool // times by layers are under way
}

// processRow compares a process with the others, by its cheapest offer.
type processRow struct {
	additive.Judged
	Best   *Offer
	Breaks []Break
}

func quantityOf(v *web.View) int {
	n, err := strconv.Atoi(v.Query.Get("quantity"))
	if err != nil || n < 1 || n > maxQuantity {
		return 1
	}
	return n
}

func (s *Service) offersPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	x := offersView{Quantity: quantityOf(v)}
	by, part := account.ActorOf(r), additive.PartID(r.PathValue("part"))
	var asked asked
	var list []Offer
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if asked, list, err = offersFor(tx, by, part, x.Quantity); err != nil {
			return err
		}
		x.Part, x.Revision, x.Judged = asked.Part, asked.Revision, asked.Judged
		x.Fields = offerFields(v, list)
		x.Processes = compare(asked.Wanted, asked.Rules, list)
		column, descending := web.SortOf(v, Sorts...)
		x.Offers = chosen(list, v.Query.Get("process"), v.Query.Get("material"), v.Query.Get("owner"))
		SortOffers(x.Offers, column, descending)
		x.Total, x.Pager = len(x.Offers), web.PagerOf(v, offersShown, len(x.Offers))
		x.Offers = x.Offers[min(x.Pager.Offset(), x.Total):min(x.Pager.Offset()+offersShown, x.Total)]
		x.Cut = asked.Cut
		return nil
	})
	if err != nil {
		return err
	}
	if x.Computing, err = s.askLines(r.Context(), by, asked, list); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, offersTemplate(v, x))
}

// chosen keeps the offers that a filter lets through.
func chosen(list []Offer, process, material, owner string) []Offer {
	var out []Offer
	for _, o := range list {
		if (process == "" || string(o.Process) == process) && (material == "" || string(o.Material.MaterialID) == material) && (owner == "" || string(o.OrganisationID) == owner) {
			out = append(out, o)
		}
	}
	return out
}

// compare puts the processes beside each other.
func compare(x Wanted, rules park.Figures, list []Offer) []processRow {
	rows := make([]processRow, len(x.Judged))
	for i, j := range x.Judged {
		rows[i].Judged = j
		of := chosen(list, string(j.Process), "", "")
		SortOffers(of, "price", false)
		if len(of) > 0 && of[0].Effort.Known() {
			rows[i].Best, rows[i].Breaks = &of[0], BreaksOf(of[0], rules, x.Piece)
		}
	}
	return rows
}

func offerFields(v *web.View, list []Offer) []web.FilterField {
	var processes, materials, owners []web.Choice
	add := func(to *[]web.Choice, value, label string) {
		for _, c := range *to {
			if c.Value == value {
				return
			}
		}
		*to = append(*to, web.Choice{Value: value, Label: label})
	}
	for _, o := range list {
		add(&processes, string(o.Process), v.T(o.Process.Key()))
		add(&materials, string(o.Material.MaterialID), park.InWords(v, o.Material.Material))
		add(&owners, string(o.OrganisationID), o.Owner.Label())
	}
	return []web.FilterField{
		{Name: "process", Label: v.T("park.field.process"), All: v.T("park.filter.all_processes"), Choices: processes},
		{Name: "material", Label: v.T("park.field.material"), All: v.T("park.filter.all_materials"), Choices: materials},
		{Name: "owner", Label: v.T("park.field.owner"), All: v.T("park.filter.all_owners"), Choices: owners},
	}
}

// requestView is the form of a request.
type requestView struct {
	additive.Part
	Offer    Offer
	Quantity int
	Form     *web.Form
	Sight    Sight
}

func (x requestView) url() string {
	return x.Part.URL() + "/offers/" + string(x.Offer.ID) + "/" + string(x.Offer.Material.MaterialID)
}

func (s *Service) requestFormPage(w http.ResponseWriter, r *http.Request) error {
	n := quantityOf(web.ViewOf(r))
	return s.showRequest(w, r, http.StatusOK, web.NewForm(web.NewOnce(), "quantity", strconv.Itoa(n), "shows", string(File)), n)
}

func (s *Service) showRequest(w http.ResponseWriter, r *http.Request, status int, f *web.Form, quantity int) error {
	x := requestView{Form: f, Quantity: quantity}
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		asked, list, err := offersFor(tx, account.ActorOf(r), additive.PartID(r.PathValue("part")), quantity)
		if err != nil {
			return err
		}
		x.Part = asked.Part
		for _, o := range list {
			if string(o.ID) == r.PathValue("machine") && string(o.Material.MaterialID) == r.PathValue("material") {
				x.Offer, x.Sight = o, sightOf(asked.Revision, o)
				return nil
			}
		}
		return noOffer()
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, requestTemplate(web.ViewOf(r), x))
}

func (s *Service) requestPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	quantity := int(f.Int("quantity", 1, maxQuantity))
	o := Order{PartID: additive.PartID(r.PathValue("part")), MachineID: park.MachineID(r.PathValue("machine")), MaterialID: park.MaterialID(r.PathValue("material")), Quantity: quantity,
		Shows: Shows(f.Text("shows")), Tolerance: f.Text("tolerance"), Note: f.Text("note"), NeededOn: f.Date("needed_on")}
	if err = f.Err(); err == nil {
		revision, cents := f.SeenIn("seen.revision"), f.SeenIn("seen.cents")
		o, err = s.Request(r.Context(), account.ActorOf(r), o, &Sight{int(revision), max(0, cents)})
	}
	if err == nil {
		toast := "making.done.requested"
		if o.Automatic {
			toast = "making.done.quoted_at_once"
		}
		return web.SeeOther(w, r, o.URL(), toast)
	}
	if !f.Fail(web.ViewOf(r), err) {
		return err
	}
	return s.showRequest(w, r, web.Status(err), f, max(1, quantity))
}
