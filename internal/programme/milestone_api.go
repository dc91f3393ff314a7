package programme

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

func (s *Service) milestoneAPI(m *web.Mux) {
	tags := []string{"Action sheets"}
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/actions/{id}/milestones", Tags: tags, Summary: "List milestones", Description: "By the day they are due."}, s.milestonesAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/actions/{id}/milestones", Tags: tags, Summary: "Add a milestone", DefaultStatus: http.StatusCreated}, s.createMilestoneAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/actions/{id}/milestones/{milestone}", Tags: tags, Summary: "Read a milestone"}, s.milestoneOneAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPatch, Path: "/api/v1/actions/{id}/milestones/{milestone}", Tags: tags, Summary: "Change a milestone", Description: "Fields left out stay."}, s.saveMilestoneAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/actions/{id}/milestones/{milestone}/reach", Tags: tags, Summary: "Say that a milestone was reached"}, s.reachMilestoneAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: "/api/v1/actions/{id}/milestones/{milestone}", Tags: tags, Summary: "Remove a milestone"}, s.removeMilestoneAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/actions/{id}/milestones/{milestone}/restore", Tags: tags, Summary: "Bring a milestone back"}, s.restoreMilestoneAPI)
}

type milestoneJSON struct {
	ID        MilestoneID `json:"id"`
	Title     string      `json:"title"`
	DueOn     when.Date   `json:"due_on" doc:"Empty: not fixed yet."`
	ReachedOn when.Date   `json:"reached_on" doc:"Empty: not reached."`
	Note      string      `json:"note"`
	LateDays  int         `json:"late_days" doc:"By how much it has passed; 0 when it is not late."`
	CreatedAt when.Time   `json:"created_at"`
	UpdatedAt when.Time   `json:"updated_at"`
	ETag      string      `json:"etag" doc:"Of this version, for If-Match."`
}

// milestoneOut tells no lateness on a sheet that is over.
func milestoneOut(x sheetView, m Milestone) milestoneJSON {
	return milestoneJSON{m.ID, m.Title, m.DueOn, m.ReachedOn, m.Note, x.overdue(m), m.CreatedAt, m.UpdatedAt, web.ETag(m.Version)}
}

// ofSheet reads a list that belongs to a sheet that the caller may see, a page of it.
func ofSheet[J any](ctx context.Context, s *Service, in *actionListIn, id func(J) string, list func(db.Tx, sheetView) ([]J, error)) (web.List[J], error) {
	var items []J
	err := s.db.View(ctx, func(tx db.Tx) error {
		x, err := readSheet(tx, account.ActorIn(ctx), in.ID)
		if err == nil {
			items, err = list(tx, x)
		}
		return err
	})
	if err != nil {
		return web.List[J]{}, err
	}
	return web.PageAfter(items, in.Paging, id)
}

type milestonesOut struct{ Body web.List[milestoneJSON] }

func (s *Service) milestonesAPI(ctx context.Context, in *actionListIn) (*milestonesOut, error) {
	list, err := ofSheet(ctx, s, in, func(m milestoneJSON) string { return string(m.ID) }, func(_ db.Tx, x sheetView) ([]milestoneJSON, error) {
		var out []milestoneJSON
		for _, m := range x.Milestones {
			out = append(out, milestoneOut(x, m))
		}
		return out, nil
	})
	return &milestonesOut{list}, err
}

// MilestonePath names a milestone of an action in an address.
type MilestonePath struct {
	ActionPath
	Milestone MilestoneID `path:"milestone" maxLength:"40"`
}

type milestoneOneOut struct {
	ETag string `header:"ETag"`
	Body milestoneJSON
}

func (s *Service) viewMilestone(ctx context.Context, in MilestonePath) (x sheetView, m Milestone, err error) {
	err = s.db.View(ctx, func(tx db.Tx) error {
		if x, err = readSheet(tx, account.ActorIn(ctx), in.ID); err != nil {
			return err
		}
		m, err = milestoneOf(tx, in.ID, in.Milestone)
		return err
	})
	return x, m, err
}

func (s *Service) milestoneOneAPI(ctx context.Context, in *MilestonePath) (*milestoneOneOut, error) {
	x, m, err := s.viewMilestone(ctx, *in)
	return &milestoneOneOut{web.ETag(m.Version), milestoneOut(x, m)}, err
}

type createMilestoneIn struct {
	ActionPath
	Body struct {
		Title     string    `json:"title" maxLength:"400"`
		DueOn     when.Date `json:"due_on,omitempty"`
		ReachedOn when.Date `json:"reached_on,omitempty"`
		Note      string    `json:"note,omitempty" maxLength:"4000"`
	}
}

func (s *Service) createMilestoneAPI(ctx context.Context, in *createMilestoneIn) (*milestoneOneOut, error) {
	b := in.Body
	m, err := s.AddMilestone(ctx, account.ActorIn(ctx), Milestone{ActionID: in.ID, Title: b.Title, DueOn: b.DueOn, ReachedOn: b.ReachedOn, Note: b.Note})
	if err != nil {
		return nil, err
	}
	return s.milestoneOneAPI(ctx, &MilestonePath{in.ActionPath, m.ID})
}

type saveMilestoneIn struct {
	MilestonePath
	web.IfMatch
	Body struct {
		Title     *string    `json:"title,omitempty" maxLength:"400"`
		DueOn     *when.Date `json:"due_on,omitempty"`
		ReachedOn *when.Date `json:"reached_on,omitempty"`
		Note      *string    `json:"note,omitempty" maxLength:"4000"`
	}
}

func (s *Service) saveMilestoneAPI(ctx context.Context, in *saveMilestoneIn) (*milestoneOneOut, error) {
	seen, err := in.Version()
	if err != nil {
		return nil, err
	}
	_, m, err := s.viewMilestone(ctx, in.MilestonePath)
	if err != nil {
		return nil, err
	}
	set(&m.Title, in.Body.Title)
	set(&m.DueOn, in.Body.DueOn)
	set(&m.ReachedOn, in.Body.ReachedOn)
	set(&m.Note, in.Body.Note)
	m.Version = seen
	if err := s.SaveMilestone(ctx, account.ActorIn(ctx), m); err != nil {
		return nil, overtaken(ctx, err, in.Body, func() (web.Stand, error) {
			x, now, err := s.viewMilestone(ctx, in.MilestonePath)
			return web.Stand{Version: now.Version, SavedAt: now.UpdatedAt, Value: milestoneOut(x, now)}, err
		})
	}
	return s.milestoneOneAPI(ctx, &in.MilestonePath)
}

type reachMilestoneIn struct {
	MilestonePath
	Body struct {
		ReachedOn when.Date `json:"reached_on" example:"2026-03-12"`
	}
}

func (s *Service) reachMilestoneAPI(ctx context.Context, in *reachMilestoneIn) (*milestoneOneOut, error) {
	if err := s.ReachMilestone(ctx, account.ActorIn(ctx), in.ID, in.Milestone, in.Body.ReachedOn); err != nil {
		return nil, err
	}
	return s.milestoneOneAPI(ctx, &in.MilestonePath)
}

func (s *Service) removeMilestoneAPI(ctx context.Context, in *MilestonePath) (*struct{}, error) {
	return nil, s.RemoveMilestone(ctx, account.ActorIn(ctx), in.ID, in.Milestone)
}

func (s *Service) restoreMilestoneAPI(ctx context.Context, in *MilestonePath) (*milestoneOneOut, error) {
	if err := s.RestoreMilestone(ctx, account.ActorIn(ctx), in.ID, in.Milestone); err != nil {
		return nil, err
	}
	return s.milestoneOneAPI(ctx, in)
}
