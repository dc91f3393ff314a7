package account

import (
	"context"
	"time"

	"bassin/internal/db"
	"bassin/internal/job"
)

// mailArgs names the mail that a run sends.
type mailArgs struct {
	Mail string `json:"mail"`
}

// Jobs registers the feature's kinds of work, and lets mails leave through the queue.
func (s *Service) Jobs(q *job.Queue) {
	job.Handle(q, "account.mail", func(ctx context.Context, _ *job.Run, args mailArgs) error { return s.SendMail(ctx, args.Mail) },
		job.Opts{Safe: true, Timeout: 2 * time.Minute, MaxAttempts: 8})
	job.Every(q, "account.sweep", 6*time.Hour, func(ctx context.Context, _ *job.Run) error { return s.sweep(ctx) })
	if s.opts.Enqueue == nil {
		s.opts.Enqueue = func(tx db.Tx, id string) error {
			_, err := q.Enqueue(tx, job.Request{Kind: "account.mail", Args: mailArgs{id}})
			return err
		}
	}
}

// sweep forgets what is over: sessions, tickets, and mails that left three months ago.
func (s *Service) sweep(ctx context.Context) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		if err := sweepSessions(tx); err != nil {
			return err
		}
		if err := sweepTickets(tx); err != nil {
			return err
		}
		return sweepMails(tx)
	})
}
