package printfile

import (
	"io"
	"mime"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/making"
	"bassin/internal/park"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// Pages registers the feature's pages.
func (s *Service) Pages(m *web.Mux) {
	const machine, order = "/machines/{machine}/print-settings", "/orders/{order}/print-file"
	m.Page("GET "+machine, s.settingsPage)
	m.Page("GET "+machine+"/file", s.textPage)
	m.Page("POST "+machine, s.setPage)
	m.Page("POST "+machine+"/remove", s.removePage)
	m.Page("POST "+order, s.makePage)
	m.Page("GET "+order, s.filePage)
	const plate = "/batches/{batch}/print-file/{plate}"
	m.Page("POST "+plate, s.makePlatePage)
	m.Page("GET "+plate, s.platePage)
}

func settingsURL(id park.MachineID) string { return park.Machine{ID: id}.URL() + "/print-settings" }

func fileURL(o making.Order) string { return o.URL() + "/print-file" }

// settingsView is the page of a machine's settings.
type settingsView struct {
	park.Machine
	Settings Settings // no Name: none
	MayEdit  bool
	None     bool // no slicer is installed
	Forms    web.Forms
}

func (s *Service) settingsPage(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, http.StatusOK, nil)
}

func (s *Service) show(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	x, err := s.settings(r)
	if err != nil {
		return err
	}
	x.Forms = forms
	return web.Render(w, r, status, settingsTemplate(web.ViewOf(r), x))
}

// settings reads those of a machine, for the people of its owner.
func (s *Service) settings(r *http.Request) (x settingsView, err error) {
	by := account.ActorOf(r)
	x.None = s.slicer == nil
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Machine, err = park.MachineFor(tx, by, park.MachineID(r.PathValue("machine"))); err != nil {
			return err
		}
		if !x.Machine.Ours(by) || x.Process != park.FDM {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		x.MayEdit = x.Machine.MayEdit(by)
		x.Settings, err = getSettings(tx, x.ID)
		return fault.IgnoreMissing(err)
	})
	return x, err
}

// textPage gives the settings as a file, as they are kept.
func (s *Service) textPage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.settings(r)
	if err != nil {
		return err
	}
	if x.Settings.Name == "" {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.CleanName(x.Settings.Name)}))
	_, _ = io.WriteString(w, x.Settings.Settings) // the reader may have left
	return nil
}

func (s *Service) setPage(w http.ResponseWriter, r *http.Request) error {
	id := park.MachineID(r.PathValue("machine"))
	f, err := web.ReadFileForm(w, r)
	if err != nil {
		return err
	}
	return f.Submit(w, r, web.Small{Name: "settings", Page: s.show, To: settingsURL(id), Toast: "printfile.done.settings", Do: func() error {
		content, head, err := r.FormFile("settings.file")
		if err != nil {
			var wrong fault.Fields
			wrong.Add("file", "additive.wrong.no_file")
			return wrong.Err()
		}
		defer func() { _ = content.Close() }()
		return s.SetSettings(r.Context(), account.ActorOf(r), id, head.Filename, content)
	}})
}

func (s *Service) removePage(w http.ResponseWriter, r *http.Request) error {
	id := park.MachineID(r.PathValue("machine"))
	if err := s.RemoveSettings(r.Context(), account.ActorOf(r), id); err != nil {
		return err
	}
	return web.SeeOther(w, r, settingsURL(id), "printfile.done.removed")
}

func (s *Service) makePage(w http.ResponseWriter, r *http.Request) error {
	id := making.OrderID(r.PathValue("order"))
	if err := s.Make(r.Context(), account.ActorOf(r), id); err != nil {
		return err
	}
	return web.SeeOther(w, r, making.Order{ID: id}.URL()+"#print", "")
}

// filePage is the print file, for who works at the machine.
func (s *Service) filePage(w http.ResponseWriter, r *http.Request) error {
	var o making.Order
	var p Printed
	by := account.ActorOf(r)
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if o, err = making.OrderFor(tx, by, making.OrderID(r.PathValue("order"))); err != nil {
			return err
		}
		p, err = getPrinted(tx, o.ID)
		return err
	})
	switch {
	case err != nil:
		return err
	case !mayHave(o, by) || p.Hash == "":
		return fault.New(fault.NotFound, "fault.not_found")
	case s.files == nil:
		return fault.New(fault.Unavailable, "additive.wrong.no_store")
	}
	return file.Serve(w, r, s.files, p.Blob(), o.Code()+".gcode", file.Attachment)
}

// MachinePanel says on the page of a machine, to its people, what its print files are made with.
func (s *Service) MachinePanel(tx db.Tx, by account.Actor, v *web.View, m park.Machine) (templ.Component, error) {
	if m.Process != park.FDM || !m.Ours(by) {
		return nil, nil
	}
	x, err := getSettings(tx, m.ID)
	if err := fault.IgnoreMissing(err); err != nil {
		return nil, err
	}
	return machinePanel(v, m, x), nil
}

// orderView is what the page of an order shows.
type orderView struct {
	making.Order
	Settings Settings // no Name: none
	Printed  Printed  // no JobID: never asked for
	Run      job.Record
}

// Stale tells whether the settings have changed since the file was made, or other pieces are to be built than it has.
func (x orderView) Stale() bool {
	return x.Printed.Hash != "" && (x.Printed.SettingsAt != x.Settings.UpdatedAt || x.Printed.Pieces != x.ToBuild())
}

// staleKey is the text key of what has changed.
func (x orderView) staleKey() string {
	if x.Printed.Pieces != x.ToBuild() {
		return "printfile.stale_pieces"
	}
	return "printfile.stale"
}

// OrderPanel shows the print file on the page of an order, to who works at the machine.
func (s *Service) OrderPanel(tx db.Tx, by account.Actor, v *web.View, o making.Order) (templ.Component, error) {
	if s.slicer == nil || s.files == nil || !mayHave(o, by) {
		return nil, nil
	}
	x := orderView{Order: o}
	var err error
	if x.Settings, err = getSettings(tx, o.MachineID); fault.IgnoreMissing(err) != nil {
		return nil, err
	}
	if x.Printed, err = getPrinted(tx, o.ID); fault.IgnoreMissing(err) != nil {
		return nil, err
	}
	if x.Printed.JobID != "" && x.Printed.MadeAt == 0 {
		if x.Run, err = job.Get(tx, x.Printed.JobID); fault.IgnoreMissing(err) != nil {
			return nil, err
		}
	}
	return orderPanel(v, x), nil
}

// facts are what the file takes.
func (x orderView) facts(v *web.View) []web.Def {
	minutes := int64(x.Printed.Seconds/60 + 0.5)
	return []web.Def{
		{Term: v.T("printfile.time"), Value: v.T("printfile.hours", "hours", minutes/60, "minutes", minutes%60)},
		{Term: v.T("printfile.filament"), Value: v.Decimal(x.Printed.FilamentMM/1000, 2) + "\u00a0m, " + v.Decimal(x.Printed.Grams, 1) + "\u00a0g"},
		{Term: v.T("printfile.pieces"), Value: v.Number(int64(x.Printed.Pieces))},
		{Term: v.T("printfile.made_at"), Value: v.DateTime(x.Printed.MadeAt)},
	}
}

// makeKey is the text key of the button that has the file made.
func (x orderView) makeKey() string {
	if x.Printed.JobID == "" {
		return "printfile.do"
	}
	return "printfile.again"
}
