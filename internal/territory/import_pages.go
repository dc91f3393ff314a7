package territory

import (
	"encoding/csv"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/web"
)

// importPages registers the pages of imports. Reports have an address of their own: below
// /territories it would be that of a territory.
func (s *Service) importPages(m *web.Mux) {
	m.Page("GET /territories/import", s.importPage)
	m.Page("POST /territories/import", s.importTerritoriesPage)
	m.Page("GET /territory-imports/{id}", s.reportPage)
	m.Page("GET /territory-imports/{id}/rejected.csv", s.rejectedPage)
}

type importView struct {
	form *web.Form
	past []importRow
}

func fileField(v *web.View) web.Field {
	return web.Field{Name: "file", Label: v.T("territory.import.file"), Accept: ".csv,.txt,text/csv",
		Hint: v.T("territory.import.file_hint", "max", MaxListingBytes>>20)}
}

func (s *Service) importPage(w http.ResponseWriter, r *http.Request) error {
	return s.showImport(w, r, http.StatusOK, web.NewForm(web.NewOnce()))
}

func (s *Service) showImport(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	if !mayImport(account.ActorOf(r)) {
		return fault.New(fault.Forbidden, "territory.import.not_yours")
	}
	p := importView{form: f}
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		p.past, err = listImports(tx, 20)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, importPage(web.ViewOf(r), p))
}

func (s *Service) importTerritoriesPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	if !mayImport(account.ActorOf(r)) { // before anything is read
		return fault.New(fault.Forbidden, "territory.import.not_yours")
	}
	name, data, err := uploaded(w, r)
	if err == nil && s.queue != nil && s.files != nil {
		var run job.RunID
		if run, err = s.importLater(r.Context(), account.ActorOf(r), name, data); err == nil {
			return web.SeeOther(w, r, job.URL(run), "")
		}
	} else if err == nil {
		var report Report
		if report, err = s.Import(r.Context(), account.ActorOf(r), name, data); err == nil {
			t := report.Total()
			return web.SeeOther(w, r, reportURL(report.ID), "territory.import.done", "added", t.Added, "changed", t.Changed)
		}
	}
	f := web.NewForm(web.NewOnce())
	if !f.Fail(v, err) {
		return err
	}
	if x := fault.As(err); len(f.Errors) == 0 && (x.Kind == fault.Invalid || x.Kind == fault.TooLarge) {
		f.Errors["file"], f.Top = f.Top, ""
	}
	return s.showImport(w, r, web.Status(err), f)
}

// uploaded reads the file of the form, no further than a listing may be long.
func uploaded(w http.ResponseWriter, r *http.Request) (name string, data []byte, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, MaxListingBytes+64<<10) // the form around the file
	parts, err := r.MultipartReader()
	if err != nil {
		return "", nil, fault.Wrap(err, fault.Invalid, "fault.form")
	}
	for {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			var wrong fault.Fields
			wrong.Add("file", "territory.import.choose")
			return "", nil, wrong.Err()
		case err != nil:
			return "", nil, uploadFault(err)
		}
		if part.FormName() == "file" && part.FileName() != "" {
			data, err := readPart(part)
			return part.FileName(), data, err
		}
	}
}

func readPart(part *multipart.Part) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(part, MaxListingBytes+1)) // one more: ReadListing says that it is too large
	if err != nil {
		return nil, uploadFault(err)
	}
	return data, nil
}

// uploadFault tells an upload that is too long from one that broke off.
func uploadFault(err error) error {
	if errors.As(err, new(*http.MaxBytesError)) {
		return fault.Wrap(err, fault.TooLarge, "territory.listing.too_large", "max", MaxListingBytes>>20)
	}
	return fault.Wrap(err, fault.Invalid, "fault.form")
}

func (s *Service) readReport(r *http.Request) (Report, error) {
	if !mayImport(account.ActorOf(r)) {
		return Report{}, fault.New(fault.NotFound, "fault.not_found")
	}
	var report Report
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		report, err = getImport(tx, ImportID(r.PathValue("id")))
		return err
	})
	return report, err
}

func (s *Service) reportPage(w http.ResponseWriter, r *http.Request) error {
	report, err := s.readReport(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, reportPage(web.ViewOf(r), report))
}

// rejectedPage gives the rejected lines as a table to be mended: line, column, value, reason.
func (s *Service) rejectedPage(w http.ResponseWriter, r *http.Request) error {
	report, err := s.readReport(r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	lines := [][]string{{v.T("territory.report.line"), v.T("territory.report.column"), v.T("territory.report.value"), v.T("territory.report.reason")}}
	for _, n := range report.Rejected {
		lines = append(lines, []string{lineText(n.Line), n.Column, n.Value, v.TArgs(n.Key, n.Args)})
	}
	return sendCSV(w, "bassin-import-rejected.csv", lines)
}

// exportTerritories gives the territories that the filters choose in the official form by grouping,
// which imports again without loss.
func (s *Service) exportTerritories(w http.ResponseWriter, r *http.Request) error {
	f := filterOf(web.ViewOf(r))
	f.Order = ByID
	lines := [][]string{{"id_ti", "lib_ti", "siren_epci", "nom_epci"}}
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		list, err := List(tx, f)
		if err != nil {
			return err
		}
		all, err := rows(tx, list, 1)
		for _, t := range all {
			for _, g := range t.Groupings {
				lines = append(lines, []string{string(t.ID), t.Name, string(g.SIREN), g.Name})
			}
			if len(t.Groupings) == 0 {
				lines = append(lines, []string{string(t.ID), t.Name, "", ""})
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return sendCSV(w, "territoires-industrie.csv", lines)
}

// sendCSV answers with a table that spreadsheets open as UTF-8 and in which no cell is a formula.
func sendCSV(w http.ResponseWriter, name string, lines [][]string) error {
	var b strings.Builder
	b.WriteString("\ufeff")
	c := csv.NewWriter(&b)
	for _, line := range lines {
		for i, cell := range line {
			if strings.HasPrefix(strings.TrimSpace(cell), "=") || strings.HasPrefix(cell, "+") || strings.HasPrefix(cell, "-") || strings.HasPrefix(cell, "@") {
				line[i] = "'" + cell
			}
		}
		if err := c.Write(line); err != nil {
			return err
		}
	}
	c.Flush()
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, err := io.WriteString(w, b.String())
	return err
}

func reportURL(id ImportID) string { return "/territory-imports/" + string(id) }

// lineText is a line's number; nothing for the file as a whole.
func lineText(n int) string {
	if n == 0 {
		return ""
	}
	return ref(n)
}
