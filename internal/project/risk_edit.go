package project

import (
	"context"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/search"
	"bassin/internal/when"
)

// AddRisk puts a risk into the register.
func (s *Service) AddRisk(ctx context.Context, by account.Actor, r Risk) (Risk, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		a, err := Allow(tx, by, r.ProjectID, Contribute)
		if err != nil {
			return err
		}
		r.ID, r.State, r.CreatedAt, r.UpdatedAt, r.Version = RiskID(db.NewID()), RiskOpen, tx.Now(), tx.Now(), 1
		if err := watch(tx, &r); err != nil {
			return err
		}
		if err := insertRisk(tx, r); err != nil {
			return err
		}
		if err := search.Put(tx, riskEntry(a.Project, r)); err != nil {
			return err
		}
		return record(tx, by, r.ProjectID, "project.risk.add", map[string]any{"title": r.Title})
	})
	if err != nil {
		return Risk{}, fmt.Errorf("add risk to %s: %w", r.ProjectID, err)
	}
	return r, nil
}

// SaveRisk changes a risk that was read at r.Version.
func (s *Service) SaveRisk(ctx context.Context, by account.Actor, r Risk) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		a, err := Allow(tx, by, r.ProjectID, Contribute)
		if err != nil {
			return err
		}
		old, err := getRisk(tx, r.ProjectID, r.ID)
		if err != nil {
			return err
		}
		r.CreatedAt = old.CreatedAt
		if err := watch(tx, &r); err != nil {
			return err
		}
		if err := saveRisk(tx, r); err != nil {
			return err
		}
		saved := r
		saved.UpdatedAt = tx.Now()
		if err := search.Put(tx, riskEntry(a.Project, saved)); err != nil {
			return err
		}
		return record(tx, by, r.ProjectID, "project.risk.save", map[string]any{"title": r.Title, "changes": account.Changes(old, r)})
	})
	if err != nil {
		return fmt.Errorf("save risk %s: %w", r.ID, err)
	}
	return nil
}

// watch checks the risk and finds the name of who watches it: one of the project's people.
func watch(tx db.Tx, r *Risk) error {
	if err := r.check(); err != nil {
		return err
	}
	r.OwnerName = ""
	if r.OwnerID == "" {
		return nil
	}
	members, err := MembersOf(tx, r.ProjectID)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.PersonID == r.OwnerID {
			r.OwnerName = m.Name
			return nil
		}
	}
	var wrong fault.Fields
	wrong.Add("owner_id", "fault.choice")
	return wrong.Err()
}

// AddBlocker notes what is in the way.
func (s *Service) AddBlocker(ctx context.Context, by account.Actor, b Blocker) (Blocker, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		a, err := Allow(tx, by, b.ProjectID, Contribute)
		if err != nil {
			return err
		}
		if b.SinceOn == when.None {
			b.SinceOn = tx.Today()
		}
		if err := b.check(tx.Today()); err != nil {
			return err
		}
		b.ID, b.CreatedBy, b.CreatedAt, b.Version = BlockerID(db.NewID()), by.ID, tx.Now(), 1
		if err := insertBlocker(tx, b); err != nil {
			return err
		}
		if err := search.Put(tx, blockerEntry(a.Project, b)); err != nil {
			return err
		}
		return record(tx, by, b.ProjectID, "project.blocker.add", map[string]any{"text": b.Text})
	})
	if err != nil {
		return Blocker{}, fmt.Errorf("add blocker to %s: %w", b.ProjectID, err)
	}
	return b, nil
}

// ResolveBlocker notes that something is out of the way.
func (s *Service) ResolveBlocker(ctx context.Context, by account.Actor, project ID, id BlockerID, on when.Date, how string) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		a, err := Allow(tx, by, project, Contribute)
		if err != nil {
			return err
		}
		b, err := getBlocker(tx, project, id)
		if err != nil {
			return err
		}
		if err := b.resolve(on, how, tx.Today()); err != nil {
			return err
		}
		if err := saveBlocker(tx, b); err != nil {
			return err
		}
		if err := search.Put(tx, blockerEntry(a.Project, b)); err != nil {
			return err
		}
		return record(tx, by, project, "project.blocker.resolve", map[string]any{"text": b.Text, "resolution": how})
	})
}

// OriginBlocker is what is in the way of a project that was begun from something.
type OriginBlocker struct {
	Blocker
	Project Project
}

// RisksDue lists the risks of projects that somebody watches and should look at until a day. The
// caller has entered the projects.
func RisksDue(tx db.Tx, ids []ID, owner account.PersonID, until when.Date) ([]Risk, error) {
	return listRisksDue(tx, ids, owner, until)
}

// BlockersFrom lists what is in the way of the projects that were begun from something and that
// the actor may see: an action's page shows them.
func BlockersFrom(tx db.Tx, by account.Actor, o Origin) ([]OriginBlocker, error) {
	projects, err := FromOrigin(tx, by, o)
	if err != nil || len(projects) == 0 {
		return nil, err
	}
	ids, byID := make([]ID, len(projects)), map[ID]Project{}
	for i, p := range projects {
		ids[i], byID[p.ID] = p.ID, p
	}
	list, err := listOpenBlockers(tx, ids)
	out := make([]OriginBlocker, len(list))
	for i, b := range list {
		out[i] = OriginBlocker{b, byID[b.ProjectID]}
	}
	return out, err
}
