package additive

import (
	"net/http"
	"slices"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/mesh"
	"bassin/internal/web"
	"bassin/internal/when"
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
	m.Page("GET "+one+"/revisions/{number}/picture", s.picturePage)
	m.Page("GET "+one+"/revisions/{number}/lying", s.lyingPage)
	m.Page("GET "+one+"/revisions/{number}/lying/list", s.lyingListPage)
	m.Page("GET "+one+"/revisions/{number}/field", s.fieldPage)
	m.Page("POST "+one+"/repair", s.repairPage)
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

// pictured is how long after a part was dropped its picture is waited for.
const pictured = time.Minute

// waits tells whether a part of the list is being checked or drawn: the list is asked for again then.
func (x partsView) waits(now when.Time) bool {
	return slices.ContainsFunc(x.Rows, func(r listRow) bool {
		return r.Newest.State == Waiting || r.Read && r.Newest.PictureHash == "" && now.Sub(r.UpdatedAt) < pictured
	})
}

// listRow is a part of the list.
type listRow struct {
	Part
	Newest   Revision
	Measures Measures
	Worst    mesh.Severity
	Count    int // of findings that are more than information
	Read     bool
	Mine     bool // the revision was sent by who looks
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
		n, err := countParts(tx, by, f)
		if err != nil {
			return err
		}
		x.Total, x.Pager = n, web.PagerOf(v, listSize, n)
		list, err := listParts(tx, by, f, listSize, x.Pager.Offset())
		if err != nil {
			return err
		}
		x.Rows = make([]listRow, len(list))
		for i, l := range list {
			if x.Rows[i], err = rowOf(l); err != nil {
				return err
			}
			x.Rows[i].Mine = l.Newest.PersonID == by.ID
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
	row.Measures = report.Measured(l.Newest.Unit)
	row.Worst, row.Count = weigh(report.Findings(l.Newest.Unit))
	return row, nil
}

func organisationsOf(by account.Actor) []web.Choice {
	list := make([]web.Choice, len(by.Memberships))
	for i, m := range by.Memberships {
		list[i] = web.Choice{Value: string(m.OrganisationID), Label: m.Organisation}
	}
	return list
}
