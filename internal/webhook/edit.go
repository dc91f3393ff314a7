package webhook

import (
	"context"
	"errors"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
)

// Create registers an address. The hook that it gives holds the secret, which is shown once.
func (s *Service) Create(ctx context.Context, by account.Actor, h Hook) (Hook, error) {
	if err := s.admit(ctx, by, h); err != nil {
		return Hook{}, err
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := project.Allow(tx, by, h.ProjectID, project.Manage); err != nil {
			return err
		}
		if err := project.Lock(tx, h.ProjectID); err != nil {
			return err
		}
		list, err := listHooks(tx, h.ProjectID)
		if err != nil {
			return err
		}
		if len(list) >= maxHooks {
			return fault.New(fault.Conflict, "webhook.wrong.too_many", "count", maxHooks)
		}
		h.ID, h.Secret, h.State, h.OwnerID, h.CreatedAt, h.UpdatedAt, h.Version = ID(db.NewID()), newSecret(), On, by.ID, tx.Now(), tx.Now(), 1
		if err := insertHook(tx, h); err != nil {
			return err
		}
		return record(tx, by, h, "webhook.add")
	})
	if err != nil {
		return Hook{}, fmt.Errorf("register a webhook of %s: %w", h.ProjectID, err)
	}
	return h, nil
}

// admit checks an address before a transaction: who may not manage learns nothing about it.
func (s *Service) admit(ctx context.Context, by account.Actor, h Hook) error {
	err := s.db.View(ctx, func(tx db.Tx) error {
		_, err := project.Allow(tx, by, h.ProjectID, project.Manage)
		return err
	})
	if err != nil {
		return err
	}
	if err := h.check(s.opts.Loopback); err != nil {
		return err
	}
	if s.guard.reach(ctx, h.URL) != nil {
		var wrong fault.Fields
		wrong.Add("url", "webhook.wrong.forbidden")
		return wrong.Err()
	}
	return nil
}

// Save changes the address and the subjects of a hook that was read at h.Version; 0: whatever stands.
func (s *Service) Save(ctx context.Context, by account.Actor, h Hook) (Hook, error) {
	if err := s.admit(ctx, by, h); err != nil {
		return Hook{}, err
	}
	return s.change(ctx, by, h.ProjectID, h.ID, "webhook.save", func(_ db.Tx, old *Hook) error {
		old.URL, old.Kinds = h.URL, h.Kinds
		if h.Version != 0 {
			old.Version = h.Version
		}
		return nil
	})
}

// Pause stops a hook: what happens from now on is not told, what waits is dropped.
func (s *Service) Pause(ctx context.Context, by account.Actor, id project.ID, hook ID) (Hook, error) {
	return s.change(ctx, by, id, hook, "webhook.pause", func(_ db.Tx, h *Hook) error {
		if h.State != On {
			return errSame
		}
		h.State = Paused
		return nil
	})
}

// Resume turns a hook on again; who does it answers for it from now on.
func (s *Service) Resume(ctx context.Context, by account.Actor, id project.ID, hook ID) (Hook, error) {
	return s.change(ctx, by, id, hook, "webhook.resume", func(_ db.Tx, h *Hook) error {
		if h.State == On {
			return errSame
		}
		h.State, h.OffReason, h.FailingSince = On, "", 0
		return nil
	})
}

// Rotate gives a hook another secret. The one before signs too for a day, so that the receiver can
// be changed without losing anything.
func (s *Service) Rotate(ctx context.Context, by account.Actor, id project.ID, hook ID) (Hook, error) {
	return s.change(ctx, by, id, hook, "webhook.rotate", func(tx db.Tx, h *Hook) error {
		h.OldSecret, h.OldUntil, h.Secret = h.Secret, tx.Now().Add(overlap), newSecret()
		return nil
	})
}

// errSame ends a change that would change nothing.
var errSame = errors.New("the hook is so already")

// change loads a hook, changes it and saves it, in one transaction.
func (s *Service) change(ctx context.Context, by account.Actor, id project.ID, hook ID, verb string, do func(tx db.Tx, h *Hook) error) (Hook, error) {
	var h Hook
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		if h, err = managed(tx, by, id, hook); err != nil {
			return err
		}
		if err := do(tx, &h); err != nil {
			return err
		}
		h.OwnerID = by.ID
		if err := saveHook(tx, h); err != nil {
			return err
		}
		h.Version++
		return record(tx, by, h, verb)
	})
	if err != nil && !errors.Is(err, errSame) {
		return Hook{}, fmt.Errorf("%s %s: %w", verb, hook, err)
	}
	return h, nil
}

// managed loads a hook for a change.
func managed(tx db.Tx, by account.Actor, id project.ID, hook ID) (Hook, error) {
	if _, err := project.Allow(tx, by, id, project.Manage); err != nil {
		return Hook{}, err
	}
	return getHook(tx, id, hook)
}

// Remove forgets a hook with its deliveries.
func (s *Service) Remove(ctx context.Context, by account.Actor, id project.ID, hook ID) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		h, err := managed(tx, by, id, hook)
		if err != nil {
			return err
		}
		if err := deleteHook(tx, h.ID); err != nil {
			return err
		}
		return record(tx, by, h, "webhook.remove")
	})
	if err != nil {
		return fmt.Errorf("remove webhook %s: %w", hook, err)
	}
	return nil
}

// Test sends an event that nothing happened for, whatever the hook's state.
func (s *Service) Test(ctx context.Context, by account.Actor, id project.ID, hook ID) (Delivery, error) {
	var d Delivery
	err := s.db.Do(ctx, func(tx db.Tx) error {
		h, err := managed(tx, by, id, hook)
		if err != nil {
			return err
		}
		e := account.Entry{At: tx.Now(), ActorName: by.Name, Verb: tested, ObjectKind: "webhook", ObjectID: string(h.ID)}
		d = deliveryOf(h, DeliveryID(db.NewID()), e, s.opts.URL)
		return s.deliver(tx, h, d)
	})
	if err != nil {
		return Delivery{}, fmt.Errorf("test webhook %s: %w", hook, err)
	}
	return d, nil
}

// Resend sends a delivery once more, under the same webhook-id.
func (s *Service) Resend(ctx context.Context, by account.Actor, id project.ID, hook ID, delivery DeliveryID) (Delivery, error) {
	var d Delivery
	err := s.db.Do(ctx, func(tx db.Tx) error {
		h, err := managed(tx, by, id, hook)
		if err != nil {
			return err
		}
		if d, err = getDelivery(tx, h.ID, delivery); err != nil {
			return err
		}
		switch {
		case !d.Resendable(tx.Now()):
			return fault.New(fault.Conflict, "webhook.wrong.waiting")
		case h.State != On && d.Verb != tested:
			return fault.New(fault.Conflict, "webhook.wrong.not_on")
		}
		d.State, d.NextAt = Waiting, tx.Now()
		if err := saveDelivery(tx, d); err != nil {
			return err
		}
		return s.enqueue(tx, h, d.ID)
	})
	if err != nil {
		return Delivery{}, fmt.Errorf("send %s again: %w", delivery, err)
	}
	return d, nil
}

// record appends to the audit trail: the host alone, for a path may hold a secret.
func record(tx db.Tx, by account.Actor, h Hook, verb string) error {
	return account.Record(tx, by, account.Event{Verb: verb, Kind: "webhook", ID: string(h.ID), Scope: h.ProjectID.Scope(), Data: map[string]any{"host": h.Host()}})
}
