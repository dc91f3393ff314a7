package additive

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/web"
)

const maxUpload = 4 * maxFileBytes

// dropWords are what the script that sends dropped files asks and says.
func dropWords(v *web.View) templ.Attributes {
	a := templ.Attributes{
		"class": "b-uploads", "data-dropping": "/api/v1/parts", "data-parts": partsURL, "data-lang": v.Lang,
		"data-many": strconv.Itoa(maxFiles), "data-most": strconv.Itoa(maxFileBytes),
		"data-too-many": v.T("additive.wrong.too_many", "count", maxFiles), "data-too-large": v.T("file.too_large", "max_bytes", v.Size(maxFileBytes)),
		"data-show": v.T("additive.drop_show"),
	}
	for name, key := range map[string]string{
		"title": "document.upload.title", "waiting": "document.upload.waiting", "sending": "document.upload.sending", "filing": "document.upload.filing", "done": "document.upload.done",
		"lost": "document.upload.lost", "sign-in": "document.upload.sign_in", "refused": "document.upload.refused", "again": "document.upload.again", "some-refused": "document.upload.some_refused",
	} {
		a["data-"+name] = v.T(key)
	}
	return a
}

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
			return nil, nil, file.Broken(err)
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
			return nil, nil, file.Broken(err)
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
		return file.Broken(err)
	}
	f.Values.Set(part.FormName(), strings.ToValidUTF8(strings.ReplaceAll(string(b), "\x00", ""), "\ufffd"))
	return nil
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
