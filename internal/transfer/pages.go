package transfer

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/project"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// Pages registers the feature's pages.
func (s *Service) Pages(m *web.Mux) {
	const out, one, in, arrival = "/projects/{project}/archives", "/projects/{project}/archives/{archive}", arrivalsURL, arrivalsURL + "/{import}"
	m.Page("GET "+out, s.departuresPage)
	m.Page("POST "+out, s.departPage)
	m.Page("GET "+one+"/line", s.departureLine)
	m.Page("GET "+one+"/file", s.departureFile)
	m.Page("POST "+one+"/drop", s.dropDeparturePage)
	m.Page("GET "+in, s.arrivalsPage)
	m.Page("POST "+in, s.arrivePage)
	m.Page("GET "+arrival, s.arrivalPage)
	m.Page("GET "+arrival+"/line", s.arrivalLine)
	m.Page("POST "+arrival+"/take", s.takeInPage)
	m.Page("POST "+arrival+"/drop", s.dropArrivalPage)
}

// Panel leads from the form of a project to its archives.
func (s *Service) Panel(_ context.Context, v *web.View, a project.Access) (templ.Component, error) {
	if !mayExport(a) {
		return nil, nil
	}
	return departPanel(v, a.ID), nil
}

// Door leads from where projects begin to bringing one.
func Door(v *web.View) web.Way {
	return web.Way{Title: v.T("transfer.bring"), Detail: v.T("transfer.door"), Link: web.Link{Label: v.T("transfer.bring"), URL: arrivalsURL}}
}

// departuresView is the page of a project's archives.
type departuresView struct {
	project.Frame
	List []leaving
	Once string
}

// leaving is a departure as it is shown.
type leaving struct {
	Departure
	Run  job.Record
	Who  string
	Mine bool
}

func (s *Service) departuresPage(w http.ResponseWriter, r *http.Request) error {
	f, err := s.opts.Project.Enter(r, "home")
	if err != nil {
		return err
	}
	list, runs, err := s.Departures(r.Context(), f.By, f.ID)
	if err != nil {
		return err
	}
	names, err := s.names(r.Context(), list)
	if err != nil {
		return err
	}
	x := departuresView{Frame: f, Once: web.NewOnce()}
	for _, d := range list {
		x.List = append(x.List, leaving{d, runs[d.JobID], names[d.PersonID], d.PersonID == f.By.ID})
	}
	return web.Render(w, r, http.StatusOK, departuresTemplate(web.ViewOf(r), x))
}

func (s *Service) names(ctx context.Context, list []Departure) (names map[account.PersonID]string, err error) {
	ids := make([]account.PersonID, len(list))
	for i, d := range list {
		ids[i] = d.PersonID
	}
	err = s.db.View(ctx, func(tx db.Tx) error {
		names, err = account.NamesOf(tx, ids)
		return err
	})
	return names, err
}

func (s *Service) departPage(w http.ResponseWriter, r *http.Request) error {
	id := project.ID(r.PathValue("project"))
	if _, err := s.Depart(r.Context(), account.ActorOf(r), id); err != nil {
		return err
	}
	return web.SeeOther(w, r, departuresURL(id), "")
}

// departureOf reads the departure of the address.
func (s *Service) departureOf(r *http.Request) (leaving, string, error) {
	by := account.ActorOf(r)
	d, run, code, err := s.Departure(r.Context(), by, project.ID(r.PathValue("project")), DepartureID(r.PathValue("archive")))
	if err != nil {
		return leaving{}, "", err
	}
	names, err := s.names(r.Context(), []Departure{d})
	return leaving{d, run, names[d.PersonID], d.PersonID == by.ID}, code, err
}

// departureLine is one of them alone: it asks for itself while it is made.
func (s *Service) departureLine(w http.ResponseWriter, r *http.Request) error {
	d, _, err := s.departureOf(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, departureItem(web.ViewOf(r), d))
}

func (s *Service) departureFile(w http.ResponseWriter, r *http.Request) error {
	d, code, err := s.departureOf(r)
	switch {
	case err != nil:
		return err
	case !d.Ready() || s.opts.Files == nil:
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return file.ServePart(w, r, s.opts.Files, string(d.ID), d.Part, d.Blob(), d.fileName(code, d.CreatedAt.Date(db.Paris)))
}

func (s *Service) dropDeparturePage(w http.ResponseWriter, r *http.Request) error {
	id := project.ID(r.PathValue("project"))
	if err := s.DropDeparture(r.Context(), account.ActorOf(r), id, DepartureID(r.PathValue("archive"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, departuresURL(id), "transfer.dropped")
}

// arrivalsView is the page where archives are brought.
type arrivalsView struct {
	Form *web.Form
	List []Arrival
}

func (s *Service) arrivalsPage(w http.ResponseWriter, r *http.Request) error {
	return s.showArrivals(w, r, http.StatusOK, web.NewForm(web.NewOnce()))
}

func (s *Service) showArrivals(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	by := account.ActorOf(r)
	if err := mayReceive(by); err != nil {
		return err
	}
	list, err := s.Arrivals(r.Context(), by, "", 20)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	v.Path = arrivalsURL
	return web.Render(w, r, status, arrivalsTemplate(v, arrivalsView{f, list}))
}

// arrivePage takes the file of the form as it comes.
func (s *Service) arrivePage(w http.ResponseWriter, r *http.Request) error {
	by := account.ActorOf(r)
	if err := mayReceive(by); err != nil { // before anything is read
		return err
	}
	a, err := s.sent(w, r, by)
	if err == nil {
		return web.SeeOther(w, r, a.URL(), "")
	}
	f := web.NewForm(web.NewOnce())
	if !f.Fail(web.ViewOf(r), err) {
		return err
	}
	if x := fault.As(err); len(f.Errors) == 0 && (x.Kind == fault.Invalid || x.Kind == fault.TooLarge) {
		f.Errors["file"], f.Top = f.Top, ""
	}
	return s.showArrivals(w, r, web.Status(err), f)
}

func (s *Service) sent(w http.ResponseWriter, r *http.Request, by account.Actor) (Arrival, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxArchive+64<<10) // the form around the file
	parts, err := r.MultipartReader()
	if err != nil {
		return Arrival{}, fault.Wrap(err, fault.Invalid, "fault.form")
	}
	for {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			var bad fault.Fields
			bad.Add("file", "transfer.choose")
			return Arrival{}, bad.Err()
		case err != nil:
			return Arrival{}, fault.Wrap(err, fault.Invalid, "fault.form")
		}
		if part.FormName() == "file" && part.FileName() != "" {
			return s.Arrive(r.Context(), by, part.FileName(), part)
		}
	}
}

// arrivalView is an archive that was brought, before it is taken in, while it is, and after.
type arrivalView struct {
	Waiting
	Owners []web.Choice
	Form   *web.Form
	Alone  bool // only its state is shown
}

// taking reports whether it is being taken in now.
func (x arrivalView) taking() bool { return !x.Done() && x.JobID != "" && !x.Run.State.Ended() }

func (s *Service) arrivalPage(w http.ResponseWriter, r *http.Request) error {
	return s.showArrival(w, r, http.StatusOK, nil)
}

func (s *Service) showArrival(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	v, by := web.ViewOf(r), account.ActorOf(r)
	a, err := s.Arrived(r.Context(), by, ArrivalID(r.PathValue("import")))
	if err != nil {
		return err
	}
	v.Path = a.URL()
	x := arrivalView{Waiting: a, Form: f}
	if x.Form == nil {
		x.Form = web.NewForm(web.NewOnce(), "owner_id", string(a.Owner))
	}
	for _, m := range by.Memberships {
		x.Owners = append(x.Owners, web.Choice{Value: string(m.OrganisationID), Label: m.Organisation})
	}
	return web.Render(w, r, status, arrivalTemplate(v, x))
}

func (s *Service) arrivalLine(w http.ResponseWriter, r *http.Request) error {
	x := arrivalView{Alone: true}
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		x.Waiting, err = stateOf(tx, account.ActorOf(r), ArrivalID(r.PathValue("import")))
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, arrivalState(web.ViewOf(r), x))
}

func (s *Service) takeInPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := ArrivalID(r.PathValue("import"))
	if _, err = s.TakeIn(r.Context(), account.ActorOf(r), id, account.OrganisationID(f.Text("owner_id"))); err == nil {
		return web.SeeOther(w, r, Arrival{ID: id}.URL(), "")
	}
	if !f.Fail(web.ViewOf(r), err) {
		return err
	}
	return s.showArrival(w, r, web.Status(err), f)
}

func (s *Service) dropArrivalPage(w http.ResponseWriter, r *http.Request) error {
	if err := s.DropArrival(r.Context(), account.ActorOf(r), ArrivalID(r.PathValue("import"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, arrivalsURL, "transfer.dropped")
}

// grouped writes a fingerprint so that two people can compare it, eight digits at a time.
func grouped(fingerprint string) string {
	var b strings.Builder
	for i, c := range fingerprint {
		if i > 0 && i%8 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}
