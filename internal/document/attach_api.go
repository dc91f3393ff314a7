package document

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/web"

	"github.com/danielgtaylor/huma/v2"
)

func (s *Service) attachAPI(m *web.Mux, tags []string, path string) {
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: path, Tags: tags, Summary: "List the documents of a task",
		Description: "Those that one may see."}, s.attachedAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: path + "/{document}", Tags: tags, Summary: "Let a document belong to a task", DefaultStatus: http.StatusNoContent,
		Description: "One that does already stays. A new document is added to a folder first."}, s.attachOneAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: path + "/{document}", Tags: tags, Summary: "Take a document from a task", DefaultStatus: http.StatusNoContent,
		Description: "The document stays in its folder."}, s.detachAPI)
}

// DocumentTaskIn is the task of an address.
type DocumentTaskIn struct {
	Project string `path:"project" maxLength:"40"`
	Task    string `path:"task" maxLength:"40"`
}

type documentAttachIn struct {
	DocumentTaskIn
	Document string `path:"document" maxLength:"40"`
}

type documentAttachedOut struct{ Body web.List[DocumentEntryJSON] }

func (s *Service) attachedAPI(ctx context.Context, in *DocumentTaskIn) (*documentAttachedOut, error) {
	out := []DocumentEntryJSON{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		by := account.ActorIn(ctx)
		t, err := plan.Get(tx, by, project.ID(in.Project), plan.TaskID(in.Task))
		if err != nil {
			return err
		}
		list, err := attached(tx, t)
		out = out[:0]
		for _, p := range list {
			out = append(out, entryOut(p.Entry))
		}
		return err
	})
	return &documentAttachedOut{web.List[DocumentEntryJSON]{Items: out}}, err
}

func (s *Service) attachOneAPI(ctx context.Context, in *documentAttachIn) (*struct{}, error) {
	return nil, s.Attach(ctx, account.ActorIn(ctx), project.ID(in.Project), plan.TaskID(in.Task), EntryID(in.Document))
}

func (s *Service) detachAPI(ctx context.Context, in *documentAttachIn) (*struct{}, error) {
	return nil, s.Detach(ctx, account.ActorIn(ctx), project.ID(in.Project), plan.TaskID(in.Task), EntryID(in.Document))
}
