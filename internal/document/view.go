package document

import (
	"strconv"

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

func (x documentView) defs(v *web.View) []web.Def {
	e := x.Place.Entry
	list := []web.Def{{Term: v.T("document.field.updated"), Value: v.DateTime(e.UpdatedAt) + ", " + e.Updater}, {Term: v.T("document.field.type"), Value: e.Type}}
	if e.Number > 0 {
		list = append(list, web.Def{Term: "SHA-256", Body: hash(e.Hash)})
	}
	return list
}
