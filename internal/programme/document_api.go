package programme

import (
	"context"
	"io"
	"mime"
	"mime/multipart"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// Documents are the parties' own, even on a public sheet.
func (s *Service) documentAPI(m *web.Mux) {
	tags := []string{"Action sheets"}
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/actions/{id}/documents", Tags: tags, Summary: "List documents", Description: "For parties, newest first."}, s.documentsAPI)
	body := &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{Type: huma.TypeObject, Required: []string{"files"},
		Properties: map[string]*huma.Schema{
			"title": {Type: huma.TypeString, Description: "Of the document, when one file is sent; before the file."},
			"files": {Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString, Format: "binary"}, Description: "At most ten."},
		}}}}}
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/actions/{id}/documents", Tags: tags, Summary: "Add documents",
		Description: "All files or none. A file is looked at before it is believed: size, type, extension and content in agreement.", DefaultStatus: http.StatusCreated}, s.addDocumentsAPI)
	// Given to the operation itself, the body would be read into memory and taken for JSON.
	m.API().OpenAPI().Paths["/api/v1/actions/{id}/documents"].Post.RequestBody = body
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/actions/{id}/documents/{document}/content", Tags: tags, Summary: "Download a document",
		Responses: map[string]*huma.Response{"200": {Description: "The file; ranges are served.", Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}}}, s.documentContentAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: "/api/v1/actions/{id}/documents/{document}", Tags: tags, Summary: "Remove a document", Description: "From the lists; the file stays."}, s.removeDocumentAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/actions/{id}/documents/{document}/restore", Tags: tags, Summary: "Bring a document back"}, s.restoreDocumentAPI)
}

type documentJSON struct {
	ID      DocumentID `json:"id"`
	Name    string     `json:"name" doc:"Of the file."`
	Title   string     `json:"title"`
	Type    string     `json:"type" doc:"By its content." example:"application/pdf"`
	Size    int64      `json:"size" doc:"In bytes."`
	SHA256  string     `json:"sha256"`
	AddedAt when.Time  `json:"added_at"`
	AddedBy string     `json:"added_by" doc:"Name."`
}

func documentOut(d Document) documentJSON {
	return documentJSON{d.ID, d.Name, d.Title, d.Type, d.Size, d.Hash, d.AddedAt, d.AddedName}
}

type documentsOut struct{ Body web.List[documentJSON] }

func (s *Service) documentsAPI(ctx context.Context, in *actionListIn) (*documentsOut, error) {
	list, err := ofSheet(ctx, s, in, func(d documentJSON) string { return string(d.ID) }, func(tx db.Tx, x sheetView) ([]documentJSON, error) {
		if err := onlyParty(x); err != nil {
			return nil, err
		}
		docs, err := listDocuments(tx, in.ID)
		out := make([]documentJSON, len(docs))
		for i, d := range docs {
			out[i] = documentOut(d)
		}
		return out, err
	})
	return &documentsOut{list}, err
}

// addDocumentsIn holds the body unread: who may not add does not get to send 200 MB first, and a file
// goes to its store as it comes.
type addDocumentsIn struct {
	ActionPath
	ContentType string `header:"Content-Type" hidden:"true"`
	body        io.Reader
}

// Resolve keeps the body of the request.
func (in *addDocumentsIn) Resolve(c huma.Context) []error {
	in.body = http.MaxBytesReader(nil, io.NopCloser(c.BodyReader()), maxUpload)
	return nil
}

func (s *Service) addDocumentsAPI(ctx context.Context, in *addDocumentsIn) (*documentsOut, error) {
	by := account.ActorIn(ctx)
	err := s.db.View(ctx, func(tx db.Tx) error {
		x, err := readSheet(tx, by, in.ID)
		if err == nil {
			err = x.mayEdit()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if s.files == nil {
		return nil, fault.New(fault.Unavailable, "programme.document.no_store")
	}
	kind, params, err := mime.ParseMediaType(in.ContentType)
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return nil, fault.New(fault.Invalid, "fault.form")
	}
	f := web.NewForm("")
	list, err := s.receive(ctx, web.ViewIn(ctx), multipart.NewReader(in.body, params["boundary"]), f, "")
	if err == nil {
		err = f.Err()
	}
	if err == nil {
		list, err = s.AddDocuments(ctx, by, in.ID, list)
	}
	if err != nil {
		return nil, err
	}
	out := &documentsOut{web.List[documentJSON]{Items: make([]documentJSON, len(list))}}
	for i, d := range list {
		out.Body.Items[i] = documentOut(d)
	}
	return out, nil
}

// DocumentPath names a document of an action in an address.
type DocumentPath struct {
	ActionPath
	Document DocumentID `path:"document" maxLength:"40"`
}

func (s *Service) documentContentAPI(ctx context.Context, in *DocumentPath) (*huma.StreamResponse, error) {
	d, err := s.viewDocument(ctx, *in)
	if err != nil {
		return nil, err
	}
	if s.files == nil {
		return nil, fault.New(fault.Unavailable, "programme.document.no_store")
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		r, w := humago.Unwrap(c)
		if err := file.Serve(w, r, s.files, file.Blob{Hash: file.Hash(d.Hash), Size: d.Size, Type: d.Type}, d.Name, file.Attachment); err != nil {
			s.log.Error("document not sent", "document", string(d.ID), "error", err.Error())
			_ = web.WriteProblem(w, r, err)
		}
	}}, nil
}

// viewDocument reads a document of a sheet for a party.
func (s *Service) viewDocument(ctx context.Context, in DocumentPath) (Document, error) {
	var d Document
	err := s.db.View(ctx, func(tx db.Tx) error {
		x, err := readSheet(tx, account.ActorIn(ctx), in.ID)
		if err != nil {
			return err
		}
		if err := onlyParty(x); err != nil {
			return err
		}
		d, err = sheetDocument(tx, in.ID, in.Document)
		return err
	})
	return d, err
}

func (s *Service) removeDocumentAPI(ctx context.Context, in *DocumentPath) (*struct{}, error) {
	return nil, s.RemoveDocument(ctx, account.ActorIn(ctx), in.ID, in.Document)
}

type documentOneOut struct{ Body documentJSON }

func (s *Service) restoreDocumentAPI(ctx context.Context, in *DocumentPath) (*documentOneOut, error) {
	if err := s.RestoreDocument(ctx, account.ActorIn(ctx), in.ID, in.Document); err != nil {
		return nil, err
	}
	d, err := s.viewDocument(ctx, *in)
	return &documentOneOut{documentOut(d)}, err
}
