package note

import (
	"context"
	"encoding/json"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

// API registers the feature's operations. Text is written in the browser; programs begin notes
// with a text and read them.
func (s *Service) API(m *web.Mux) {
	tags := []string{"Notes"}
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/projects/{project}/notes", Tags: tags, Summary: "List the notes of a project"}, s.notesAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/projects/{project}/notes", Tags: tags, Summary: "Create a note",
		Description: "With document it begins with a text, as the editor writes it (ProseMirror's JSON).", DefaultStatus: http.StatusCreated}, s.createNoteAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/projects/{project}/notes/{note}", Tags: tags, Summary: "Read a note",
		Description: "Its newest version, as Markdown and as the editor's document."}, s.noteAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/projects/{project}/notes/{note}/versions", Tags: tags, Summary: "List the versions of a note"}, s.versionsAPI)
}

// ProjectNoteJSON is a note as lists show it.
type ProjectNoteJSON struct {
	ID            ID        `json:"id"`
	ParentID      ID        `json:"parent_id" doc:"Note under which it stands; empty at the top."`
	Title         string    `json:"title"`
	CreatedByName string    `json:"created_by_name"`
	CreatedAt     when.Time `json:"created_at"`
	UpdatedByName string    `json:"updated_by_name"`
	UpdatedAt     when.Time `json:"updated_at"`
}

func noteOut(n Note) ProjectNoteJSON {
	return ProjectNoteJSON{n.ID, n.ParentID, n.Title, n.CreatedByName, n.CreatedAt, n.UpdatedByName, n.UpdatedAt}
}

type NotesParam struct {
	Project string `path:"project" maxLength:"40"`
}

type notesOut struct{ Body web.List[ProjectNoteJSON] }

func (s *Service) notesAPI(ctx context.Context, in *NotesParam) (*notesOut, error) {
	out := []ProjectNoteJSON{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := project.Enter(tx, account.ActorIn(ctx), project.ID(in.Project))
		if err != nil {
			return err
		}
		rows, err := ListOf(tx, a)
		for _, n := range rows {
			out = append(out, noteOut(n.Note))
		}
		return err
	})
	return &notesOut{web.List[ProjectNoteJSON]{Items: out}}, err
}

type ProjectNoteTextJSON struct {
	ProjectNoteJSON
	At       when.Time       `json:"at" doc:"Of the version that is given."`
	Markdown string          `json:"markdown"`
	Document json.RawMessage `json:"document" doc:"As the editor writes it."`
}

type noteAnswer struct {
	Location string `header:"Location"`
	Body     ProjectNoteTextJSON
}

func noteAnswerOf(n Note, r Reading) (*noteAnswer, error) {
	doc, err := json.Marshal(r.Root)
	return &noteAnswer{Location: "/api/v1" + n.URL(), Body: ProjectNoteTextJSON{noteOut(n), r.At, r.Root.Markdown(), doc}}, err
}

type createNoteIn struct {
	NotesParam
	Body struct {
		Title    string          `json:"title" minLength:"1" maxLength:"200"`
		ParentID string          `json:"parent_id,omitempty" maxLength:"40"`
		Document json.RawMessage `json:"document,omitempty" doc:"Text it begins with."`
	}
}

func (s *Service) createNoteAPI(ctx context.Context, in *createNoteIn) (*noteAnswer, error) {
	n, err := s.Create(ctx, account.ActorIn(ctx), Note{ProjectID: project.ID(in.Project), Title: in.Body.Title, ParentID: ID(in.Body.ParentID), Seed: string(in.Body.Document)})
	if err != nil {
		return nil, err
	}
	r, err := readVersion(Version{Doc: n.Seed, At: n.CreatedAt})
	if err != nil {
		return nil, err
	}
	return noteAnswerOf(n, r)
}

type noteIn struct {
	NotesParam
	Note string `path:"note" maxLength:"40"`
}

func (s *Service) noteAPI(ctx context.Context, in *noteIn) (*noteAnswer, error) {
	var n Note
	var r Reading
	err := s.db.View(ctx, func(tx db.Tx) error {
		e, err := Enter(tx, account.ActorIn(ctx), project.ID(in.Project), ID(in.Note))
		if err != nil {
			return err
		}
		n = e.Note
		r, err = Read(tx, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	return noteAnswerOf(n, r)
}

type projectNoteVersionJSON struct {
	ID     VersionID `json:"id"`
	At     when.Time `json:"at"`
	Author string    `json:"author"`
}

type noteVersionsOut struct {
	Body web.List[projectNoteVersionJSON]
}

func (s *Service) versionsAPI(ctx context.Context, in *noteIn) (*noteVersionsOut, error) {
	out := []projectNoteVersionJSON{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		e, err := Enter(tx, account.ActorIn(ctx), project.ID(in.Project), ID(in.Note))
		if err != nil {
			return err
		}
		list, err := VersionsOf(tx, e, 0, 1000)
		for _, v := range list {
			out = append(out, projectNoteVersionJSON{v.ID, v.At, v.Author})
		}
		return err
	})
	return &noteVersionsOut{web.List[projectNoteVersionJSON]{Items: out}}, err
}
