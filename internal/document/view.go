package document

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/web"

	"github.com/a-h/templ"
)

func itoa(n int) string { return strconv.Itoa(n) }

func i64(n int64) string { return strconv.FormatInt(n, 10) }

// base is the address of the folder's forms.
func (x folderView) base() string {
	return x.ID.URL() + "/folders/" + idIn(x.Place.Entry.ID)
}

// entryURL is where an entry is arranged.
func (f frame) entryURL() string {
	return f.Place.Entry.ProjectID.URL() + "/entries/" + idIn(f.Place.Entry.ID)
}

func fileURL(e Entry, number int) string { return e.URL() + "/versions/" + itoa(number) + "/file" }

func viewURL(e Entry) string { return e.URL() + "/versions/" + itoa(e.Number) + "/view" }

func (x documentView) documentHead(v *web.View) web.Head {
	e := x.Place.Entry
	var acts []templ.Component
	if e.Size > 0 && x.Stored {
		acts = append(acts, web.Button(web.Act{Label: v.T("document.download"), URL: fileURL(e, e.Number), Icon: "download", Kind: web.Full, Download: true}))
	}
	h := x.head(v, acts...)
	if e.Number > 0 {
		h.Facts = append(h.Facts, web.Text(v.T("document.version_long", "number", e.Number)), web.Text(v.Size(e.Size)))
		if ApprovedNow(e, x.Approvals) {
			h.State = web.State(web.Badge{Label: v.T("document.approved"), Tone: web.Done})
		}
	}
	return h
}

// kindName says what a document is in words, with its ending: "Texte mis en forme (docx)".
func kindName(v *web.View, e Entry) string {
	typ, ext := e.Type, strings.TrimPrefix(strings.ToLower(path.Ext(e.Name)), ".")
	kind := "other"
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(typ, w) })
	}
	switch {
	case has("pdf"):
		kind = "pdf"
	case has("wordprocessing", "msword", "ms-word", "opendocument.text", "rtf"):
		kind = "writing"
	case has("spreadsheet", "ms-excel", "csv", "tab-separated"):
		kind = "table"
	case has("presentation", "powerpoint"):
		kind = "slides"
	case strings.HasPrefix(typ, "image/"):
		kind = "picture"
	case strings.HasPrefix(typ, "video/"):
		kind = "video"
	case strings.HasPrefix(typ, "model/"):
		kind = "part"
	case has("dxf", "acad", "ifc", "graphics"):
		kind = "drawing"
	case has("zip"):
		kind = "archive"
	case strings.HasPrefix(typ, "text/"), has("json"):
		kind = "text"
	}
	name := v.T("document.kind." + kind)
	if ext == "" {
		return name
	}
	return name + " (" + ext + ")"
}

func (x documentView) defs(v *web.View) []web.Def {
	e := x.Place.Entry
	list := []web.Def{{Term: v.T("document.field.updated"), Value: v.DateTime(e.UpdatedAt) + ", " + e.Updater}, {Term: v.T("document.field.type"), Value: kindName(v, e)}}
	if e.Number > 0 {
		list = append(list, web.Def{Term: "SHA-256", Body: hash(e.Hash)})
	}
	return list
}
