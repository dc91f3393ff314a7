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

// What blocks and notes are the parties' own; links are shown to who may see both sheets.
func (s *Service) followAPI(m *web.Mux) {
	tags := []string{"Action sheets"}
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/actions/{id}/blockers", Tags: tags, Summary: "List what is in the way", Description: "For parties; open ones first."}, s.blockersAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/actions/{id}/blockers", Tags: tags, Summary: "Say what is in the way",
		Description: "And what would take it away.", DefaultStatus: http.StatusCreated}, s.createBlockerAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/actions/{id}/blockers/{blocker}/resolve", Tags: tags, Summary: "Say that it is no longer in the way"}, s.resolveBlockerAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/actions/{id}/notes", Tags: tags, Summary: "List notes", Description: "For parties, newest first."}, s.notesAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/actions/{id}/notes", Tags: tags, Summary: "Add a note",
		Description: "Notes are added, never edited.", DefaultStatus: http.StatusCreated}, s.createNoteAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/actions/{id}/links", Tags: tags, Summary: "List linked actions", Description: "Those that the caller may see."}, s.linksAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/actions/{id}/links", Tags: tags, Summary: "Link an action", DefaultStatus: http.StatusCreated}, s.createLinkAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: "/api/v1/actions/{id}/links/{other}", Tags: tags, Summary: "Take a link away"}, s.removeLinkAPI)
}

type blockerJSON struct {
	ID         BlockerID `json:"id"`
	Text       string    `json:"text" doc:"What blocks."`
	Unblock    string    `json:"unblock" doc:"What would unblock, and by whom."`
	SinceOn    when.Date `json:"since_on"`
	ResolvedOn when.Date `json:"resolved_on" doc:"Empty: still in the way."`
	Resolution string    `json:"resolution"`
	CreatedAt  when.Time `json:"created_at"`
	CreatedBy  string    `json:"created_by"`
	UpdatedAt  when.Time `json:"updated_at"`
}

func blockerOut(b Blocker) blockerJSON {
	return blockerJSON{b.ID, b.Text, b.Unblock, b.SinceOn, b.ResolvedOn, b.Resolution, b.CreatedAt, b.CreatedBy, b.UpdatedAt}
}

type blockersOut struct{ Body web.List[blockerJSON] }

func (s *Service) blockersAPI(ctx context.Context, in *actionListIn) (*blockersOut, error) {
	list, err := ofSheet(ctx, s, in, func(b blockerJSON) string { return string(b.ID) }, func(_ db.Tx, x sheetView) ([]blockerJSON, error) {
		var out []blockerJSON
		for _, b := range x.Blockers {
			out = append(out, blockerOut(b))
		}
		return out, onlyParty(x)
	})
	return &blockersOut{list}, err
}

type blockerOneOut struct{ Body blockerJSON }

type createBlockerIn struct {
	ActionPath
	Body struct {
		Text    string    `json:"text" maxLength:"4000" doc:"What blocks."`
		Unblock string    `json:"unblock" maxLength:"4000" doc:"What would unblock, and by whom."`
		SinceOn when.Date `json:"since_on,omitempty" doc:"Today when left out."`
	}
}

func (s *Service) createBlockerAPI(ctx context.Context, in *createBlockerIn) (*blockerOneOut, error) {
	b, err := s.AddBlocker(ctx, account.ActorIn(ctx), Blocker{ActionID: in.ID, Text: in.Body.Text, Unblock: in.Body.Unblock, SinceOn: in.Body.SinceOn})
	if err != nil {
		return nil, err
	}
	return s.blockerOne(ctx, b.ID)
}

// blockerOne reads a blocker that the caller just changed.
func (s *Service) blockerOne(ctx context.Context, id BlockerID) (*blockerOneOut, error) {
	out := &blockerOneOut{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		b, err := getBlocker(tx, id)
		out.Body = blockerOut(b)
		return err
	})
	return out, err
}

type resolveBlockerIn struct {
	ActionPath
	Blocker BlockerID `path:"blocker" maxLength:"40"`
	Body    struct {
		ResolvedOn when.Date `json:"resolved_on" example:"2026-03-12"`
		Resolution string    `json:"resolution,omitempty" maxLength:"4000"`
	}
}

func (s *Service) resolveBlockerAPI(ctx context.Context, in *resolveBlockerIn) (*blockerOneOut, error) {
	if err := s.ResolveBlocker(ctx, account.ActorIn(ctx), in.ID, in.Blocker, in.Body.ResolvedOn, in.Body.Resolution); err != nil {
		return nil, err
	}
	return s.blockerOne(ctx, in.Blocker)
}

type actionNoteJSON struct {
	ID        NoteID    `json:"id"`
	On        when.Date `json:"on" doc:"The day it speaks of."`
	Text      string    `json:"text"`
	CreatedAt when.Time `json:"created_at"`
	CreatedBy string    `json:"created_by" doc:"Name."`
}

func noteOut(n Note) actionNoteJSON {
	return actionNoteJSON{n.ID, n.On, n.Text, n.CreatedAt, n.CreatedName}
}

type notesOut struct{ Body web.List[actionNoteJSON] }

func (s *Service) notesAPI(ctx context.Context, in *actionListIn) (*notesOut, error) {
	list, err := ofSheet(ctx, s, in, func(n actionNoteJSON) string { return string(n.ID) }, func(tx db.Tx, x sheetView) ([]actionNoteJSON, error) {
		if err := onlyParty(x); err != nil {
			return nil, err
		}
		notes, err := listNotes(tx, in.ID)
		out := make([]actionNoteJSON, len(notes))
		for i, n := range notes {
			out[i] = noteOut(n)
		}
		return out, err
	})
	return &notesOut{list}, err
}

type createNoteIn struct {
	ActionPath
	Body struct {
		On   when.Date `json:"on,omitempty" doc:"The day it speaks of; today when left out."`
		Text string    `json:"text" maxLength:"8000"`
	}
}

type noteOneOut struct{ Body actionNoteJSON }

func (s *Service) createNoteAPI(ctx context.Context, in *createNoteIn) (*noteOneOut, error) {
	n, err := s.AddNote(ctx, account.ActorIn(ctx), Note{ActionID: in.ID, On: in.Body.On, Text: in.Body.Text})
	if err != nil {
		return nil, err
	}
	return &noteOneOut{noteOut(n)}, nil
}

type linkJSON struct {
	ActionID  ActionID `json:"action_id" doc:"The other sheet."`
	Reference string   `json:"reference"`
	Title     string   `json:"title"`
	Note      string   `json:"note"`
}

type linksListOut struct{ Body web.List[linkJSON] }

func (s *Service) linksAPI(ctx context.Context, in *actionListIn) (*linksListOut, error) {
	list, err := ofSheet(ctx, s, in, func(l linkJSON) string { return string(l.ActionID) }, func(tx db.Tx, x sheetView) ([]linkJSON, error) {
		d, err := readDetail(tx, account.ActorIn(ctx), x)
		var out []linkJSON
		for _, l := range d.Links {
			out = append(out, linkJSON(l))
		}
		return out, err
	})
	return &linksListOut{list}, err
}

type createLinkIn struct {
	ActionPath
	Body struct {
		OtherID ActionID `json:"other_id" maxLength:"40" doc:"Of the other sheet."`
		Note    string   `json:"note,omitempty" maxLength:"400"`
	}
}

type linkOneOut struct{ Body linkJSON }

func (s *Service) createLinkAPI(ctx context.Context, in *createLinkIn) (*linkOneOut, error) {
	if err := s.LinkActions(ctx, account.ActorIn(ctx), in.ID, in.Body.OtherID, in.Body.Note); err != nil {
		return nil, err
	}
	out := &linkOneOut{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		other, err := getAction(tx, in.Body.OtherID)
		out.Body = linkJSON{other.ID, other.Reference, other.Title, in.Body.Note}
		return err
	})
	return out, err
}

type removeLinkIn struct {
	ActionPath
	Other ActionID `path:"other" maxLength:"40"`
}

func (s *Service) removeLinkAPI(ctx context.Context, in *removeLinkIn) (*struct{}, error) {
	return nil, s.UnlinkActions(ctx, account.ActorIn(ctx), in.ID, in.Other)
}
