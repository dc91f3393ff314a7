package webhook

import (
	"context"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/job"
	"bassin/internal/project"
)

const sendKind = "webhook.send"

// sendArgs names the delivery that a run sends.
type sendArgs struct {
	Project  project.ID `json:"project"`
	Hook     ID         `json:"hook"`
	Delivery DeliveryID `json:"delivery"`
}

// Jobs registers the feature's kinds of work, and hears of events from now on.
func (s *Service) Jobs(q *job.Queue) {
	s.queue = q
	job.Handle(q, sendKind, s.send, job.Opts{Safe: true, Timeout: time.Minute, MaxAttempts: len(s.opts.Pauses) + 1, Backoff: s.pause})
	job.Every(q, "webhook.sweep", 6*time.Hour, func(ctx context.Context, _ *job.Run) error { return s.sweep(ctx) })
	account.Heard(s.db, s.hear)
}

// sweep forgets deliveries of more than thirty days.
func (s *Service) sweep(ctx context.Context) error {
	return s.db.Do(ctx, func(tx db.Tx) error { return deleteOldDeliveries(tx, tx.Now().Add(-keepDeliveries)) })
}
