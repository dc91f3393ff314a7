package document

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/project"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// bundle is a folder as one downloads it whole: everything below it, each document in its newest
// version. What is removed, and programs' own files, stay out.
type bundle struct {
	Name    string
	Members []file.Member
}

// bundleOf gathers what lies below a folder; who may see a folder may see all of that.
func (s *Service) bundleOf(ctx context.Context, by account.Actor, id project.ID, folder EntryID) (bundle, error) {
	var x bundle
	err := s.db.View(ctx, func(tx db.Tx) error {
		p, err := enter(tx, by, id, folder)
		if err != nil {
			return err
		}
		if !p.Entry.Is(Folder) {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if x.Name = p.Entry.Name + ".zip"; p.Root() {
			x.Name = p.Project.Code + ".zip"
		}
		list, err := listShown(tx, id)
		x.Members = membersBelow(list, folder)
		return err
	})
	if err == nil && s.opts.Files == nil {
		err = fault.New(fault.Unavailable, "document.wrong.no_store")
	}
	return x, err
}

// membersBelow puts the entries of a project that lie below a folder in the order of an outline.
func membersBelow(list []Entry, folder EntryID) []file.Member {
	in := map[EntryID][]Entry{}
	for _, e := range list {
		in[e.FolderID] = append(in[e.FolderID], e)
	}
	var out []file.Member
	var walk func(folder EntryID, path []string)
	walk = func(folder EntryID, path []string) {
		slices.SortStableFunc(in[folder], func(a, b Entry) int { return strings.Compare(a.NameKey, b.NameKey) })
		for _, e := range in[folder] {
			way := append(slices.Clone(path), e.Name)
			switch {
			case e.Is(Folder) && len(way) <= maxDepth:
				out = append(out, file.Member{Path: way, Folder: true, At: e.UpdatedAt.Time()})
				walk(e.ID, way)
			case e.Is(Document) && e.Number > 0:
				out = append(out, file.Member{Path: way, Blob: e.Blob(), At: e.UpdatedAt.Time()})
			}
		}
	}
	walk(folder, nil)
	return out
}

func (s *Service) bundlePage(w http.ResponseWriter, r *http.Request) error {
	id, folder := entryOf(r)
	x, err := s.bundleOf(r.Context(), account.ActorOf(r), id, folder)
	if err != nil {
		return err
	}
	return file.ServeBundle(w, r, s.opts.Files, x.Name, x.Members)
}

func (s *Service) bundleAPI(ctx context.Context, in *FolderParam) (*huma.StreamResponse, error) {
	id, folder := in.ids()
	x, err := s.bundleOf(ctx, account.ActorIn(ctx), id, folder)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		r, w := humago.Unwrap(ctx)
		_ = file.ServeBundle(w, r, s.opts.Files, x.Name, x.Members) // it panics when it cannot go on
	}}, nil
}
