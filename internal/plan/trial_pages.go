package plan

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/schedule"
	"bassin/internal/web"
	"bassin/internal/when"
)

func (s *Service) trialPages(m *web.Mux) {
	m.Page("GET /projects/{project}/plan/trial", s.trialPage)
	m.Page("POST /projects/{project}/plan/trial", s.applyTrialPage)
}

// trialView is a trial, which stands in the address, and what it would do.
type trialView struct {
	common
	Steps  []Tweak
	Tasks  map[int64]Task // those of the steps
	Result *Comparison
	Wrong  []string // why it cannot be made
	Once   string
}

// trialSteps are the parameters of the address that hold the steps.
const trialSteps = "s"

func stepsOf(list []string) (out []Tweak) {
	for _, text := range list {
		if s, ok := ReadTweak(text); ok && len(out) <= maxSteps {
			out = append(out, s)
		}
	}
	return out
}

// trialURL is the address of a trial.
func trialURL(id project.ID, steps []Tweak) string {
	q := url.Values{}
	for _, s := range steps {
		q.Add(trialSteps, s.String())
	}
	if len(q) == 0 {
		return planURL(id) + "/trial"
	}
	return planURL(id) + "/trial?" + q.Encode()
}

// trialPage shows a trial. What was typed into one of its forms becomes one step more.
func (s *Service) trialPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	f, err := s.enter(r)
	if err != nil {
		return err
	}
	day, err := s.day(r, f.ID)
	if err != nil {
		return err
	}
	steps, forms := stepsOf(v.Query[trialSteps]), web.Forms{}
	form := &web.Form{Values: v.Query, Once: web.NewOnce()}
	switch name := v.Query.Get("add"); name {
	case "move", "tie", "cut":
		next := stepIn(form, name, day)
		if err := form.Err(); err != nil {
			form.Fail(v, err)
			forms[name] = form
			return s.showTrial(w, r, f, http.StatusUnprocessableEntity, steps, forms, nil)
		}
		http.Redirect(w, r, trialURL(f.ID, append(steps, next)), http.StatusSeeOther)
		return nil
	}
	return s.showTrial(w, r, f, http.StatusOK, steps, forms, nil)
}

// stepIn reads one of the forms of the page.
func stepIn(f *web.Form, name string, day schedule.Minutes) Tweak {
	number := func(field string) int64 {
		text := f.Text(name + "." + field)
		n, err := strconv.ParseInt(strings.TrimSpace(text[strings.LastIndex(text, "-")+1:]), 10, 64)
		if err != nil || n < 1 || n > maxWork {
			f.Wrong(name+"."+field, "plan.wrong.number")
		}
		return n
	}
	x := Tweak{Task: number("task")}
	if name == "move" {
		x.To, x.Work = f.Date("move.to"), readWork(f, "move.work", day)
		if x.To == when.None && x.Work == 0 && f.Err() == nil {
			f.Wrong("move.to", "fault.required")
		}
		return x
	}
	x.From, x.Kind, x.Cut = number("from"), LinkKind(f.Choose(name+".kind", string(FinishStart), string(StartStart), string(FinishFinish), string(StartFinish))), name == "cut"
	if !x.Cut {
		x.Lag = readWork(f, "tie.lag", day)
	}
	return x
}

func (s *Service) showTrial(w http.ResponseWriter, r *http.Request, f project.Frame, status int, steps []Tweak, forms web.Forms, refused error) error {
	v := web.ViewOf(r)
	x := trialView{Steps: steps, Tasks: map[int64]Task{}, Once: web.NewOnce()}
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.common, err = s.readCommon(tx, f, "trial"); err != nil {
			return err
		}
		for _, step := range steps {
			for _, n := range []int64{step.Task, step.From} {
				t, err := getNumbered(tx, f.ID, n)
				if err != nil && !fault.Is(err, fault.NotFound) {
					return err
				}
				x.Tasks[n] = t
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	x.Forms = forms
	if len(steps) > 0 && refused == nil {
		c, err := s.Try(r.Context(), f.By, f.ID, steps)
		if x.Result = &c; err != nil {
			x.Result, refused = nil, err
		}
	}
	if refused != nil {
		known := fault.As(refused)
		if known == nil {
			return refused
		}
		x.Wrong = append(x.Wrong, faultTexts(v, known)...)
		status = max(status, web.Status(refused))
	}
	return web.Render(w, r, status, trialTemplate(v, x))
}

// faultTexts says a fault, field by field when it has some.
func faultTexts(v *web.View, f *fault.Fault) (out []string) {
	for _, x := range f.Fields {
		out = append(out, v.TArgs(x.Key, x.Args))
	}
	if len(out) == 0 {
		out = []string{v.Fault(f)}
	}
	return out
}

// applyTrialPage makes the changes of a trial.
func (s *Service) applyTrialPage(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id, steps := project.ID(r.PathValue("project")), stepsOf(form.All(trialSteps))
	if len(steps) == 0 {
		return web.SeeOther(w, r, trialURL(id, nil), "plan.trial.empty")
	}
	err = s.Apply(r.Context(), account.ActorOf(r), id, steps, form.Date("ends"))
	if err == nil {
		return web.SeeOther(w, r, planURL(id)+"/gantt", "plan.trial.applied", "count", len(steps))
	}
	if k := web.Status(err); k != http.StatusConflict && k != http.StatusUnprocessableEntity {
		return err
	}
	f, e := s.enter(r)
	if e != nil {
		return e
	}
	return s.showTrial(w, r, f, web.Status(err), steps, web.Forms{}, err)
}
