package agenda

import (
	"context"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/ical"
	"bassin/internal/project"
	"bassin/internal/when"
)

// AddFeed makes a secret address for the actor's own meetings and tasks, or for all of one project,
// and gives the secret, which is shown once.
func (s *Service) AddFeed(ctx context.Context, by account.Actor, in project.ID) (Feed, string, error) {
	secret, hash := account.NewSecret()
	f := Feed{ID: FeedID(db.NewID()), PersonID: by.ID, ProjectID: in, TokenHash: hash}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if !by.Known() || by.System() {
			return missing()
		}
		scope := ""
		if in != "" {
			if _, err := project.Enter(tx, by, in); err != nil {
				if !fault.Is(err, fault.NotFound) {
					return err
				}
				var wrong fault.Fields
				wrong.Add("project_id", "fault.choice")
				return wrong.Err()
			}
			scope = in.Scope()
		}
		have, err := listFeeds(tx, by.ID)
		if err != nil {
			return err
		}
		if len(have) >= maxFeeds {
			return fault.New(fault.Conflict, "agenda.wrong.feeds", "max", maxFeeds)
		}
		f.CreatedAt = tx.Now()
		if err := insertFeed(tx, f); err != nil {
			return err
		}
		return account.Record(tx, by, account.Event{Verb: "agenda.feed.add", Kind: "person", ID: string(by.ID), Scope: scope})
	})
	if err != nil {
		return Feed{}, "", fmt.Errorf("make a feed: %w", err)
	}
	return f, secret, nil
}

// RevokeFeed ends one of the actor's addresses.
func (s *Service) RevokeFeed(ctx context.Context, by account.Actor, id FeedID) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		if err := revokeFeed(tx, by.ID, id); err != nil {
			return err
		}
		return account.Record(tx, by, account.Event{Verb: "agenda.feed.revoke", Kind: "person", ID: string(by.ID)})
	})
}

// The days that a feed tells, from today.
const (
	feedBack  = 90
	feedAhead = 400
	touchFor  = 3600_000_000 // microseconds: how precise the last use is
)

// read gives what a secret address shows to whom it belongs, as they are now.
func (s *Service) read(ctx context.Context, secret string) (string, error) {
	var f Feed
	var list []Entry
	title, touch := "Bassin", false
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		if f, err = getFeed(tx, account.HashSecret(secret)); err != nil {
			return err
		}
		by, err := account.Load(tx, f.PersonID)
		if err != nil {
			return err
		}
		w := wish{person: by.ID, from: tx.Today().AddDays(-feedBack), to: tx.Today().AddDays(feedAhead)}
		if f.ProjectID != "" {
			a, err := project.Enter(tx, by, f.ProjectID)
			if err != nil {
				return err
			}
			w.person, title = "", a.Title
			w.over(a)
		} else {
			books, err := project.Mine(tx, by)
			if err != nil {
				return err
			}
			w.over(books...)
		}
		touch = tx.Now()-f.UsedAt > when.Time(touchFor)
		list, err = entries(tx, w)
		return err
	})
	if err != nil {
		return "", err
	}
	if touch {
		if err := s.db.Do(context.WithoutCancel(ctx), func(tx db.Tx) error { return touchFeed(tx, f.ID) }); err != nil {
			return "", err
		}
	}
	return s.feed(title, list), nil
}

// feed writes entries as a calendar.
func (s *Service) feed(title string, list []Entry) string {
	order(list)
	c := ical.New("VCALENDAR")
	c.Set("VERSION", "2.0")
	c.Set("PRODID", "-//Bassin//Agenda//FR")
	c.SetText("X-WR-CALNAME", title)
	c.Set("REFRESH-INTERVAL", "PT1H", ical.Param{Name: "VALUE", Value: "DURATION"})
	for _, e := range list {
		c.Parts = append(c.Parts, e.event(s.opts.URL))
	}
	return c.String()
}
