package programme

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/web"

	"github.com/danielgtaylor/huma/v2"
)

func (s *Service) objectiveAPI(m *web.Mux) {
	tags := []string{"Contracts"}
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/contracts/{id}/objectives", Tags: tags, Summary: "List the objectives of a contract",
		Description: "Strategic objectives; parent_id makes the tree."}, s.objectivesAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/contracts/{id}/objectives", Tags: tags, Summary: "Add an objective",
		DefaultStatus: http.StatusCreated}, s.createObjectiveAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/contracts/{id}/objectives/{objective}", Tags: tags, Summary: "Read an objective"}, s.objectiveOneAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPatch, Path: "/api/v1/contracts/{id}/objectives/{objective}", Tags: tags, Summary: "Change an objective",
		Description: "Fields left out stay."}, s.saveObjectiveAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: "/api/v1/contracts/{id}/objectives/{objective}", Tags: tags, Summary: "Remove an objective",
		Description: "What stood below it takes its place; actions that stood on it stand on none."}, s.removeObjectiveAPI)
}

type objectiveJSON struct {
	ID       ObjectiveID `json:"id"`
	ParentID ObjectiveID `json:"parent_id" doc:"The objective above; empty at the top."`
	Label    string      `json:"label"`
	Position int         `json:"position"`
	ETag     string      `json:"etag" doc:"Of this version, for If-Match."`
}

func objectiveOut(o Objective) objectiveJSON {
	return objectiveJSON{o.ID, o.ParentID, o.Label, o.Position, web.ETag(o.Version)}
}

type objectivesOut struct{ Body web.List[objectiveJSON] }

func (s *Service) objectivesAPI(ctx context.Context, in *contractListIn) (*objectivesOut, error) {
	list, err := partsOf(ctx, s, in, listObjectives, objectiveOut, func(x objectiveJSON) string { return string(x.ID) })
	return &objectivesOut{list}, err
}

// ObjectivePath names an objective of a contract in an address.
type ObjectivePath struct {
	ContractPath
	Objective ObjectiveID `path:"objective" maxLength:"40"`
}

type objectiveOneOut struct {
	ETag string `header:"ETag"`
	Body objectiveJSON
}

func (s *Service) objectiveOneAPI(ctx context.Context, in *ObjectivePath) (*objectiveOneOut, error) {
	o, err := partOf(ctx, s, in.ID, in.Objective, getObjective)
	if err != nil {
		return nil, err
	}
	return &objectiveOneOut{web.ETag(o.Version), objectiveOut(o)}, nil
}

type createObjectiveIn struct {
	ContractPath
	Body struct {
		Label    string      `json:"label" maxLength:"600"`
		ParentID ObjectiveID `json:"parent_id,omitempty" maxLength:"40"`
		Position int         `json:"position,omitempty"`
	}
}

func (s *Service) createObjectiveAPI(ctx context.Context, in *createObjectiveIn) (*objectiveOneOut, error) {
	o, err := s.AddObjective(ctx, account.ActorIn(ctx), Objective{ContractID: in.ID, Label: in.Body.Label, ParentID: in.Body.ParentID, Position: in.Body.Position})
	if err != nil {
		return nil, err
	}
	return s.objectiveOneAPI(ctx, &ObjectivePath{in.ContractPath, o.ID})
}

type saveObjectiveIn struct {
	ObjectivePath
	web.IfMatch
	Body struct {
		Label    *string      `json:"label,omitempty" maxLength:"600"`
		ParentID *ObjectiveID `json:"parent_id,omitempty" maxLength:"40"`
		Position *int         `json:"position,omitempty"`
	}
}

func (s *Service) saveObjectiveAPI(ctx context.Context, in *saveObjectiveIn) (*objectiveOneOut, error) {
	seen, err := in.Version()
	if err != nil {
		return nil, err
	}
	o, err := partOf(ctx, s, in.ID, in.Objective, getObjective)
	if err != nil {
		return nil, err
	}
	set(&o.Label, in.Body.Label)
	set(&o.ParentID, in.Body.ParentID)
	set(&o.Position, in.Body.Position)
	o.Version = seen
	if err := s.SaveObjective(ctx, account.ActorIn(ctx), o); err != nil {
		return nil, overtaken(ctx, err, in.Body, func() (web.Stand, error) {
			now, err := partOf(ctx, s, in.ID, in.Objective, getObjective)
			return web.Stand{Version: now.Version, Value: objectiveOut(now)}, err
		})
	}
	return s.objectiveOneAPI(ctx, &in.ObjectivePath)
}

func (s *Service) removeObjectiveAPI(ctx context.Context, in *ObjectivePath) (*struct{}, error) {
	return nil, s.RemoveObjective(ctx, account.ActorIn(ctx), in.ID, in.Objective)
}
