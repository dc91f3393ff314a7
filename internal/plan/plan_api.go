package plan

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/schedule"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

// planAPI registers what concerns a plan as a whole: its calendar, baselines, and the load.
func (s *Service) planAPI(m *web.Mux, tags []string, base string) {
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base + "/baselines", Tags: tags, Summary: "List the baselines of a plan",
		Description: "The newest first."}, s.baselinesAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/baselines", Tags: tags, Summary: "Take a baseline", DefaultStatus: http.StatusCreated,
		Description: "Keeps the dates of all tasks as they are; it is never changed."}, s.takeBaselineAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base + "/baselines/{baseline}", Tags: tags, Summary: "Compare a plan with a baseline",
		Description: "Only tasks that moved, are new or are gone; shifts in working days, positive is later."}, s.driftAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base + "/calendar", Tags: tags, Summary: "Read the working calendar of a plan",
		Description: "Which days are worked, for how long, and when nobody works."}, s.calendarAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: base + "/calendar", Tags: tags, Summary: "Change the working calendar of a plan",
		Description: "All dates are computed anew. Closures have operations of their own."}, s.saveCalendarAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/closures", Tags: tags, Summary: "Close the calendar for some days", DefaultStatus: http.StatusCreated,
		Description: "Both days are inclusive; without a last day it is one day."}, s.addClosureAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: base + "/closures/{closure}", Tags: tags, Summary: "Open closed days again", DefaultStatus: http.StatusNoContent,
		Description: "All dates are computed anew."}, s.removeClosureAPI)
	s.trialAPI(m, tags, base)
	s.importAPI(m, tags, base)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base + "/load", Tags: tags, Summary: "Read the load of people and machines",
		Description: "Ten weeks from a Monday on, in minutes, with the conflicts of the whole plan. Only this project counts."}, s.loadAPI)
}

type planBaselineJSON struct {
	ID      BaselineID `json:"id"`
	Name    string     `json:"name"`
	EndsOn  when.Date  `json:"ends_on"`
	TakenBy string     `json:"taken_by"`
	TakenAt when.Time  `json:"taken_at"`
}

func baselineOut(b Baseline) planBaselineJSON {
	return planBaselineJSON{b.ID, b.Name, b.EndsOn, b.TakenBy, b.TakenAt}
}

type planBaselinesOut struct{ Body web.List[planBaselineJSON] }

func (s *Service) baselinesAPI(ctx context.Context, in *PlanProjectIn) (*planBaselinesOut, error) {
	out := []planBaselineJSON{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := project.Enter(tx, account.ActorIn(ctx), project.ID(in.Project))
		if err != nil {
			return err
		}
		list, err := listBaselines(tx, a.ID)
		out = out[:0]
		for _, b := range list {
			out = append(out, baselineOut(b))
		}
		return err
	})
	return &planBaselinesOut{web.List[planBaselineJSON]{Items: out}}, err
}

type planTakeIn struct {
	PlanProjectIn
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"100"`
	}
}

type planBaselineOut struct{ Body planBaselineJSON }

func (s *Service) takeBaselineAPI(ctx context.Context, in *planTakeIn) (*planBaselineOut, error) {
	b, err := s.TakeBaseline(ctx, account.ActorIn(ctx), project.ID(in.Project), in.Body.Name)
	if err != nil {
		return nil, err
	}
	return &planBaselineOut{baselineOut(b)}, nil
}

type planDriftIn struct {
	PlanProjectIn
	Baseline string `path:"baseline" maxLength:"40"`
}

type planShiftJSON struct {
	TaskID     TaskID    `json:"task_id" doc:"Empty for a task that is gone."`
	Title      string    `json:"title"`
	WasStart   when.Date `json:"was_start_on"`
	WasFinish  when.Date `json:"was_finish_on"`
	Start      when.Date `json:"start_on"`
	Finish     when.Date `json:"finish_on"`
	StartDays  int       `json:"start_days"`
	FinishDays int       `json:"finish_days"`
	New        bool      `json:"new"`
	Gone       bool      `json:"gone"`
}

type planDriftOut struct {
	Body struct {
		Baseline planBaselineJSON `json:"baseline"`
		WasEnd   when.Date        `json:"was_ends_on"`
		EndsOn   when.Date        `json:"ends_on"`
		Days     int              `json:"days"`
		Same     int              `json:"same" doc:"Tasks that are at their dates."`
		Shifts   []planShiftJSON  `json:"shifts"`
	}
}

func (s *Service) driftAPI(ctx context.Context, in *planDriftIn) (*planDriftOut, error) {
	a, err := s.current(ctx, in.Project)
	if err != nil {
		return nil, err
	}
	out := &planDriftOut{}
	err = s.db.View(ctx, func(tx db.Tx) error {
		d, err := s.driftFrom(tx, a, BaselineID(in.Baseline))
		if err != nil {
			return err
		}
		b := &out.Body
		b.Baseline, b.WasEnd, b.EndsOn, b.Days, b.Same, b.Shifts = baselineOut(d.Baseline), d.Was, d.Now, d.Days, d.Same, []planShiftJSON{}
		for _, x := range d.Shifts {
			b.Shifts = append(b.Shifts, planShiftJSON{x.Task.ID, x.Task.Title, x.Was.Start, x.Was.Finish, x.Now.Start, x.Now.Finish, x.Start, x.Finish, x.New, x.Gone})
		}
		return nil
	})
	return out, err
}

type planClosureJSON struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	FromOn when.Date `json:"from_on"`
	ToOn   when.Date `json:"to_on"`
}

type planCalendarOut struct {
	ETag string `header:"ETag"`
	Body struct {
		StartsOn when.Date         `json:"starts_on"`
		EndsOn   when.Date         `json:"ends_on" doc:"Computed: the last day of the plan."`
		Week     [7]int            `json:"week_minutes" doc:"Minutes of each day, Sunday first."`
		Holidays schedule.Holidays `json:"holidays" enum:",france,alsace_moselle"`
		Closures []planClosureJSON `json:"closures"`
	}
}

func (s *Service) calendarAPI(ctx context.Context, in *PlanProjectIn) (*planCalendarOut, error) {
	a, err := s.current(ctx, in.Project)
	if err != nil {
		return nil, err
	}
	out := &planCalendarOut{}
	err = s.db.View(ctx, func(tx db.Tx) error {
		p, err := getPlan(tx, a.Project)
		if err != nil {
			return err
		}
		closures, err := listClosures(tx, a.ID)
		if err != nil {
			return err
		}
		b := &out.Body
		out.ETag, b.StartsOn, b.EndsOn, b.Holidays, b.Closures = web.ETag(p.Version), p.StartsOn, p.EndsOn, p.Holidays, []planClosureJSON{}
		for d, m := range p.Hours() {
			b.Week[d] = int(m)
		}
		for _, c := range closures {
			b.Closures = append(b.Closures, planClosureJSON{c.ID, c.Name, c.FromOn, c.ToOn})
		}
		return nil
	})
	return out, err
}

type planCalendarIn struct {
	PlanProjectIn
	web.IfMatch
	Body struct {
		StartsOn when.Date         `json:"starts_on"`
		Week     [7]int            `json:"week_minutes" doc:"Minutes of each day, Sunday first; 0 for a day that is not worked."`
		Holidays schedule.Holidays `json:"holidays,omitempty" enum:",france,alsace_moselle"`
	}
}

func (s *Service) saveCalendarAPI(ctx context.Context, in *planCalendarIn) (*planCalendarOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	if version == 0 { // "*"
		a, err := s.current(ctx, in.Project)
		if err != nil {
			return nil, err
		}
		err = s.db.View(ctx, func(tx db.Tx) error {
			p, err := getPlan(tx, a.Project)
			version = p.Version
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	var week [7]schedule.Minutes
	for d, m := range in.Body.Week {
		week[d] = schedule.Minutes(m)
	}
	p := Plan{ProjectID: project.ID(in.Project), StartsOn: in.Body.StartsOn, Week: WeekText(week), Holidays: in.Body.Holidays, Version: version}
	if err := s.SavePlan(ctx, account.ActorIn(ctx), p); err != nil {
		return nil, err
	}
	return s.calendarAPI(ctx, &in.PlanProjectIn)
}

type planCloseIn struct {
	PlanProjectIn
	Body struct {
		Name   string    `json:"name" minLength:"1" maxLength:"100"`
		FromOn when.Date `json:"from_on"`
		ToOn   when.Date `json:"to_on,omitempty"`
	}
}

type planClosureOut struct{ Body planClosureJSON }

func (s *Service) addClosureAPI(ctx context.Context, in *planCloseIn) (*planClosureOut, error) {
	c, err := s.AddClosure(ctx, account.ActorIn(ctx), Closure{ProjectID: project.ID(in.Project), Name: in.Body.Name, FromOn: in.Body.FromOn, ToOn: in.Body.ToOn})
	if err != nil {
		return nil, err
	}
	return &planClosureOut{planClosureJSON{c.ID, c.Name, c.FromOn, c.ToOn}}, nil
}

type planOpenIn struct {
	PlanProjectIn
	Closure string `path:"closure" maxLength:"40"`
}

func (s *Service) removeClosureAPI(ctx context.Context, in *planOpenIn) (*struct{}, error) {
	_, err := s.RemoveClosure(ctx, account.ActorIn(ctx), project.ID(in.Project), in.Closure)
	return nil, err
}

type planLoadIn struct {
	PlanProjectIn
	From string `query:"from" format:"date" maxLength:"10" doc:"A day of the first week; today when absent."`
}

type planWeekJSON struct {
	On   when.Date `json:"on" doc:"The Monday."`
	Need int       `json:"need_minutes"`
	Have int       `json:"have_minutes"`
	Over bool      `json:"over" doc:"On one of its days more is asked than there is."`
}

type planConflictJSON struct {
	FromOn when.Date `json:"from_on"`
	ToOn   when.Date `json:"to_on"`
	Over   int       `json:"over_minutes"`
	Tasks  []TaskID  `json:"task_ids"`
}

type planLoadJSON struct {
	Name      string             `json:"name"`
	PersonID  account.PersonID   `json:"person_id" doc:"Empty for a machine."`
	MachineID ResourceID         `json:"machine_id" doc:"Empty for a person."`
	Percent   int64              `json:"percent" doc:"Of their time; 300 are three machines."`
	Weeks     []planWeekJSON     `json:"weeks"`
	Conflicts []planConflictJSON `json:"conflicts"`
}

type planLoadOut struct{ Body web.List[planLoadJSON] }

func (s *Service) loadAPI(ctx context.Context, in *planLoadIn) (*planLoadOut, error) {
	a, err := s.current(ctx, in.Project)
	if err != nil {
		return nil, err
	}
	out := []planLoadJSON{}
	err = s.db.View(ctx, func(tx db.Tx) error {
		p, err := getPlan(tx, a.Project)
		if err != nil {
			return err
		}
		from := monday(tx.Today())
		if d := when.Date(in.From); d.Valid() && monday(d).Valid() && d.AddDays(7*loadWeeks).Valid() {
			from = monday(d)
		}
		list, _, err := s.loadOf(tx, a, p, from)
		out = out[:0]
		for _, l := range list {
			out = append(out, loadOut(l))
		}
		return err
	})
	return &planLoadOut{web.List[planLoadJSON]{Items: out}}, err
}

func loadOut(l Loaded) planLoadJSON {
	x := planLoadJSON{Name: l.Name, PersonID: l.PersonID, MachineID: l.Resource, Percent: l.Units, Weeks: []planWeekJSON{}, Conflicts: []planConflictJSON{}}
	for _, w := range l.Weeks {
		x.Weeks = append(x.Weeks, planWeekJSON{w.On, int(w.Need), int(w.Have), w.Over})
	}
	for _, c := range l.Conflicts {
		k := planConflictJSON{c.From, c.To, int(c.Over), []TaskID{}}
		for _, t := range c.Tasks {
			k.Tasks = append(k.Tasks, t.ID)
		}
		x.Conflicts = append(x.Conflicts, k)
	}
	return x
}
