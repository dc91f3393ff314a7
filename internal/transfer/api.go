package transfer

import (
	"context"
	"io"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// API registers the feature's operations.
func (s *Service) API(m *web.Mux) {
	tags := []string{"Projects"}
	const out, in = "/api/v1/projects/{project}/exports", "/api/v1/project-imports"
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: out, Tags: tags, Summary: "List the archives of a project",
		Description: "Those that are being made, and those that can still be fetched. For who manages the project and sees its costs."}, s.departuresAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: out, Tags: tags, Summary: "Export a project", DefaultStatus: http.StatusAccepted,
		Description: "Starts a job that writes the whole project as one archive: plan, documents, notes, meetings, costs, discussion and history, with the names and addresses of the people in them. " +
			"While one is being made, that one is answered. Ask for the archive until its state is ready; it is kept for three days, three of a project at most."}, s.departAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: out + "/{export}", Tags: tags, Summary: "Read an archive of a project"}, s.departureAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: out + "/{export}/content", Tags: tags, Summary: "Download an archive of a project",
		Description: "With ranges. Compare the fingerprint by another way than the file."}, s.contentAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: out + "/{export}", Tags: tags, Summary: "Forget an archive of a project", DefaultStatus: http.StatusNoContent}, s.dropDepartureAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: in, Tags: tags, Summary: "List the archives that one brought", Description: "One’s own, newest first."}, s.arrivalsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: in, Tags: tags, Summary: "Bring the archive of a project", DefaultStatus: http.StatusCreated,
		Description: "The body is the archive as it is, at most 20 GB. All its sums are checked; the answer says what it holds and who of it is known here. Nothing is made of it before it is taken in. " +
			"For members of an organisation.",
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}}, s.arriveAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: in + "/{import}", Tags: tags, Summary: "Read an archive that one brought",
		Description: "What it holds; once it is taken in, the project that it became and who of it is not here."}, s.arrivalAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: in + "/{import}/take", Tags: tags, Summary: "Take in the archive of a project", DefaultStatus: http.StatusAccepted,
		Description: "Starts a job that makes the project, all of it or nothing. Only who asks sees the project, and manages it."}, s.takeInAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: in + "/{import}", Tags: tags, Summary: "Forget an archive that one brought", DefaultStatus: http.StatusNoContent}, s.dropArrivalAPI)
}

type projectExportsIn struct {
	Project string `path:"project" maxLength:"40"`
}

type projectExportIn struct {
	Project string `path:"project" maxLength:"40"`
	Export  string `path:"export" maxLength:"40"`
}

// ProjectExportJSON is an archive of a project.
type ProjectExportJSON struct {
	ID          DepartureID `json:"id"`
	State       string      `json:"state" enum:"making,ready,failed"`
	JobID       job.RunID   `json:"job_id" doc:"Of the job that makes it, for who asked."`
	Name        string      `json:"name" doc:"Of the file." example:"preh-2026-03-12.bassin-project"`
	Size        int64       `json:"size" doc:"0 until it is ready."`
	SHA256      string      `json:"sha256" doc:"Of the file."`
	Fingerprint string      `json:"fingerprint" doc:"What two people compare: it stands for everything in the archive."`
	Rows        int64       `json:"rows"`
	Files       int64       `json:"files"`
	CreatedAt   when.Time   `json:"created_at"`
	ExpiresAt   when.Time   `json:"expires_at"`
}

func exportOut(d Departure, run job.Record, code string) ProjectExportJSON {
	state := "making"
	switch {
	case d.Ready():
		state = "ready"
	case run.State.Ended():
		state = "failed"
	}
	return ProjectExportJSON{d.ID, state, d.JobID, d.fileName(code, d.CreatedAt.Date(db.Paris)), d.Size, d.Hash, d.Fingerprint, d.RowsCount, d.FilesCount, d.CreatedAt, d.ExpiresAt}
}

type projectExportOut struct {
	Location string `header:"Location"`
	Body     ProjectExportJSON
}

type projectExportsOut struct {
	Body web.List[ProjectExportJSON]
}

func (s *Service) departuresAPI(ctx context.Context, in *projectExportsIn) (*projectExportsOut, error) {
	by, id := account.ActorIn(ctx), project.ID(in.Project)
	list, runs, err := s.Departures(ctx, by, id)
	if err != nil {
		return nil, err
	}
	out := &projectExportsOut{web.List[ProjectExportJSON]{Items: []ProjectExportJSON{}}}
	code := ""
	err = s.db.View(ctx, func(tx db.Tx) error {
		a, err := project.Enter(tx, by, id)
		code = a.Code
		return err
	})
	for _, d := range list {
		out.Body.Items = append(out.Body.Items, exportOut(d, runs[d.JobID], code))
	}
	return out, err
}

func (s *Service) departAPI(ctx context.Context, in *projectExportsIn) (*projectExportOut, error) {
	by, id := account.ActorIn(ctx), project.ID(in.Project)
	d, err := s.Depart(ctx, by, id)
	if err != nil {
		return nil, err
	}
	return s.exportAnswer(ctx, id, d.ID)
}

func (s *Service) exportAnswer(ctx context.Context, id project.ID, x DepartureID) (*projectExportOut, error) {
	d, run, code, err := s.Departure(ctx, account.ActorIn(ctx), id, x)
	if err != nil {
		return nil, err
	}
	return &projectExportOut{"/api/v1" + id.URL() + "/exports/" + string(x), exportOut(d, run, code)}, nil
}

func (s *Service) departureAPI(ctx context.Context, in *projectExportIn) (*projectExportOut, error) {
	return s.exportAnswer(ctx, project.ID(in.Project), DepartureID(in.Export))
}

func (s *Service) contentAPI(ctx context.Context, in *projectExportIn) (*huma.StreamResponse, error) {
	d, _, code, err := s.Departure(ctx, account.ActorIn(ctx), project.ID(in.Project), DepartureID(in.Export))
	switch {
	case err != nil:
		return nil, err
	case s.opts.Files == nil:
		return nil, fault.New(fault.Unavailable, "transfer.no_store")
	case !d.Ready():
		return nil, fault.New(fault.Conflict, "transfer.not_ready")
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		r, w := humago.Unwrap(c)
		if err := file.ServePart(w, r, s.opts.Files, string(d.ID), d.Part, d.Blob(), d.fileName(code, d.CreatedAt.Date(db.Paris))); err != nil {
			s.log.Error("serve an archive", "archive", string(d.ID), "error", err.Error())
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}}, nil
}

func (s *Service) dropDepartureAPI(ctx context.Context, in *projectExportIn) (*struct{}, error) {
	return nil, s.DropDeparture(ctx, account.ActorIn(ctx), project.ID(in.Project), DepartureID(in.Export))
}

// ProjectImportJSON is an archive that somebody brought.
type ProjectImportJSON struct {
	ID          ArrivalID            `json:"id"`
	State       string               `json:"state" enum:"waiting,running,failed,done"`
	Name        string               `json:"name" doc:"Of the file."`
	Size        int64                `json:"size"`
	Title       string               `json:"title" doc:"Of the project."`
	Fingerprint string               `json:"fingerprint"`
	JobID       job.RunID            `json:"job_id" doc:"Of the job that takes it in; empty until it is asked for."`
	ProjectID   project.ID           `json:"project_id" doc:"That it became; empty until it is done."`
	CreatedAt   when.Time            `json:"created_at"`
	ExpiresAt   when.Time            `json:"expires_at" doc:"When it is forgotten."`
	Preview     *ImportPreviewJSON   `json:"preview,omitempty"`
	Strangers   []ImportPersonJSON   `json:"strangers,omitempty" doc:"Once it is done: who is not recognised here. Their names stay, as text."`
	Left        []ImportPartnersJSON `json:"left,omitempty" doc:"Once it is done: partners that are not here."`
}

// ImportPreviewJSON is what an archive holds.
type ImportPreviewJSON struct {
	Code          string               `json:"code"`
	Program       string               `json:"program" doc:"Version of the program that made it."`
	CreatedAt     when.Time            `json:"created_at"`
	Counts        ArchiveCounts        `json:"counts"`
	Files         int                  `json:"files"`
	Bytes         int64                `json:"bytes" doc:"Of the files."`
	OwnerID       string               `json:"owner_id" doc:"Organisation proposed as owner, of one’s own."`
	People        []ImportPersonJSON   `json:"people"`
	Organisations []ImportPartnersJSON `json:"organisations"`
}

// ImportPersonJSON is somebody whom an archive names.
type ImportPersonJSON struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Known bool   `json:"known" doc:"Recognised here: oneself, or somebody of an organisation of one’s own."`
}

// ImportPartnersJSON is an organisation that an archive names.
type ImportPartnersJSON struct {
	Name  string `json:"name"`
	SIREN string `json:"siren,omitempty"`
	Known bool   `json:"known" doc:"Is here, without doubt."`
}

func peopleOut(list []Somebody) []ImportPersonJSON {
	out := []ImportPersonJSON{}
	for _, p := range list {
		out = append(out, ImportPersonJSON{p.Name, p.Email, p.Known})
	}
	return out
}

func partnersOut(list []Organisation) []ImportPartnersJSON {
	out := []ImportPartnersJSON{}
	for _, o := range list {
		out = append(out, ImportPartnersJSON{o.Name, string(o.SIREN), o.Known})
	}
	return out
}

func importOut(a Arrival) ProjectImportJSON {
	state := "waiting"
	if a.Done() {
		state = "done"
	}
	return ProjectImportJSON{ID: a.ID, State: state, Name: a.Name, Size: a.Size, Title: a.Title, Fingerprint: a.Fingerprint, JobID: a.JobID, ProjectID: a.ProjectID,
		CreatedAt: a.CreatedAt, ExpiresAt: a.ExpiresAt}
}

func waitingOut(w Waiting) ProjectImportJSON {
	out := importOut(w.Arrival)
	switch {
	case w.Done():
		out.Strangers, out.Left = peopleOut(w.Result.Strangers), partnersOut(w.Result.Left)
		return out
	case w.JobID != "" && w.Run.State.Ended():
		out.State = "failed"
	case w.JobID != "":
		out.State = "running"
	}
	f := w.Found
	out.Preview = &ImportPreviewJSON{Code: f.Code, Program: f.Program, CreatedAt: f.CreatedAt, Counts: f.Counts, Files: f.Files, Bytes: f.Bytes,
		OwnerID: string(w.Owner), People: peopleOut(f.People), Organisations: partnersOut(f.Organisations)}
	return out
}

type projectImportsOut struct {
	Body web.List[ProjectImportJSON]
}

func (s *Service) arrivalsAPI(ctx context.Context, in *web.Paging) (*projectImportsOut, error) {
	list, err := s.Arrivals(ctx, account.ActorIn(ctx), ArrivalID(in.Cursor), in.Limit+1)
	if err != nil {
		return nil, err
	}
	out := []ProjectImportJSON{}
	for _, a := range list {
		out = append(out, importOut(a))
	}
	return &projectImportsOut{web.PageOf(out, in.Limit, func(x ProjectImportJSON) string { return string(x.ID) })}, nil
}

type bringIn struct {
	Name string `query:"name" maxLength:"255" doc:"Of the file." example:"preh-2026-03-12.bassin-project"`
	body io.Reader
}

// Resolve keeps the body as it comes; huma calls it before the handler.
func (in *bringIn) Resolve(c huma.Context) []error {
	in.body = c.BodyReader()
	return nil
}

type projectImportOut struct {
	Location string `header:"Location"`
	Body     ProjectImportJSON
}

func (s *Service) arriveAPI(ctx context.Context, in *bringIn) (*projectImportOut, error) {
	name := in.Name
	if name == "" {
		name = "archive.bassin-project"
	}
	a, err := s.Arrive(ctx, account.ActorIn(ctx), name, in.body)
	if err != nil {
		return nil, err
	}
	return s.importAnswer(ctx, a.ID)
}

func (s *Service) importAnswer(ctx context.Context, id ArrivalID) (*projectImportOut, error) {
	w, err := s.Arrived(ctx, account.ActorIn(ctx), id)
	if err != nil {
		return nil, err
	}
	return &projectImportOut{"/api/v1" + w.URL(), waitingOut(w)}, nil
}

type projectImportIn struct {
	Import string `path:"import" maxLength:"40"`
}

func (s *Service) arrivalAPI(ctx context.Context, in *projectImportIn) (*projectImportOut, error) {
	return s.importAnswer(ctx, ArrivalID(in.Import))
}

type projectTakeIn struct {
	Import string `path:"import" maxLength:"40"`
	Body   struct {
		OwnerID account.OrganisationID `json:"owner_id" maxLength:"40" doc:"Organisation of one’s own that will own the project."`
	}
}

func (s *Service) takeInAPI(ctx context.Context, in *projectTakeIn) (*projectImportOut, error) {
	a, err := s.TakeIn(ctx, account.ActorIn(ctx), ArrivalID(in.Import), in.Body.OwnerID)
	if err != nil {
		return nil, err
	}
	return s.importAnswer(ctx, a.ID)
}

func (s *Service) dropArrivalAPI(ctx context.Context, in *projectImportIn) (*struct{}, error) {
	return nil, s.DropArrival(ctx, account.ActorIn(ctx), ArrivalID(in.Import))
}
