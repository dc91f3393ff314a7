package talk

import (
	"context"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/job"
)

// Jobs registers the mail of the day.
func (s *Service) Jobs(q *job.Queue) {
	job.Every(q, "talk.digest", time.Hour, func(ctx context.Context, _ *job.Run) error { return s.digest(ctx) })
}

// digestAfter is how long a notice waits for the mail of the day.
const digestAfter = 20 * time.Hour

// digest sends each person whose oldest untold notice has waited long enough one mail with all of
// them; what was seen in the meantime is left out.
func (s *Service) digest(ctx context.Context) error {
	var people []account.PersonID
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		people, err = listToTell(tx, tx.Now().Add(-digestAfter))
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range people { // one transaction each: a mail that fails keeps nobody else waiting
		if err := s.db.Do(ctx, func(tx db.Tx) error { return s.tellDay(tx, id) }); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) tellDay(tx db.Tx, id account.PersonID) error {
	list, err := listUntold(tx, id)
	if err != nil || len(list) == 0 {
		return err
	}
	var unseen []Notice
	for _, n := range list {
		if n.SeenAt == 0 {
			unseen = append(unseen, n)
		}
	}
	if len(unseen) > 0 && s.opts.Account != nil {
		if err := s.opts.Account.NotifyIn(tx, id, "digest", "count", len(unseen), "list", lines(unseen), "path", "/notices"); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return tellAll(tx, id)
}

// lines writes notices one below the other for a mail.
func lines(list []Notice) string {
	out := ""
	for _, n := range list {
		out += "– " + n.Title + ", " + n.ActorName
		if n.Excerpt != "" {
			out += "\n  " + n.Excerpt
		}
		out += "\n"
	}
	return out
}

// Unseen counts what somebody has not seen, for the bell.
func Unseen(tx db.Tx, id account.PersonID) (int, error) { return countUnseen(tx, id) }

// Notices lists what somebody was told, newest first, before a notice ("": the newest).
func Notices(tx db.Tx, by account.Actor, before NoticeID, limit int) ([]Notice, error) {
	return listNotices(tx, by.ID, before, limit)
}

// See notes that the actor has seen a notice, or all of them ("").
func (s *Service) See(ctx context.Context, by account.Actor, id NoticeID) (Notice, error) {
	var n Notice
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		if id == "" {
			return seeAll(tx, by.ID)
		}
		if n, err = getNotice(tx, by.ID, id); err != nil {
			return err
		}
		return seeNotice(tx, id)
	})
	return n, err
}

// Prefer keeps how the actor wants the topics that are named; the last choice wins. What waits for
// the mail of the day waits no longer when its topic does not come in it any more.
func (s *Service) Prefer(ctx context.Context, by account.Actor, c Choices) error {
	if err := c.check(); err != nil {
		return err
	}
	return s.db.Do(ctx, func(tx db.Tx) error {
		for t, way := range c {
			if err := saveChoice(tx, by.ID, t, way); err != nil {
				return err
			}
			if way == InApp || way == Off {
				if err := tellOf(tx, by.ID, t.reasons()); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// choicesOf reads what somebody chose.
func choicesOf(tx db.Tx, id account.PersonID) (Choices, error) {
	rows, err := listChoices(tx, id)
	c := make(Choices, len(rows))
	for _, r := range rows {
		c[r.Topic] = r.Way
	}
	return c, err
}
