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

func (s *Service) indicatorAPI(m *web.Mux) {
	tags := []string{"Action sheets"}
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/actions/{id}/indicators", Tags: tags, Summary: "List indicators", Description: "With the last value and the progress of each."}, s.indicatorsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/actions/{id}/indicators", Tags: tags, Summary: "Add an indicator", DefaultStatus: http.StatusCreated}, s.createIndicatorAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/actions/{id}/indicators/{indicator}", Tags: tags, Summary: "Read an indicator"}, s.indicatorOneAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPatch, Path: "/api/v1/actions/{id}/indicators/{indicator}", Tags: tags, Summary: "Change an indicator", Description: "Fields left out stay."}, s.saveIndicatorAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: "/api/v1/actions/{id}/indicators/{indicator}", Tags: tags, Summary: "Remove an indicator", Description: "Its values stay in the base."}, s.removeIndicatorAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/actions/{id}/indicators/{indicator}/restore", Tags: tags, Summary: "Bring an indicator back"}, s.restoreIndicatorAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/actions/{id}/indicators/{indicator}/values", Tags: tags, Summary: "List the values of an indicator", Description: "By day, then by recording: of one day the last one counts."}, s.valuesAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/actions/{id}/indicators/{indicator}/values", Tags: tags, Summary: "Record a value",
		Description: "Values are added, never edited: a later one of the same day replaces it in every computation, and one with corrects_id stands instead of the value it names, or takes it away.", DefaultStatus: http.StatusCreated}, s.recordValueAPI)
}

type indicatorJSON struct {
	ID         IndicatorID `json:"id"`
	Name       string      `json:"name"`
	Unit       string      `json:"unit"`
	Direction  Direction   `json:"direction" enum:"rise,fall" doc:"Which way is good."`
	Baseline   float64     `json:"baseline"`
	BaselineOn when.Date   `json:"baseline_on" doc:"Empty: the baseline is not stated."`
	Target     float64     `json:"target"`
	TargetOn   when.Date   `json:"target_on" doc:"Empty: the target is not stated."`
	Weight     int         `json:"weight" doc:"In the progress of the action; 0 leaves it out."`
	Source     string      `json:"source"`
	LastValue  *float64    `json:"last_value" doc:"Null while nothing was measured."`
	LastOn     when.Date   `json:"last_on"`
	Progress   *int        `json:"progress_percent" doc:"From the baseline to the target; null when unknown."`
	CreatedAt  when.Time   `json:"created_at"`
	UpdatedAt  when.Time   `json:"updated_at"`
	ETag       string      `json:"etag" doc:"Of this version, for If-Match."`
}

func indicatorOut(x sheetView, i Indicator) indicatorJSON {
	j := indicatorJSON{ID: i.ID, Name: i.Name, Unit: i.Unit, Direction: i.Direction, Baseline: i.Baseline, BaselineOn: i.BaselineOn, Target: i.Target, TargetOn: i.TargetOn,
		Weight: i.Weight, Source: i.Source, CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt, ETag: web.ETag(i.Version)}
	last, found, progress := x.progressOf(i)
	if found {
		j.LastValue, j.LastOn = &last.Value, last.On
	}
	if progress.Known {
		j.Progress = &progress.Percent
	}
	return j
}

type indicatorsOut struct{ Body web.List[indicatorJSON] }

func (s *Service) indicatorsAPI(ctx context.Context, in *actionListIn) (*indicatorsOut, error) {
	list, err := ofSheet(ctx, s, in, func(i indicatorJSON) string { return string(i.ID) }, func(_ db.Tx, x sheetView) ([]indicatorJSON, error) {
		var out []indicatorJSON
		for _, i := range x.Indicators {
			out = append(out, indicatorOut(x, i))
		}
		return out, nil
	})
	return &indicatorsOut{list}, err
}

// IndicatorPath names an indicator of an action in an address.
type IndicatorPath struct {
	ActionPath
	Indicator IndicatorID `path:"indicator" maxLength:"40"`
}

type indicatorOneOut struct {
	ETag string `header:"ETag"`
	Body indicatorJSON
}

func (s *Service) viewIndicator(ctx context.Context, in IndicatorPath) (x sheetView, i Indicator, err error) {
	err = s.db.View(ctx, func(tx db.Tx) error {
		if x, err = readSheet(tx, account.ActorIn(ctx), in.ID); err != nil {
			return err
		}
		i, err = indicatorOf(tx, in.ID, in.Indicator)
		return err
	})
	return x, i, err
}

func (s *Service) indicatorOneAPI(ctx context.Context, in *IndicatorPath) (*indicatorOneOut, error) {
	x, i, err := s.viewIndicator(ctx, *in)
	return &indicatorOneOut{web.ETag(i.Version), indicatorOut(x, i)}, err
}

type createIndicatorIn struct {
	ActionPath
	Body struct {
		Name       string    `json:"name" maxLength:"400"`
		Unit       string    `json:"unit,omitempty" maxLength:"100"`
		Direction  Direction `json:"direction" enum:"rise,fall" doc:"Which way is good."`
		Baseline   float64   `json:"baseline,omitempty"`
		BaselineOn when.Date `json:"baseline_on,omitempty" doc:"Without it the baseline is not stated."`
		Target     float64   `json:"target,omitempty"`
		TargetOn   when.Date `json:"target_on,omitempty" doc:"Without it the target is not stated."`
		Weight     *int      `json:"weight,omitempty" doc:"In the progress of the action; 1 when left out."`
		Source     string    `json:"source,omitempty" maxLength:"1000"`
	}
}

func (s *Service) createIndicatorAPI(ctx context.Context, in *createIndicatorIn) (*indicatorOneOut, error) {
	b := in.Body
	i := Indicator{ActionID: in.ID, Name: b.Name, Unit: b.Unit, Direction: b.Direction, Baseline: b.Baseline, BaselineOn: b.BaselineOn, Target: b.Target, TargetOn: b.TargetOn,
		Weight: 1, Source: b.Source}
	set(&i.Weight, b.Weight)
	i, err := s.AddIndicator(ctx, account.ActorIn(ctx), i)
	if err != nil {
		return nil, err
	}
	return s.indicatorOneAPI(ctx, &IndicatorPath{in.ActionPath, i.ID})
}

type saveIndicatorIn struct {
	IndicatorPath
	web.IfMatch
	Body struct {
		Name       *string    `json:"name,omitempty" maxLength:"400"`
		Unit       *string    `json:"unit,omitempty" maxLength:"100"`
		Direction  *Direction `json:"direction,omitempty" enum:"rise,fall"`
		Baseline   *float64   `json:"baseline,omitempty"`
		BaselineOn *when.Date `json:"baseline_on,omitempty"`
		Target     *float64   `json:"target,omitempty"`
		TargetOn   *when.Date `json:"target_on,omitempty"`
		Weight     *int       `json:"weight,omitempty"`
		Source     *string    `json:"source,omitempty" maxLength:"1000"`
	}
}

func (s *Service) saveIndicatorAPI(ctx context.Context, in *saveIndicatorIn) (*indicatorOneOut, error) {
	seen, err := in.Version()
	if err != nil {
		return nil, err
	}
	_, i, err := s.viewIndicator(ctx, in.IndicatorPath)
	if err != nil {
		return nil, err
	}
	b := in.Body
	set(&i.Name, b.Name)
	set(&i.Unit, b.Unit)
	set(&i.Direction, b.Direction)
	set(&i.Baseline, b.Baseline)
	set(&i.BaselineOn, b.BaselineOn)
	set(&i.Target, b.Target)
	set(&i.TargetOn, b.TargetOn)
	set(&i.Weight, b.Weight)
	set(&i.Source, b.Source)
	i.Version = seen
	if err := s.SaveIndicator(ctx, account.ActorIn(ctx), i); err != nil {
		return nil, overtaken(ctx, err, in.Body, func() (web.Stand, error) {
			x, now, err := s.viewIndicator(ctx, in.IndicatorPath)
			return web.Stand{Version: now.Version, SavedAt: now.UpdatedAt, Value: indicatorOut(x, now)}, err
		})
	}
	return s.indicatorOneAPI(ctx, &in.IndicatorPath)
}

func (s *Service) removeIndicatorAPI(ctx context.Context, in *IndicatorPath) (*struct{}, error) {
	return nil, s.RemoveIndicator(ctx, account.ActorIn(ctx), in.ID, in.Indicator)
}

func (s *Service) restoreIndicatorAPI(ctx context.Context, in *IndicatorPath) (*indicatorOneOut, error) {
	if err := s.RestoreIndicator(ctx, account.ActorIn(ctx), in.ID, in.Indicator); err != nil {
		return nil, err
	}
	return s.indicatorOneAPI(ctx, in)
}

type valueJSON struct {
	ID         ValueID   `json:"id"`
	On         when.Date `json:"on" doc:"The day it was measured."`
	Value      float64   `json:"value"`
	Source     string    `json:"source"`
	DocumentID string    `json:"document_id" doc:"The proof, for parties."`
	Note       string    `json:"note" doc:"For parties."`
	CorrectsID ValueID   `json:"corrects_id" doc:"The value that this one stands instead of; empty for none."`
	Cancelled  bool      `json:"cancelled" doc:"This value takes the one that it names away."`
	RecordedAt when.Time `json:"recorded_at"`
}

func valueOut(v Value, inside bool) valueJSON {
	j := valueJSON{ID: v.ID, On: v.On, Value: v.Value, Source: v.Source, CorrectsID: v.CorrectsID, Cancelled: v.Cancelled, RecordedAt: v.RecordedAt}
	if inside {
		j.DocumentID, j.Note = v.DocumentID, v.Note
	}
	return j
}

type valuesIn struct {
	IndicatorPath
	web.Paging
}

type valuesOut struct{ Body web.List[valueJSON] }

func (s *Service) valuesAPI(ctx context.Context, in *valuesIn) (*valuesOut, error) {
	x, i, err := s.viewIndicator(ctx, in.IndicatorPath)
	if err != nil {
		return nil, err
	}
	var items []valueJSON
	for _, v := range x.valuesOf(i.ID) {
		items = append(items, valueOut(v, x.Inside()))
	}
	list, err := web.PageAfter(items, in.Paging, func(v valueJSON) string { return string(v.ID) })
	return &valuesOut{list}, err
}

type recordValueIn struct {
	IndicatorPath
	Body struct {
		On         when.Date `json:"on,omitempty" doc:"The day it was measured; not needed to take a value away." example:"2026-03-12"`
		Value      float64   `json:"value" doc:"Ignored when a value is taken away."`
		Source     string    `json:"source,omitempty" maxLength:"1000"`
		DocumentID string    `json:"document_id,omitempty" maxLength:"40" doc:"A document of the action: the proof."`
		Note       string    `json:"note,omitempty" maxLength:"4000" doc:"Needed with corrects_id: why."`
		CorrectsID ValueID   `json:"corrects_id,omitempty" maxLength:"40" doc:"The value that this one stands instead of."`
		Cancelled  bool      `json:"cancelled,omitempty" doc:"With corrects_id: take that value away."`
	}
}

type valueOneOut struct{ Body valueJSON }

func (s *Service) recordValueAPI(ctx context.Context, in *recordValueIn) (*valueOneOut, error) {
	b := in.Body
	v, err := s.RecordValue(ctx, account.ActorIn(ctx), Value{ActionID: in.ID, IndicatorID: in.Indicator, On: b.On, Value: b.Value, Source: b.Source, DocumentID: b.DocumentID, Note: b.Note, CorrectsID: b.CorrectsID, Cancelled: b.Cancelled})
	if err != nil {
		return nil, err
	}
	return &valueOneOut{valueOut(v, true)}, nil
}
