package calibration

import (
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/park"
	"bassin/internal/printlog"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// Pages registers the feature's pages.
func (s *Service) Pages(m *web.Mux) {
	const one = "/machines/{machine}/calibration"
	m.Page("GET "+one, s.calibrationPage)
	m.Page("POST "+one+"/link", s.linkPage)
	m.Page("POST "+one+"/unlink", s.unlinkPage)
	m.Page("POST "+one+"/fetch", s.fetchPage)
	m.Page("POST "+one+"/file", s.uploadPage)
	m.Page("POST "+one+"/heed", s.heedPage)
	m.Page("POST "+one+"/anew", s.anewPage)
}

func urlOf(m park.Machine) string { return m.URL() + "/calibration" }

// calibrationView is the page of what a machine's jobs say of it.
type calibrationView struct {
	park.Machine
	Factor  Factor
	Runs    []Run
	Link    Link // no Address: none
	MayEdit bool
	Plain   bool // http is allowed
	Forms   web.Forms
}

func (s *Service) calibrationPage(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, http.StatusOK, nil)
}

func (s *Service) show(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	x := calibrationView{Forms: forms, Plain: s.opts.Private || s.opts.Loopback}
	by := account.ActorOf(r)
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Machine, err = ours(tx, by, park.MachineID(r.PathValue("machine"))); err != nil {
			return err
		}
		x.MayEdit = x.Machine.MayEdit(by)
		if x.Factor, err = getFactor(tx, x.ID); fault.Is(err, fault.NotFound) {
			x.Factor.Heeded = true
		} else if err != nil {
			return err
		}
		if x.Runs, err = listRuns(tx, x.ID, x.Factor.SinceAt, newestRuns); err != nil {
			return err
		}
		x.Link, err = getLink(tx, x.ID)
		return fault.IgnoreMissing(err)
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, calibrationTemplate(web.ViewOf(r), x))
}

// Panel says on the page of a machine what its jobs say of it; to others only that it is calibrated.
func (s *Service) Panel(tx db.Tx, by account.Actor, v *web.View, m park.Machine) (templ.Component, error) {
	list, err := FactorsOf(tx, []park.MachineID{m.ID})
	if err != nil {
		return nil, err
	}
	f, ok := list[m.ID]
	if !ok {
		f.Heeded = true
	}
	if _, _, known := f.Time(); !m.Ours(by) && !known {
		return nil, nil
	}
	return panel(v, m, f, m.Ours(by)), nil
}

func linkFields(v *web.View, plain bool) []web.Field {
	hint := v.T("calibration.field.address_hint")
	if !plain {
		hint = v.T("calibration.field.address_public")
	}
	return []web.Field{
		{Name: "link.kind", Label: v.T("calibration.field.kind"), Choices: web.Keyed(v, printlog.Kinds())},
		{Name: "link.address", Label: v.T("calibration.field.address"), Hint: hint},
		{Name: "link.secret", Label: v.T("calibration.field.secret"), Hint: v.T("calibration.field.secret_hint"), Optional: true},
	}
}

func (s *Service) linkPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	l := Link{MachineID: park.MachineID(r.PathValue("machine")), Kind: printlog.Kind(f.Text("link.kind")), Address: f.Text("link.address"), Secret: f.Text("link.secret")}
	f.Values.Del("link.secret") // a key does not come back in a page
	return f.Submit(w, r, web.Small{Name: "link", Page: s.show, To: urlOf(park.Machine{ID: l.MachineID}), Toast: "calibration.done.link", Do: func() error { return s.SetLink(r.Context(), account.ActorOf(r), l) }})
}

// does answers a button of the page.
func (s *Service) does(w http.ResponseWriter, r *http.Request, toast string, do func(by account.Actor, id park.MachineID) error) error {
	id := park.MachineID(r.PathValue("machine"))
	if err := do(account.ActorOf(r), id); err != nil {
		return err
	}
	return web.SeeOther(w, r, urlOf(park.Machine{ID: id}), toast)
}

func (s *Service) unlinkPage(w http.ResponseWriter, r *http.Request) error {
	return s.does(w, r, "calibration.done.unlink", func(by account.Actor, id park.MachineID) error { return s.RemoveLink(r.Context(), by, id) })
}

func (s *Service) fetchPage(w http.ResponseWriter, r *http.Request) error {
	return s.does(w, r, "calibration.done.fetch", func(by account.Actor, id park.MachineID) error { return s.Fetch(r.Context(), by, id) })
}

func (s *Service) anewPage(w http.ResponseWriter, r *http.Request) error {
	return s.does(w, r, "calibration.done.anew", func(by account.Actor, id park.MachineID) error { return s.Anew(r.Context(), by, id) })
}

func (s *Service) heedPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	heeded := f.Is("heeded", "1")
	toast := "calibration.done.ignore"
	if heeded {
		toast = "calibration.done.heed"
	}
	return s.does(w, r, toast, func(by account.Actor, id park.MachineID) error { return s.Heed(r.Context(), by, id, heeded) })
}

func (s *Service) uploadPage(w http.ResponseWriter, r *http.Request) error {
	id := park.MachineID(r.PathValue("machine"))
	f, err := web.ReadFileForm(w, r)
	if err != nil {
		return err
	}
	return f.Submit(w, r, web.Small{Name: "saved", Page: s.show, To: urlOf(park.Machine{ID: id}), Toast: "calibration.done.file", Do: func() error {
		content, _, err := r.FormFile("saved.file")
		if err != nil {
			var wrong fault.Fields
			wrong.Add("file", "additive.wrong.no_file")
			return wrong.Err()
		}
		defer func() { _ = content.Close() }()
		_, err = s.Upload(r.Context(), account.ActorOf(r), id, content)
		return err
	}})
}
