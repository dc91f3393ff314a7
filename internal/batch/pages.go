package batch

import (
	"bytes"
	"net/http"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/file"
	"bassin/internal/making"
	"bassin/internal/mesh/threemf"
	"bassin/internal/park"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

const batchesURL = "/batches"

// Pages registers the feature's pages.
func (s *Service) Pages(m *web.Mux) {
	const one = batchesURL + "/{batch}"
	m.Page("GET "+batchesURL, s.batchesPage)
	m.Page("POST "+batchesURL, s.planPage)
	m.Page("GET "+one, s.batchPage)
	m.Page("GET "+one+"/label", s.labelPage)
	m.Page("GET "+one+"/file", s.filePage)
	m.Page("POST "+one+"/orders", s.addPage)
	m.Page("POST "+one+"/orders/{order}/remove", s.takeOutPage)
	m.Page("POST "+one+"/spacing", s.spacePage)
	m.Page("POST "+one+"/start", s.startPage)
	m.Page("POST "+one+"/finish", s.finishPage)
	m.Page("POST "+one+"/dissolve", s.dissolvePage)
}

// Door is the link above the list of orders.
func Door(v *web.View) web.Link { return web.Link{Label: v.T("batch.door"), URL: batchesURL} }

// group is orders that wait for one machine and material.
type group struct {
	Machine  string
	Material string
	Process  park.Process
	Orders   []making.Order
}

// waiting gives the orders that could be built together, those of one machine and material beside each other.
func waiting(tx db.Tx, by account.Actor) ([]group, error) {
	list, err := making.Waiting(tx, by.Organisations())
	if err != nil {
		return nil, err
	}
	ids := make([]making.OrderID, len(list))
	for i, o := range list {
		ids[i] = o.ID
	}
	taken, err := inPlanned(tx, ids)
	if err != nil {
		return nil, err
	}
	var groups []group
	var last making.Order
	for _, o := range list {
		if taken[o.ID] {
			continue
		}
		if n := len(groups); n == 0 || last.MachineID != o.MachineID || last.MaterialID != o.MaterialID {
			groups = append(groups, group{Machine: o.Machine, Material: o.Material, Process: o.Process})
		}
		last = o
		groups[len(groups)-1].Orders = append(groups[len(groups)-1].Orders, o)
	}
	return groups, nil
}

const listSize = 50

// batchesView is the list of batches, with what waits.
type batchesView struct {
	Groups []group // of at least two orders
	List   []Batch
	Total  int
	Pager  web.Pager
	Form   *web.Form
}

func (s *Service) batchesPage(w http.ResponseWriter, r *http.Request) error {
	return s.showBatches(w, r, http.StatusOK, web.NewForm(web.NewOnce()))
}

func (s *Service) showBatches(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	v, by := web.ViewOf(r), account.ActorOf(r)
	x := batchesView{Form: f}
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		groups, err := waiting(tx, by)
		if err != nil {
			return err
		}
		for _, g := range groups {
			if len(g.Orders) > 1 {
				x.Groups = append(x.Groups, g)
			}
		}
		if x.Total, err = countBatches(tx, where(by)); err != nil {
			return err
		}
		x.Pager = web.PagerOf(v, listSize, x.Total)
		x.List, err = listBatches(tx, where(by), listSize, x.Pager.Offset())
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, batchesTemplate(v, x))
}

func ordersIn(f *web.Form) (list []making.OrderID) {
	for _, id := range f.All("order") {
		list = append(list, making.OrderID(id))
	}
	return list
}

func (s *Service) planPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	b, err := s.Plan(r.Context(), account.ActorOf(r), ordersIn(f))
	if err == nil {
		return web.SeeOther(w, r, b.URL(), "batch.done.plan")
	}
	if !f.Fail(web.ViewOf(r), err) {
		return err
	}
	return s.showBatches(w, r, web.Status(err), f)
}

// batchView is the page of a batch.
type batchView struct {
	Batch
	Orders  []member
	Laid    Layout
	HasLaid bool
	More    []making.Order // that could come in
	Room    park.Machine
	Stock   park.Stock
	Slot    park.Slot // of the machine's calendar; none when it found no room
	Panels  []templ.Component
	History []account.Entry
	Forms   web.Forms
}

func (s *Service) read(r *http.Request) (x batchView, err error) {
	by := account.ActorOf(r)
	err = s.db.View(r.Context(), func(tx db.Tx) error {
		if x.Batch, err = seen(tx, by, ID(r.PathValue("batch"))); err != nil {
			return err
		}
		x.Laid, x.HasLaid = x.Batch.LayoutOf()
		if x.Orders, err = ordersOf(tx, x.ID); err != nil {
			return err
		}
		if x.Room, err = park.MachineOf(tx, x.MachineID); err != nil {
			return err
		}
		if x.Slot, err = park.SlotOf(tx, x.MachineID, string(x.ID)); err != nil {
			return err
		}
		stock, err := park.StockOf(tx, x.MachineID)
		if err != nil {
			return err
		}
		for _, one := range stock {
			if one.MaterialID == x.MaterialID {
				x.Stock = one
			}
		}
		if x.State == Planned {
			groups, err := waiting(tx, by)
			if err != nil {
				return err
			}
			for _, g := range groups {
				if g.Orders[0].MachineID == x.MachineID && g.Orders[0].MaterialID == x.MaterialID {
					x.More = g.Orders
				}
			}
		}
		for _, p := range s.Panels {
			c, err := p(tx, by, web.ViewOf(r), x.Batch)
			if err != nil {
				return err
			}
			if c != nil {
				x.Panels = append(x.Panels, c)
			}
		}
		x.History, err = account.History(tx, "batch", string(x.ID), 0, 20)
		return err
	})
	return x, err
}

func (s *Service) batchPage(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, http.StatusOK, nil)
}

// layingKey is what a page asks with that waits for the layout.
const layingKey = "laying"

func (s *Service) show(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	x, err := s.read(r)
	if err != nil {
		return err
	}
	if r.URL.Query().Has(layingKey) && x.LayoutJob == "" {
		w.Header().Set("HX-Refresh", "true") // what comes next, the orders and the print files wait for the layout too
	}
	x.Forms = forms
	return web.Render(w, r, status, batchTemplate(web.ViewOf(r), x))
}

// labelPage is what is put beside the machine: who scans it has the batch on the phone.
func (s *Service) labelPage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.read(r)
	if err != nil {
		return err
	}
	code, err := making.CodeOf(s.url + x.Batch.URL())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, labelTemplate(web.ViewOf(r), x, code))
}

// MayFile tells whether all orders of the batch show their files: then they can be saved together.
func (x batchView) MayFile() bool { return mayFile(x.Orders, x.Laid) }

// filePage gives a plate or a chamber as 3MF, all pieces at their places.
func (s *Service) filePage(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.Atoi(r.URL.Query().Get("plate"))
	if err != nil {
		n = 1
	}
	p, err := s.PlateOf(r.Context(), account.ActorOf(r), ID(r.PathValue("batch")), n)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := threemf.Write(&b, p.Model, threemf.Metadata{Title: p.Batch.Code(), Application: "Bassin"}); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Disposition", `attachment; filename="`+file.CleanName(p.Batch.Code()+"-"+strconv.Itoa(n)+".3mf")+`"`)
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	_, _ = w.Write(b.Bytes()) // the reader may have left
	return nil
}

func (s *Service) small(w http.ResponseWriter, r *http.Request, name string, do func(f *web.Form, by account.Actor, id ID) error) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := ID(r.PathValue("batch"))
	return f.Submit(w, r, web.Small{Name: name, Page: s.show, To: batchesURL + "/" + string(id), Toast: "batch.done." + name, Do: func() error { return do(f, account.ActorOf(r), id) }})
}

func (s *Service) addPage(w http.ResponseWriter, r *http.Request) error {
	return s.small(w, r, "add", func(f *web.Form, by account.Actor, id ID) error { return s.Add(r.Context(), by, id, ordersIn(f)) })
}

func (s *Service) takeOutPage(w http.ResponseWriter, r *http.Request) error {
	return s.small(w, r, "take_out", func(_ *web.Form, by account.Actor, id ID) error {
		return s.TakeOut(r.Context(), by, id, making.OrderID(r.PathValue("order")))
	})
}

func (s *Service) spacePage(w http.ResponseWriter, r *http.Request) error {
	return s.small(w, r, "space", func(f *web.Form, by account.Actor, id ID) error {
		x := Space{Usual: f.Text("space.spacing_mm") == "", MM: f.Decimal("space.spacing_mm"), Most: int(f.Int("space.most", 0, maxRounds))}
		if err := f.Err(); err != nil {
			return err
		}
		return s.Space(r.Context(), by, id, x)
	})
}

func (s *Service) startPage(w http.ResponseWriter, r *http.Request) error {
	return s.small(w, r, "start", func(f *web.Form, by account.Actor, id ID) error {
		leave := int(f.Int("leave", 0, maxPieces))
		if err := f.Err(); err != nil {
			return err
		}
		return s.Start(r.Context(), by, id, leave)
	})
}

func (s *Service) dissolvePage(w http.ResponseWriter, r *http.Request) error {
	return s.small(w, r, "dissolve", func(_ *web.Form, by account.Actor, id ID) error { return s.Dissolve(r.Context(), by, id) })
}

func (s *Service) finishPage(w http.ResponseWriter, r *http.Request) error {
	return s.small(w, r, "finish", func(f *web.Form, by account.Actor, id ID) error {
		return s.Finish(r.Context(), by, id, making.Build{Lot: f.Text("finish.lot"), Settings: f.Text("finish.settings"), Operator: f.Text("finish.operator")})
	})
}

// Panel says on the page of an order what it answers for; the batch itself is for the maker's people alone.
func (s *Service) Panel(tx db.Tx, by account.Actor, v *web.View, o making.Order) (templ.Component, error) {
	list, err := partsOf(tx, o.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return panel(v, o, list, list[0].seenBy(by)), nil
}
