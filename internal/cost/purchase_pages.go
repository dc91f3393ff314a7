package cost

import (
	"net/http"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/web"
)

func (s *Service) purchasePages(m *web.Mux) {
	m.Page("GET /projects/{project}/costs/purchases", s.purchasesPage)
	m.Page("GET /projects/{project}/costs/purchases.csv", s.purchasesFile)
	m.Page("POST /projects/{project}/costs/purchases", s.addPurchasePage)
	m.Page("POST /projects/{project}/costs/purchases/{purchase}", s.savePurchasePage)
	m.Page("POST /projects/{project}/costs/purchases/{purchase}/remove", s.removePurchasePage)
	m.Page("POST /projects/{project}/costs/purchases/{purchase}/restore", s.restorePurchasePage)
}

// purchasesView is the list of purchases.
type purchasesView struct {
	frame
	Stages []project.Stage
	List   []Purchase
}

func (s *Service) purchasesPage(w http.ResponseWriter, r *http.Request) error {
	return s.showPurchases(w, r, http.StatusOK, nil)
}

// readPurchases reads the list for who sees costs; to others it is not there.
func (s *Service) readPurchases(r *http.Request) (purchasesView, error) {
	f, err := s.enter(r, "purchases")
	if err != nil {
		return purchasesView{}, err
	}
	if !f.May(project.SeeCosts) {
		return purchasesView{}, fault.New(fault.NotFound, "fault.not_found")
	}
	x := purchasesView{frame: f}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Stages, err = project.StagesOfProject(tx, f.Access); err != nil {
			return err
		}
		x.List, err = listPurchases(tx, f.ID)
		return err
	})
	return x, err
}

func (s *Service) showPurchases(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	x, err := s.readPurchases(r)
	if err != nil {
		return err
	}
	x.Forms = forms
	return web.Render(w, r, status, purchasesTemplate(web.ViewOf(r), x))
}

func (s *Service) purchasesFile(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	x, err := s.readPurchases(r)
	if err != nil {
		return err
	}
	names := stageNames(v, x.Stages)
	var head []string
	for _, name := range []string{"on", "title", "supplier", "category", "state", "stage_id", "reference"} {
		head = append(head, v.T("cost.field."+name))
	}
	head = append(head, v.InUnit(v.T("cost.field.cents"), "€"))
	return web.CSV(w, r, strings.ToLower(x.Code)+"-"+v.T("cost.file.purchases")+".csv", head, func(row func(...string) error) error {
		for _, p := range x.List {
			if err := row(string(p.OnDay), p.Title, p.Supplier, v.T(p.Category.Key()), v.T(p.State.Key()), names[p.StageID], p.Reference, v.CellEuros(p.Cents)); err != nil {
				return err
			}
		}
		return nil
	})
}

// total adds up the purchases of the list that are not cancelled.
func (x purchasesView) total() int64 {
	sum := int64(0)
	for _, p := range x.List {
		if p.State != Cancelled {
			sum += p.Cents
		}
	}
	return sum
}

// fields are those of a purchase's small form.
func (x purchasesView) fields(v *web.View, name string) []web.Field {
	f := func(field string, x web.Field) web.Field {
		x.Name, x.Label = name+"."+field, v.T("cost.field."+field)
		return x
	}
	return []web.Field{
		f("title", web.Field{}),
		f("category", web.Field{Choices: web.Keyed(v, bought())}),
		f("state", web.Field{Choices: web.Keyed(v, PurchaseStates())}),
		f("cents", web.Field{}),
		f("on", web.Field{}),
		f("supplier", web.Field{Optional: true}),
		f("reference", web.Field{Optional: true, Hint: v.T("cost.purchase.reference_hint")}),
		f("stage_id", web.Field{Choices: stageChoices(v, x.Stages), Optional: true}),
	}
}

// purchasePairs fills a purchase's small form.
func purchasePairs(v *web.View, name string, p Purchase) []string {
	list := []string{"title", p.Title, "category", string(p.Category), "state", string(p.State), "cents", v.Amount(p.Cents), "on", string(p.OnDay),
		"supplier", p.Supplier, "reference", p.Reference, "stage_id", string(p.StageID), "version", strconv.FormatInt(p.Version, 10)}
	for i := 0; i < len(list); i += 2 {
		list[i] = name + "." + list[i]
	}
	return list
}

func readPurchase(r *http.Request, f *web.Form, name string) Purchase {
	p := Purchase{ProjectID: project.ID(r.PathValue("project")), ID: PurchaseID(r.PathValue("purchase")), Title: f.Text(name + ".title"), Supplier: f.Text(name + ".supplier"),
		Category: Category(f.Text(name + ".category")), State: PurchaseState(f.Text(name + ".state")), StageID: project.StageID(f.Text(name + ".stage_id")),
		Cents: f.Cents(name + ".cents"), OnDay: f.Date(name + ".on"), Reference: f.Text(name + ".reference"), Version: f.SeenIn(name + ".version")}
	return p
}

func (s *Service) addPurchasePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	p := readPurchase(r, f, "purchase")
	return f.Submit(w, r, web.Small{Name: "purchase", Page: s.showPurchases, To: costURL(p.ProjectID) + "/purchases", Toast: "cost.purchase.added", Do: func() error {
		_, err := s.AddPurchase(r.Context(), account.ActorOf(r), p)
		return err
	}})
}

func (s *Service) savePurchasePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	name := "purchase-" + r.PathValue("purchase")
	p := readPurchase(r, f, name)
	return f.Submit(w, r, web.Small{Name: name, Page: s.showPurchases, To: costURL(p.ProjectID) + "/purchases#" + string(p.ID), Toast: "cost.purchase.saved", Do: func() error {
		_, err := s.SavePurchase(r.Context(), account.ActorOf(r), p)
		return err
	}})
}

func (s *Service) removePurchasePage(w http.ResponseWriter, r *http.Request) error {
	id, what := project.ID(r.PathValue("project")), PurchaseID(r.PathValue("purchase"))
	if err := s.RemovePurchase(r.Context(), account.ActorOf(r), id, what, true); err != nil {
		return err
	}
	to := costURL(id) + "/purchases"
	return web.SeeOtherUndo(w, r, to, to+"/"+string(what)+"/restore", "cost.purchase.removed")
}

func (s *Service) restorePurchasePage(w http.ResponseWriter, r *http.Request) error {
	id, what := project.ID(r.PathValue("project")), PurchaseID(r.PathValue("purchase"))
	if err := s.RemovePurchase(r.Context(), account.ActorOf(r), id, what, false); err != nil {
		return err
	}
	return web.SeeOther(w, r, costURL(id)+"/purchases#"+string(what), "cost.purchase.restored")
}
