package programme

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/web"
)

func (s *Service) linePages(m *web.Mux) {
	m.Page("GET /actions/{id}/funding/lines/new", s.newLinesPage)
	m.Page("POST /actions/{id}/funding/lines/new", s.createLinesPage)
	m.Open("GET /actions/{id}/funding/lines/{line}", s.linePage)
	m.Page("GET /actions/{id}/funding/lines/{line}/edit", s.editLinePage)
	m.Page("POST /actions/{id}/funding/lines/{line}/edit", s.saveLinePage)
	m.Page("POST /actions/{id}/funding/lines/{line}/remove", s.removeLinePage)
	m.Page("POST /actions/{id}/funding/lines/{line}/steps", s.recordStepPage)
	m.Page("GET /actions/{id}/funding/lines/{line}/steps/{step}/correct", s.correctStepPage)
	m.Page("POST /actions/{id}/funding/lines/{line}/steps/{step}/correct", s.recordCorrectionPage)
	m.Page("GET /actions/{id}/funding/lines/{line}/steps/{step}/cancel", s.cancelStepPage)
	m.Page("POST /actions/{id}/funding/lines/{line}/steps/{step}/cancel", s.recordCancelPage)
}

// viewLine reads the line of the address.
func (s *Service) viewLine(r *http.Request) (lineView, error) {
	var x lineView
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		x, err = readLine(tx, account.ActorOf(r), ActionID(r.PathValue("id")), LineID(r.PathValue("line")))
		return err
	})
	return x, err
}

func (s *Service) linePage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.viewLine(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, lineTemplate(web.ViewOf(r), x, x.stepForm()))
}

// readStep reads the form of a step. A file that comes with it is kept before the step is recorded:
// one that no step names is found and dropped by the sweep of the files.
func (s *Service) readStep(w http.ResponseWriter, r *http.Request) (*web.Form, Entry, error) {
	f, err := web.ReadFileForm(w, r)
	if err != nil {
		return nil, Entry{}, err
	}
	step := Step{LineID: LineID(r.PathValue("line")), Kind: Kind(f.Text("kind")), EffectiveOn: f.Date("effective_on"), AmountCents: f.Cents("amount_cents"),
		Reference: f.Text("reference"), DocumentID: f.Text("document_id"), Note: f.Text("note")}
	return f, Entry{Step: step, Seen: seenLine(f)}, nil
}

// seenLine is the version of the line that the form was made from.
func seenLine(f *web.Form) int64 {
	n, err := strconv.ParseInt(f.Text("seen"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// receiveProof keeps the file that comes with a step, when there is one.
func (s *Service) receiveProof(r *http.Request) (*Document, error) {
	part, head, err := r.FormFile("document")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) || s.files == nil {
		return nil, nil //nolint:nilnil // no file is no fault
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "fault.form")
	}
	defer func() { _ = part.Close() }()
	name := file.CleanName(head.Filename)
	blob, err := s.files.Put(r.Context(), part, file.Limits{Name: name, Size: head.Size})
	if f := fault.As(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.TooLarge) {
		return nil, &fault.Fault{Kind: fault.Invalid, Key: "fault.fields", Args: fault.Args{"count": 1}, Fields: []fault.Field{{Name: "document", Key: f.Key, Args: f.Args}}}
	}
	if err != nil {
		return nil, err
	}
	return &Document{Name: name, Hash: string(blob.Hash), Size: blob.Size, Type: blob.Type}, nil
}

// record checks what was typed, keeps the file and records the entry.
func (s *Service) recordForm(r *http.Request, f *web.Form, e Entry) error {
	if err := both(f, e.Step.validate(web.ViewOf(r).Today())); err != nil {
		return err
	}
	if err := s.mayReceive(r, e.LineID); err != nil {
		return err
	}
	var err error
	if e.Proof, err = s.receiveProof(r); err != nil {
		return err
	}
	_, err = s.Record(r.Context(), account.ActorOf(r), e)
	return err
}

// mayReceive refuses a file of somebody who may not record, before it is kept.
func (s *Service) mayReceive(r *http.Request, id LineID) error {
	x, err := s.viewLine(r)
	if err != nil {
		return err
	}
	if !x.mayRecordHere() {
		return fault.New(fault.Forbidden, "programme.forbidden.record_step")
	}
	return nil
}

func (s *Service) recordStepPage(w http.ResponseWriter, r *http.Request) error {
	f, e, err := s.readStep(w, r)
	if err != nil {
		return err
	}
	if err = s.recordForm(r, f, e); err == nil {
		return web.SeeOther(w, r, actionURL(ActionID(r.PathValue("id")), "funding", "lines", string(e.LineID)), "programme.done.step_recorded", "stage_key", e.Kind.Key())
	}
	x, ferr := s.failed(r, f, err)
	if ferr != nil {
		return ferr
	}
	return web.Render(w, r, web.Status(err), lineTemplate(web.ViewOf(r), x, f))
}

// failed reads the line again for a form that was refused. When the line changed meanwhile, the
// page says what the other recorded, and the form may be sent again on what stands now.
func (s *Service) failed(r *http.Request, f *web.Form, err error) (lineView, error) {
	v := web.ViewOf(r)
	if !f.Fail(v, err) {
		return lineView{}, err
	}
	x, verr := s.viewLine(r)
	if verr != nil {
		return x, verr
	}
	if fault.Stale(err) {
		f.Top = v.T("programme.step.meanwhile")
		x.News = x.since(f.Text("last"))
		x.fresh(f)
	}
	return x, nil
}

// viewStep reads an entry that still holds and that the reader may put right.
func (s *Service) viewStep(r *http.Request) (lineView, Step, error) {
	x, err := s.viewLine(r)
	if err != nil {
		return x, Step{}, err
	}
	if !x.mayRecordHere() {
		return x, Step{}, fault.New(fault.Forbidden, "programme.forbidden.record_step")
	}
	for _, e := range x.Journal {
		if string(e.ID) == r.PathValue("step") {
			if e.ReplacedBy != "" || e.Cancelled {
				return x, Step{}, fault.New(fault.Conflict, "programme.step.replaced")
			}
			return x, e.Step, nil
		}
	}
	return x, Step{}, fault.New(fault.NotFound, "fault.not_found")
}

func (s *Service) correctStepPage(w http.ResponseWriter, r *http.Request) error {
	x, step, err := s.viewStep(r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	return web.Render(w, r, http.StatusOK, correctTemplate(v, x, step, x.correctForm(v, step)))
}

func (s *Service) recordCorrectionPage(w http.ResponseWriter, r *http.Request) error {
	f, e, err := s.readStep(w, r)
	if err != nil {
		return err
	}
	e.CorrectsID = StepID(r.PathValue("step"))
	if err = s.recordForm(r, f, e); err == nil {
		return web.SeeOther(w, r, actionURL(ActionID(r.PathValue("id")), "funding", "lines", string(e.LineID)), "programme.done.step_corrected")
	}
	x, ferr := s.failed(r, f, err)
	if ferr != nil {
		return ferr
	}
	return web.Render(w, r, web.Status(err), correctTemplate(web.ViewOf(r), x, x.step(e.CorrectsID), f))
}

// step gives an entry of the line.
func (x lineView) step(id StepID) Step {
	for _, s := range x.Steps {
		if s.ID == id {
			return s
		}
	}
	return Step{}
}

func (s *Service) cancelStepPage(w http.ResponseWriter, r *http.Request) error {
	x, step, err := s.viewStep(r)
	if err != nil {
		return err
	}
	f := web.NewForm(web.NewOnce())
	x.fresh(f)
	return web.Render(w, r, http.StatusOK, cancelTemplate(web.ViewOf(r), x, step, f))
}

func (s *Service) recordCancelPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	line, id := LineID(r.PathValue("line")), StepID(r.PathValue("step"))
	if _, err = s.Cancel(r.Context(), account.ActorOf(r), line, id, seenLine(f), f.Text("note")); err == nil {
		return web.SeeOther(w, r, actionURL(ActionID(r.PathValue("id")), "funding", "lines", string(line)), "programme.done.step_cancelled")
	}
	x, ferr := s.failed(r, f, err)
	if ferr != nil {
		return ferr
	}
	return web.Render(w, r, web.Status(err), cancelTemplate(web.ViewOf(r), x, x.step(id), f))
}

// viewEditable reads the line of the address for its form.
func (s *Service) viewEditable(r *http.Request) (lineView, error) {
	x, err := s.viewLine(r)
	if err == nil && !x.May(EditAction) {
		err = fault.New(fault.Forbidden, "programme.forbidden.edit_action")
	}
	return x, err
}

func (s *Service) editLinePage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.viewEditable(r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	return s.showLineForm(w, r, http.StatusOK, x, x.lineForm(v))
}

func (s *Service) showLineForm(w http.ResponseWriter, r *http.Request, status int, x lineView, f *web.Form) error {
	var p funderPicker
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		p, err = pickFunder(tx, account.ActorOf(r), x.sheetView, f)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, lineFormTemplate(web.ViewOf(r), x, p, f))
}

func (s *Service) saveLinePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	x, err := s.viewEditable(r)
	if err != nil {
		return err
	}
	if f.Text("find") != "" {
		f.Typed = true
		return s.showLineForm(w, r, http.StatusOK, x, f)
	}
	l := x.Line
	l.Scheme, l.Note, l.RateBP = f.Text("scheme"), f.Text("note"), parseRate(f, "rate_bp")
	if len(x.Steps) == 0 {
		l.FunderID, l.Nature, l.Year = f.Text("funder_id"), Nature(f.Text("nature")), int(f.Int("year", MinYear, MaxYear))
	}
	l.Version, _ = strconv.ParseInt(f.Text("version"), 10, 64)
	if err = both(f, l.validate()); err == nil {
		_, err = s.SaveLine(r.Context(), account.ActorOf(r), l)
	}
	if err == nil {
		return web.SeeOther(w, r, x.url(), "programme.done.line_saved")
	}
	v := web.ViewOf(r)
	if !f.Fail(v, err) {
		return err
	}
	if fault.Stale(err) { // read again: the form keeps what was typed, the page shows what stands
		if x, err = s.viewEditable(r); err != nil {
			return err
		}
		f.Top = v.T("programme.line.meanwhile")
		f.Values.Set("version", strconv.FormatInt(x.Line.Version, 10))
		return s.showLineForm(w, r, http.StatusConflict, x, f)
	}
	return s.showLineForm(w, r, web.Status(err), x, f)
}

func (s *Service) removeLinePage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.viewLine(r)
	if err != nil {
		return err
	}
	if err := s.RemoveLine(r.Context(), account.ActorOf(r), x.Line.ID); err != nil {
		return err
	}
	return web.SeeOther(w, r, x.URL("funding"), "programme.done.line_removed")
}

// funderPicker is the choice of an organisation: those that a search found, else those that fund
// this contract or carry the action.
type funderPicker struct {
	Text   string // searched for
	Found  bool
	List   []account.Organisation
	MayAdd bool // an organisation that no search finds
}

func pickFunder(tx db.Tx, by account.Actor, x sheetView, f *web.Form) (funderPicker, error) {
	p := funderPicker{Text: f.Text("funder_text"), MayAdd: by.MayAddOrganisation()}
	var err error
	if p.Text != "" {
		if p.List, err = account.FindOrganisations(tx, p.Text, maxFound); err != nil {
			return p, err
		}
		p.Found = true
	}
	ids := []string{f.Text("funder_id")}
	if !p.Found {
		funders, err := listContractFunders(tx, x.Action.ContractID)
		if err != nil {
			return p, err
		}
		for _, o := range x.Action.Owners {
			ids = append(ids, o.OrganisationID)
		}
		ids = append(ids, funders...)
	}
	for _, id := range ids { // the one chosen stays on the list whatever is searched for
		if id == "" || p.has(id) {
			continue
		}
		o, err := account.GetOrganisation(tx, account.OrganisationID(id))
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return p, err
		}
		p.List = append(p.List, o)
	}
	return p, nil
}

func (p funderPicker) has(id string) bool {
	for _, o := range p.List {
		if string(o.ID) == id {
			return true
		}
	}
	return false
}

func (s *Service) newLinesPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	f := web.NewForm(web.NewOnce(), "kind", string(Foreseen), "effective_on", string(v.Today()), "nature", string(Grant))
	if id := v.Query.Get("funder"); id != "" { // one comes back from adding an organisation
		f.Values.Set("funder_id", id)
	}
	return s.showNewLines(w, r, http.StatusOK, f)
}

func (s *Service) showNewLines(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	var x newLinesView
	var p funderPicker
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.sheetView, err = readSheet(tx, account.ActorOf(r), ActionID(r.PathValue("id"))); err != nil {
			return err
		}
		if !x.May(EditAction) {
			return fault.New(fault.Forbidden, "programme.forbidden.edit_action")
		}
		p, err = pickFunder(tx, account.ActorOf(r), x.sheetView, f)
		return err
	})
	if err != nil {
		return err
	}
	x.Years = x.newYears(append(f.All("years"), f.Text("year")))
	return web.Render(w, r, status, newLinesTemplate(web.ViewOf(r), x, p, f))
}

func (s *Service) createLinesPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	if f.Text("find") != "" || f.Text("more") != "" {
		f.Typed = true
		return s.showNewLines(w, r, http.StatusOK, f)
	}
	v := web.ViewOf(r)
	n := readNewLines(f, ActionID(r.PathValue("id")))
	var lines []Line
	if err = both(f, n.validate(v.Today())); err == nil {
		lines, err = s.AddLines(r.Context(), account.ActorOf(r), n)
	}
	if err == nil {
		return web.SeeOther(w, r, actionURL(n.ActionID, "funding")+"#plan", "programme.done.lines_added", "count", len(lines))
	}
	if !f.Fail(v, err) {
		return err
	}
	return s.showNewLines(w, r, web.Status(err), f)
}

// readNewLines reads the form of new lines: fields "amount.2026" that are not empty are its years.
func readNewLines(f *web.Form, id ActionID) NewLines {
	n := NewLines{Kind: Kind(f.Text("kind")), EffectiveOn: f.Date("effective_on"),
		Line: Line{ActionID: id, FunderID: f.Text("funder_id"), Scheme: f.Text("scheme"), Nature: Nature(f.Text("nature")),
			RateBP: parseRate(f, "rate_bp"), Note: f.Text("note")}}
	for _, y := range f.All("years") {
		year, err := strconv.Atoi(strings.TrimSpace(y))
		if err != nil || f.Text("amount."+y) == "" || len(n.Years) >= maxNewYears {
			continue
		}
		n.Years = append(n.Years, YearAmount{Year: year, Cents: f.Cents("amount." + y)})
	}
	return n
}
