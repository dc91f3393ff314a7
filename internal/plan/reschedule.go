package plan

import (
	"context"

	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/schedule"
)

// calendarOf compiles the calendar of a plan.
func (s *Service) calendarOf(tx db.Tx, p Plan) (*schedule.Calendar, error) {
	closures, err := listClosures(tx, p.ProjectID)
	if err != nil {
		return nil, err
	}
	cal, err := s.compiled(p.Rules(closures))
	if err != nil {
		return nil, wrongOf(err, func(id string) string { return id })
	}
	return cal, nil
}

// network reads the plan of a project with its tasks and links.
func (s *Service) network(tx db.Tx, a project.Access, p Plan) (*network, error) {
	cal, err := s.calendarOf(tx, p)
	if err != nil {
		return nil, err
	}
	tasks, err := listNodes(tx, a.ID, p.Numbers)
	if err != nil {
		return nil, err
	}
	links, err := listLinks(tx, a.ID)
	if err != nil {
		return nil, err
	}
	return newNetwork(a.Code, p, cal, tasks, links, tx.Today()), nil
}

// reschedule computes the dates anew and writes those that are different. It runs in the
// transaction of every change that dates follow from; what schedule refuses undoes the change.
func (s *Service) reschedule(tx db.Tx, a project.Access, p Plan) error {
	n, err := s.network(tx, a, p)
	if err != nil {
		return err
	}
	changed, ends, err := n.changed()
	if err != nil {
		return err
	}
	for way, list := range changed {
		if err := saveComputedOf(tx, computedColumns[way], list); err != nil {
			return err
		}
	}
	if p.ComputedOn != tx.Today() || p.EndsOn != ends {
		return saveComputed(tx, a.ID, tx.Today(), ends)
	}
	return nil
}

// refresh brings the dates of a plan up to today: what is not done yet cannot be done before. The
// first look of a day does it.
func (s *Service) refresh(ctx context.Context, a project.Access) error {
	if a.Frozen() {
		return nil
	}
	stale := false
	err := s.db.View(ctx, func(tx db.Tx) error {
		p, err := getPlan(tx, a.Project)
		stale = p.Numbers > 0 && p.ComputedOn < tx.Today()
		return err
	})
	if err != nil || !stale {
		return err
	}
	return s.db.Do(ctx, func(tx db.Tx) error {
		p, err := lockPlan(tx, a.Project)
		if err != nil || p.ComputedOn >= tx.Today() {
			return err
		}
		return s.reschedule(tx, a, p)
	})
}
