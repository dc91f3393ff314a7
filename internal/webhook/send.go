package webhook

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/project"
	"bassin/internal/when"
)

// hear makes the deliveries of an event, in the transaction that records it. A project without
// hooks costs one look into an index.
func (s *Service) hear(tx db.Tx, e account.Entry) error {
	id, ours := strings.CutPrefix(e.Scope, project.ID("").Scope())
	if !ours {
		return nil
	}
	hooks, err := listOn(tx, project.ID(id))
	if err != nil {
		return err
	}
	for _, h := range hooks {
		if !h.hears(e.Verb) {
			continue
		}
		if err := s.deliver(tx, h, deliveryOf(h, DeliveryID(db.NewID()), e, s.opts.URL)); err != nil {
			return fmt.Errorf("tell webhook %s: %w", h.ID, err)
		}
	}
	return nil
}

// deliver writes a delivery together with the job that sends it.
func (s *Service) deliver(tx db.Tx, h Hook, d Delivery) error {
	if err := insertDelivery(tx, d); err != nil {
		return err
	}
	return s.enqueue(tx, h, d.ID)
}

func (s *Service) enqueue(tx db.Tx, h Hook, id DeliveryID) error {
	_, err := s.queue.Enqueue(tx, job.Request{Kind: sendKind, Args: sendArgs{h.ProjectID, h.ID, id}, Scope: h.ProjectID.Scope()})
	return err
}

// send makes one try at a delivery. A receiver that does not take it is Unavailable, which the
// queue tries again; the last refusal is the end of the delivery, not a fault of the job.
func (s *Service) send(ctx context.Context, run *job.Run, args sendArgs) error {
	var h Hook
	var d Delivery
	var may bool
	var now when.Time
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		now = tx.Now()
		if h, err = getHook(tx, args.Project, args.Hook); err != nil {
			return err
		}
		if d, err = getDelivery(tx, h.ID, args.Delivery); err != nil {
			return err
		}
		may, err = answers(tx, h)
		return err
	})
	switch {
	case fault.Is(err, fault.NotFound): // removed in the meantime
		return nil
	case err != nil:
		return err
	case d.State != Waiting:
		return nil
	case !may || h.State != On && d.Verb != tested:
		return run.Finish(func(tx db.Tx) error { return s.drop(tx, h, d, may) })
	}
	o, err := s.post(ctx, h, d, now)
	if err != nil {
		return err
	}
	if ctx.Err() != nil { // the server stops: this was no try
		return ctx.Err()
	}
	end := run.Do
	if o.ok() {
		end = run.Finish
	}
	if err := end(func(tx db.Tx) error { return s.note(tx, args, o, run.Attempt) }); err != nil || o.ok() || s.pause(run.Attempt) == 0 {
		return err
	}
	return fault.New(fault.Unavailable, "webhook.problem.refused")
}

// pause is how long to wait after a try; 0: it was the last.
func (s *Service) pause(attempt int) time.Duration {
	if attempt < 1 || attempt > len(s.opts.Pauses) {
		return 0
	}
	return s.opts.Pauses[attempt-1]
}

// note records what came of a try, on the hook and on the delivery as they stand now.
func (s *Service) note(tx db.Tx, args sendArgs, o outcome, attempt int) error {
	h, err := getHook(tx, args.Project, args.Hook)
	if err != nil {
		return err
	}
	d, err := getDelivery(tx, h.ID, args.Delivery)
	if err != nil {
		return err
	}
	d.tried(o, tx.Now(), s.pause(attempt))
	if err := saveDelivery(tx, d); err != nil {
		return err
	}
	reason := h.tried(o, tx.Now())
	if err := saveHealth(tx, h.ID, h.FailingSince); err != nil || reason == "" {
		return err
	}
	return s.switchOff(tx, h, reason)
}

// drop ends a delivery whose hook does not hear any more.
func (s *Service) drop(tx db.Tx, h Hook, d Delivery, may bool) error {
	d.State, d.NextAt = Dropped, 0
	if err := saveDelivery(tx, d); err != nil || may {
		return err
	}
	return s.switchOff(tx, h, offAccess)
}

// switchOff turns the hook off and tells the managers of the project.
func (s *Service) switchOff(tx db.Tx, h Hook, reason string) error {
	n, err := switchOff(tx, h.ID, reason)
	if err != nil || n == 0 {
		return err
	}
	p, err := project.Find(tx, h.ProjectID)
	if err != nil {
		return err
	}
	members, err := project.MembersOf(tx, h.ProjectID)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.Role != account.ProjectManager || s.opts.Account == nil {
			continue
		}
		err := s.opts.Account.NotifyIn(tx, m.PersonID, "webhook_off", "project", p.Title, "host", h.Host(), "reason_key", "webhook.off."+reason, "path", h.page())
		if err != nil {
			return err
		}
	}
	return account.Record(tx, account.System("webhook"), account.Event{Verb: "webhook.off", Kind: "webhook", ID: string(h.ID), Scope: h.ProjectID.Scope(),
		Data: map[string]any{"host": h.Host(), "reason_key": "webhook.off." + reason}})
}

// answers reports whether who answers for the hook still manages the project, and the project is
// still on the lists: nothing leaves for somebody who lost access.
func answers(tx db.Tx, h Hook) (bool, error) {
	by, err := account.Load(tx, h.OwnerID)
	if err == nil {
		var a project.Access
		if a, err = project.Enter(tx, by, h.ProjectID); err == nil {
			return a.May(project.Manage) && a.RemovedAt == 0, nil
		}
	}
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return false, err
}
