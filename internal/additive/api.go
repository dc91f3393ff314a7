package additive

import (
	"context"
	"io"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/mesh"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// API registers the feature's operations.
func (s *Service) API(m *web.Mux) {
	tags := []string{"Parts"}
	const one = "/api/v1/parts/{part}"
	binary := &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/parts", Tags: tags, Summary: "List parts",
		Description: "Those of one's organisations and one's own, each with its newest revision, in the order of their making."}, s.partsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/parts", Tags: tags, Summary: "Drop a part",
		Description:   "The body is the file as it is: STL, 3MF, STEP, IGES, OBJ, OFF, PLY or AMF. It is checked at once: read the part again until its state is no longer waiting.",
		DefaultStatus: http.StatusCreated, RequestBody: binary}, s.dropAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: one, Tags: tags, Summary: "Read a part",
		Description: "With what was found in its newest revision, in the unit that is taken."}, s.partAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/revisions", Tags: tags, Summary: "Drop a revision of a part",
		Description: "The body is the file as it is.", DefaultStatus: http.StatusCreated, RequestBody: binary}, s.reviseAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: one + "/unit", Tags: tags, Summary: "Choose the unit of a part's file",
		Description: "Of the newest revision; an empty unit is what the file says. The file is not changed."}, s.unitAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/repair", Tags: tags, Summary: "Repair a part",
		Description: "A revision is made of the newest: closed and oriented, as far as that goes; its \"repair\" says what was done once it is checked. The one before is kept.", DefaultStatus: http.StatusCreated}, s.repairAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/triangles", Tags: tags, Summary: "Send the triangles of a part of exact surfaces",
		Description: "That somebody's browser made of the newest revision, a STEP or IGES file that the server could not read for want of Node. The body is little-endian: \"BSNM\", the number of meshes, and of each the length of its name and the name in UTF-8, the number of points and their coordinates as 64-bit floats in millimetres, the number of triangles and their corners as 32-bit whole numbers; counts are 32-bit whole numbers.",
		RequestBody: binary}, s.convertAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: one + "/content", Tags: tags, Summary: "Download the file of a part",
		Description: "Of the newest revision."}, s.contentAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: one + "/verdicts", Tags: tags, Summary: "Judge a part by each process",
		Description: "Of the newest revision, by the rules of the library and the machines that one may ask for. A part that is not checked yet is judged by none."}, s.verdictsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: one, Tags: tags, Summary: "Remove a part", Description: "It leaves the lists and can be restored.",
		DefaultStatus: http.StatusNoContent}, s.removeAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/restore", Tags: tags, Summary: "Bring a part back", DefaultStatus: http.StatusNoContent}, s.restoreAPI)
}

// PartIn is the part of an address; exported, or huma would not look into it.
type PartIn struct {
	Part string `path:"part" maxLength:"40"`
}

type partFindingJSON struct {
	Key      string         `json:"key" example:"open-edges"`
	Severity mesh.Severity  `json:"severity" enum:"blocking,doubtful,harmless"`
	Text     string         `json:"text"`
	Args     map[string]any `json:"args,omitempty" doc:"Measures and counts; lengths in millimetres."`
	Unit     mesh.Unit      `json:"unit,omitempty" doc:"That is offered instead, of a doubt about the unit."`
}

type partReportJSON struct {
	Format              string            `json:"format"`
	Unit                mesh.Unit         `json:"unit" doc:"That is taken; empty: the file says none, and millimetres are taken."`
	Objects             int               `json:"objects"`
	Triangles           int               `json:"triangles"`
	Vertices            int               `json:"vertices"`
	Edges               int               `json:"edges"`
	OpenEdges           int               `json:"open_edges"`
	NonmanifoldEdges    int               `json:"nonmanifold_edges"`
	MisorientedEdges    int               `json:"misoriented_edges"`
	NonmanifoldVertices int               `json:"nonmanifold_vertices"`
	Shells              int               `json:"shells"`
	DegenerateFaces     int               `json:"degenerate_faces"`
	DuplicateFaces      int               `json:"duplicate_faces"`
	Watertight          bool              `json:"watertight"`
	Manifold            bool              `json:"manifold"`
	VolumeMM3           float64           `json:"volume_mm3"`
	AreaMM2             float64           `json:"area_mm2"`
	SizeMM              []float64         `json:"size_mm" doc:"Along X, Y and Z."`
	Findings            []partFindingJSON `json:"findings"`
}

type partJSON struct {
	ID             PartID                 `json:"id"`
	Code           string                 `json:"code" example:"PA-0042"`
	Title          string                 `json:"title"`
	OrganisationID account.OrganisationID `json:"organisation_id"`
	Revision       string                 `json:"revision" example:"A"`
	FileName       string                 `json:"file_name"`
	SHA256         string                 `json:"sha256"`
	Size           int64                  `json:"size" doc:"In bytes."`
	State          State                  `json:"state" enum:"waiting,checked,unreadable"`
	Unreadable     string                 `json:"unreadable,omitempty" doc:"Why the file could not be read."`
	Report         *partReportJSON        `json:"report,omitempty"`
	Repair         *Repaired              `json:"repair,omitempty" doc:"What was done to make this revision of the one before, of one that Bassin repaired."`
	UpdatedAt      when.Time              `json:"updated_at"`
}

func partOut(v *web.View, p Part, r Revision) (partJSON, error) {
	out := partJSON{ID: p.ID, Code: p.Code(), Title: p.Title, OrganisationID: p.OrganisationID, Revision: r.Label(), FileName: r.FileName, SHA256: r.Hash, Size: r.Size,
		State: r.State, UpdatedAt: p.UpdatedAt}
	switch r.State {
	case Unreadable:
		out.Unreadable = why(v, r)
		return out, nil
	case Waiting:
		return out, nil
	}
	x, err := r.ReportOf()
	if err != nil {
		return out, err
	}
	if y, ok, err := r.Repaired(); err != nil {
		return out, err
	} else if ok {
		out.Repair = &y
	}
	m := x.Measured(r.Unit)
	out.Report = &partReportJSON{Format: x.Format, Unit: m.Unit, Objects: x.Objects, Triangles: x.Triangles, Vertices: x.Vertices, Edges: x.Edges, OpenEdges: x.OpenEdges,
		NonmanifoldEdges: x.NonmanifoldEdges, MisorientedEdges: x.MisorientedEdges, NonmanifoldVertices: x.NonmanifoldVertices, Shells: x.Shells,
		DegenerateFaces: x.DegenerateFaces, DuplicateFaces: x.DuplicateFaces, Watertight: x.Watertight(), Manifold: x.Manifold(),
		VolumeMM3: m.VolumeMM3, AreaMM2: m.AreaMM2, SizeMM: m.SizeMM[:], Findings: []partFindingJSON{}}
	for _, f := range x.Findings(r.Unit) {
		out.Report.Findings = append(out.Report.Findings, partFindingJSON{f.Key, f.Severity, f.title(v), f.Args, f.Offer()})
	}
	return out, nil
}

type partOutput struct{ Body partJSON }

type partsIn struct {
	web.Paging
	Text string `query:"q" maxLength:"200" doc:"Words of the title."`
}

type partsOut struct{ Body web.List[partJSON] }

func (s *Service) partsAPI(ctx context.Context, in *partsIn) (*partsOut, error) {
	var out []partJSON
	err := s.db.View(ctx, func(tx db.Tx) error {
		list, err := listPartsAfter(tx, Filter{Text: in.Text}.where(account.ActorIn(ctx)), PartID(in.Cursor), in.Limit+1)
		if err != nil {
			return err
		}
		for _, l := range list {
			p, err := partOut(web.ViewIn(ctx), l.Part, l.Newest)
			if err != nil {
				return err
			}
			out = append(out, p)
		}
		return nil
	})
	return &partsOut{web.PageOf(out, in.Limit, func(p partJSON) string { return string(p.ID) })}, err
}

// read gives a part with its newest revision.
func (s *Service) read(ctx context.Context, id PartID) (p Part, r Revision, err error) {
	err = s.db.View(ctx, func(tx db.Tx) error {
		if p, err = seen(tx, account.ActorIn(ctx), id); err != nil {
			return err
		}
		r, err = getRevision(tx, id, p.Revision)
		return err
	})
	return p, r, err
}

func (s *Service) output(ctx context.Context, id PartID) (*partOutput, error) {
	p, r, err := s.read(ctx, id)
	if err != nil {
		return nil, err
	}
	out, err := partOut(web.ViewIn(ctx), p, r)
	return &partOutput{out}, err
}

func (s *Service) partAPI(ctx context.Context, in *PartIn) (*partOutput, error) {
	return s.output(ctx, PartID(in.Part))
}

// SentBody is the body of a request; it goes to the store as it comes.
type SentBody struct {
	body io.Reader
}

// Resolve keeps the body of the request.
func (in *SentBody) Resolve(c huma.Context) []error {
	in.body = http.MaxBytesReader(nil, io.NopCloser(c.BodyReader()), maxFileBytes+1)
	return nil
}

// PartBody is a file that is sent as the body of a request.
type PartBody struct {
	Name string `query:"name" required:"true" minLength:"1" maxLength:"255" doc:"Of the file, with its ending." example:"bride.stl"`
	SentBody
}

type dropPartIn struct {
	Organisation string `query:"organisation_id" maxLength:"40" doc:"One of one's own; without it the first."`
	PartBody
}

func (s *Service) dropAPI(ctx context.Context, in *dropPartIn) (*partOutput, error) {
	by, organisation := account.ActorIn(ctx), account.OrganisationID(in.Organisation)
	if organisation == "" && len(by.Memberships) > 0 {
		organisation = by.Memberships[0].OrganisationID
	}
	if _, err := holderFor(by, organisation); err != nil {
		return nil, err
	}
	f, err := s.Keep(ctx, in.body, in.Name)
	if err != nil {
		return nil, file.Broken(err)
	}
	list, err := s.Drop(ctx, by, organisation, []Dropped{f})
	if err != nil {
		return nil, err
	}
	return s.output(ctx, list[0].ID)
}

type revisePartIn struct {
	PartIn
	PartBody
}

func (s *Service) reviseAPI(ctx context.Context, in *revisePartIn) (*partOutput, error) {
	id := PartID(in.Part)
	if _, _, err := s.read(ctx, id); err != nil {
		return nil, err
	}
	f, err := s.Keep(ctx, in.body, in.Name)
	if err != nil {
		return nil, file.Broken(err)
	}
	if _, err := s.Revise(ctx, account.ActorIn(ctx), id, f); err != nil {
		return nil, err
	}
	return s.output(ctx, id)
}

type partUnitIn struct {
	PartIn
	Body struct {
		Unit string `json:"unit" enum:",micron,millimeter,centimeter,inch,foot,meter"`
	}
}

func (s *Service) unitAPI(ctx context.Context, in *partUnitIn) (*partOutput, error) {
	if _, err := s.SetUnit(ctx, account.ActorIn(ctx), PartID(in.Part), mesh.Unit(in.Body.Unit)); err != nil {
		return nil, err
	}
	return s.output(ctx, PartID(in.Part))
}

func (s *Service) repairAPI(ctx context.Context, in *PartIn) (*partOutput, error) {
	if _, err := s.Repair(ctx, account.ActorIn(ctx), PartID(in.Part)); err != nil {
		return nil, err
	}
	return s.output(ctx, PartID(in.Part))
}

type convertPartIn struct {
	PartIn
	Hash string `query:"sha256" required:"true" minLength:"64" maxLength:"64" doc:"Of the file that was read."`
	SentBody
}

func (s *Service) convertAPI(ctx context.Context, in *convertPartIn) (*partOutput, error) {
	id := PartID(in.Part)
	_, r, err := s.read(ctx, id)
	if err == nil {
		err = r.mayConvert(in.Hash) // before half a gigabyte is taken
	}
	if err != nil {
		return nil, err
	}
	made, err := s.Keep(ctx, in.body, "triangles")
	if err != nil {
		return nil, file.Broken(err)
	}
	if _, err := s.Convert(ctx, account.ActorIn(ctx), id, in.Hash, made.Blob); err != nil {
		return nil, err
	}
	return s.output(ctx, id)
}

func (s *Service) contentAPI(ctx context.Context, in *PartIn) (*huma.StreamResponse, error) {
	_, v, err := s.read(ctx, PartID(in.Part))
	if err != nil {
		return nil, err
	}
	if s.files == nil {
		return nil, fault.New(fault.Unavailable, "additive.wrong.no_store")
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		r, w := humago.Unwrap(c)
		if err := file.Serve(w, r, s.files, v.Blob(), v.FileName, file.Attachment); err != nil {
			s.log.Error("file of a part not sent", "part", in.Part, "error", err.Error())
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		}
	}}, nil
}

func (s *Service) removeAPI(ctx context.Context, in *PartIn) (*struct{}, error) {
	return nil, s.Remove(ctx, account.ActorIn(ctx), PartID(in.Part))
}

func (s *Service) restoreAPI(ctx context.Context, in *PartIn) (*struct{}, error) {
	return nil, s.Restore(ctx, account.ActorIn(ctx), PartID(in.Part))
}
