package park

import (
	"net/http"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

const listSize = 50

var listParams = []string{"q", "process", "material", "whose"}

// machinesView is the list of machines.
type machinesView struct {
	Fields []web.FilterField
	Rows   []machineRow
	Total  int
	Pager  web.Pager
	MayAdd bool
	Doors  []func(v *web.View) web.Link
}

type machineRow struct {
	Machine
	Owner string
	Stock []Stock
}

func (r machineRow) materials(v *web.View) string {
	names := make([]string, len(r.Stock))
	for i, s := range r.Stock {
		names[i] = InWords(v, s.Material)
	}
	return strings.Join(names, ", ")
}

func (s *Service) machinesPage(w http.ResponseWriter, r *http.Request) error {
	v, by := web.ViewOf(r), account.ActorOf(r)
	f := Filter{Text: v.Query.Get("q"), Process: Process(v.Query.Get("process")), Material: MaterialID(v.Query.Get("material")), Own: v.Query.Get("whose") == "ours"}
	x := machinesView{MayAdd: len(managed(by)) > 0, Doors: s.Doors}
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		reach, err := ReachOf(tx, by)
		if err != nil {
			return err
		}
		materials, err := listMaterials(tx, "")
		if err != nil {
			return err
		}
		x.Fields = filterFields(v, materials)
		if x.Total, err = countMachines(tx, f.where(reach)); err != nil {
			return err
		}
		x.Pager = web.PagerOf(v, listSize, x.Total)
		list, err := listMachines(tx, f.where(reach), listSize, x.Pager.Offset())
		if err != nil {
			return err
		}
		x.Rows, err = rowsOf(tx, list)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, machinesTemplate(v, x))
}

func filterFields(v *web.View, list []Material) []web.FilterField {
	var materials []web.Choice
	for _, m := range list {
		materials = append(materials, web.Choice{Value: string(m.ID), Label: InWords(v, m.Name) + " (" + v.T(m.Process.Key()) + ")"})
	}
	return []web.FilterField{
		{Name: "q", Label: v.T("park.filter.text")},
		{Name: "process", Label: v.T("park.field.process"), All: v.T("park.filter.all_processes"), Choices: web.Keyed(v, Processes())},
		{Name: "material", Label: v.T("park.field.material"), All: v.T("park.filter.all_materials"), Choices: materials},
		{Name: "whose", Label: v.T("park.field.owner"), All: v.T("park.filter.all_owners"), Choices: []web.Choice{{Value: "ours", Label: v.T("park.filter.ours")}}},
	}
}

// rowsOf adds the owners and the stock of machines.
func rowsOf(tx db.Tx, list []Machine) ([]machineRow, error) {
	ids, owners := make([]MachineID, len(list)), make([]account.OrganisationID, len(list))
	for i, m := range list {
		ids[i], owners[i] = m.ID, m.OrganisationID
	}
	names, err := ownersOf(tx, owners)
	if err != nil {
		return nil, err
	}
	stock, err := listStock(tx, ids...)
	if err != nil {
		return nil, err
	}
	rows := make([]machineRow, len(list))
	for i, m := range list {
		rows[i] = machineRow{Machine: m, Owner: names[m.OrganisationID]}
		for _, x := range stock {
			if x.MachineID == m.ID {
				rows[i].Stock = append(rows[i].Stock, x)
			}
		}
	}
	return rows, nil
}

func ownersOf(tx db.Tx, ids []account.OrganisationID) (map[account.OrganisationID]string, error) {
	list, err := account.OrganisationsByID(tx, ids)
	names := map[account.OrganisationID]string{}
	for _, o := range list {
		names[o.ID] = o.Label()
	}
	return names, err
}

// managed are the organisations whose park the actor may fill.
func managed(by account.Actor) []web.Choice {
	var list []web.Choice
	for _, m := range by.Memberships {
		if m.Role == account.Manager {
			list = append(list, web.Choice{Value: string(m.OrganisationID), Label: m.Organisation})
		}
	}
	return list
}

// machineView is the page of a machine.
type machineView struct {
	machineRow
	Partners  []string
	Slots     []Slot
	Materials []Material // that it could have in stock
	Library   Figures
	History   []account.Entry
	Panels    []templ.Component
	Ours      bool
	MayEdit   bool
	Forms     web.Forms
}

func (s *Service) machinePage(w http.ResponseWriter, r *http.Request) error {
	return s.showMachine(w, r, http.StatusOK, nil)
}

func (s *Service) showMachine(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	x, err := s.readMachine(r)
	if err != nil {
		return err
	}
	x.Forms = forms
	return web.Render(w, r, status, machineTemplate(web.ViewOf(r), x))
}

func (s *Service) readMachine(r *http.Request) (x machineView, err error) {
	by := account.ActorOf(r)
	err = s.db.View(r.Context(), func(tx db.Tx) error {
		m, err := seen(tx, by, MachineID(r.PathValue("machine")))
		if err != nil {
			return err
		}
		rows, err := rowsOf(tx, []Machine{m})
		if err != nil {
			return err
		}
		x.machineRow, x.Ours, x.MayEdit = rows[0], m.ours(by), m.mayEdit(by)
		if x.Slots, err = listSlots(tx, m.ID); err != nil {
			return err
		}
		for _, panel := range s.Panels {
			c, err := panel(tx, by, web.ViewOf(r), m)
			if err != nil {
				return err
			}
			if c != nil {
				x.Panels = append(x.Panels, c)
			}
		}
		if x.Library, err = listFigures(tx, m.Process); err != nil || !x.Ours {
			return err
		}
		if x.Materials, err = listMaterials(tx, m.Process); err != nil {
			return err
		}
		ids, err := listPartners(tx, m.ID)
		if err != nil {
			return err
		}
		partners, err := account.OrganisationsByID(tx, ids)
		if err != nil {
			return err
		}
		for _, o := range partners {
			x.Partners = append(x.Partners, o.Name)
		}
		x.History, err = account.History(tx, "machine", string(m.ID), 0, 20)
		return err
	})
	return x, err
}

func (x machineView) head(v *web.View) web.Head {
	h := web.Head{Title: x.Name, Crumbs: []web.Crumb{{Label: v.T("park.machines"), URL: machinesURL}, {Label: x.Name}},
		Facts: []templ.Component{web.Text(v.T(x.Process.Key()) + ", " + x.Process.Code()), web.Text(x.Owner)}}
	if x.Model != "" {
		h.Facts = append([]templ.Component{web.Text(x.Model)}, h.Facts...)
	}
	if x.MayEdit {
		h.Actions = append(h.Actions, web.Button(web.Act{Label: v.T("park.edit"), Icon: "pencil", URL: x.URL() + "/edit"}))
	}
	return h
}

func (x machineView) facts(v *web.View) []web.Def {
	list := []web.Def{
		{Term: v.T("park.field.volume"), Value: x.Volume(v) + " mm"},
		{Term: v.T("park.field.layers"), Value: x.layers(v)},
		{Term: v.T("park.field.open"), Value: x.Opening.said(v)},
		{Term: v.T("park.field.lead_days"), Value: v.Span(int(x.LeadDays))},
		{Term: v.T("park.field.asked_by"), Value: strings.Join(append([]string{v.T(x.AskedBy.Key())}, x.Partners...), ", ")},
	}
	if x.Ours {
		auto := v.T("park.no_auto")
		if x.AutoCents > 0 {
			auto = v.Money(x.AutoCents)
		}
		list = append(list, web.Def{Term: v.T("park.field.hour_cents"), Value: v.Money(x.HourCents)}, web.Def{Term: v.T("park.field.setup_cents"), Value: v.Money(x.SetupCents)},
			web.Def{Term: v.T("park.field.part_cents"), Value: v.Money(x.PartCents)}, web.Def{Term: v.T("park.field.margin_percent"), Value: v.Percent(float64(x.MarginPercent) / 100)},
			web.Def{Term: v.T("park.field.auto_cents"), Value: auto})
	}
	return list
}

// own are the settings of the machine itself.
func (x machineView) own() []Figure {
	var list []Figure
	for _, k := range Kinds() {
		if value, ok := x.Own()[k.Name]; ok {
			list = append(list, Figure{Process: x.Process, Name: k.Name, Value: value})
		}
	}
	return list
}

func (x machineView) stockFields(v *web.View) []web.Field {
	var list []web.Choice
	for _, m := range x.Materials {
		list = append(list, web.Choice{Value: string(m.ID), Label: InWords(v, m.Name)})
	}
	return []web.Field{
		{Name: "stock.material_id", Label: v.T("park.field.material"), Choices: list, Empty: v.T("park.choose")},
		{Name: "stock.price_cents", Label: v.T("park.field.price")},
		{Name: "stock.grams", Label: v.T("park.field.grams"), Unit: "g", Optional: true},
		{Name: "stock.lot", Label: v.T("park.field.lot"), Optional: true},
	}
}

func (s *Service) stockPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	x := Stock{MachineID: MachineID(r.PathValue("machine")), MaterialID: MaterialID(f.Text("stock.material_id")), PriceCents: f.Cents("stock.price_cents"),
		Grams: f.Int("stock.grams", 0, 1_000_000_000), Lot: f.Text("stock.lot")}
	return f.Submit(w, r, web.Small{Name: "stock", Page: s.showMachine, To: machinesURL + "/" + string(x.MachineID) + "#stock", Toast: "park.done.stock",
		Do: func() error { return s.SetStock(r.Context(), account.ActorOf(r), x) }})
}

func (s *Service) removeStockPage(w http.ResponseWriter, r *http.Request) error {
	id := MachineID(r.PathValue("machine"))
	if err := s.RemoveStock(r.Context(), account.ActorOf(r), id, MaterialID(r.PathValue("material"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, machinesURL+"/"+string(id)+"#stock", "park.done.stock_removed")
}

func slotFields(v *web.View) []web.Field {
	return []web.Field{
		{Name: "slot.kind", Label: v.T("park.field.kind"), Choices: web.Keyed(v, []SlotKind{Booking, Maintenance})},
		{Name: "slot.title", Label: v.T("park.field.slot_title")},
		{Name: "slot.from", Label: v.T("park.field.from_on")}, {Name: "slot.from_at", Label: v.T("park.field.at"), Type: "time"},
		{Name: "slot.to", Label: v.T("park.field.to_on")}, {Name: "slot.to_at", Label: v.T("park.field.at"), Type: "time"},
	}
}

func (s *Service) slotPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	x := Slot{MachineID: MachineID(r.PathValue("machine")), Kind: SlotKind(f.Text("slot.kind")), Title: f.Text("slot.title"),
		FromAt: readInstant(f, "slot.from", "slot.from_at"), ToAt: readInstant(f, "slot.to", "slot.to_at")}
	return f.Submit(w, r, web.Small{Name: "slot", Page: s.showMachine, To: machinesURL + "/" + string(x.MachineID) + "#calendar", Toast: "park.done.slot",
		Do: func() error {
			_, err := s.AddSlot(r.Context(), account.ActorOf(r), x)
			return whenTaken(web.ViewOf(r), err)
		}})
}

// whenTaken writes the instants of a slot that stands in the way as people read them.
func whenTaken(v *web.View, err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	g := *f
	g.Fields = make([]fault.Field, len(f.Fields))
	for i, x := range f.Fields {
		if x.Key == "park.wrong.taken" {
			x.Args = fault.Args{"from": instant(v, x.Args["from_at"]), "to": instant(v, x.Args["to_at"])}
		}
		g.Fields[i] = x
	}
	return &g
}

func (s *Service) removeSlotPage(w http.ResponseWriter, r *http.Request) error {
	id := MachineID(r.PathValue("machine"))
	if err := s.RemoveSlot(r.Context(), account.ActorOf(r), id, SlotID(r.PathValue("slot"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, machinesURL+"/"+string(id)+"#calendar", "park.done.slot_removed")
}

func (s *Service) removeMachinePage(w http.ResponseWriter, r *http.Request) error {
	id := MachineID(r.PathValue("machine"))
	if err := s.RemoveMachine(r.Context(), account.ActorOf(r), id); err != nil {
		return err
	}
	return web.SeeOtherUndo(w, r, machinesURL, machinesURL+"/"+string(id)+"/restore", "park.done.machine_removed")
}

func (s *Service) restoreMachinePage(w http.ResponseWriter, r *http.Request) error {
	id := MachineID(r.PathValue("machine"))
	if err := s.RestoreMachine(r.Context(), account.ActorOf(r), id); err != nil {
		return err
	}
	return web.SeeOther(w, r, machinesURL+"/"+string(id), "park.done.machine_restored")
}

// editView is the form of a machine.
type editView struct {
	Machine
	Organisations []web.Choice
	Library       Figures
	Form          *web.Form
}

func (x editView) isNew() bool { return x.ID == "" }

func (s *Service) newMachinePage(w http.ResponseWriter, r *http.Request) error {
	x := editView{Organisations: managed(account.ActorOf(r))}
	if len(x.Organisations) == 0 {
		return fault.New(fault.Forbidden, "park.forbidden.machine")
	}
	x.Form = web.NewForm(web.NewOnce(), "organisation_id", x.Organisations[0].Value, "asked_by", string(Everyone), "open_from", "08:00", "open_to", "18:00", "unattended", "1")
	x.Form.Values["open_days"] = []string{"1", "2", "3", "4", "5"}
	return web.Render(w, r, http.StatusOK, editTemplate(web.ViewOf(r), x))
}

func (s *Service) addMachinePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	m, open := readForm(f, Process(f.Text("process")), nil)
	m.OrganisationID = account.OrganisationID(f.Text("organisation_id"))
	if err = f.Err(); err == nil {
		m, err = s.AddMachine(r.Context(), account.ActorOf(r), m, open)
	}
	if err == nil {
		return web.SeeOther(w, r, m.URL(), "park.done.machine_added")
	}
	if !f.Fail(v, err) {
		return err
	}
	return web.Render(w, r, web.Status(err), editTemplate(v, editView{Organisations: managed(account.ActorOf(r)), Form: f}))
}

func (s *Service) editMachinePage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.readMachine(r)
	if err != nil {
		return err
	}
	if !x.MayEdit {
		return fault.New(fault.Forbidden, "park.forbidden.machine")
	}
	v := web.ViewOf(r)
	return web.Render(w, r, http.StatusOK, editTemplate(v, editView{Machine: x.Machine, Library: x.Library, Form: formOf(v, x)}))
}

func (s *Service) saveMachinePage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.readMachine(r)
	if err != nil {
		return err
	}
	if !x.MayEdit {
		return fault.New(fault.Forbidden, "park.forbidden.machine")
	}
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	m, open := readForm(f, x.Process, Kinds())
	m.ID, m.Version = x.ID, f.Seen()
	if err = f.Err(); err == nil {
		_, err = s.SaveMachine(r.Context(), account.ActorOf(r), m, open)
	}
	if err == nil {
		return web.SeeOther(w, r, x.URL(), "park.done.machine_saved")
	}
	if !f.Fail(v, err) {
		return err
	}
	return web.Render(w, r, web.Status(err), editTemplate(v, editView{Machine: x.Machine, Library: x.Library, Form: f}))
}

// formOf fills the form of a machine.
func formOf(v *web.View, x machineView) *web.Form {
	unattended := ""
	if x.Unattended {
		unattended = "1"
	}
	number := func(f float64) string { return v.Decimal(f, 4) }
	f := web.NewForm(web.NewOnce(), "name", x.Name, "model", x.Model, "process", string(x.Process), "asked_by", string(x.AskedBy), "partners", strings.Join(x.Partners, "\n"),
		"x_mm", number(x.XMM), "y_mm", number(x.YMM), "z_mm", number(x.ZMM), "least_layer_mm", number(x.LeastLayerMM), "most_layer_mm", number(x.MostLayerMM),
		"hour_cents", v.Amount(x.HourCents), "setup_cents", v.Amount(x.SetupCents), "part_cents", v.Amount(x.PartCents), "auto_cents", v.Amount(x.AutoCents),
		"margin_percent", strconv.FormatInt(x.MarginPercent, 10), "lead_days", strconv.FormatInt(x.LeadDays, 10), "open_from", clock(x.OpenFrom), "open_to", clock(x.OpenTo),
		"unattended", unattended, "note", x.Note, "version", strconv.FormatInt(x.Version, 10))
	f.Values["open_days"] = strings.Split(x.OpenDays, "")
	for n, value := range x.Own() {
		f.Values.Set("figure_"+string(n), number(value))
	}
	return f
}

// readForm reads the form of a machine, with the figures of these kinds.
func readForm(f *web.Form, p Process, kinds []Kind) (Machine, Open) {
	m := Machine{Process: p, Name: f.Text("name"), Model: f.Text("model"), AskedBy: AskedBy(f.Text("asked_by")), Note: f.Text("note"),
		XMM: f.Decimal("x_mm"), YMM: f.Decimal("y_mm"), ZMM: f.Decimal("z_mm"), LeastLayerMM: f.Decimal("least_layer_mm"), MostLayerMM: f.Decimal("most_layer_mm"),
		Rates: Rates{HourCents: f.Cents("hour_cents"), SetupCents: f.Cents("setup_cents"), PartCents: f.Cents("part_cents"), AutoCents: f.Cents("auto_cents"),
			MarginPercent: f.Int("margin_percent", 0, maxMargin), LeadDays: f.Int("lead_days", 0, maxLead)},
		Opening: Opening{OpenDays: strings.Join(f.All("open_days"), ""), OpenFrom: readClock(f, "open_from"), OpenTo: readClock(f, "open_to"), Unattended: f.Is("unattended", "1")}}
	own := map[Name]float64{}
	for _, k := range kinds {
		if name := "figure_" + string(k.Name); k.On(p) && !k.Rule && f.Text(name) != "" {
			own[k.Name] = f.Decimal(name)
		}
	}
	if err := m.SetOwn(own); err != nil {
		f.Wrong("figures", "fault.decimal")
	}
	return m, Open{Partners: strings.Split(f.Values.Get("partners"), "\n")}
}
