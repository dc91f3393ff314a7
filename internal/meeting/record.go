package meeting

import (
	"bytes"
	"fmt"
	"strings"

	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/web"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// The sheet: A4 in millimetres, and the letters, in points.
const (
	pageMargin = 20.0
	pageWidth  = 210.0 - 2*pageMargin
	lineHeight = 5.2
	textSize   = 10.5
)

// sheet is a record while it is written.
type sheet struct {
	*fpdf.Fpdf
	v *web.View
}

// record writes what is to be remembered of a meeting as a PDF. The letters go with it (the Go
// fonts, BSD licence), so that accents are right everywhere; the same meeting gives the same bytes.
func record(v *web.View, p project.Project, w Whole, closer string) ([]byte, error) {
	s := sheet{fpdf.New("P", "mm", "A4", ""), v}
	s.AddUTF8FontFromBytes("go", "", goregular.TTF)
	s.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	s.SetCreationDate(w.ClosedAt.Time())
	s.SetModificationDate(w.ClosedAt.Time())
	s.SetCatalogSort(true)
	s.SetTitle(shown(w.Title), true)
	s.SetLang(v.Lang)
	s.SetMargins(pageMargin, pageMargin, pageMargin)
	s.SetAutoPageBreak(true, pageMargin+5)
	s.AliasNbPages("")
	s.SetFooterFunc(func() {
		s.SetY(-15)
		s.SetFont("go", "", 8)
		s.SetTextColor(90, 90, 90)
		s.CellFormat(pageWidth/2, 5, shown(p.Code+" · "+w.Title), "", 0, "L", false, 0, "")
		s.CellFormat(pageWidth/2, 5, fmt.Sprintf("%d/{nb}", s.PageNo()), "", 0, "R", false, 0, "")
	})
	s.AddPage()
	s.head(p, w)
	s.people(w.Participants)
	s.minutes(w)
	s.decisions(w.Decisions)
	s.actions(p, w.Actions)
	s.Ln(4)
	s.small(v.T("meeting.record.closed", "name", closer, "at", v.DateTime(w.ClosedAt)))
	var b bytes.Buffer
	err := s.Output(&b)
	return b.Bytes(), err
}

// shown leaves out what the letters have no sign for: narrow spaces become ordinary unbroken ones.
func shown(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u202f' || r == '\u2009':
			return '\u00a0'
		case r == '\u2011':
			return '-'
		case r > 0xFFFF, r < 0x20 && r != '\n':
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\t", "    "))
}

func (s sheet) head(p project.Project, w Whole) {
	s.small(p.Code + " · " + p.Title)
	s.SetFont("go", "B", 18)
	s.SetTextColor(20, 20, 20)
	s.MultiCell(pageWidth, 8, shown(w.Title), "", "L", false)
	s.Ln(1)
	s.text(s.v.T("meeting.record.when", "number", w.Number, "day", s.v.Date(w.StartsAt.Date(paris)), "from", s.v.Clock(w.StartsAt), "to", s.v.Clock(w.EndsAt())))
	if where := w.Location(); where != "" {
		s.text(where)
	}
	if w.Purpose != "" {
		s.Ln(2)
		s.text(w.Purpose)
	}
}

func (s sheet) title(text string) {
	if s.GetY() > 297-pageMargin-30 { // no title alone at the foot of a page
		s.AddPage()
	}
	s.Ln(4)
	s.SetFont("go", "B", 13)
	s.SetTextColor(11, 83, 93)
	s.MultiCell(pageWidth, 7, shown(text), "", "L", false)
	s.Ln(1)
}

func (s sheet) strong(text string) {
	s.SetFont("go", "B", textSize)
	s.SetTextColor(20, 20, 20)
	s.MultiCell(pageWidth, lineHeight, shown(text), "", "L", false)
}

func (s sheet) text(text string) {
	s.SetFont("go", "", textSize)
	s.SetTextColor(20, 20, 20)
	s.MultiCell(pageWidth, lineHeight, shown(text), "", "L", false)
}

func (s sheet) small(text string) {
	s.SetFont("go", "", 9)
	s.SetTextColor(90, 90, 90)
	s.MultiCell(pageWidth, 4.6, shown(text), "", "L", false)
}

func (s sheet) people(list []Participant) {
	if len(list) == 0 {
		return
	}
	s.title(s.v.T("meeting.participants"))
	for _, p := range Presences() {
		var names []string
		for _, x := range list {
			if x.Presence == p {
				names = append(names, x.Name)
			}
		}
		if len(names) > 0 {
			s.text(s.v.T(p.Key()) + s.v.T("web.form.colon") + " " + strings.Join(names, ", "))
		}
	}
}

func (s sheet) minutes(w Whole) {
	if len(w.Items) > 0 {
		s.title(s.v.T("meeting.minutes"))
	}
	for i, x := range w.Items {
		if i > 0 {
			s.Ln(3)
		}
		s.strong(fmt.Sprintf("%d. %s", i+1, x.Title))
		if x.Speaker != "" {
			s.small(x.Speaker)
		}
		if x.Text != "" {
			s.Ln(0.8)
			s.text(x.Text)
		}
	}
	if strings.TrimSpace(w.Note) != "" {
		s.title(s.v.T("meeting.note"))
		s.text(strings.TrimSpace(w.Note))
	}
}

func (s sheet) decisions(list []project.Decision) {
	if len(list) == 0 {
		return
	}
	s.title(s.v.T("meeting.decisions"))
	for i, d := range list {
		if i > 0 {
			s.Ln(3)
		}
		s.strong(s.v.T("project.decision.number", "number", d.Number) + " " + d.Title)
		s.small(s.v.T(d.Outcome.Key()) + " · " + s.v.T("project.decision.by_on", "deciders", d.Deciders, "decided_on", d.DecidedOn))
		s.text(d.Reason)
		if d.Conditions != "" {
			s.text(s.v.T("project.field.conditions") + s.v.T("web.form.colon") + " " + d.Conditions)
		}
	}
}

func (s sheet) actions(p project.Project, list []Action) {
	if len(list) == 0 {
		return
	}
	s.title(s.v.T("meeting.actions"))
	for _, x := range list {
		s.strong(plan.Code(project.Access{Project: p}, x.Task) + " " + x.Title)
		s.small(s.v.T("meeting.action.who_when", "who", whoHas(s.v, x.People), "day", dueText(s.v, x.Task)))
	}
}
