package document

import (
	"context"
	"io"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// API registers the feature's operations.
func (s *Service) API(m *web.Mux) {
	tags := []string{"Documents"}
	const at = "/api/v1/projects/{project}"
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: at + "/folders/{folder}/entries", Tags: tags, Summary: "List a folder of documents",
		Description: "The folder root is the project's own. In the order of creation; programs' own files are left out."}, s.entriesAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: at + "/folders/{folder}/zip", Tags: tags, Summary: "Download a folder as a ZIP",
		Description: "With its folders, each document in its newest version. Names are made such that Windows unpacks them."}, s.bundleAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: at + "/folders/{folder}/folders", Tags: tags, Summary: "Create a folder", DefaultStatus: http.StatusCreated}, s.createFolderAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: at + "/folders/{folder}/documents", Tags: tags, Summary: "Add a document",
		Description:   "The body is the content as it is. A name that the folder holds already gets a new version.",
		DefaultStatus: http.StatusCreated, RequestBody: binaryBody()}, s.addDocumentAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: at + "/documents/{document}", Tags: tags, Summary: "Read a document",
		Description: "What is known of it, with its approvals and locks; not its content."}, s.documentAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: at + "/documents/{document}/versions", Tags: tags, Summary: "List the versions of a document"}, s.versionsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: at + "/documents/{document}/versions", Tags: tags, Summary: "Add a version of a document",
		DefaultStatus: http.StatusCreated, RequestBody: binaryBody()}, s.addVersionAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: at + "/documents/{document}/versions/{number}/content", Tags: tags, Summary: "Download a version of a document",
		Description: "With ranges. The type is one that a browser never runs."}, s.contentAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: at + "/documents/{document}/versions/{number}/approvals", Tags: tags, Summary: "Approve a version",
		Description: "Give the hash of the content that was looked at.", DefaultStatus: http.StatusNoContent}, s.approveAPI)
	s.attachAPI(m, tags, at+"/tasks/{task}/documents")
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: at + "/documents/{document}", Tags: tags, Summary: "Remove a document or folder",
		Description: "It leaves the lists; it can be brought back on its project's page.", DefaultStatus: http.StatusNoContent}, s.removeAPI)
}

func binaryBody() *huma.RequestBody {
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}
}

type DocumentEntryJSON struct {
	ID        EntryID   `json:"id"`
	Kind      Kind      `json:"kind" enum:"folder,document"`
	FolderID  EntryID   `json:"folder_id" doc:"In which it lies; empty: the project's own."`
	Name      string    `json:"name"`
	Number    int       `json:"number" doc:"Of the newest version; 0: none."`
	SHA256    string    `json:"sha256" doc:"Of the newest content; empty for a folder."`
	Size      int64     `json:"size"`
	Type      string    `json:"type"`
	Updater   string    `json:"updater"`
	UpdatedAt when.Time `json:"updated_at"`
}

func entryOut(e Entry) DocumentEntryJSON {
	return DocumentEntryJSON{e.ID, e.Kind, e.FolderID, e.Name, e.Number, e.Hash, e.Size, e.Type, e.Updater, e.UpdatedAt}
}

type FolderParam struct {
	Project string `path:"project" maxLength:"40"`
	Folder  string `path:"folder" maxLength:"40" doc:"Or root."`
}

func (in FolderParam) ids() (project.ID, EntryID) {
	if in.Folder == rootName {
		return project.ID(in.Project), ""
	}
	return project.ID(in.Project), EntryID(in.Folder)
}

type DocumentParam struct {
	Project  string `path:"project" maxLength:"40"`
	Document string `path:"document" maxLength:"40"`
}

func (in DocumentParam) ids() (project.ID, EntryID) {
	return project.ID(in.Project), EntryID(in.Document)
}

type entriesIn struct {
	FolderParam
	web.Paging
}

type entriesOut struct {
	Body web.List[DocumentEntryJSON]
}

func (s *Service) entriesAPI(ctx context.Context, in *entriesIn) (*entriesOut, error) {
	id, folder := in.ids()
	var out []DocumentEntryJSON
	err := s.db.View(ctx, func(tx db.Tx) error {
		p, err := enter(tx, account.ActorIn(ctx), id, folder)
		if err != nil {
			return err
		}
		if !p.Entry.Is(Folder) {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		list, err := listEntriesAfter(tx, id, folder, EntryID(in.Cursor), in.Limit+1)
		for _, e := range list {
			out = append(out, entryOut(e))
		}
		return err
	})
	return &entriesOut{web.PageOf(out, in.Limit, func(e DocumentEntryJSON) string { return string(e.ID) })}, err
}

type documentFolderIn struct {
	FolderParam
	Body struct {
		Name string `json:"name" maxLength:"255"`
	}
}

type entryAnswer struct {
	Location string `header:"Location"`
	Body     DocumentEntryJSON
}

func answerOf(e Entry) *entryAnswer {
	return &entryAnswer{"/api/v1" + e.URL(), entryOut(e)}
}

func (s *Service) createFolderAPI(ctx context.Context, in *documentFolderIn) (*entryAnswer, error) {
	id, folder := in.ids()
	e, err := s.CreateFolder(ctx, account.ActorIn(ctx), id, folder, in.Body.Name)
	if err != nil {
		return nil, err
	}
	return answerOf(e), nil
}

// Streamed is an operation's body as it comes.
type Streamed struct{ r io.Reader }

// Resolve keeps the body; huma calls it before the handler.
func (b *Streamed) Resolve(ctx huma.Context) []error {
	b.r = ctx.BodyReader()
	return nil
}

type addDocumentIn struct {
	FolderParam
	Streamed
	Name   string `query:"name" required:"true" maxLength:"255" doc:"File name with its extension."`
	Note   string `query:"note" maxLength:"500"`
	SHA256 string `query:"sha256" maxLength:"64" doc:"Announced; another content is refused."`
	Length int64  `header:"Content-Length"`
}

func (s *Service) addDocumentAPI(ctx context.Context, in *addDocumentIn) (*entryAnswer, error) {
	id, folder := in.ids()
	e, err := s.Add(ctx, account.ActorIn(ctx), Upload{ProjectID: id, FolderID: folder, Name: in.Name, Note: in.Note, Size: in.Length, Hash: file.Hash(in.SHA256)}, in.r)
	if err != nil {
		return nil, err
	}
	return answerOf(e), nil
}

type documentWholeJSON struct {
	DocumentEntryJSON
	Approved  bool                   `json:"approved" doc:"The newest version is."`
	Approvals []documentApprovalJSON `json:"approvals"`
	Locks     []documentLockJSON     `json:"locks"`
}

type documentApprovalJSON struct {
	Number     int       `json:"number"`
	SHA256     string    `json:"sha256"`
	Person     string    `json:"person"`
	Note       string    `json:"note"`
	ApprovedAt when.Time `json:"approved_at"`
}

type documentLockJSON struct {
	Person    string    `json:"person"`
	CreatedAt when.Time `json:"created_at"`
	ExpiresAt when.Time `json:"expires_at" doc:"0: when it is given back."`
}

type documentOut struct{ Body documentWholeJSON }

func (s *Service) documentAPI(ctx context.Context, in *DocumentParam) (*documentOut, error) {
	id, document := in.ids()
	out := &documentOut{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		p, err := enterDocument(tx, account.ActorIn(ctx), id, document)
		if err != nil {
			return err
		}
		approvals, err := listApprovals(tx, document)
		if err != nil {
			return err
		}
		locks, err := listLocks(tx, id)
		out.Body = documentWholeJSON{entryOut(p.Entry), ApprovedNow(p.Entry, approvals), []documentApprovalJSON{}, []documentLockJSON{}}
		for _, a := range approvals {
			out.Body.Approvals = append(out.Body.Approvals, documentApprovalJSON{a.Number, a.Hash, a.Person, a.Note, a.ApprovedAt})
		}
		for _, l := range covering(locks, p.ids()) {
			out.Body.Locks = append(out.Body.Locks, documentLockJSON{l.Person, l.CreatedAt, l.ExpiresAt})
		}
		return err
	})
	return out, err
}

// enterDocument is enter for a document alone.
func enterDocument(tx db.Tx, by account.Actor, id project.ID, document EntryID) (Place, error) {
	p, err := enter(tx, by, id, document)
	if err == nil && !p.Entry.Is(Document) {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return p, err
}

type documentVersionJSON struct {
	Number    int       `json:"number"`
	SHA256    string    `json:"sha256"`
	Size      int64     `json:"size"`
	Type      string    `json:"type"`
	Note      string    `json:"note"`
	Author    string    `json:"author"`
	CreatedAt when.Time `json:"created_at"`
}

type versionsOut struct {
	Body web.List[documentVersionJSON]
}

func (s *Service) versionsAPI(ctx context.Context, in *DocumentParam) (*versionsOut, error) {
	id, document := in.ids()
	out := []documentVersionJSON{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		if _, err := enterDocument(tx, account.ActorIn(ctx), id, document); err != nil {
			return err
		}
		list, err := listVersions(tx, document)
		for _, v := range list {
			out = append(out, documentVersionJSON{v.Number, v.Hash, v.Size, v.Type, v.Note, v.Author, v.CreatedAt})
		}
		return err
	})
	return &versionsOut{web.List[documentVersionJSON]{Items: out}}, err
}

type addVersionIn struct {
	DocumentParam
	Streamed
	Note   string `query:"note" maxLength:"500"`
	Length int64  `header:"Content-Length"`
}

func (s *Service) addVersionAPI(ctx context.Context, in *addVersionIn) (*entryAnswer, error) {
	id, document := in.ids()
	e, err := s.AddVersion(ctx, account.ActorIn(ctx), id, document, Upload{Note: in.Note, Size: in.Length}, in.r)
	if err != nil {
		return nil, err
	}
	return answerOf(e), nil
}

type VersionParam struct {
	DocumentParam
	Number int `path:"number" minimum:"1" maximum:"1000000"`
}

func (s *Service) contentAPI(ctx context.Context, in *VersionParam) (*huma.StreamResponse, error) {
	id, document := in.ids()
	var e Entry
	var v Version
	err := s.db.View(ctx, func(tx db.Tx) error {
		p, err := enterDocument(tx, account.ActorIn(ctx), id, document)
		if err != nil {
			return err
		}
		e = p.Entry
		v, err = getVersion(tx, document, in.Number)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case s.opts.Files == nil:
		return nil, fault.New(fault.Unavailable, "document.wrong.no_store")
	case v.Size == 0:
		return nil, fault.New(fault.NotFound, "document.wrong.no_content")
	}
	there, err := s.opts.Files.Has(ctx, file.Hash(v.Hash))
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, fault.New(fault.Internal, "file.lost")
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		r, w := humago.Unwrap(ctx)
		if err := file.Serve(w, r, s.opts.Files, v.Blob(), versioned(e, v.Number), file.Attachment); err != nil {
			s.log.Error("serve a document", "hash", v.Hash, "error", err.Error())
			w.WriteHeader(http.StatusInternalServerError)
		}
	}}, nil
}

type approveIn struct {
	VersionParam
	Body struct {
		SHA256 string `json:"sha256" maxLength:"64"`
		Note   string `json:"note,omitempty" maxLength:"2000"`
	}
}

func (s *Service) approveAPI(ctx context.Context, in *approveIn) (*struct{}, error) {
	id, document := in.ids()
	return nil, s.Approve(ctx, account.ActorIn(ctx), id, document, in.Number, in.Body.SHA256, in.Body.Note)
}

func (s *Service) removeAPI(ctx context.Context, in *DocumentParam) (*struct{}, error) {
	id, document := in.ids()
	_, err := s.Remove(ctx, account.ActorIn(ctx), id, document)
	return nil, err
}
