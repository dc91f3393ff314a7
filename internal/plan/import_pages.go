package plan

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/planfile"
	"bassin/internal/project"
	"bassin/internal/web"
)

func (s *Service) importPages(m *web.Mux) {
	m.Page("GET /projects/{project}/plan/import", s.importPage)
	m.Page("POST /projects/{project}/plan/import", s.beginImportPage)
	m.Page("GET /projects/{project}/plan/imports/{import}", s.surveyPage)
	m.Page("POST /projects/{project}/plan/imports/{import}/reading", s.readingPage)
	m.Page("POST /projects/{project}/plan/imports/{import}/take", s.takeImportPage)
	m.Page("POST /projects/{project}/plan/imports/{import}/drop", s.dropImportPage)
	m.Page("GET /projects/{project}/plan/imports/{import}/refused.csv", s.refusedCSV)
}

func importURL(id project.ID, x ImportID) string { return planURL(id) + "/imports/" + string(x) }

type importView struct {
	common
	Form *web.Form
	Past []Import
}

// surveyView is an import before it is taken in, and after.
type surveyView struct {
	common
	Import Import
	*survey
	Wrong []string
	Once  string
}

func (s *Service) importPage(w http.ResponseWriter, r *http.Request) error {
	return s.showImport(w, r, http.StatusOK, web.NewForm(web.NewOnce()))
}

func (s *Service) showImport(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	f, err := s.enter(r)
	if err != nil {
		return err
	}
	x := importView{Form: form}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.common, err = s.readCommon(tx, f, "import"); err != nil {
			return err
		}
		x.Past, err = listImports(tx, f.ID, 20)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, importTemplate(web.ViewOf(r), x))
}

// beginImportPage reads the file of the form and leads to what it would make.
func (s *Service) beginImportPage(w http.ResponseWriter, r *http.Request) error {
	id, by := project.ID(r.PathValue("project")), account.ActorOf(r)
	if err := s.db.View(r.Context(), func(tx db.Tx) error { _, err := project.Allow(tx, by, id, project.Contribute); return err }); err != nil {
		return err // before anything is read
	}
	name, data, err := sentFile(w, r)
	if err == nil {
		var x Import
		if x, err = s.BeginImport(r.Context(), by, id, name, data); err == nil {
			return web.SeeOther(w, r, importURL(id, x.ID), "")
		}
	}
	form := web.NewForm(web.NewOnce())
	if !form.Fail(web.ViewOf(r), err) {
		return err
	}
	if x := fault.As(err); len(form.Errors) == 0 && (x.Kind == fault.Invalid || x.Kind == fault.TooLarge) {
		form.Errors["file"], form.Top = form.Top, ""
	}
	return s.showImport(w, r, web.Status(err), form)
}

// sentFile reads the file of a form, no further than a plan may be long.
func sentFile(w http.ResponseWriter, r *http.Request) (name string, data []byte, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, planfile.MaxBytes+64<<10) // the form around the file
	parts, err := r.MultipartReader()
	if err != nil {
		return "", nil, fault.Wrap(err, fault.Invalid, "fault.form")
	}
	for {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			var wrong fault.Fields
			wrong.Add("file", "plan.import.choose")
			return "", nil, wrong.Err()
		case err != nil:
			return "", nil, sentFault(err)
		}
		if part.FormName() == "file" && part.FileName() != "" {
			data, err := io.ReadAll(part)
			if err != nil {
				return "", nil, sentFault(err)
			}
			return part.FileName(), data, nil
		}
	}
}

// sentFault tells an upload that is too long from one that broke off.
func sentFault(err error) error {
	if errors.As(err, new(*http.MaxBytesError)) {
		return fault.Wrap(err, fault.TooLarge, "planfile.large", "max", planfile.MaxBytes>>20)
	}
	return fault.Wrap(err, fault.Invalid, "fault.form")
}

func (s *Service) surveyPage(w http.ResponseWriter, r *http.Request) error {
	return s.showSurvey(w, r, nil)
}

// showSurvey shows what an import would make, or made. What was refused a moment ago stands above.
func (s *Service) showSurvey(w http.ResponseWriter, r *http.Request, refused error) error {
	v, status := web.ViewOf(r), http.StatusOK
	f, err := s.enter(r)
	if err != nil {
		return err
	}
	x := surveyView{Once: web.NewOnce()}
	if x.Import, x.survey, err = s.look(r.Context(), f.By, f.ID, ImportID(r.PathValue("import"))); err != nil {
		return err
	}
	v.Path = importURL(f.ID, x.Import.ID)
	if x.wrong != nil {
		x.Wrong = faultTexts(v, x.wrong)
	}
	if k := fault.As(refused); k != nil {
		status = web.Status(refused)
		if x.wrong == nil {
			x.Wrong = faultTexts(v, k)
		}
	}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		x.common, err = s.readCommon(tx, f, "import")
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, surveyTemplate(v, x))
}

// readingPage takes over which column holds what.
func (s *Service) readingPage(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id, imp := project.ID(r.PathValue("project")), ImportID(r.PathValue("import"))
	reading := Reading{Order: planfile.DayOrder(form.Text("order"))}
	for i := 0; i < 500 && form.Values.Has(columnField(i)); i++ {
		reading.Fields = append(reading.Fields, planfile.Field(form.Text(columnField(i))))
	}
	if err := s.SetReading(r.Context(), account.ActorOf(r), id, imp, reading); err != nil {
		return err
	}
	return web.SeeOther(w, r, importURL(id, imp), "plan.import.read_again")
}

func columnField(i int) string { return "column." + strconv.Itoa(i) }

func (s *Service) takeImportPage(w http.ResponseWriter, r *http.Request) error {
	id, imp := project.ID(r.PathValue("project")), ImportID(r.PathValue("import"))
	report, run, err := s.TakeInLater(r.Context(), account.ActorOf(r), id, imp)
	if k := fault.Of(err); err != nil && (k == fault.Invalid || k == fault.Conflict) {
		return s.showSurvey(w, r, err)
	}
	if err != nil {
		return err
	}
	if run != "" {
		return web.SeeOther(w, r, importURL(id, imp), "")
	}
	return web.SeeOther(w, r, importURL(id, imp), "plan.import.taken", "count", report.Tasks)
}

func (s *Service) dropImportPage(w http.ResponseWriter, r *http.Request) error {
	id := project.ID(r.PathValue("project"))
	if err := s.DropImport(r.Context(), account.ActorOf(r), id, ImportID(r.PathValue("import"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, planURL(id)+"/import", "plan.import.dropped")
}

// refusedCSV gives the lines that make no task, and what tasks lose, as a table.
func (s *Service) refusedCSV(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	f, err := s.enter(r)
	if err != nil {
		return err
	}
	_, x, err := s.look(r.Context(), f.By, f.ID, ImportID(r.PathValue("import")))
	if err != nil {
		return err
	}
	head := []string{v.T("plan.import.line"), v.T("plan.import.weight"), v.T("plan.import.why")}
	return web.CSV(w, r, strings.ToLower(f.Code)+"-import.csv", head, func(row func(...string) error) error {
		for _, n := range x.Refused {
			if err := row(lineText(n.Line), v.T("plan.import.refused"), noteText(v, n)); err != nil {
				return err
			}
		}
		for _, n := range x.Remarks {
			if err := row(lineText(n.Line), v.T("plan.import.remark"), noteText(v, n)); err != nil {
				return err
			}
		}
		return nil
	})
}
