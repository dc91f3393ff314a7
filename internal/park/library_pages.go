package park

import (
	"net/http"
	"slices"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
)

// libraryView is the list of processes.
type libraryView struct {
	Materials []Material
	Figures   Figures
}

func (x libraryView) of(v *web.View, p Process) (names []string, rules int) {
	for _, m := range x.Materials {
		if m.Process == p {
			names = append(names, InWords(v, m.Name))
		}
	}
	for _, f := range x.Figures {
		if k, ok := KindOf(p, f.Name); ok && f.Process == p && k.Rule {
			rules++
		}
	}
	return names, rules
}

func (s *Service) libraryPage(w http.ResponseWriter, r *http.Request) error {
	var x libraryView
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Materials, err = listMaterials(tx, ""); err != nil {
			return err
		}
		x.Figures, err = listFigures(tx, "")
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, libraryTemplate(web.ViewOf(r), x))
}

// processView is the page of one process.
type processView struct {
	Process
	Materials []Material
	Figures   Figures
	History   []account.Entry
	MayEdit   bool
	Forms     web.Forms
}

// figures are the rules, or what time and material are computed from.
func (x processView) figures(rules bool) []Figure {
	var out []Figure
	for _, k := range Kinds() {
		for _, f := range x.Figures {
			if f.Name == k.Name && k.Rule == rules {
				out = append(out, f)
			}
		}
	}
	return out
}

func (x processView) material(id MaterialID) string {
	if i := slices.IndexFunc(x.Materials, func(m Material) bool { return m.ID == id }); i >= 0 {
		return x.Materials[i].Name
	}
	return ""
}

func (s *Service) processPage(w http.ResponseWriter, r *http.Request) error {
	return s.showProcess(w, r, http.StatusOK, nil)
}

func (s *Service) showProcess(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	x := processView{Process: Process(r.PathValue("process")), Forms: forms, MayEdit: MayEditLibrary(account.ActorOf(r))}
	if !x.Known() {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Materials, err = listMaterials(tx, x.Process); err != nil {
			return err
		}
		if x.Figures, err = listFigures(tx, x.Process); err != nil {
			return err
		}
		x.History, err = account.History(tx, "process", string(x.Process), 0, 20)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, processTemplate(web.ViewOf(r), x))
}

func (x processView) figureFields(v *web.View) []web.Field {
	var names []web.Choice
	for _, k := range Kinds() {
		if k.On(x.Process) {
			label := v.T(k.Name.Key())
			if k.Unit != "" {
				label = v.InUnit(label, k.Unit)
			}
			names = append(names, web.Choice{Value: string(k.Name), Label: label})
		}
	}
	materials := []web.Choice{{Label: v.T("park.any_material")}}
	for _, m := range x.Materials {
		materials = append(materials, web.Choice{Value: string(m.ID), Label: InWords(v, m.Name)})
	}
	return []web.Field{
		{Name: "figure.name", Label: v.T("park.field.figure"), Choices: names, Empty: v.T("park.choose")},
		{Name: "figure.material_id", Label: v.T("park.field.material"), Choices: materials},
		{Name: "figure.value", Label: v.T("park.field.value"), Hint: v.T("park.field.value_hint"), Optional: true},
		{Name: "figure.source", Label: v.T("park.field.source"), Hint: v.T("park.field.source_hint")},
	}
}

func (s *Service) figurePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	x := Figure{Process: Process(r.PathValue("process")), MaterialID: MaterialID(f.Text("figure.material_id")), Name: Name(f.Text("figure.name")),
		Value: f.Decimal("figure.value"), Source: kept(f.Text("figure.source"))}
	toast, do := "park.done.figure", s.SetFigure
	if f.Text("figure.value") == "" {
		toast, do = "park.done.figure_removed", s.RemoveFigure
	}
	return f.Submit(w, r, web.Small{Name: "figure", Page: s.showProcess, To: x.Process.URL(), Toast: toast,
		Do: func() error { return do(r.Context(), account.ActorOf(r), x) }})
}

func materialFields(v *web.View, name string) []web.Field {
	return []web.Field{
		{Name: name + ".name", Label: v.T("park.field.name")},
		{Name: name + ".density", Label: v.T("park.field.density"), Unit: "g/cm³", Optional: true},
		{Name: name + ".price_cents", Label: v.T("park.field.price"), Optional: true},
		{Name: name + ".source", Label: v.T("park.field.source"), Optional: true, Hint: v.T("park.field.material_source_hint")},
	}
}

func materialPairs(v *web.View, name string, m Material) []string {
	list := []string{"name", InWords(v, m.Name), "source", InWords(v, m.Source), "version", strconv.FormatInt(m.Version, 10)}
	if m.Density > 0 {
		list = append(list, "density", v.Decimal(m.Density, 4))
	}
	if m.PriceCents > 0 {
		list = append(list, "price_cents", v.Amount(m.PriceCents))
	}
	for i := 0; i < len(list); i += 2 {
		list[i] = name + "." + list[i]
	}
	return list
}

func readMaterial(r *http.Request, f *web.Form, name string) Material {
	return Material{ID: MaterialID(r.PathValue("material")), Process: Process(r.PathValue("process")), Name: kept(f.Text(name + ".name")), Density: f.Decimal(name + ".density"),
		PriceCents: f.Cents(name + ".price_cents"), Source: kept(f.Text(name + ".source")), Version: f.SeenIn(name + ".version")}
}

func (s *Service) addMaterialPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	m := readMaterial(r, f, "material")
	return f.Submit(w, r, web.Small{Name: "material", Page: s.showProcess, To: m.Process.URL(), Toast: "park.done.material",
		Do: func() error { _, err := s.AddMaterial(r.Context(), account.ActorOf(r), m); return err }})
}

func (s *Service) saveMaterialPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	name := "material-" + r.PathValue("material")
	m := readMaterial(r, f, name)
	return f.Submit(w, r, web.Small{Name: name, Page: s.showProcess, To: m.Process.URL(), Toast: "park.done.material_saved",
		Do: func() error { _, err := s.SaveMaterial(r.Context(), account.ActorOf(r), m); return err }})
}

func (s *Service) removeMaterialPage(w http.ResponseWriter, r *http.Request) error {
	m, err := s.RemoveMaterial(r.Context(), account.ActorOf(r), MaterialID(r.PathValue("material")), true)
	if err != nil {
		return err
	}
	return web.SeeOtherUndo(w, r, m.Process.URL(), m.Process.URL()+"/materials/"+string(m.ID)+"/restore", "park.done.material_removed")
}

func (s *Service) restoreMaterialPage(w http.ResponseWriter, r *http.Request) error {
	m, err := s.RemoveMaterial(r.Context(), account.ActorOf(r), MaterialID(r.PathValue("material")), false)
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, m.Process.URL(), "park.done.material_restored")
}
