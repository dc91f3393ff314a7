package plan

import (
	"context"
	"net/http"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/job"
	"bassin/internal/planfile"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

// importAPI registers what takes plans of other tools over.
func (s *Service) importAPI(m *web.Mux, tags []string, base string) {
	body := &huma.RequestBody{Required: true}
	const one = "/imports/{import}"
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base + "/imports", Tags: tags, Summary: "List the plan files that were brought",
		Description: "The newest first: those that wait, and those that were taken over."}, s.planImportsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/imports", Tags: tags, Summary: "Bring a plan of another tool", DefaultStatus: http.StatusCreated,
		Description: "The body is the file: the XML of Microsoft Project, or a CSV of Redmine, Jira, Bassin or any table. Nothing is made: the answer says what would be, and how each column is read. " +
			"At most 20 MB and 10,000 tasks; a file waits for seven days, ten of a project at most.",
		MaxBodyBytes: planfile.MaxBytes + 64<<10, BodyReadTimeout: 2 * time.Minute, RequestBody: body}, s.beginImportAPI)
	// Added after the fact: huma would take a schema for one of JSON and refuse the file.
	body.Content = map[string]*huma.MediaType{
		"text/csv":        {Schema: &huma.Schema{Type: huma.TypeString}, Example: "id,title,duration,predecessors\n1,Study,3 d,\n2,Build,5 d,1FS+1 d\n"},
		"application/xml": {Schema: &huma.Schema{Type: huma.TypeString}, Example: "<Project><Tasks><Task><UID>1</UID><Name>Study</Name><OutlineLevel>1</OutlineLevel></Task></Tasks></Project>"},
	}
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base + one, Tags: tags, Summary: "Read what a plan file would make",
		Description: "Against the plan as it is now; once it is taken over, what it made."}, s.planImportAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: base + one + "/reading", Tags: tags, Summary: "Say what the columns of a plan file hold",
		Description: "A field for each column, in their order, and which of day and month comes first. The answer says what the file would make then."}, s.planReadingAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + one + "/take", Tags: tags, Summary: "Take a plan file over",
		Description: "Makes its tasks and links, all or none. Of more than 500 tasks a run makes them (job_id): read the file again until done_at is set. " +
			"The same file again makes only what is new; when there is nothing to make, 409."}, s.takePlanAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: base + one, Tags: tags, Summary: "Forget a plan file", DefaultStatus: http.StatusNoContent}, s.dropPlanAPI)
}

type planFileIn struct {
	PlanProjectIn
	Name    string `query:"name" maxLength:"200" doc:"The file’s name, for the list." example:"atelier.csv"`
	RawBody []byte
}

// PlanImportIn is the plan file of an address.
type PlanImportIn struct {
	PlanProjectIn
	Import string `path:"import" maxLength:"40"`
}

func (in PlanImportIn) ids() (project.ID, ImportID) {
	return project.ID(in.Project), ImportID(in.Import)
}

// PlanImportJSON is a plan file that was brought.
type PlanImportJSON struct {
	ID        ImportID      `json:"id"`
	Name      string        `json:"name"`
	Form      planfile.Form `json:"form" enum:"bassin,redmine,jira,table,project"`
	Made      int64         `json:"made" doc:"Tasks, once it is taken over."`
	JobID     job.RunID     `json:"job_id" doc:"Of the run that takes a long file over, for who asked; empty of a short one, and until then."`
	CreatedAt when.Time     `json:"created_at"`
	DoneAt    when.Time     `json:"done_at" doc:"0 while it waits."`
}

func planImportOf(x Import) PlanImportJSON {
	return PlanImportJSON{x.ID, x.Name, x.Form, x.Made, x.JobID, x.CreatedAt, x.DoneAt}
}

// PlanNoteJSON tells of a line of a plan file.
type PlanNoteJSON struct {
	Line int    `json:"line" doc:"Of the file; 0 for the file as a whole."`
	Text string `json:"text"`
}

// PlanMatchJSON is somebody whom a plan file names.
type PlanMatchJSON struct {
	Name     string           `json:"name"`
	Email    string           `json:"email,omitempty"`
	PersonID account.PersonID `json:"person_id" doc:"Empty when nobody of the project is called so."`
	Tasks    int              `json:"tasks"`
}

// PlanColumnJSON is a column of a plan file.
type PlanColumnJSON struct {
	Name  string         `json:"name"`
	Field planfile.Field `json:"field" doc:"What it holds; empty when it is left out."`
	First string         `json:"first" doc:"Its first value."`
}

// PlanSurveyJSON is what a plan file makes.
type PlanSurveyJSON struct {
	PlanImportJSON
	Lines    int               `json:"lines"`
	Order    planfile.DayOrder `json:"order" doc:"Of day and month in its dates: dmy or mdy."`
	Tasks    int               `json:"tasks" doc:"Made, or to be made."`
	Links    int               `json:"links"`
	There    int               `json:"there" doc:"Tasks of the file that are on the plan already."`
	EndsOn   when.Date         `json:"ends_on" doc:"The end of the plan with them."`
	Blocked  []string          `json:"blocked" doc:"Why the file cannot be taken over as it is."`
	Columns  []PlanColumnJSON  `json:"columns"`
	People   []PlanMatchJSON   `json:"people"`
	Refused  []PlanNoteJSON    `json:"refused" doc:"Lines that make no task, 300 at most."`
	RefusedN int               `json:"refused_count"`
	Remarks  []PlanNoteJSON    `json:"remarks" doc:"What tasks lose, 300 at most."`
	RemarksN int               `json:"remarks_count"`
}

type planSurveyOut struct {
	Location string `header:"Location"`
	Body     PlanSurveyJSON
}

type planImportsOut struct {
	Body web.List[PlanImportJSON]
}

func (s *Service) planImportsAPI(ctx context.Context, in *PlanProjectIn) (*planImportsOut, error) {
	out := []PlanImportJSON{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := project.Enter(tx, account.ActorIn(ctx), project.ID(in.Project))
		if err != nil {
			return err
		}
		list, err := listImports(tx, a.ID, 200)
		for _, x := range list {
			out = append(out, planImportOf(x))
		}
		return err
	})
	return &planImportsOut{web.List[PlanImportJSON]{Items: out}}, err
}

func (s *Service) beginImportAPI(ctx context.Context, in *planFileIn) (*planSurveyOut, error) {
	id := project.ID(in.Project)
	x, err := s.BeginImport(ctx, account.ActorIn(ctx), id, in.Name, in.RawBody)
	if err != nil {
		return nil, err
	}
	return s.surveyAnswer(ctx, id, x.ID)
}

// surveyAnswer tells what a file makes, or made.
func (s *Service) surveyAnswer(ctx context.Context, id project.ID, imp ImportID) (*planSurveyOut, error) {
	v := web.ViewIn(ctx)
	x, r, err := s.look(ctx, account.ActorIn(ctx), id, imp)
	if err != nil {
		return nil, err
	}
	b := PlanSurveyJSON{PlanImportJSON: planImportOf(x), Lines: r.Lines, Order: r.Order, Tasks: r.Tasks, Links: r.Links, There: r.There, EndsOn: r.EndsOn,
		Blocked: []string{}, Columns: []PlanColumnJSON{}, People: []PlanMatchJSON{}, RefusedN: r.RefusedN, RemarksN: r.RemarksN}
	if r.wrong != nil {
		b.Blocked = faultTexts(v, r.wrong)
	}
	for _, c := range r.Columns {
		b.Columns = append(b.Columns, PlanColumnJSON{c.Name, c.Field, c.First})
	}
	for _, m := range r.People {
		b.People = append(b.People, PlanMatchJSON{m.Name, m.Email, m.PersonID, m.Tasks})
	}
	b.Refused, b.Remarks = planNotes(v, r.Refused), planNotes(v, r.Remarks)
	return &planSurveyOut{"/api/v1" + id.URL() + "/plan/imports/" + string(imp), b}, nil
}

func (s *Service) planImportAPI(ctx context.Context, in *PlanImportIn) (*planSurveyOut, error) {
	id, imp := in.ids()
	return s.surveyAnswer(ctx, id, imp)
}

type planReadingIn struct {
	PlanImportIn
	Body struct {
		Fields []planfile.Field  `json:"fields" maxItems:"500" doc:"Of the columns, in their order; empty for one that is left out."`
		Order  planfile.DayOrder `json:"order,omitempty" doc:"dmy or mdy; empty to find it out."`
	}
}

func (s *Service) planReadingAPI(ctx context.Context, in *planReadingIn) (*planSurveyOut, error) {
	id, imp := in.ids()
	if err := s.SetReading(ctx, account.ActorIn(ctx), id, imp, Reading{Fields: in.Body.Fields, Order: in.Body.Order}); err != nil {
		return nil, err
	}
	return s.surveyAnswer(ctx, id, imp)
}

func (s *Service) takePlanAPI(ctx context.Context, in *PlanImportIn) (*planSurveyOut, error) {
	id, imp := in.ids()
	if _, _, err := s.TakeInLater(ctx, account.ActorIn(ctx), id, imp); err != nil {
		return nil, err
	}
	return s.surveyAnswer(ctx, id, imp)
}

func (s *Service) dropPlanAPI(ctx context.Context, in *PlanImportIn) (*struct{}, error) {
	id, imp := in.ids()
	return nil, s.DropImport(ctx, account.ActorIn(ctx), id, imp)
}

func planNotes(v *web.View, list []planfile.Note) []PlanNoteJSON {
	out := make([]PlanNoteJSON, len(list))
	for i, n := range list {
		out[i] = PlanNoteJSON{n.Line, noteText(v, n)}
	}
	return out
}
