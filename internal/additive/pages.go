package additive

import (
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/mesh"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

const partsURL = "/parts"

// Pages registers the feature's pages.
func (s *Service) Pages(m *web.Mux) {
	const one = partsURL + "/{part}"
	m.Page("GET "+partsURL, s.partsPage)
	m.Page("POST "+partsURL, s.dropPage)
	m.Page("GET "+one, s.partPage)
	m.Page("GET "+one+"/state", s.statePage)
	m.Page("POST "+one+"/revisions", s.revisePage)
	m.Page("GET "+one+"/revisions/{number}", s.partPage)
	m.Page("GET "+one+"/revisions/{number}/file", s.filePage)
	m.Page("GET "+one+"/revisions/{number}/view", s.viewPage)
	m.Page("POST "+one+"/title", s.renamePage)
	m.Page("POST "+one+"/unit", s.unitPage)
	m.Page("POST "+one+"/remove", s.removePage)
	m.Page("POST "+one+"/restore", s.restorePage)
}

const listSize = 50

var listParams = []string{"q", "state"}

// partsView is the list of parts, with the place to drop more.
type partsView struct {
	Forms         web.Forms
	Organisations []web.Choice // more than one: which the parts are for
	Fields        []web.FilterField
	Rows          []listRow
	Total         int
	Pager         web.Pager
	Stored        bool
}

// listRow is a part of the list.
type listRow struct {
	Part
	Newest   Revision
	Measures Measures
	Worst    Severity
	Count    int // of findings that are more than information
	Read     bool
}

func (s *Service) partsPage(w http.ResponseWriter, r *http.Request) error {
	return s.showParts(w, r, http.StatusOK, nil)
}

func (s *Service) showParts(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	v, by := web.ViewOf(r), account.ActorOf(r)
	f := Filter{Text: v.Query.Get("q"), State: State(v.Query.Get("state"))}
	x := partsView{Forms: forms, Stored: s.files != nil, Organisations: organisationsOf(by), Fields: []web.FilterField{
		{Name: "q", Label: v.T("additive.filter.text")},
		{Name: "state", Label: v.T("additive.field.state"), All: v.T("additive.filter.all_states"), Choices: web.Keyed(v, []State{Waiting, Checked, Unreadable})},
	}}
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		n, err := countParts(tx, f.where(by))
		if err != nil {
			return err
		}
		x.Total, x.Pager = n, web.PagerOf(v, listSize, n)
		list, err := listParts(tx, f.where(by), listSize, x.Pager.Offset())
		if err != nil {
			return err
		}
		x.Rows = make([]listRow, len(list))
		for i, l := range list {
			if x.Rows[i], err = rowOf(l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, partsTemplate(v, x))
}

func rowOf(l listed) (listRow, error) {
	row := listRow{Part: l.Part, Newest: l.Newest, Read: l.Newest.State == Checked}
	if !row.Read {
		return row, nil
	}
	report, err := l.Newest.ReportOf()
	if err != nil {
		return row, err
	}
	findings := report.Findings(l.Newest.Unit)
	row.Measures, row.Worst = report.Measured(l.Newest.Unit), Worst(findings)
	for _, f := range findings {
		if f.Severity != Info {
			row.Count++
		}
	}
	return row, nil
}

func organisationsOf(by account.Actor) []web.Choice {
	list := make([]web.Choice, len(by.Memberships))
	for i, m := range by.Memberships {
		list[i] = web.Choice{Value: string(m.OrganisationID), Label: m.Organisation}
	}
	return list
}

const maxUpload = 4 * maxFileBytes

func (s *Service) dropPage(w http.ResponseWriter, r *http.Request) error {
	by := account.ActorOf(r)
	f, files, err := s.receive(w, r, "drop", maxFiles)
	if err != nil {
		return err
	}
	organisation := account.OrganisationID(f.Text("drop.organisation"))
	if organisation == "" && len(by.Memberships) > 0 {
		organisation = by.Memberships[0].OrganisationID
	}
	var list []Part
	if err = f.Err(); err == nil {
		list, err = s.Drop(r.Context(), by, organisation, files)
	}
	switch {
	case err != nil && !f.Fail(web.ViewOf(r), err):
		return err
	case err != nil:
		return s.showParts(w, r, web.Status(err), web.Forms{"drop": f})
	case len(list) == 1:
		return web.SeeOther(w, r, list[0].URL(), "")
	}
	return web.SeeOther(w, r, partsURL, "additive.done.dropped", "count", len(list))
}

// receive stores the files of an upload, as they come; fields that are no files must come before them.
func (s *Service) receive(w http.ResponseWriter, r *http.Request, form string, most int) (*web.Form, []Dropped, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Invalid, "fault.form")
	}
	v, f, field := web.ViewOf(r), web.NewForm(web.NewOnce()), form+".files"
	var files []Dropped
	var refused []string
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, broken(err)
		}
		if part.FileName() == "" {
			if err := readValue(f, part); err != nil {
				return nil, nil, err
			}
			continue
		}
		if part.FormName() != field {
			continue
		}
		if len(files)+len(refused) == most {
			f.Wrong(field, "additive.wrong.too_many", "count", most)
			break
		}
		d, err := s.Keep(r.Context(), part, part.FileName())
		switch x := fault.As(err); {
		case x != nil && (x.Kind == fault.Invalid || x.Kind == fault.TooLarge):
			refused = append(refused, file.CleanName(part.FileName())+v.T("web.form.colon")+" "+v.Fault(x))
			continue
		case err != nil:
			return nil, nil, broken(err)
		}
		files = append(files, d)
	}
	switch {
	case len(refused) > 0:
		f.Wrong(field, "additive.wrong.refused", "files", strings.Join(refused, " "))
	case len(files) == 0:
		f.Wrong(field, "additive.wrong.no_file")
	}
	return f, files, nil
}

func readValue(f *web.Form, part *multipart.Part) error {
	b, err := io.ReadAll(io.LimitReader(part, 10_000))
	if err != nil {
		return broken(err)
	}
	f.Values.Set(part.FormName(), strings.ToValidUTF8(strings.ReplaceAll(string(b), "\x00", ""), "\ufffd"))
	return nil
}

// broken tells an upload over its limit from one that broke off.
func broken(err error) error {
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return fault.Wrap(err, fault.TooLarge, "file.too_large", "max_bytes", over.Limit)
	case fault.As(err) != nil:
		return err
	}
	return fault.Wrap(err, fault.Invalid, "file.truncated")
}

// partView is the page of a part.
type partView struct {
	Part
	Revision  Revision // that is shown
	Revisions []Revision
	Report    Report
	Measures  Measures
	Findings  []Finding
	Holder    string
	Who       map[account.PersonID]string
	History   []account.Entry
	Forms     web.Forms
	Stored    bool
}

// Newest tells whether the revision that is shown is the part's newest.
func (x partView) Newest() bool { return x.Revision.Number == x.Part.Revision }

func (s *Service) partPage(w http.ResponseWriter, r *http.Request) error {
	return s.showPart(w, r, http.StatusOK, nil)
}

func (s *Service) showPart(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	x, err := s.readPart(r)
	if err != nil {
		return err
	}
	x.Forms = forms
	return web.Render(w, r, status, partTemplate(web.ViewOf(r), x))
}

// readPart reads the part of the address, with one revision: that of the address, else the newest.
func (s *Service) readPart(r *http.Request) (x partView, err error) {
	by := account.ActorOf(r)
	x.Stored = s.files != nil
	err = s.db.View(r.Context(), func(tx db.Tx) error {
		if x.Part, x.Revision, err = revisionOf(tx, by, r); err != nil {
			return err
		}
		if x.Revisions, err = listRevisions(tx, x.Part.ID); err != nil {
			return err
		}
		var ids []account.PersonID
		for _, v := range x.Revisions {
			ids = append(ids, v.PersonID)
		}
		if x.Who, err = account.NamesOf(tx, ids); err != nil {
			return err
		}
		if x.Holder, err = holderName(tx, by, x.Part); err != nil {
			return err
		}
		x.History, err = account.History(tx, "part", string(x.Part.ID), 0, 20)
		return err
	})
	if err != nil || x.Revision.State != Checked {
		return x, err
	}
	if x.Report, err = x.Revision.ReportOf(); err == nil {
		x.Measures, x.Findings = x.Report.Measured(x.Revision.Unit), x.Report.Findings(x.Revision.Unit)
	}
	return x, err
}

func holderName(tx db.Tx, by account.Actor, p Part) (string, error) {
	if i := slices.IndexFunc(by.Memberships, func(m account.Membership) bool { return m.OrganisationID == p.OrganisationID }); i >= 0 {
		return by.Memberships[i].Organisation, nil
	}
	names, err := account.NamesOf(tx, []account.PersonID{p.PersonID})
	return names[p.PersonID], err
}

func revisionOf(tx db.Tx, by account.Actor, r *http.Request) (Part, Revision, error) {
	p, err := seen(tx, by, PartID(r.PathValue("part")))
	if err != nil {
		return p, Revision{}, err
	}
	n := p.Revision
	if text := r.PathValue("number"); text != "" {
		if n, err = strconv.Atoi(text); err != nil {
			return p, Revision{}, fault.New(fault.NotFound, "fault.not_found")
		}
	}
	v, err := getRevision(tx, p.ID, n)
	return p, v, err
}

// statePage tells a page that waits for the check how far it is: it asks for itself, and the whole page once it is done.
func (s *Service) statePage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.readPart(r)
	if err != nil {
		return err
	}
	if x.Revision.State != Waiting {
		w.Header().Set("HX-Refresh", "true")
	}
	return web.Render(w, r, http.StatusOK, waiting(web.ViewOf(r), x))
}

func (s *Service) revisePage(w http.ResponseWriter, r *http.Request) error {
	by, id := account.ActorOf(r), PartID(r.PathValue("part"))
	err := s.db.View(r.Context(), func(tx db.Tx) error { _, err := seen(tx, by, id); return err })
	if err != nil { // who may not send does not get to send half a gigabyte first
		return err
	}
	f, files, err := s.receive(w, r, "revise", 1)
	if err != nil {
		return err
	}
	return f.Submit(w, r, web.Small{Name: "revise", Page: s.showPart, To: partsURL + "/" + string(id), Toast: "additive.done.revised",
		Do: func() error { _, err := s.Revise(r.Context(), by, id, files[0]); return err }})
}

func (s *Service) renamePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := PartID(r.PathValue("part"))
	return f.Submit(w, r, web.Small{Name: "rename", Page: s.showPart, To: partsURL + "/" + string(id), Toast: "additive.done.renamed",
		Do: func() error {
			_, err := s.Rename(r.Context(), account.ActorOf(r), id, f.Text("rename.title"))
			return err
		}})
}

func (s *Service) unitPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := PartID(r.PathValue("part"))
	return f.Submit(w, r, web.Small{Name: "unit", Page: s.showPart, To: partsURL + "/" + string(id), Toast: "additive.done.unit",
		Do: func() error {
			_, err := s.SetUnit(r.Context(), account.ActorOf(r), id, mesh.Unit(f.Text("unit.unit")))
			return err
		}})
}

func (s *Service) removePage(w http.ResponseWriter, r *http.Request) error {
	id := PartID(r.PathValue("part"))
	if err := s.Remove(r.Context(), account.ActorOf(r), id); err != nil {
		return err
	}
	return web.SeeOtherUndo(w, r, partsURL, partsURL+"/"+string(id)+"/restore", "additive.done.removed")
}

func (s *Service) restorePage(w http.ResponseWriter, r *http.Request) error {
	id := PartID(r.PathValue("part"))
	if err := s.Restore(r.Context(), account.ActorOf(r), id); err != nil {
		return err
	}
	return web.SeeOther(w, r, partsURL+"/"+string(id), "additive.done.restored")
}

// blobOf reads the revision of the address for a file of it.
func (s *Service) blobOf(r *http.Request) (Part, Revision, error) {
	var p Part
	var v Revision
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		p, v, err = revisionOf(tx, account.ActorOf(r), r)
		return err
	})
	if err == nil && s.files == nil {
		err = fault.New(fault.Unavailable, "additive.wrong.no_store")
	}
	return p, v, err
}

func (s *Service) filePage(w http.ResponseWriter, r *http.Request) error {
	_, v, err := s.blobOf(r)
	if err != nil {
		return err
	}
	return file.Serve(w, r, s.files, v.Blob(), v.FileName, file.Attachment)
}

// viewPage is the mesh that the page draws.
func (s *Service) viewPage(w http.ResponseWriter, r *http.Request) error {
	p, v, err := s.blobOf(r)
	switch {
	case err != nil:
		return err
	case v.ViewHash == "":
		return fault.New(fault.NotFound, "fault.not_found")
	}
	b := file.Blob{Hash: file.Hash(v.ViewHash), Size: v.ViewSize, Type: "application/octet-stream"}
	return file.Serve(w, r, s.files, b, p.Code()+"-"+v.Label()+".glb", file.Attachment)
}

// why says in words why a revision could not be read.
func why(v *web.View, r Revision) string {
	args := map[string]any{}
	_ = json.Unmarshal([]byte(r.FaultArgs), &args)
	key := "additive.unreadable." + strings.ReplaceAll(r.Fault, "-", "_")
	if !web.Known(key) {
		return v.T("additive.unreadable.other", "key", r.Fault)
	}
	text := v.TArgs(key, args)
	if line, ok := args["line"].(float64); ok && line > 0 {
		text += " " + v.T("additive.unreadable.line", "line", int(line))
	}
	return text
}

// marksOf is what the view marks on the part, for the script: the lines of each finding, in the file's unit.
func marksOf(list []Finding) string {
	marks := map[int][]Mark{}
	for i, f := range list {
		if len(f.Marks) > 0 {
			marks[i+1] = f.Marks
		}
	}
	text, err := json.Marshal(marks)
	if err != nil {
		return "{}"
	}
	return string(text)
}

// actions are the buttons of a part's page.
func (x partView) actions(v *web.View) []templ.Component {
	return []templ.Component{
		web.Button(web.Act{Label: v.T("additive.file"), Icon: "download", URL: x.URL() + "/revisions/" + strconv.Itoa(x.Revision.Number) + "/file", Download: true}),
	}
}

