package plan

import (
	"context"
	"net/http"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/web"

	"github.com/danielgtaylor/huma/v2"
)

func (s *Service) fieldAPI(m *web.Mux, tags []string, path string) {
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: path, Tags: tags, Summary: "List the fields of a project's tasks",
		Description: "What the project notes of its tasks beside what all tasks have; at most twenty."}, s.fieldsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: path, Tags: tags, Summary: "Add a field to the tasks of a project", DefaultStatus: http.StatusCreated,
		Description: "Its kind is chosen once."}, s.addFieldAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: path + "/{field}", Tags: tags, Summary: "Read a field of a project's tasks",
		Description: "With its version as ETag."}, s.readFieldAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: path + "/{field}", Tags: tags, Summary: "Change a field of a project's tasks",
		Description: "Values that are no longer among the choices are kept."}, s.saveFieldAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: path + "/{field}", Tags: tags, Summary: "Take a field off the tasks of a project", DefaultStatus: http.StatusNoContent,
		Description: "It can be restored with what it held."}, s.removeFieldAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: path + "/{field}/restore", Tags: tags, Summary: "Bring a field of a project's tasks back",
		Description: "With what it held."}, s.restoreFieldAPI)
}

// PlanCustomField is what one says of a field; exported, or huma would not look into it.
type PlanCustomField struct {
	Name    string    `json:"name" minLength:"1" maxLength:"60"`
	Kind    FieldKind `json:"kind" enum:"text,number,date,choice,yesno" doc:"Chosen once: not read when a field is changed."`
	Unit    string    `json:"unit,omitempty" maxLength:"20" doc:"Of numbers."`
	Choices []string  `json:"choices,omitempty" maxItems:"50"`
	Listed  bool      `json:"listed,omitempty" doc:"A column of the list."`
}

func (b PlanCustomField) field(f Field) Field {
	f.Name, f.Kind, f.Unit, f.Choices, f.Listed = b.Name, b.Kind, b.Unit, strings.Join(b.Choices, "\n"), b.Listed
	return f
}

type planFieldJSON struct {
	ID FieldID `json:"id"`
	PlanCustomField
}

func fieldOut(f Field) planFieldJSON {
	return planFieldJSON{f.ID, PlanCustomField{f.Name, f.Kind, f.Unit, append([]string{}, f.ChoiceList()...), f.Listed}}
}

type planFieldsOut struct{ Body web.List[planFieldJSON] }

func (s *Service) fieldsAPI(ctx context.Context, in *PlanProjectIn) (*planFieldsOut, error) {
	out := []planFieldJSON{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := project.Enter(tx, account.ActorIn(ctx), project.ID(in.Project))
		if err != nil {
			return err
		}
		list, err := listFields(tx, a.ID)
		out = out[:0]
		for _, f := range list {
			out = append(out, fieldOut(f))
		}
		return err
	})
	return &planFieldsOut{web.List[planFieldJSON]{Items: out}}, err
}

type planAddFieldIn struct {
	PlanProjectIn
	Body PlanCustomField
}

type planFieldOut struct {
	ETag string `header:"ETag"`
	Body planFieldJSON
}

func (s *Service) addFieldAPI(ctx context.Context, in *planAddFieldIn) (*planFieldOut, error) {
	f, err := s.AddField(ctx, account.ActorIn(ctx), in.Body.field(Field{ProjectID: project.ID(in.Project)}))
	if err != nil {
		return nil, err
	}
	return &planFieldOut{web.ETag(f.Version), fieldOut(f)}, nil
}

// PlanFieldIn is the field of an address.
type PlanFieldIn struct {
	PlanProjectIn
	Field string `path:"field" maxLength:"40"`
}

func (s *Service) readFieldAPI(ctx context.Context, in *PlanFieldIn) (*planFieldOut, error) {
	var f Field
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := project.Enter(tx, account.ActorIn(ctx), project.ID(in.Project))
		if err != nil {
			return err
		}
		if f, err = getField(tx, a.ID, FieldID(in.Field)); err == nil && f.RemovedAt != 0 {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		return err
	})
	return &planFieldOut{web.ETag(f.Version), fieldOut(f)}, err
}

type planSaveFieldIn struct {
	PlanFieldIn
	web.IfMatch
	Body PlanCustomField
}

func (s *Service) saveFieldAPI(ctx context.Context, in *planSaveFieldIn) (*planFieldOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	f := Field{ID: FieldID(in.Field), ProjectID: project.ID(in.Project), Version: version}
	if version == 0 { // "*"
		err := s.db.View(ctx, func(tx db.Tx) error {
			a, err := project.Enter(tx, account.ActorIn(ctx), f.ProjectID)
			if err != nil {
				return err
			}
			now, err := getField(tx, a.ID, f.ID)
			f.Version = now.Version
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if err := s.SaveField(ctx, account.ActorIn(ctx), in.Body.field(f)); err != nil {
		return nil, err
	}
	return s.readFieldAPI(ctx, &in.PlanFieldIn)
}

func (s *Service) removeFieldAPI(ctx context.Context, in *PlanFieldIn) (*struct{}, error) {
	_, err := s.RemoveField(ctx, account.ActorIn(ctx), project.ID(in.Project), FieldID(in.Field))
	return nil, err
}

func (s *Service) restoreFieldAPI(ctx context.Context, in *PlanFieldIn) (*planFieldOut, error) {
	if _, err := s.RestoreField(ctx, account.ActorIn(ctx), project.ID(in.Project), FieldID(in.Field)); err != nil {
		return nil, err
	}
	return s.readFieldAPI(ctx, in)
}
