package project

import (
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/talk"
	"bassin/internal/web"
)

// Subject tells the discussion of a project to one person.
func (s *Service) Subject(tx db.Tx, by account.Actor, id string) (talk.Subject, error) {
	a, err := Enter(tx, by, ID(id))
	if err != nil {
		return talk.Subject{}, err
	}
	people, err := TalkersOf(tx, a.ID)
	return talk.Subject{Ref: talk.Ref{Kind: "project", ID: id}, Title: a.Title, URL: a.ID.URL() + "/discussion", Scope: a.ID.Scope(),
		MayComment: a.RemovedAt == 0 && a.May(Comment), People: people}, err
}

// TalkersOf lists who can be mentioned in a project's discussions.
func TalkersOf(tx db.Tx, id ID) ([]talk.Person, error) {
	members, err := MembersOf(tx, id)
	people := make([]talk.Person, len(members))
	for i, m := range members {
		people[i] = talk.Person{ID: m.PersonID, Name: m.Name}
	}
	return people, err
}

func (s *Service) discussionPage(w http.ResponseWriter, r *http.Request) error {
	f, err := s.Enter(r, "discussion")
	if err != nil {
		return err
	}
	var t talk.Thread
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		t, err = s.opts.Talk.Read(tx, f.By, talk.Ref{Kind: "project", ID: string(f.ID)}, false)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, discussionTemplate(web.ViewOf(r), f, t))
}
