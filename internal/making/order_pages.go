package making

import (
	"net/http"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/park"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

const listSize = 50

var listParams = []string{"side", "state"}

// ordersView is the list of orders.
type ordersView struct {
	Fields []web.FilterField
	List   []orderRow
	Total  int
	Pager  web.Pager
	Doors  []func(v *web.View) web.Link
	by     account.Actor
}

func (s *Service) ordersPage(w http.ResponseWriter, r *http.Request) error {
	v, by := web.ViewOf(r), account.ActorOf(r)
	f := Filter{Side: Side(v.Query.Get("side")), State: State(v.Query.Get("state"))}
	x := ordersView{by: by, Doors: s.Doors, Fields: []web.FilterField{
		{Name: "side", Label: v.T("making.field.side"), All: v.T("making.filter.both"), Choices: web.Keyed(v, []Side{Requester, Maker})},
		{Name: "state", Label: v.T("making.field.state"), All: v.T("making.filter.all_states"), Choices: web.Keyed(v, States())},
	}}
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Total, err = countOrders(tx, f.where(by)); err != nil {
			return err
		}
		x.Pager = web.PagerOf(v, listSize, x.Total)
		x.List, err = orderRowsOf(tx, by, f, x.Pager.Offset())
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, ordersTemplate(v, x))
}

// orderView is the page of an order.
type orderView struct {
	Order
	by       account.Actor
	Revision additive.Revision
	Measured additive.Measures
	Known    bool // the revision is there and was checked
	Steps    []Step
	Builds   []Build
	Who      map[account.PersonID]string
	Measures []Measure
	Photos   []Photo
	Stock    park.Stock // of the material on the machine
	Layers   string
	Panels   []templ.Component
	Held     bool // built together with others: it begins and ends with them
	Forms    web.Forms
	Stored   bool
}

// Can tells whether whoever looks may take the order to a state now.
func (x orderView) Can(to State) bool {
	return x.May(x.by, to) && !(x.Held && (to == Building || to == Built))
}

// CanRedo tells whether whoever looks may say that pieces did not succeed. One of one piece is started again.
func (x orderView) CanRedo() bool { return x.mayRedo(x.by) && x.Quantity > 1 }

// Sees tells whether whoever looks sees so much of the part.
func (x orderView) Sees(what Shows) bool { return x.MaySee(x.by, what) }

// Is tells whether whoever looks stands on a side.
func (x orderView) Is(side Side) bool {
	for _, s := range x.Sides(x.by) {
		if s == side {
			return true
		}
	}
	return false
}

func (s *Service) readOrder(r *http.Request) (x orderView, err error) {
	x.by, x.Stored = account.ActorOf(r), s.files != nil
	err = s.db.View(r.Context(), func(tx db.Tx) error {
		if x.Order, err = seen(tx, x.by, OrderID(r.PathValue("order"))); err != nil {
			return err
		}
		if x.Revision, err = additive.RevisionOf(tx, x.PartID, x.Order.Revision); err != nil {
			return err
		}
		if x.Steps, err = listSteps(tx, x.ID); err != nil {
			return err
		}
		if x.Builds, err = listBuilds(tx, x.ID); err != nil {
			return err
		}
		var people []account.PersonID
		for _, step := range x.Steps {
			people = append(people, step.PersonID)
		}
		if x.Who, err = account.NamesOf(tx, people); err != nil {
			return err
		}
		if x.Measures, err = listMeasures(tx, x.ID); err != nil {
			return err
		}
		if x.Photos, err = listPhotos(tx, x.ID); err != nil {
			return err
		}
		for _, panel := range s.Panels {
			c, err := panel(tx, x.by, web.ViewOf(r), x.Order)
			if err != nil {
				return err
			}
			if c != nil {
				x.Panels = append(x.Panels, c)
			}
		}
		for _, held := range s.Held {
			x.Held = x.Held || held(tx, x.Order, Building) != nil
		}
		list, err := park.StockOf(tx, x.MachineID)
		for _, stock := range list {
			if stock.MaterialID == x.MaterialID {
				x.Stock = stock
			}
		}
		return err
	})
	if err != nil || x.Revision.State != additive.Checked {
		return x, err
	}
	report, err := x.Revision.ReportOf()
	x.Measured, x.Known = report.Measured(x.Revision.Unit), err == nil
	return x, err
}

func (s *Service) orderPage(w http.ResponseWriter, r *http.Request) error {
	return s.showOrder(w, r, http.StatusOK, nil)
}

func (s *Service) showOrder(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	x, err := s.readOrder(r)
	if err != nil {
		return err
	}
	x.Forms = forms
	return web.Render(w, r, status, orderTemplate(web.ViewOf(r), x))
}

// floorPage is the order on a phone beside the machine.
func (s *Service) floorPage(w http.ResponseWriter, r *http.Request) error {
	return s.showFloor(w, r, http.StatusOK, nil)
}

func (s *Service) showFloor(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	x, err := s.readOrder(r)
	if err != nil {
		return err
	}
	if !x.Is(Maker) {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	x.Forms = forms
	return web.Render(w, r, status, floorTemplate(web.ViewOf(r), x))
}

func (s *Service) certificatePage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.readOrder(r)
	if err != nil {
		return err
	}
	if !x.State.Certified() {
		return fault.New(fault.NotFound, "making.wrong.no_certificate")
	}
	return web.Render(w, r, http.StatusOK, certificateTemplate(web.ViewOf(r), x))
}

// labelPage is what is printed and put beside the part: who scans it has the order on the phone.
func (s *Service) labelPage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.readOrder(r)
	if err != nil {
		return err
	}
	if !x.Is(Maker) {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	code, err := codeOf(s.url + x.URL() + "/floor")
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, labelTemplate(web.ViewOf(r), x, code))
}

// shown reads an order for a file of its part, when so much of it may be seen; else it is not there.
func (s *Service) shown(r *http.Request, what Shows) (orderView, error) {
	x, err := s.readOrder(r)
	switch {
	case err != nil:
		return x, err
	case !x.Sees(what):
		return x, fault.New(fault.NotFound, "fault.not_found")
	case s.files == nil:
		return x, fault.New(fault.Unavailable, "additive.wrong.no_store")
	}
	return x, nil
}

func (s *Service) viewPage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.shown(r, Picture)
	if err != nil {
		return err
	}
	if x.Revision.ViewHash == "" {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return file.Serve(w, r, s.files, x.Revision.View(), x.Code()+".glb", file.Attachment)
}

func (s *Service) picturePage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.shown(r, Picture)
	if err != nil {
		return err
	}
	if x.Revision.PictureHash == "" {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return file.Serve(w, r, s.files, x.Revision.Picture(), x.Code()+".png", file.Inline)
}

func (s *Service) filePage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.shown(r, File)
	if err != nil {
		return err
	}
	return file.Serve(w, r, s.files, x.Revision.Blob(), x.FileName, file.Attachment)
}

func (s *Service) photoPage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.shown(r, Figures)
	if err != nil {
		return err
	}
	for _, p := range x.Photos {
		if p.ID == r.PathValue("photo") {
			return file.Serve(w, r, s.files, file.Blob{Hash: file.Hash(p.Hash), Size: p.Size, Type: p.Type}, p.Name, file.Inline)
		}
	}
	return fault.New(fault.NotFound, "fault.not_found")
}

// small answers a form of an order's page, or of the phone's.
func (s *Service) small(w http.ResponseWriter, r *http.Request, name string, do func(f *web.Form, by account.Actor, id OrderID) error, read ...func(f *web.Form)) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	for _, numbers := range read { // what cannot be read is told before anything is done
		numbers(f)
	}
	id := OrderID(r.PathValue("order"))
	x := web.Small{Name: name, Page: s.showOrder, To: ordersURL + "/" + string(id), Toast: "making.done." + name, Do: func() error { return do(f, account.ActorOf(r), id) }}
	if f.Is("floor", "1") {
		x.Page, x.To = s.showFloor, x.To+"/floor"
	}
	return f.Submit(w, r, x)
}

func (s *Service) quotePage(w http.ResponseWriter, r *http.Request) error {
	var q Order
	return s.small(w, r, "quote", func(_ *web.Form, by account.Actor, id OrderID) error {
		q.ID = id
		_, err := s.Quote(r.Context(), by, q)
		return err
	}, func(f *web.Form) {
		q = Order{PriceCents: f.Cents("quote.price_cents"), ReadyOn: f.Date("quote.ready_on"), ValidOn: f.Date("quote.valid_on"), Answer: f.Text("quote.answer")}
	})
}

func (s *Service) refusePage(w http.ResponseWriter, r *http.Request) error {
	return s.small(w, r, "refuse", func(f *web.Form, by account.Actor, id OrderID) error {
		_, err := s.Refuse(r.Context(), by, id, f.Text("refuse.answer"))
		return err
	})
}

func (s *Service) withdrawPage(w http.ResponseWriter, r *http.Request) error {
	return s.small(w, r, "withdraw", func(_ *web.Form, by account.Actor, id OrderID) error {
		_, err := s.Withdraw(r.Context(), by, id)
		return err
	})
}

func (s *Service) acceptPage(w http.ResponseWriter, r *http.Request) error {
	return s.small(w, r, "accept", func(f *web.Form, by account.Actor, id OrderID) error {
		_, err := s.Accept(r.Context(), by, id, f.Seen())
		return err
	})
}

func (s *Service) startPage(w http.ResponseWriter, r *http.Request) error {
	return s.small(w, r, "start", func(_ *web.Form, by account.Actor, id OrderID) error {
		_, err := s.Start(r.Context(), by, id)
		return err
	})
}

func (s *Service) finishPage(w http.ResponseWriter, r *http.Request) error {
	return s.small(w, r, "finish", func(f *web.Form, by account.Actor, id OrderID) error {
		_, err := s.Finish(r.Context(), by, id, Build{Lot: f.Text("finish.lot"), Settings: f.Text("finish.settings"), Operator: f.Text("finish.operator")})
		return err
	})
}

func (s *Service) redoPage(w http.ResponseWriter, r *http.Request) error {
	return s.small(w, r, "redo", func(f *web.Form, by account.Actor, id OrderID) error {
		of := map[int]int{}
		for _, seq := range f.All("build") {
			n, err := strconv.Atoi(seq)
			if name := "redo." + redoField(n); err == nil && f.Text(name) != "" {
				of[n] = int(f.Int(name, 0, maxQuantity))
			}
		}
		if err := f.Err(); err != nil {
			return err
		}
		_, err := s.Redo(r.Context(), by, id, of)
		return err
	})
}

func (s *Service) measurePage(w http.ResponseWriter, r *http.Request) error {
	var m Measure
	return s.small(w, r, "measure", func(_ *web.Form, by account.Actor, id OrderID) error {
		m.OrderID = id
		return s.AddMeasure(r.Context(), by, m)
	}, func(f *web.Form) {
		m = Measure{Name: f.Text("measure.name"), NominalMM: f.Decimal("measure.nominal_mm"), LowerMM: f.Decimal("measure.lower_mm"), UpperMM: f.Decimal("measure.upper_mm"), MeasuredMM: f.Decimal("measure.measured_mm")}
	})
}

func (s *Service) removeMeasurePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := OrderID(r.PathValue("order"))
	if err := s.RemoveMeasure(r.Context(), account.ActorOf(r), id, r.PathValue("measure")); err != nil {
		return err
	}
	to := ordersURL + "/" + string(id)
	if f.Is("floor", "1") {
		to += "/floor"
	}
	return web.SeeOther(w, r, to+"#inspection", "making.done.measure_removed")
}

const maxPhotoBytes = 15 << 20

func (s *Service) addPhotoPage(w http.ResponseWriter, r *http.Request) error {
	id, by := OrderID(r.PathValue("order")), account.ActorOf(r)
	f, err := web.ReadFileForm(w, r)
	if err != nil {
		return err
	}
	page, to := s.showOrder, ordersURL+"/"+string(id)
	if f.Is("floor", "1") {
		page, to = s.showFloor, to+"/floor"
	}
	return f.Submit(w, r, web.Small{Name: "photo", Page: page, To: to + "#inspection", Toast: "making.done.photo", Do: func() error {
		if err := s.db.View(r.Context(), func(tx db.Tx) error { _, err := seen(tx, by, id); return err }); err != nil {
			return err
		}
		if s.files == nil {
			return fault.New(fault.Unavailable, "additive.wrong.no_store")
		}
		content, head, err := r.FormFile("photo.file")
		if err != nil {
			var wrong fault.Fields
			wrong.Add("file", "additive.wrong.no_file")
			return wrong.Err()
		}
		defer func() { _ = content.Close() }()
		name := file.CleanName(head.Filename)
		b, err := s.files.Put(r.Context(), content, file.Limits{Name: name, MaxBytes: maxPhotoBytes, Types: []string{"image/jpeg", "image/png", "image/webp"}})
		if err != nil {
			return err
		}
		return s.AddPhoto(r.Context(), by, id, name, b)
	}})
}

func (s *Service) inspectPage(w http.ResponseWriter, r *http.Request) error {
	return s.small(w, r, "inspect", func(f *web.Form, by account.Actor, id OrderID) error {
		_, err := s.Inspect(r.Context(), by, id, f.Is("inspect.looked", "1"))
		return err
	})
}

func (s *Service) deliverPage(w http.ResponseWriter, r *http.Request) error {
	return s.small(w, r, "deliver", func(f *web.Form, by account.Actor, id OrderID) error {
		_, err := s.Deliver(r.Context(), by, id, f.Text("deliver.note"))
		return err
	})
}

func (s *Service) ratePage(w http.ResponseWriter, r *http.Request) error {
	return s.small(w, r, "rate", func(f *web.Form, by account.Actor, id OrderID) error {
		n, err := strconv.Atoi(f.Text("rate.rating"))
		if err != nil {
			n = 0
		}
		_, err = s.Rate(r.Context(), by, id, n, f.Text("rate.text"))
		return err
	})
}

func (x orderView) head(v *web.View) web.Head {
	h := web.Head{Title: x.Title, Browser: x.Ref() + " " + x.Title, Crumbs: []web.Crumb{{Label: v.T("making.orders"), URL: ordersURL}, {Label: x.Code()}}, State: web.State(x.badge(v)),
		Facts: []templ.Component{web.Text(x.wanted(v)), web.Text(x.Machine + ", " + park.InWords(v, x.Material)), web.Text(v.T("making.from_to", "from", x.Requester, "to", x.Maker))}}
	if x.State.Certified() {
		h.Actions = append(h.Actions, web.Button(web.Act{Label: v.T("making.certificate"), Icon: "certificate", URL: x.URL() + "/certificate"}))
	}
	if x.Is(Maker) && !x.State.Over() && x.State != Requested && x.State != Quoted {
		h.Actions = append(h.Actions, web.Button(web.Act{Label: v.T("making.label"), Icon: "printer", URL: x.URL() + "/label"}), web.Button(web.Act{Label: v.T("making.floor"), Icon: "device-desktop", URL: x.URL() + "/floor"}))
	}
	return h
}

// facts are what is known of the order.
func (x orderView) facts(v *web.View) []web.Def {
	list := []web.Def{{Term: v.T("additive.part"), Value: x.PartCode + " " + x.RevisionLabel}, {Term: v.T("park.field.process"), Value: v.T(x.Process.Key())}, {Term: v.T("making.field.shows"), Value: v.T(x.Shows.Key())}}
	add := func(key, value string) {
		if value != "" {
			list = append(list, web.Def{Term: v.T(key), Value: value})
		}
	}
	if x.Known && x.Sees(Figures) {
		s := x.Measured.SizeMM
		add("additive.size", additive.Length(v, s[0])+" × "+additive.Length(v, s[1])+" × "+additive.Length(v, s[2])+"\u00a0mm")
		add("additive.volume", v.Decimal(x.Measured.VolumeMM3/1000, 2)+"\u00a0cm³")
	}
	if x.Partial() {
		add("making.field.made", x.stand(v))
	}
	add("making.field.needed_on", v.Date(x.NeededOn))
	add("making.field.tolerance", x.Tolerance)
	if x.PriceCents > 0 {
		add("making.price", v.Money(x.PriceCents))
		add("making.ready", v.Date(x.ReadyOn))
		add("making.field.valid_on", v.Date(x.ValidOn))
	} else if x.MostCents > 0 {
		add("making.estimate", v.T("making.between", "least", v.Money(roundEuro(x.LeastCents)), "most", v.Money(roundEuro(x.MostCents))))
	}
	if !x.parted() { // else each build has its own
		add("making.field.lot", x.Lot)
		add("making.field.operator", x.Operator)
		add("making.field.settings", x.Settings)
	}
	return list
}

// log is what became of the order.
func (x orderView) log(v *web.View) []web.Entry {
	list := make([]web.Entry, len(x.Steps))
	for i, s := range x.Steps {
		who := x.Who[s.PersonID]
		if who == "" {
			who = v.T("making.by_itself")
		}
		list[i] = web.Entry{On: s.At.Date(db.Paris), Icon: "point", Text: web.Text(v.T("making.step." + string(s.State))), Detail: strings.Join(nonEmpty(v.Clock(s.At), s.count(v), who, s.Note), ", ")}
	}
	return list
}

func nonEmpty(list ...string) (out []string) {
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
