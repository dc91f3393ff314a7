package programme

import (
	"cmp"
	"net/http"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
	"bassin/internal/when"
)

func (s *Service) milestonePages(m *web.Mux) {
	m.Open("GET /actions/{id}/calendar", s.calendarPage)
	m.Page("POST /actions/{id}/milestones", s.addMilestonePage)
	m.Page("GET /actions/{id}/milestones/{milestone}", s.milestonePage)
	m.Page("POST /actions/{id}/milestones/{milestone}", s.saveMilestonePage)
	m.Page("POST /actions/{id}/milestones/{milestone}/reach", s.reachMilestonePage)
	m.Page("POST /actions/{id}/milestones/{milestone}/remove", s.removeMilestonePage)
	m.Page("POST /actions/{id}/milestones/{milestone}/restore", s.restoreMilestonePage)
}

func (s *Service) calendarPage(w http.ResponseWriter, r *http.Request) error {
	return s.showCalendar(w, r, http.StatusOK, nil)
}

func (s *Service) showCalendar(w http.ResponseWriter, r *http.Request, status int, f web.Forms) error {
	x, err := s.viewSheet(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, calendarTemplate(web.ViewOf(r), x, f))
}

// milestonesInOrder puts late ones first, the longest overdue at the top, then what comes by day,
// then what was reached.
func (x sheetView) milestonesInOrder() []Milestone {
	list := slices.Clone(x.Milestones)
	rank := func(m Milestone) int {
		switch {
		case m.late(x.Today) > 0 && !x.Action.Status.Over():
			return 0
		case m.Reached():
			return 3
		case m.DueOn == when.None:
			return 2
		}
		return 1
	}
	slices.SortStableFunc(list, func(a, b Milestone) int {
		if c := cmp.Compare(rank(a), rank(b)); c != 0 {
			return c
		}
		if rank(a) == 3 {
			return cmp.Compare(b.ReachedOn, a.ReachedOn)
		}
		return cmp.Compare(a.DueOn, b.DueOn)
	})
	return list
}

// overdue gives the days by which a milestone is late on a sheet that is not over.
func (x sheetView) overdue(m Milestone) int {
	if x.Action.Status.Over() {
		return 0
	}
	return m.late(x.Today)
}

func (s *Service) addMilestonePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	m := Milestone{ActionID: ActionID(r.PathValue("id")), Title: f.Text("milestone.title"), DueOn: f.Date("milestone.due_on"), Note: f.Text("milestone.note")}
	return s.submit(w, r, f, small{name: "milestone", page: s.showCalendar, rule: m.validate(web.ViewOf(r).Today()), to: actionURL(m.ActionID, tabCalendar),
		toast: "programme.done.milestone_added", args: []any{"title", m.Title},
		do: func() error {
			_, err := s.AddMilestone(r.Context(), account.ActorOf(r), m)
			return err
		}})
}

func reachForm(id MilestoneID) string { return "reach." + string(id) }

func (s *Service) reachMilestonePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id, milestone := ActionID(r.PathValue("id")), MilestoneID(r.PathValue("milestone"))
	name := reachForm(milestone)
	on := f.Date(name + ".reached_on")
	return s.submit(w, r, f, small{name: name, page: s.showCalendar, to: actionURL(id, tabCalendar), toast: "programme.done.milestone_reached",
		do: func() error {
			return s.ReachMilestone(r.Context(), account.ActorOf(r), id, milestone, on)
		}})
}

func (s *Service) removeMilestonePage(w http.ResponseWriter, r *http.Request) error {
	id, milestone := ActionID(r.PathValue("id")), MilestoneID(r.PathValue("milestone"))
	if err := s.RemoveMilestone(r.Context(), account.ActorOf(r), id, milestone); err != nil {
		return err
	}
	return web.SeeOtherUndo(w, r, actionURL(id, tabCalendar), actionURL(id, "milestones", string(milestone), "restore"), "programme.done.milestone_removed")
}

func (s *Service) restoreMilestonePage(w http.ResponseWriter, r *http.Request) error {
	id, milestone := ActionID(r.PathValue("id")), MilestoneID(r.PathValue("milestone"))
	if err := s.RestoreMilestone(r.Context(), account.ActorOf(r), id, milestone); err != nil {
		return err
	}
	return web.SeeOther(w, r, actionURL(id, tabCalendar), "programme.done.milestone_restored")
}

// readMilestone reads a sheet and one of its milestones for somebody who may change it.
func (s *Service) readMilestone(r *http.Request) (x sheetView, m Milestone, err error) {
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x, err = readSheet(tx, account.ActorOf(r), ActionID(r.PathValue("id"))); err != nil {
			return err
		}
		if m, err = milestoneOf(tx, x.Action.ID, MilestoneID(r.PathValue("milestone"))); err != nil {
			return err
		}
		return x.mayEdit()
	})
	return x, m, err
}

// mayEdit refuses a form to who may not send it.
func (x sheetView) mayEdit() error {
	if !x.May(EditAction) {
		return fault.New(fault.Forbidden, "programme.forbidden.edit_action")
	}
	return nil
}

func (s *Service) milestonePage(w http.ResponseWriter, r *http.Request) error {
	x, m, err := s.readMilestone(r)
	if err != nil {
		return err
	}
	f := web.NewForm(web.NewOnce(), "title", m.Title, "due_on", string(m.DueOn), "reached_on", string(m.ReachedOn), "note", m.Note, "version", number(m.Version))
	return web.Render(w, r, http.StatusOK, milestoneTemplate(web.ViewOf(r), x, m, f, nil))
}

func (s *Service) saveMilestonePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	mine := Milestone{ID: MilestoneID(r.PathValue("milestone")), ActionID: ActionID(r.PathValue("id")), Title: f.Text("title"),
		DueOn: f.Date("due_on"), ReachedOn: f.Date("reached_on"), Note: f.Text("note"), Version: f.Seen()}
	err = both(f, mine.validate(v.Today()))
	if err == nil {
		err = s.SaveMilestone(r.Context(), account.ActorOf(r), mine)
	}
	if err == nil {
		return web.SeeOther(w, r, actionURL(mine.ActionID, tabCalendar), "programme.done.saved")
	}
	if !f.Fail(v, err) {
		return err
	}
	x, now, rerr := s.readMilestone(r)
	if rerr != nil {
		return rerr
	}
	var c *clash
	if fault.Stale(err) {
		if c, rerr = s.clashOf(r, x.Action.ID, now.UpdatedAt, milestoneFacts(v, now), milestoneFacts(v, mine)); rerr != nil {
			return rerr
		}
		f.Values.Set("version", number(now.Version))
	}
	return web.Render(w, r, web.Status(err), milestoneTemplate(v, x, now, f, c))
}

func milestoneFacts(v *web.View, m Milestone) []fact {
	return []fact{
		{v.T("programme.field.title"), m.Title}, {v.T("programme.field.due_on"), v.Date(m.DueOn)},
		{v.T("programme.field.reached_on"), v.Date(m.ReachedOn)}, {v.T("programme.field.note"), m.Note},
	}
}
