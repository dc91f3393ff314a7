package document

import (
	"context"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/talk"
)

// Approve approves a version; seen is the hash of the content that the person looked at.
func (s *Service) Approve(ctx context.Context, by account.Actor, id project.ID, document EntryID, number int, seen, note string) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		p, err := allow(tx, by, id, document, project.Decide)
		if err != nil {
			return err
		}
		v, err := getVersion(tx, p.Entry.ID, number)
		if err != nil {
			return err
		}
		a, err := v.approve(seen, note, by, tx.Now())
		if err != nil {
			return err
		}
		if err := insertApproval(tx, a); err != nil {
			if f := fault.As(err); f != nil && f.Key == "db.unique" {
				return fault.New(fault.Conflict, "document.wrong.approved", "number", number)
			}
			return err
		}
		return record(tx, by, p.Entry, "document.approve", map[string]any{"number": number, "hash": v.Hash, "note": note})
	})
	if err != nil {
		return fmt.Errorf("approve version %d of %s: %w", number, document, err)
	}
	return nil
}

// Comment remarks on a version.
func (s *Service) Comment(ctx context.Context, by account.Actor, id project.ID, c Comment) (Comment, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		p, err := allow(tx, by, id, c.DocumentID, project.Comment)
		if err != nil {
			return err
		}
		if err := c.check(); err != nil {
			return err
		}
		if _, err := getVersion(tx, p.Entry.ID, c.Number); err != nil {
			return err
		}
		c.ID, c.AuthorID, c.Author, c.CreatedAt = CommentID(db.NewID()), by.ID, by.Name, tx.Now()
		if err := insertComment(tx, c); err != nil {
			return err
		}
		if err := s.tellOf(tx, by, p, c); err != nil {
			return err
		}
		return record(tx, by, p.Entry, "document.comment", map[string]any{"number": c.Number, "text": c.Text})
	})
	if err != nil {
		return Comment{}, fmt.Errorf("comment on %s: %w", c.DocumentID, err)
	}
	return c, nil
}

// tellOf tells of a comment: who is mentioned in it, then who has commented the document before.
// Guests of the folders above it are among those who can be told.
func (s *Service) tellOf(tx db.Tx, by account.Actor, p Place, c Comment) error {
	if s.opts.Talk == nil {
		return nil
	}
	people, err := talkersOf(tx, p)
	if err != nil {
		return err
	}
	before, err := listComments(tx, p.Entry.ID)
	if err != nil {
		return err
	}
	authors := make([]account.PersonID, len(before))
	for i, b := range before {
		authors[i] = b.AuthorID
	}
	sub := talk.Subject{Ref: talk.Ref{Kind: string(Document), ID: string(p.Entry.ID)}, Title: p.Entry.Name, URL: p.Entry.URL() + "#comments", People: people}
	return s.opts.Talk.TellOfIn(tx, by, sub, c.Text, authors)
}

// talkersOf lists who can be mentioned on a document: the people of the project and the guests of the folders above it.
func talkersOf(tx db.Tx, p Place) ([]talk.Person, error) {
	people, err := project.TalkersOf(tx, p.Entry.ProjectID)
	if err != nil {
		return nil, err
	}
	for _, folder := range p.ids() {
		held, err := account.GrantsOver(tx, account.OverFolder, string(folder))
		if err != nil {
			return nil, err
		}
		for _, h := range held {
			if h.Holds(tx.Today()) {
				people = append(people, talk.Person{ID: h.PersonID, Name: h.Name})
			}
		}
	}
	return people, nil
}
