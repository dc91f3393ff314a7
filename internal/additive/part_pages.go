package additive

import (
	"net/http"
	"slices"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/mesh"
	"bassin/internal/park"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// partView is the page of a part.
type partView struct {
	Part
	Revision   Revision // that is shown
	Mine       bool     // it was sent by who looks
	Revisions  []Revision
	Report     Report
	Measures   Measures
	Findings   []Finding
	Holder     string
	Who        map[account.PersonID]string
	History    []account.Entry
	Forms      web.Forms
	Stored     bool
	Judged     []Judged
	Rules      park.Figures // of all materials
	Similar    []similarRow
	Placements []Placement
	Laid       park.Process      // the process whose placements were asked for
	More       []templ.Component // of higher features
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
	var rules park.Figures
	var machines []park.Machine
	err = s.db.View(r.Context(), func(tx db.Tx) error {
		if x.Part, x.Revision, err = revisionOf(tx, by, r); err != nil {
			return err
		}
		x.Mine = x.Revision.PersonID == by.ID
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
		if x.History, err = account.History(tx, "part", string(x.Part.ID), 0, 20); err != nil || x.Revision.State != Checked {
			return err
		}
		if x.Similar, err = similarTo(tx, by, x.Revision); err != nil {
			return err
		}
		if rules, err = park.Library(tx); err != nil {
			return err
		}
		if machines, err = park.MachinesFor(tx, by); err != nil {
			return err
		}
		for _, panel := range s.Panels {
			c, err := panel(tx, by, web.ViewOf(r), x.Part)
			if err != nil {
				return err
			}
			if c != nil {
				x.More = append(x.More, c)
			}
		}
		return nil
	})
	if err != nil || x.Revision.State != Checked {
		return x, err
	}
	x.Laid = park.Process(r.URL.Query().Get("lay"))
	if x.Placements, err = x.Revision.PlacementsOf(); err != nil {
		return x, err
	}
	if x.Report, err = x.Revision.ReportOf(); err == nil {
		subject := subjectOf(x.Report, x.Revision.Unit)
		x.Measures, x.Findings = subject.Measures, subject.Findings
		x.Rules = rules.For("")
		for _, p := range park.Processes() {
			x.Judged = append(x.Judged, Judge(subject, p, x.Rules, machines))
		}
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

// lyingListPage tells a page that waits for the placements how far they are.
func (s *Service) lyingListPage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.readPart(r)
	if err != nil {
		return err
	}
	if x.Revision.Derived >= derived && slices.ContainsFunc(x.Findings, Finding.crossing) {
		w.Header().Set("HX-Refresh", "true") // the page lacks a finding that came after the verdict
	}
	return web.Render(w, r, http.StatusOK, lying(web.ViewOf(r), x))
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

func (s *Service) repairPage(w http.ResponseWriter, r *http.Request) error {
	id := PartID(r.PathValue("part"))
	if _, err := s.Repair(r.Context(), account.ActorOf(r), id); err != nil {
		return err
	}
	return web.SeeOther(w, r, partsURL+"/"+string(id), "additive.done.repair")
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
	return file.Serve(w, r, s.files, v.View(), p.Code()+"-"+v.Label()+".glb", file.Attachment)
}

// picturePage is the picture of a revision.
func (s *Service) picturePage(w http.ResponseWriter, r *http.Request) error {
	p, v, err := s.blobOf(r)
	switch {
	case err != nil:
		return err
	case v.PictureHash == "":
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return file.Serve(w, r, s.files, v.Picture(), p.Code()+"-"+v.Label()+".png", file.Inline)
}

// lyingPage is the picture of the placements of a revision.
func (s *Service) lyingPage(w http.ResponseWriter, r *http.Request) error {
	p, v, err := s.blobOf(r)
	switch {
	case err != nil:
		return err
	case v.LyingHash == "":
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return file.Serve(w, r, s.files, v.Lying(), p.Code()+"-"+v.Label()+".png", file.Inline)
}

// fieldPage is how thick a revision is all over, as the view colours it.
func (s *Service) fieldPage(w http.ResponseWriter, r *http.Request) error {
	p, v, err := s.blobOf(r)
	switch {
	case err != nil:
		return err
	case v.FieldHash == "":
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return file.Serve(w, r, s.files, v.Field(), p.Code()+"-"+v.Label()+".bth", file.Attachment)
}

// why says in words why a revision could not be read.
func why(v *web.View, r Revision) string {
	f := r.faultOf()
	return FaultText(v, &f)
}

// actions are the buttons of a part's page.
func (x partView) actions(v *web.View) []templ.Component {
	return []templ.Component{
		web.Button(web.Act{Label: v.T("additive.file"), Icon: "download", URL: x.URL() + "/revisions/" + strconv.Itoa(x.Revision.Number) + "/file", Download: true}),
	}
}
