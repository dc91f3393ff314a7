package plan

import (
	"context"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/talk"
)

// subjectKind names tasks among what is talked about.
const subjectKind = "task"

// Subject tells the discussion of a task to one person. What is said there reaches those who have the
// task, besides those who are mentioned or have taken part.
func (s *Service) Subject(tx db.Tx, by account.Actor, id string) (talk.Subject, error) {
	p, err := projectOf(tx, TaskID(id))
	if err != nil {
		return talk.Subject{}, err
	}
	a, err := project.Enter(tx, by, p)
	if err != nil {
		return talk.Subject{}, err
	}
	t, err := getTask(tx, p, TaskID(id))
	if err != nil {
		return talk.Subject{}, err
	}
	people, err := project.TalkersOf(tx, p)
	if err != nil {
		return talk.Subject{}, err
	}
	given, err := listAssignees(tx, []TaskID{t.ID})
	sub := talk.Subject{Ref: talk.Ref{Kind: subjectKind, ID: id}, Title: Code(a, t) + " " + t.Title, URL: t.URL(), Scope: p.Scope(),
		MayComment: t.RemovedAt == 0 && a.RemovedAt == 0 && a.May(project.Comment), People: people}
	for _, x := range given {
		sub.Concerned = append(sub.Concerned, x.PersonID)
	}
	return sub, err
}

// discussion reads what is said about a task that was entered.
func (s *Service) discussion(ctx context.Context, by account.Actor, t Task) (x talk.Thread, err error) {
	if s.talk == nil {
		return x, nil
	}
	err = s.db.View(ctx, func(tx db.Tx) error {
		x, err = s.talk.Read(tx, by, talk.Ref{Kind: subjectKind, ID: string(t.ID)}, false)
		return err
	})
	return x, err
}
