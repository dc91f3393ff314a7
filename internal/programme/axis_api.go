package programme

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/web"

	"github.com/danielgtaylor/huma/v2"
)

func (s *Service) axisAPI(m *web.Mux) {
	tags := []string{"Contracts"}
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/contracts/{id}/axes", Tags: tags, Summary: "List the axes of a contract"}, s.axesAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/contracts/{id}/axes", Tags: tags, Summary: "Add an axis",
		DefaultStatus: http.StatusCreated}, s.createAxisAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/contracts/{id}/axes/{axis}", Tags: tags, Summary: "Read an axis"}, s.axisOneAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPatch, Path: "/api/v1/contracts/{id}/axes/{axis}", Tags: tags, Summary: "Change an axis",
		Description: "Fields left out stay; the code always stays."}, s.saveAxisAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: "/api/v1/contracts/{id}/axes/{axis}", Tags: tags, Summary: "Remove an axis",
		Description: "One on which no action stands."}, s.removeAxisAPI)
}

type axisJSON struct {
	ID       AxisID `json:"id"`
	Code     string `json:"code" doc:"What lists are filtered by." example:"skills"`
	LabelFR  string `json:"label_fr" example:"Compétences"`
	LabelEN  string `json:"label_en" doc:"Empty: the French one is shown." example:"Skills"`
	Position int    `json:"position"`
	ETag     string `json:"etag" doc:"Of this version, for If-Match."`
}

func axisOut(a Axis) axisJSON {
	return axisJSON{a.ID, a.Code, a.LabelFR, a.LabelEN, a.Position, web.ETag(a.Version)}
}

type axesOut struct{ Body web.List[axisJSON] }

func (s *Service) axesAPI(ctx context.Context, in *contractListIn) (*axesOut, error) {
	list, err := partsOf(ctx, s, in, listAxes, axisOut, func(x axisJSON) string { return string(x.ID) })
	return &axesOut{list}, err
}

// AxisPath names an axis of a contract in an address.
type AxisPath struct {
	ContractPath
	Axis AxisID `path:"axis" maxLength:"40"`
}

type axisOneOut struct {
	ETag string `header:"ETag"`
	Body axisJSON
}

func (s *Service) axisOneAPI(ctx context.Context, in *AxisPath) (*axisOneOut, error) {
	a, err := partOf(ctx, s, in.ID, in.Axis, getAxis)
	if err != nil {
		return nil, err
	}
	return &axisOneOut{web.ETag(a.Version), axisOut(a)}, nil
}

type createAxisIn struct {
	ContractPath
	Body struct {
		Code     string `json:"code,omitempty" maxLength:"40" doc:"Small letters, digits and _; made from the label when left out." example:"skills"`
		LabelFR  string `json:"label_fr" maxLength:"200" example:"Compétences"`
		LabelEN  string `json:"label_en,omitempty" maxLength:"200" example:"Skills"`
		Position int    `json:"position,omitempty"`
	}
}

func (s *Service) createAxisAPI(ctx context.Context, in *createAxisIn) (*axisOneOut, error) {
	a := Axis{ContractID: in.ID, Code: in.Body.Code, LabelFR: in.Body.LabelFR, LabelEN: in.Body.LabelEN, Position: in.Body.Position}
	if a.Code == "" {
		a.Code = axisCodeOf(a.LabelFR)
	}
	a, err := s.AddAxis(ctx, account.ActorIn(ctx), a)
	if err != nil {
		return nil, err
	}
	return s.axisOneAPI(ctx, &AxisPath{in.ContractPath, a.ID})
}

type saveAxisIn struct {
	AxisPath
	web.IfMatch
	Body struct {
		LabelFR  *string `json:"label_fr,omitempty" maxLength:"200"`
		LabelEN  *string `json:"label_en,omitempty" maxLength:"200"`
		Position *int    `json:"position,omitempty"`
	}
}

func (s *Service) saveAxisAPI(ctx context.Context, in *saveAxisIn) (*axisOneOut, error) {
	seen, err := in.Version()
	if err != nil {
		return nil, err
	}
	a, err := partOf(ctx, s, in.ID, in.Axis, getAxis)
	if err != nil {
		return nil, err
	}
	set(&a.LabelFR, in.Body.LabelFR)
	set(&a.LabelEN, in.Body.LabelEN)
	set(&a.Position, in.Body.Position)
	a.Version = seen
	if err := s.SaveAxis(ctx, account.ActorIn(ctx), a); err != nil {
		return nil, overtaken(ctx, err, in.Body, func() (web.Stand, error) {
			now, err := partOf(ctx, s, in.ID, in.Axis, getAxis)
			return web.Stand{Version: now.Version, Value: axisOut(now)}, err
		})
	}
	return s.axisOneAPI(ctx, &in.AxisPath)
}

func (s *Service) removeAxisAPI(ctx context.Context, in *AxisPath) (*struct{}, error) {
	return nil, s.RemoveAxis(ctx, account.ActorIn(ctx), in.ID, in.Axis)
}
