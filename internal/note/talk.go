package note

import (
	"context"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/talk"
)

// Subject tells the discussion of a note to one person. Its people are those of the project and the
// note's guests.
func (s *Service) Subject(tx db.Tx, by account.Actor, id string) (talk.Subject, error) {
	n, err := getNote(tx, ID(id))
	if err != nil {
		return talk.Subject{}, err
	}
	e, err := Enter(tx, by, n.ProjectID, n.ID)
	if err != nil {
		return talk.Subject{}, err
	}
	return subjectOf(tx, e)
}

func subjectOf(tx db.Tx, e Entry) (talk.Subject, error) {
	people, err := project.TalkersOf(tx, e.ProjectID)
	if err != nil {
		return talk.Subject{}, err
	}
	guests, err := GuestsOf(tx, e)
	for _, g := range guests {
		if g.Holds(tx.Today()) {
			people = append(people, talk.Person{ID: g.PersonID, Name: g.Name})
		}
	}
	may := e.RemovedAt == 0 && e.Project.RemovedAt == 0 && (e.Standing != Reads || e.Project.May(project.Comment))
	return talk.Subject{Ref: talk.Ref{Kind: "note", ID: string(e.ID)}, Title: e.Title, URL: e.URL(), Scope: e.ProjectID.Scope(), MayComment: may, People: people}, err
}

// tellMentioned tells those whom the text names since it was last kept, and who may read it.
func (s *Service) tellMentioned(tx db.Tx, by account.Actor, e Entry, was, is Node) error {
	if s.opts.Talk == nil {
		return nil
	}
	before, now := was.Mentions(), is.Mentions()
	now = slices.DeleteFunc(now, func(id account.PersonID) bool { return slices.Contains(before, id) })
	if len(now) == 0 {
		return nil
	}
	sub, err := subjectOf(tx, e)
	if err != nil {
		return err
	}
	for _, p := range sub.People {
		if !slices.Contains(now, p.ID) {
			continue
		}
		if err := s.opts.Talk.TellIn(tx, by, p.ID, talk.ByMention, sub, account.Brief(is.around(p.ID))); err != nil {
			return err
		}
	}
	return nil
}

// keepIn puts a version beside the others, or in the place of the last one that it goes on with.
func (s *Service) keepIn(tx db.Tx, by account.Actor, e Entry, v Version) error {
	was, err := Read(tx, e)
	if err != nil {
		return err
	}
	if was.ID != "" && was.Seq >= v.Seq {
		return nil
	}
	is, err := Parse([]byte(v.Doc))
	if err != nil {
		return err
	}
	write := insertVersion
	if v.continues(was.Version) {
		v.ID, v.StartedAt, write = was.ID, was.StartedAt, saveVersion
	}
	if err := write(tx, v); err != nil {
		return err
	}
	if err := s.tellMentioned(tx, by, e, was.Root, is); err != nil {
		return err
	}
	return index(tx, e.Note)
}

// discussion reads what is said about a note that was entered.
func (s *Service) discussion(ctx context.Context, e Entry) (t talk.Thread, err error) {
	if s.opts.Talk == nil {
		return t, nil
	}
	err = s.db.View(ctx, func(tx db.Tx) error {
		t, err = s.opts.Talk.Read(tx, e.By, talk.Ref{Kind: "note", ID: string(e.ID)}, false)
		return err
	})
	return t, err
}
