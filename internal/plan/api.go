package plan

import (
	"context"
	"net/http"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

// API registers the feature's operations.
func (s *Service) API(m *web.Mux) {
	tags := []string{"Plan"}
	const base = "/api/v1/projects/{project}"
	s.planAPI(m, tags, base+"/plan")
	s.fieldAPI(m, tags, base+"/plan/fields")
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base + "/tasks", Tags: tags, Summary: "List the tasks of a project",
		Description: "In the order of their creation, with the dates that follow from links and calendar."}, s.tasksAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/tasks", Tags: tags, Summary: "Create a task", DefaultStatus: http.StatusCreated}, s.createTaskAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base + "/tasks/{task}", Tags: tags, Summary: "Read a task"}, s.taskAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: base + "/tasks/{task}", Tags: tags, Summary: "Change a task"}, s.saveTaskAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/tasks/{task}/state", Tags: tags, Summary: "Put a task into another state"}, s.moveTaskAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/tasks/{task}/place", Tags: tags, Summary: "Put a task elsewhere in the outline",
		Description: "Behind another task, under the same parent; without one, first of all."}, s.placeTaskAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/tasks/{task}/try", Tags: tags, Summary: "Tell what moving a task would do",
		Description: "Nothing is changed."}, s.tryAPI)
	s.seriesAPI(m, tags, base+"/tasks/{task}/series")
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: base + "/tasks/{task}", Tags: tags, Summary: "Take a task off the plan",
		Description: "With what lies under it. It can be restored.", DefaultStatus: http.StatusNoContent}, s.removeTaskAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/tasks/{task}/restore", Tags: tags, Summary: "Bring a task back"}, s.restoreTaskAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base + "/links", Tags: tags, Summary: "List the links between tasks"}, s.linksAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/links", Tags: tags, Summary: "Link two tasks", DefaultStatus: http.StatusCreated,
		Description: "A link that would make tasks wait for each other is refused, and the circle named."}, s.addLinkAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: base + "/links/{link}", Tags: tags, Summary: "Remove a link", DefaultStatus: http.StatusNoContent}, s.removeLinkAPI)
}

// planTaskJSON is a task with its computed dates.
type planTaskJSON struct {
	ID         TaskID             `json:"id"`
	Number     int64              `json:"number"`
	Code       string             `json:"code" doc:"With the project's code: TMSF-12."`
	ParentID   TaskID             `json:"parent_id"`
	Title      string             `json:"title"`
	Body       string             `json:"body"`
	Kind       Kind               `json:"kind"`
	State      State              `json:"state"`
	StageID    project.StageID    `json:"stage_id"`
	Labels     []string           `json:"labels"`
	People     []planPersonJSON   `json:"people"`
	Work       int64              `json:"work_minutes" doc:"Minutes of work; 420 are a usual day."`
	Mode       Mode               `json:"mode"`
	NotBefore  when.Date          `json:"not_before"`
	Deadline   when.Date          `json:"deadline"`
	BeginOn    when.Date          `json:"begin_on"`
	EndOn      when.Date          `json:"end_on"`
	BegunOn    when.Date          `json:"begun_on"`
	FinishedOn when.Date          `json:"finished_on"`
	Percent    int64              `json:"percent"`
	EarlyOn    when.Date          `json:"early_on" doc:"Computed: the first day worked."`
	FinishOn   when.Date          `json:"finish_on" doc:"Computed: the last day worked."`
	LateFinish when.Date          `json:"late_finish_on" doc:"Computed: as late as the plan's end and deadlines allow."`
	TotalFloat int64              `json:"total_float_minutes"`
	FreeFloat  int64              `json:"free_float_minutes"`
	Critical   bool               `json:"critical"`
	Late       bool               `json:"late" doc:"Finishes after its deadline."`
	Summary    bool               `json:"summary" doc:"Has sub-tasks; its dates and state follow from them."`
	Fields     map[FieldID]string `json:"fields" doc:"By field: what those of the project hold; numbers with a point, yes or no."`
	UpdatedAt  when.Time          `json:"updated_at"`
}

type planPersonJSON struct {
	PersonID account.PersonID `json:"person_id"`
	Name     string           `json:"name"`
}

func taskOut(code string, t Task, people []Assignee, held map[FieldID]string) planTaskJSON {
	if held == nil {
		held = map[FieldID]string{}
	}
	out := planTaskJSON{t.ID, t.Number, code, t.ParentID, t.Title, t.Body, t.Kind, t.State, t.StageID, append([]string{}, t.LabelList()...), []planPersonJSON{}, t.Work, t.Mode,
		t.NotBefore, t.Deadline, t.BeginOn, t.EndOn, t.BegunOn, t.FinishedOn, t.Percent, t.EarlyOn, t.FinishOn, t.LateFinishOn, t.TotalFloat, t.FreeFloat, t.Critical, t.Late, t.Summary, held, t.UpdatedAt}
	for _, p := range people {
		out.People = append(out.People, planPersonJSON{p.PersonID, p.Name})
	}
	return out
}

// PlanProjectIn is the project of an address; exported, or huma would not look into it.
type PlanProjectIn struct {
	Project string `path:"project" maxLength:"40"`
}

// PlanTaskIn is the task of an address.
type PlanTaskIn struct {
	PlanProjectIn
	Task string `path:"task" maxLength:"40"`
}

type planTasksIn struct {
	PlanProjectIn
	web.Paging
	Text     string `query:"q" maxLength:"200" doc:"Words of the title."`
	State    string `query:"state" enum:"todo,doing,review,done"`
	Kind     string `query:"kind" enum:"task,milestone,deliverable,problem"`
	PersonID string `query:"person_id" maxLength:"40" doc:"Given to this person; - for nobody."`
	Label    string `query:"label" maxLength:"40"`
	Watch    string `query:"watch" enum:"critical,late,undated"`
	Field    string `query:"field" maxLength:"40" doc:"A field of the project, which holds field_value."`
	Value    string `query:"field_value" maxLength:"500" doc:"Words of a text; of other kinds the value as it is read."`
}

type planTasksOut struct{ Body web.List[planTaskJSON] }

// current reads the project and brings its dates up to today.
func (s *Service) current(ctx context.Context, id string) (a project.Access, err error) {
	err = s.db.View(ctx, func(tx db.Tx) error {
		a, err = project.Enter(tx, account.ActorIn(ctx), project.ID(id))
		return err
	})
	if err != nil {
		return a, err
	}
	return a, s.refresh(ctx, a)
}

func (s *Service) tasksAPI(ctx context.Context, in *planTasksIn) (*planTasksOut, error) {
	a, err := s.current(ctx, in.Project)
	if err != nil {
		return nil, err
	}
	f := Filter{Text: in.Text, State: State(in.State), Kind: Kind(in.Kind), PersonID: account.PersonID(in.PersonID), Label: in.Label, Watch: in.Watch}
	out := []planTaskJSON{}
	err = s.db.View(ctx, func(tx db.Tx) error {
		if in.Field != "" && in.Value != "" {
			own, err := getField(tx, a.ID, FieldID(in.Field))
			if err != nil {
				return missingChoice(err, "field")
			}
			f.Holds = []Holding{{own, in.Value}}
		}
		list, err := listTasksAfter(tx, f.where(a.ID), TaskID(in.Cursor), in.Limit+1)
		if err != nil {
			return err
		}
		x, err := readShown(tx, list)
		out = out[:0]
		for _, t := range list {
			out = append(out, taskOut(code(project.Frame{Access: a}, t), t, x.People[t.ID], x.Values[t.ID]))
		}
		return err
	})
	return &planTasksOut{web.PageOf(out, in.Limit, func(t planTaskJSON) string { return string(t.ID) })}, err
}

type planTaskOut struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     planTaskJSON
}

func (s *Service) taskAPI(ctx context.Context, in *PlanTaskIn) (*planTaskOut, error) {
	a, err := s.current(ctx, in.Project)
	if err != nil {
		return nil, err
	}
	out := &planTaskOut{}
	err = s.db.View(ctx, func(tx db.Tx) error {
		t, err := liveTask(tx, a.ID, TaskID(in.Task))
		if err != nil {
			return err
		}
		people, err := listAssignees(tx, []TaskID{t.ID})
		if err != nil {
			return err
		}
		held, err := listValues(tx, []TaskID{t.ID})
		*out = planTaskOut{web.ETag(t.Version), "/api/v1" + a.ID.URL() + "/tasks/" + string(t.ID), taskOut(code(project.Frame{Access: a}, t), t, people, held[t.ID])}
		return err
	})
	return out, err
}

// planFieldsJSON are the fields of a task that one gives.
type planFieldsJSON struct {
	Title      string             `json:"title" minLength:"1" maxLength:"300"`
	ParentID   string             `json:"parent_id,omitempty" maxLength:"40" doc:"Read at the creation; afterwards a task is placed."`
	Text       string             `json:"body,omitempty" maxLength:"20000"`
	Kind       Kind               `json:"kind,omitempty" enum:"task,milestone,deliverable,problem"`
	State      State              `json:"state,omitempty" enum:"todo,doing,review,done"`
	StageID    string             `json:"stage_id,omitempty" maxLength:"40"`
	Labels     []string           `json:"labels,omitempty" maxItems:"12"`
	People     []account.PersonID `json:"people,omitempty" maxItems:"50" doc:"IDs of people of the project."`
	Work       int64              `json:"work_minutes,omitempty" minimum:"0" doc:"A usual day when absent."`
	Mode       Mode               `json:"mode,omitempty" enum:"auto,fixed,manual"`
	NotBefore  when.Date          `json:"not_before,omitempty"`
	Deadline   when.Date          `json:"deadline,omitempty"`
	BeginOn    when.Date          `json:"begin_on,omitempty"`
	EndOn      when.Date          `json:"end_on,omitempty"`
	BegunOn    when.Date          `json:"begun_on,omitempty"`
	FinishedOn when.Date          `json:"finished_on,omitempty"`
	Percent    int64              `json:"percent,omitempty" minimum:"0" maximum:"100"`
	Fields     map[FieldID]string `json:"fields,omitempty" maxProperties:"20" doc:"Those that are named change; an empty one is taken away."`
}

func (b planFieldsJSON) draft(t Task) Draft {
	t.Title, t.Body, t.Kind, t.State, t.StageID = strings.TrimSpace(b.Title), b.Text, b.Kind, b.State, project.StageID(b.StageID)
	t.Labels, t.Work, t.Mode, t.NotBefore, t.Deadline = JoinLabels(b.Labels), b.Work, b.Mode, b.NotBefore, b.Deadline
	t.BeginOn, t.EndOn, t.BegunOn, t.FinishedOn, t.Percent = b.BeginOn, b.EndOn, b.BegunOn, b.FinishedOn, b.Percent
	return Draft{Task: t, People: append([]account.PersonID{}, b.People...), Values: b.Fields}
}

type planCreateIn struct {
	PlanProjectIn
	Body planFieldsJSON
}

func (s *Service) createTaskAPI(ctx context.Context, in *planCreateIn) (*planTaskOut, error) {
	t, err := s.CreateTask(ctx, account.ActorIn(ctx), in.Body.draft(Task{ProjectID: project.ID(in.Project), ParentID: TaskID(in.Body.ParentID)}))
	if err != nil {
		return nil, err
	}
	return s.taskAPI(ctx, &PlanTaskIn{in.PlanProjectIn, string(t.ID)})
}

type planSaveIn struct {
	PlanTaskIn
	web.IfMatch
	Body planFieldsJSON
}

func (s *Service) saveTaskAPI(ctx context.Context, in *planSaveIn) (*planTaskOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	var old Task
	err = s.db.View(ctx, func(tx db.Tx) (err error) {
		old, err = Get(tx, account.ActorIn(ctx), project.ID(in.Project), TaskID(in.Task))
		return err
	})
	if err != nil {
		return nil, err
	}
	if version != 0 { // not "*"
		old.Version = version
	}
	if _, err := s.SaveTask(ctx, account.ActorIn(ctx), in.Body.draft(old)); err != nil {
		return nil, err
	}
	return s.taskAPI(ctx, &in.PlanTaskIn)
}

type planMoveIn struct {
	PlanTaskIn
	Body struct {
		State State `json:"state" enum:"todo,doing,review,done"`
	}
}

func (s *Service) moveTaskAPI(ctx context.Context, in *planMoveIn) (*planTaskOut, error) {
	if _, err := s.MoveTask(ctx, account.ActorIn(ctx), project.ID(in.Project), TaskID(in.Task), in.Body.State); err != nil {
		return nil, err
	}
	return s.taskAPI(ctx, &in.PlanTaskIn)
}

type planPlaceIn struct {
	PlanTaskIn
	Body struct {
		AfterID string `json:"after_id" maxLength:"40"`
	}
}

func (s *Service) placeTaskAPI(ctx context.Context, in *planPlaceIn) (*planTaskOut, error) {
	if err := s.PlaceAfter(ctx, account.ActorIn(ctx), project.ID(in.Project), TaskID(in.Task), TaskID(in.Body.AfterID)); err != nil {
		return nil, err
	}
	return s.taskAPI(ctx, &in.PlanTaskIn)
}

type planTryIn struct {
	PlanTaskIn
	Body struct {
		To   when.Date `json:"to,omitempty" doc:"The day on which the task would begin."`
		Work int64     `json:"work_minutes,omitempty" minimum:"0"`
	}
}

type planMovedJSON struct {
	TaskID TaskID    `json:"task_id"`
	Title  string    `json:"title"`
	Start  when.Date `json:"start_on"`
	Finish when.Date `json:"finish_on"`
	Days   int       `json:"days" doc:"Working days by which its end moves; positive is later."`
}

type planTryOut struct {
	Body struct {
		EndsOn        when.Date       `json:"ends_on"`
		Days          int             `json:"days"`
		NewlyCritical int             `json:"newly_critical"`
		NewlyLate     int             `json:"newly_late"`
		Moved         []planMovedJSON `json:"moved"`
	}
}

func (s *Service) tryAPI(ctx context.Context, in *planTryIn) (*planTryOut, error) {
	o, err := s.WhatIf(ctx, account.ActorIn(ctx), project.ID(in.Project), TaskID(in.Task), in.Body.To, in.Body.Work)
	if err != nil {
		return nil, err
	}
	out := &planTryOut{}
	out.Body.EndsOn, out.Body.Days, out.Body.NewlyCritical, out.Body.NewlyLate, out.Body.Moved = o.Now, o.Days, o.NewlyCritical, o.NewlyLate, []planMovedJSON{}
	for _, m := range o.Moved {
		out.Body.Moved = append(out.Body.Moved, planMovedJSON{m.Task.ID, m.Task.Title, m.Now.Start, m.Now.Finish, m.Days})
	}
	return out, nil
}

func (s *Service) removeTaskAPI(ctx context.Context, in *PlanTaskIn) (*struct{}, error) {
	_, err := s.RemoveTask(ctx, account.ActorIn(ctx), project.ID(in.Project), TaskID(in.Task))
	return nil, err
}

func (s *Service) restoreTaskAPI(ctx context.Context, in *PlanTaskIn) (*planTaskOut, error) {
	if _, err := s.RestoreTask(ctx, account.ActorIn(ctx), project.ID(in.Project), TaskID(in.Task)); err != nil {
		return nil, err
	}
	return s.taskAPI(ctx, in)
}

type planLinkJSON struct {
	ID     LinkID   `json:"id"`
	FromID TaskID   `json:"from_id"`
	ToID   TaskID   `json:"to_id"`
	Kind   LinkKind `json:"kind"`
	Lag    int64    `json:"lag_minutes"`
}

type planLinksOut struct{ Body web.List[planLinkJSON] }

func (s *Service) linksAPI(ctx context.Context, in *PlanProjectIn) (*planLinksOut, error) {
	out := []planLinkJSON{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := project.Enter(tx, account.ActorIn(ctx), project.ID(in.Project))
		if err != nil {
			return err
		}
		list, err := listLinks(tx, a.ID)
		for _, l := range list {
			out = append(out, planLinkJSON{l.ID, l.FromID, l.ToID, l.Kind, l.Lag})
		}
		return err
	})
	return &planLinksOut{web.List[planLinkJSON]{Items: out}}, err
}

type planLinkIn struct {
	PlanProjectIn
	Body struct {
		FromID string   `json:"from_id" maxLength:"40" doc:"The predecessor."`
		ToID   string   `json:"to_id" maxLength:"40" doc:"The successor, which waits."`
		Kind   LinkKind `json:"kind,omitempty" enum:"fs,ss,ff,sf" default:"fs"`
		Lag    int64    `json:"lag_minutes,omitempty" doc:"Minutes of work; negative for a lead."`
	}
}

type planLinkOut struct{ Body planLinkJSON }

func (s *Service) addLinkAPI(ctx context.Context, in *planLinkIn) (*planLinkOut, error) {
	b := in.Body
	l, err := s.AddLink(ctx, account.ActorIn(ctx), Link{ProjectID: project.ID(in.Project), FromID: TaskID(b.FromID), ToID: TaskID(b.ToID), Kind: b.Kind, Lag: b.Lag})
	if err != nil {
		return nil, err
	}
	return &planLinkOut{planLinkJSON{l.ID, l.FromID, l.ToID, l.Kind, l.Lag}}, nil
}

type planUnlinkIn struct {
	PlanProjectIn
	Link string `path:"link" maxLength:"40"`
}

func (s *Service) removeLinkAPI(ctx context.Context, in *planUnlinkIn) (*struct{}, error) {
	_, err := s.RemoveLink(ctx, account.ActorIn(ctx), project.ID(in.Project), LinkID(in.Link))
	return nil, err
}
