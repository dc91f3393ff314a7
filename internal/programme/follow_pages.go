package programme

import (
	"net/http"
	"net/url"
	"strings"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/web"
)

func (s *Service) followPages(m *web.Mux) {
	m.Page("POST /actions/{id}/blockers", s.addBlockerPage)
	m.Page("POST /actions/{id}/blockers/{blocker}/resolve", s.resolveBlockerPage)
	m.Page("POST /actions/{id}/notes", s.addNotePage)
	m.Page("POST /actions/{id}/links", s.addLinkPage)
	m.Page("POST /actions/{id}/links/{other}/remove", s.removeLinkPage)
	m.Page("POST /actions/{id}/links/{other}/restore", s.restoreLinkPage)
}

// both joins what could not be read with what the rules say of the rest, so that all is told at
// once.
func both(f *web.Form, rule error) error {
	unread, ruled := fault.As(f.Err()), fault.As(rule)
	if unread == nil || ruled == nil || len(ruled.Fields) == 0 {
		if unread != nil {
			return unread
		}
		return rule
	}
	wrong := append(fault.Fields{}, unread.Fields...)
	for _, x := range ruled.Fields {
		if !wrong.Has(x.Name) {
			wrong = append(wrong, x)
		}
	}
	return wrong.Err()
}

// small is a form that stands on a page of the sheet.
type small struct {
	name  string // of the form
	page  func(w http.ResponseWriter, r *http.Request, status int, f web.Forms) error
	may   Permission   // asked for; EditAction when empty
	rule  error        // what the rules say of what was read
	do    func() error // the operation
	to    string       // where one goes when it is done
	undo  string
	toast string
	args  []any
}

// submit answers a small form: done, one goes on; refused, its page comes back with what was typed.
func (s *Service) submit(w http.ResponseWriter, r *http.Request, f *web.Form, x small) error {
	err := both(f, web.Prefixed(x.rule, x.name))
	if err != nil { // who may not do this is told so, not what is wrong with it
		sheet, serr := s.viewSheet(r)
		if serr != nil {
			return serr
		}
		if x.may == "" {
			x.may = EditAction
		}
		if !sheet.May(x.may) {
			return fault.New(fault.Forbidden, "programme.forbidden."+string(x.may))
		}
	} else {
		err = web.Prefixed(x.do(), x.name)
	}
	if err == nil {
		return web.SeeOtherUndo(w, r, x.to, x.undo, x.toast, x.args...)
	}
	if !f.Fail(web.ViewOf(r), err) {
		return err
	}
	return x.page(w, r, web.Status(err), web.Forms{x.name: f})
}

func (s *Service) addBlockerPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	today := web.ViewOf(r).Today()
	b := Blocker{ActionID: ActionID(r.PathValue("id")), Text: f.Text("blocker.text"), Unblock: f.Text("blocker.unblock"), SinceOn: f.Date("blocker.since_on")}
	if b.SinceOn == "" {
		b.SinceOn = today
	}
	return s.submit(w, r, f, small{name: "blocker", page: s.showSheet, rule: b.validate(today), to: actionURL(b.ActionID) + "#blockers",
		toast: "programme.done.blocker_added",
		do: func() error {
			_, err := s.AddBlocker(r.Context(), account.ActorOf(r), b)
			return err
		}})
}

func (s *Service) resolveBlockerPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	id, blocker := ActionID(r.PathValue("id")), BlockerID(r.PathValue("blocker"))
	name := resolveForm(blocker)
	on, how := f.Date(name+".resolved_on"), f.Text(name+".resolution")
	return s.submit(w, r, f, small{name: name, page: s.showSheet, to: actionURL(id) + "#blockers", toast: "programme.done.blocker_resolved",
		do: func() error { return s.ResolveBlocker(r.Context(), account.ActorOf(r), id, blocker, on, how) }})
}

func resolveForm(id BlockerID) string { return "resolve." + string(id) }

func (s *Service) addNotePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	today := web.ViewOf(r).Today()
	n := Note{ActionID: ActionID(r.PathValue("id")), On: f.Date("note.on"), Text: f.Text("note.text")}
	if n.On == "" {
		n.On = today
	}
	return s.submit(w, r, f, small{name: "note", may: AddNote, page: s.showSheet, rule: n.validate(today), to: actionURL(n.ActionID) + "#notes",
		toast: "programme.done.note_added",
		do: func() error {
			_, err := s.AddNote(r.Context(), account.ActorOf(r), n)
			return err
		}})
}

// addLinkPage links a sheet named by its reference, as people name it.
func (s *Service) addLinkPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := ActionID(r.PathValue("id"))
	return s.submit(w, r, f, small{name: "link", page: s.showSheet, to: actionURL(id) + "#links", toast: "programme.done.link_added",
		do: func() error {
			return s.LinkActions(r.Context(), account.ActorOf(r), id, ActionID(f.Text("link.other_id")), f.Text("link.note"))
		}})
}

func (s *Service) removeLinkPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id, other := ActionID(r.PathValue("id")), ActionID(r.PathValue("other"))
	if err := s.UnlinkActions(r.Context(), account.ActorOf(r), id, other); err != nil {
		return err
	}
	note := []rune(f.Text("note"))
	undo := actionURL(id, "links", string(other), "restore") + "?note=" + url.QueryEscape(string(note[:min(len(note), 200)]))
	return web.SeeOtherUndo(w, r, actionURL(id)+"#links", undo, "programme.done.link_removed")
}

func (s *Service) restoreLinkPage(w http.ResponseWriter, r *http.Request) error {
	id := ActionID(r.PathValue("id"))
	note := strings.TrimSpace(r.URL.Query().Get("note"))
	err := s.LinkActions(r.Context(), account.ActorOf(r), id, ActionID(r.PathValue("other")), note)
	if f := fault.As(err); err != nil && (f == nil || len(f.Fields) != 1 || f.Fields[0].Key != linkTaken) { // there already: done
		return err
	}
	return web.SeeOther(w, r, actionURL(id)+"#links", "programme.done.link_added")
}
