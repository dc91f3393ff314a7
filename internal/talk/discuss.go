package talk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
)

// Say adds a comment, and tells those it mentions and those who take part.
func (s *Service) Say(ctx context.Context, by account.Actor, ref Ref, text string) (Comment, error) {
	var c Comment
	err := s.db.Do(ctx, func(tx db.Tx) error {
		sub, err := s.subject(tx, by, ref)
		if err != nil {
			return err
		}
		if !sub.MayComment {
			return fault.New(fault.Forbidden, "talk.forbidden")
		}
		c = Comment{ID: CommentID(db.NewID()), SubjectKind: ref.Kind, SubjectID: ref.ID, Scope: sub.Scope, Text: strings.TrimSpace(text),
			AuthorID: by.ID, AuthorName: by.Name, CreatedAt: tx.Now()}
		if err := c.check(); err != nil {
			return err
		}
		authors, err := listAuthors(tx, ref)
		if err != nil {
			return err
		}
		if err := insertComment(tx, c); err != nil {
			return err
		}
		if err := s.TellOfIn(tx, by, sub, c.Text, append(authors, sub.Concerned...)); err != nil {
			return err
		}
		return account.Record(tx, by, account.Event{Verb: "talk.say", Kind: ref.Kind, ID: ref.ID, Scope: sub.Scope, Data: map[string]any{"title": sub.Title, "text": account.Brief(c.Text)}})
	})
	if err != nil {
		return Comment{}, fmt.Errorf("comment on %s %s: %w", ref.Kind, ref.ID, err)
	}
	return c, nil
}

// TellOfIn tells of a comment, within the caller's operation: who is mentioned, then who has taken part; each once, the author not.
// Only people of the subject are told: who has left it learns nothing more.
func (s *Service) TellOfIn(tx db.Tx, by account.Actor, sub Subject, text string, authors []account.PersonID) error {
	here := func(id account.PersonID) bool {
		return slices.ContainsFunc(sub.People, func(p Person) bool { return p.ID == id })
	}
	told := []account.PersonID{by.ID}
	for _, step := range []struct {
		reason Reason
		ids    []account.PersonID
	}{{ByMention, Mentioned(text, sub.People)}, {ByComment, authors}} {
		for _, id := range step.ids {
			if slices.Contains(told, id) || !here(id) {
				continue
			}
			told = append(told, id)
			if err := s.TellIn(tx, by, id, step.reason, sub, account.Brief(text)); err != nil {
				return err
			}
		}
	}
	return nil
}

// TellIn tells somebody something, within the caller's operation; the caller knows that they may
// know it.
func (s *Service) TellIn(tx db.Tx, by account.Actor, person account.PersonID, reason Reason, sub Subject, excerpt string) error {
	return s.TellByIn(tx, by, person, reason, sub, excerpt, nil)
}

// TellByIn is TellIn for what has a letter of its own, with an invitation for calendars or a file:
// it goes to who wants the topic by mail at once, in the place of the usual mail, and to the actor
// too.
func (s *Service) TellByIn(tx db.Tx, by account.Actor, person account.PersonID, reason Reason, sub Subject, excerpt string, letter func() error) error {
	if person == "" || person == by.ID && letter == nil {
		return nil
	}
	choices, err := choicesOf(tx, person)
	if err != nil {
		return err
	}
	n := Notice{ID: NoticeID(db.NewID()), PersonID: person, Reason: reason, ActorName: by.Name, SubjectKind: sub.Kind, SubjectID: sub.ID,
		Title: sub.Title, URL: sub.URL, Excerpt: excerpt, CreatedAt: tx.Now()}
	way := choices.Of(reason.Topic())
	if way == AtOnce {
		if letter == nil {
			letter = func() error { return s.mail(tx, n) }
		}
		if err := letter(); err != nil {
			return err
		}
	}
	if person == by.ID || way == Off {
		return nil
	}
	if way != Daily || s.opts.Account == nil {
		n.MailedAt = tx.Now()
	}
	return insertNotice(tx, n)
}

func (s *Service) mail(tx db.Tx, n Notice) error {
	if s.opts.Account == nil {
		return nil
	}
	return s.opts.Account.NotifyIn(tx, n.PersonID, "notice", noticeMail(n)...)
}

func noticeMail(n Notice) []any {
	return []any{"reason_key", n.Reason.Key(), "by", n.ActorName, "title", n.Title, "excerpt", n.Excerpt, "path", n.URL}
}

// TakeBack removes one's own comment; its place stays.
func (s *Service) TakeBack(ctx context.Context, by account.Actor, id CommentID) (Comment, error) {
	var c Comment
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		var sub Subject
		if c, sub, err = s.commentFor(tx, by, id); err != nil {
			return err
		}
		if !c.mayTakeBack(by) {
			return fault.New(fault.Forbidden, "talk.not_yours")
		}
		if err := removeComment(tx, id); err != nil {
			return err
		}
		return account.Record(tx, by, account.Event{Verb: "talk.take_back", Kind: c.SubjectKind, ID: c.SubjectID, Scope: sub.Scope, Data: map[string]any{"title": sub.Title}})
	})
	return c, err
}

// React puts one's sign to a comment, or takes it away again.
func (s *Service) React(ctx context.Context, by account.Actor, id CommentID, sign string) (Comment, error) {
	var c Comment
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		if c, _, err = s.commentFor(tx, by, id); err != nil {
			return err
		}
		if !slices.Contains(Signs(), sign) {
			var wrong fault.Fields
			wrong.Add("sign", "fault.choice")
			return wrong.Err()
		}
		return toggleReaction(tx, id, by.ID, sign)
	})
	return c, err
}

// commentFor reads a comment on something that the actor may comment on.
func (s *Service) commentFor(tx db.Tx, by account.Actor, id CommentID) (Comment, Subject, error) {
	c, err := getComment(tx, id)
	if err != nil {
		return c, Subject{}, err
	}
	sub, err := s.subject(tx, by, Ref{c.SubjectKind, c.SubjectID})
	if err == nil && !sub.MayComment {
		err = fault.New(fault.Forbidden, "talk.forbidden")
	}
	return c, sub, err
}

// Thread is a discussion as one person sees it, oldest first.
type Thread struct {
	Subject  Subject
	Comments []Comment
	Me       account.PersonID
	Earlier  int // comments before those shown
}

// threadSize is how many comments a page shows; older ones by the link above them.
const threadSize = 50

// Read reads a discussion: its last comments, or all of them.
func (s *Service) Read(tx db.Tx, by account.Actor, ref Ref, all bool) (Thread, error) {
	sub, err := s.subject(tx, by, ref)
	if err != nil {
		return Thread{}, err
	}
	t := Thread{Subject: sub, Me: by.ID}
	limit := threadSize
	if all {
		limit = 5000
	}
	n, err := countComments(tx, ref)
	if err != nil {
		return t, err
	}
	if t.Comments, err = listComments(tx, ref, limit); err != nil {
		return t, err
	}
	slices.Reverse(t.Comments)
	t.Earlier = max(0, n-len(t.Comments))
	return t, addReactions(tx, t.Comments, by.ID)
}

func addReactions(tx db.Tx, list []Comment, me account.PersonID) error {
	ids := make([]CommentID, len(list))
	for i, c := range list {
		ids[i] = c.ID
	}
	rows, err := listReactions(tx, ids)
	for i := range list {
		for _, sign := range Signs() {
			r := Reaction{Sign: sign}
			for _, x := range rows {
				if x.CommentID == list[i].ID && x.Sign == sign {
					r.Names = append(r.Names, x.Name)
					r.Mine = r.Mine || x.PersonID == me
				}
			}
			list[i].Reactions = append(list[i].Reactions, r)
		}
	}
	return err
}
