package project

import (
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// Frame is a project as the pages inside it show it: its header and tabs.
type Frame struct {
	Access
	tab  string
	tabs []Tab
}

// Enter reads the project of the address ({project} or {id}) for a page under a tab, and notes the
// visit.
func (s *Service) Enter(r *http.Request, tab string) (Frame, error) {
	id := ID(r.PathValue("project"))
	if id == "" {
		id = ID(r.PathValue("id"))
	}
	by := account.ActorOf(r)
	var a Access
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		a, err = Enter(tx, by, id)
		return err
	})
	if err != nil {
		return Frame{}, err
	}
	if err := s.Visit(r.Context(), by, id); err != nil {
		s.log.Warn("note a visit", "project", string(id), "error", err.Error())
	}
	return s.Frame(a, tab), nil
}

// Frame is the frame of a project that was read already.
func (s *Service) Frame(a Access, tab string) Frame { return Frame{a, tab, s.tabs()} }

// tabs lists the pages of every project: our own around those of higher features.
func (s *Service) tabs() []Tab {
	list := []Tab{{Key: "home"}, {Key: "stages", Path: "/stages"}}
	list = append(list, s.Tabs...)
	if s.opts.Talk != nil {
		list = append(list, Tab{Key: "discussion", Path: "/discussion"})
	}
	return append(list, Tab{Key: "decisions", Path: "/decisions"}, Tab{Key: "risks", Path: "/risks"}, Tab{Key: "people", Path: "/people"}, Tab{Key: "history", Path: "/history"})
}

// Links are the tabs as the person sees them.
func (f Frame) Links(v *web.View) []web.Tab {
	var out []web.Tab
	for _, t := range f.tabs {
		if t.Permission == "" || f.May(t.Permission) {
			out = append(out, web.Tab{Label: v.T("project.tab." + t.Key), URL: f.ID.URL() + t.Path, Current: t.Key == f.tab})
		}
	}
	return out
}

// Head is the header of a page under a tab.
func (f Frame) Head(v *web.View, actions ...templ.Component) web.Head {
	h := web.Head{Title: f.Title, Crumbs: []web.Crumb{{Label: v.T("project.list"), URL: "/projects"}, {Label: f.Title}},
		State: web.State(StateBadge(v, f.State)), Facts: f.facts(v), Actions: actions}
	if f.tab != "home" {
		h.Browser = v.T("project.tab."+f.tab) + " – " + f.Title
		h.Crumbs[1].URL = f.ID.URL()
		h.Crumbs = append(h.Crumbs, web.Crumb{Label: v.T("project.tab." + f.tab)})
	}
	return h
}

// Below is the header of something inside a tab: a task, a document. Crumbs lead from the tab to it.
func (f Frame) Below(v *web.View, title string, crumbs ...web.Crumb) web.Head {
	list := []web.Crumb{{Label: v.T("project.list"), URL: "/projects"}, {Label: f.Title, URL: f.ID.URL()}}
	for _, t := range f.tabs {
		if t.Key == f.tab && t.Key != "home" {
			list = append(list, web.Crumb{Label: v.T("project.tab." + t.Key), URL: f.ID.URL() + t.Path})
		}
	}
	return web.Head{Title: title, Browser: title + " – " + f.Title, Crumbs: append(append(list, crumbs...), web.Crumb{Label: title})}
}

func (f Frame) facts(v *web.View) []templ.Component {
	facts := []templ.Component{web.Text(f.Code), web.Text(v.T(f.Kind.Key())), web.Text(f.OwnerName)}
	if f.EndsOn != "" {
		facts = append(facts, web.Text(v.T("project.until", "ends_on", f.EndsOn)))
	}
	return facts
}

// StateBadge shows the state of a project.
func StateBadge(v *web.View, s State) web.Badge {
	b := web.Badge{Label: v.T(s.Key())}
	switch s {
	case Preparing:
		b.Icon = "pencil"
	case Running:
		b.Tone = web.Run
	case Paused:
		b.Tone, b.Icon = web.Late, "player-pause"
	case Finished:
		b.Tone = web.Done
	case Abandoned:
		b.Tone = web.Stop
	}
	return b
}

// watched has a page told when others change the project.
func (f Frame) watched(h web.Head) web.Head {
	h.Watch = web.Watch{Kind: "project", ID: string(f.ID)}
	return h
}
