package agenda

import (
	"io"
	"net/http"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/web"
)

// Pages registers the feature's pages, and what programs of calendars ask for.
func (s *Service) Pages(m *web.Mux) {
	m.Page("GET /calendar", s.calendarPage)
	m.Page("GET /calendar/feeds", s.feedsPage)
	m.Page("POST /calendar/feeds", s.addFeedPage)
	m.Page("POST /calendar/feeds/{feed}/revoke", s.revokeFeedPage)
	m.Open("GET /feeds/{token}", s.feedPage)
	s.davRoutes(m.Raw)
}

// API registers the feature's operations: none, programs of calendars speak CalDAV.
func (s *Service) API(*web.Mux) {}

// calendarView is a month over all one's projects.
type calendarView struct {
	Month Month
	Mine  int // projects
	Shown int // entries
	Prev  string
	Next  string
}

func (s *Service) calendarPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	by := account.ActorOf(r)
	x := calendarView{Month: monthOf(v.Query.Get("month"), v.Today())}
	x.Prev, x.Next = v.With("month", x.Month.beside(-1)), v.With("month", x.Month.beside(1))
	books, err := s.opts.Plan.Books(r.Context(), by)
	if err != nil {
		return err
	}
	x.Mine = len(books)
	err = s.db.View(r.Context(), func(tx db.Tx) error {
		days := x.Month.Days
		w := wish{person: by.ID, from: days[0].On, to: days[len(days)-1].On}
		w.over(books...)
		list, err := entries(tx, w)
		x.Shown = len(list)
		x.Month.fill(list)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, calendarTemplate(v, x))
}

// feedsView is the addresses of somebody.
type feedsView struct {
	Feeds  []Feed
	Titles map[project.ID]string
	Forms  web.Forms
	All    []web.Choice
	Made   string // the address that was just made
	Dav    string // where programs begin
	URL    string
}

func (s *Service) feedsPage(w http.ResponseWriter, r *http.Request) error {
	return s.showFeeds(w, r, http.StatusOK, nil, "")
}

func (s *Service) showFeeds(w http.ResponseWriter, r *http.Request, status int, forms web.Forms, made string) error {
	v := web.ViewOf(r)
	by := account.ActorOf(r)
	x := feedsView{Forms: forms, Made: made, All: []web.Choice{{Label: v.T("agenda.feed.mine")}}, URL: s.origin(r), Titles: map[project.ID]string{}}
	x.Dav = x.URL + davRoot
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Feeds, err = listFeeds(tx, by.ID); err != nil {
			return err
		}
		ids, err := project.VisibleIDs(tx, by)
		if err != nil {
			return err
		}
		all, err := project.Among(tx, by, ids[:min(len(ids), maxBooks)])
		for _, id := range ids {
			if p, ok := all[id]; ok {
				x.All = append(x.All, web.Choice{Value: string(id), Label: p.Title})
				x.Titles[id] = p.Title
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, feedsTemplate(v, x))
}

// origin is the public address of the server; without one, what the browser asked for.
func (s *Service) origin(r *http.Request) string {
	if s.opts.URL != "" {
		return s.opts.URL
	}
	return "http://" + r.Host
}

func (s *Service) addFeedPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	_, secret, err := s.AddFeed(r.Context(), account.ActorOf(r), project.ID(f.Text("feed.project_id")))
	switch {
	case err == nil:
		return s.showFeeds(w, r, http.StatusOK, nil, s.origin(r)+"/feeds/"+secret+".ics")
	case f.Fail(web.ViewOf(r), web.Prefixed(err, "feed")):
		return s.showFeeds(w, r, web.Status(err), web.Forms{"feed": f}, "")
	}
	return err
}

func (s *Service) revokeFeedPage(w http.ResponseWriter, r *http.Request) error {
	if err := s.RevokeFeed(r.Context(), account.ActorOf(r), FeedID(r.PathValue("feed"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/calendar/feeds", "agenda.feed.revoked")
}

// feedPage gives a calendar to who has its address. The log names the route, never the secret.
func (s *Service) feedPage(w http.ResponseWriter, r *http.Request) error {
	text, err := s.read(r.Context(), strings.TrimSuffix(r.PathValue("token"), ".ics"))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("ETag", quoted(tag(text)))
	h.Set("Cache-Control", "private, max-age=300")
	if contains(readTags(r.Header.Get("If-None-Match")), tag(text)) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	_, err = io.WriteString(w, text)
	return err
}
