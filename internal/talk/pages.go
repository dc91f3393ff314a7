package talk

import (
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/web"
)

// Pages registers the feature's pages.
func (s *Service) Pages(m *web.Mux) {
	m.Page("GET /talk/{kind}/{id}", s.threadPage)
	m.Page("POST /talk/{kind}/{id}", s.sayPage)
	m.Page("POST /talk/comments/{comment}/remove", s.takeBackPage)
	m.Page("POST /talk/comments/{comment}/react", s.reactPage)
	m.Page("GET /notices", s.noticesPage)
	m.Page("POST /notices/seen", s.seenPage)
	m.Page("GET /notices/settings", s.settingsPage)
	m.Page("POST /notices/settings", s.preferPage)
	m.Page("GET /notices/{notice}", s.openNoticePage)
	m.Page("GET /live", s.livePage)
}

func refOf(r *http.Request) Ref { return Ref{r.PathValue("kind"), r.PathValue("id")} }

// url is where a discussion with all its comments stands.
func (r Ref) url() string { return "/talk/" + r.Kind + "/" + r.ID }

func (s *Service) threadPage(w http.ResponseWriter, r *http.Request) error {
	return s.showThread(w, r, http.StatusOK, nil)
}

func (s *Service) showThread(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	var t Thread
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		t, err = s.Read(tx, account.ActorOf(r), refOf(r), true)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, threadTemplate(web.ViewOf(r), t, forms))
}

func (s *Service) sayPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	to := ""
	err = s.db.View(r.Context(), func(tx db.Tx) error {
		sub, err := s.subject(tx, account.ActorOf(r), refOf(r))
		to = sub.URL
		return err
	})
	if err != nil {
		return err
	}
	return f.Submit(w, r, web.Small{Name: "comment", Page: s.showThread, To: to, Toast: "talk.said", Do: func() error {
		_, err := s.Say(r.Context(), account.ActorOf(r), refOf(r), f.Text("comment.text"))
		return err
	}})
}

// back answers an act on a comment: one goes back to where its subject's discussion is read.
func (s *Service) back(w http.ResponseWriter, r *http.Request, c Comment, toast string) error {
	to := "/"
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		sub, err := s.subject(tx, account.ActorOf(r), Ref{c.SubjectKind, c.SubjectID})
		to = sub.URL
		return err
	})
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, to, toast)
}

func (s *Service) takeBackPage(w http.ResponseWriter, r *http.Request) error {
	c, err := s.TakeBack(r.Context(), account.ActorOf(r), CommentID(r.PathValue("comment")))
	if err != nil {
		return err
	}
	return s.back(w, r, c, "talk.taken_back")
}

func (s *Service) reactPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	c, err := s.React(r.Context(), account.ActorOf(r), CommentID(r.PathValue("comment")), f.Text("sign"))
	if err != nil {
		return err
	}
	return s.back(w, r, c, "")
}

// noticesView is what somebody was told.
type noticesView struct {
	List   []Notice
	Unseen int
	Older  string
}

const noticesSize = 50

func (s *Service) noticesPage(w http.ResponseWriter, r *http.Request) error {
	v, by := web.ViewOf(r), account.ActorOf(r)
	var x noticesView
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.List, err = Notices(tx, by, NoticeID(v.Query.Get("before")), noticesSize); err != nil {
			return err
		}
		x.Unseen, err = countUnseen(tx, by.ID)
		return err
	})
	if err != nil {
		return err
	}
	if len(x.List) == noticesSize {
		x.Older = v.With("before", string(x.List[noticesSize-1].ID))
	}
	return web.Render(w, r, http.StatusOK, noticesTemplate(v, x))
}

func (s *Service) seenPage(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.See(r.Context(), account.ActorOf(r), ""); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/notices", "talk.all_seen")
}

func (s *Service) settingsPage(w http.ResponseWriter, r *http.Request) error {
	var c Choices
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		c, err = choicesOf(tx, account.ActorOf(r).ID)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, settingsTemplate(web.ViewOf(r), c))
}

func (s *Service) preferPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	c := Choices{}
	for _, t := range Topics() {
		c[t] = Way(f.Text(string(t)))
	}
	if err := s.Prefer(r.Context(), account.ActorOf(r), c); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/notices/settings", "talk.preferred")
}

// openNoticePage notes that a notice was seen, and leads to what it is about.
func (s *Service) openNoticePage(w http.ResponseWriter, r *http.Request) error {
	n, err := s.See(r.Context(), account.ActorOf(r), NoticeID(r.PathValue("notice")))
	if err != nil {
		return err
	}
	http.Redirect(w, r, web.LocalPath(n.URL, "/notices"), http.StatusSeeOther)
	return nil
}

// signIcon is the picture of a sign.
func signIcon(sign string) string {
	return map[string]string{"agree": "thumb-up", "thanks": "heart", "look": "eye", "done": "check"}[sign]
}
