package meeting

import (
	"net/http"
	"slices"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/project"
	"bassin/internal/web"
)

// Pages registers the feature's pages.
func (s *Service) Pages(m *web.Mux) {
	m.Page("GET /projects/{project}/meetings", s.meetingsPage)
	m.Page("GET /projects/{project}/meetings/new", s.newMeetingPage)
	m.Page("POST /projects/{project}/meetings/new", s.createMeetingPage)
	m.Page("GET /projects/{project}/meetings/{meeting}", s.meetingPage)
	m.Page("GET /projects/{project}/meetings/{meeting}/edit", s.editMeetingPage)
	m.Page("POST /projects/{project}/meetings/{meeting}/edit", s.saveMeetingPage)
	m.Page("POST /projects/{project}/meetings/{meeting}/begin", s.beginPage)
	m.Page("POST /projects/{project}/meetings/{meeting}/close", s.closePage)
	m.Page("POST /projects/{project}/meetings/{meeting}/cancel", s.cancelPage)
	m.Page("POST /projects/{project}/meetings/{meeting}/invite", s.invitePage)
	m.Page("POST /projects/{project}/meetings/{meeting}/note", s.beginNotePage)
	m.Page("GET /projects/{project}/meetings/{meeting}/record.pdf", s.recordPage)
	m.Page("GET /projects/{project}/meetings/{meeting}/event.ics", s.eventPage)
	s.partPages(m)
}

const listSize = 50

// dayLong is how long a meeting that nobody began stays among the coming ones.
const dayLong = 24 * time.Hour

// listView is the meetings of a project.
type listView struct {
	project.Frame
	Coming, Past []Meeting
	Pager        web.Pager
}

func (s *Service) meetingsPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	f, err := s.opts.Project.Enter(r, "meetings")
	if err != nil {
		return err
	}
	x := listView{Frame: f}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		now := v.Now.Add(-dayLong)
		n, err := countPast(tx, f.ID, now)
		if err != nil {
			return err
		}
		x.Pager = web.PagerOf(v, listSize, n)
		if x.Coming, err = listMeetings(tx, f.ID, true, now, 100, 0); err != nil {
			return err
		}
		x.Past, err = listMeetings(tx, f.ID, false, now, listSize, x.Pager.Offset())
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, listTemplate(v, x))
}

// meetingView is a meeting as its page shows it.
type meetingView struct {
	Whole
	Frame   project.Frame
	Earlier []Action
	Members []web.Choice // to whom an action can be given
	Free    []web.Choice // people of the project who do not take part yet
	Forms   web.Forms
}

func (s *Service) meetingPage(w http.ResponseWriter, r *http.Request) error {
	return s.showMeeting(w, r, http.StatusOK, nil)
}

func (s *Service) showMeeting(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	v := web.ViewOf(r)
	f, err := s.opts.Project.Enter(r, "meetings")
	if err != nil {
		return err
	}
	x := meetingView{Frame: f, Forms: forms, Members: []web.Choice{{Label: v.T("meeting.action.nobody")}}}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if _, x.Whole, err = Read(tx, f.By, f.ID, ID(r.PathValue("meeting"))); err != nil {
			return err
		}
		if x.Earlier, err = earlier(tx, f.Access, x.Meeting); err != nil {
			return err
		}
		members, err := project.MembersOf(tx, f.ID)
		for _, h := range members {
			c := web.Choice{Value: string(h.PersonID), Label: h.Name}
			x.Members = append(x.Members, c)
			if !slices.ContainsFunc(x.Participants, func(p Participant) bool { return p.PersonID == h.PersonID }) {
				x.Free = append(x.Free, c)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, meetingTemplate(v, x))
}

// formView is the form of a meeting.
type formView struct {
	project.Frame
	Meeting Meeting
	Form    *web.Form
	Clash   *web.Clash
}

func (s *Service) newMeetingPage(w http.ResponseWriter, r *http.Request) error {
	f, err := s.writer(r)
	if err != nil {
		return err
	}
	form := web.NewForm(web.NewOnce(), "starts_time", "14:00", "minutes", "60", "starts_on", r.URL.Query().Get("on"))
	return web.Render(w, r, http.StatusOK, formTemplate(web.ViewOf(r), formView{Frame: f, Form: form}))
}

// writer enters the project for who may change it.
func (s *Service) writer(r *http.Request) (project.Frame, error) {
	f, err := s.opts.Project.Enter(r, "meetings")
	switch {
	case err != nil:
	case !f.May(project.Contribute):
		err = fault.New(fault.Forbidden, "project.forbidden.contribute")
	case f.Frozen():
		err = fault.New(fault.Conflict, "project.wrong.ended", "state_key", f.State.Key())
	}
	return f, err
}

// readMeeting reads what was typed; what cannot be read is noted in the form.
func readMeeting(f *web.Form, m Meeting) Meeting {
	m.Title, m.Place, m.Link, m.Purpose = f.Text("title"), f.Text("place"), f.Text("link"), f.Text("purpose")
	m.Minutes = f.Int("minutes", 5, maxDay)
	day := f.Date("starts_on")
	minute, ok := ParseClock(f.Text("starts_time"))
	if !ok {
		f.Wrong("starts_time", "meeting.wrong.clock")
		return m
	}
	m.StartsAt = Moment(day, minute, paris)
	return m
}

func (s *Service) createMeetingPage(w http.ResponseWriter, r *http.Request) error {
	f, err := s.writer(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	m := readMeeting(form, Meeting{ProjectID: f.ID})
	if err = form.Err(); err == nil {
		m, err = s.Create(r.Context(), f.By, m)
	}
	v := web.ViewOf(r)
	switch {
	case err == nil:
		return web.SeeOther(w, r, m.URL(), "meeting.created")
	case form.Fail(v, err):
		return web.Render(w, r, web.Status(err), formTemplate(v, formView{Frame: f, Form: form}))
	}
	return err
}

// editing reads the meeting whose form is shown.
func (s *Service) editing(r *http.Request) (x formView, err error) {
	if x.Frame, err = s.writer(r); err != nil {
		return x, err
	}
	err = s.db.View(r.Context(), func(tx db.Tx) error {
		if _, x.Meeting, err = Enter(tx, x.By, x.ID, ID(r.PathValue("meeting"))); err != nil {
			return err
		}
		return x.Meeting.change()
	})
	return x, err
}

func (s *Service) editMeetingPage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.editing(r)
	if err != nil {
		return err
	}
	x.Form = fillMeeting(x.Meeting)
	return web.Render(w, r, http.StatusOK, formTemplate(web.ViewOf(r), x))
}

func (s *Service) saveMeetingPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	x, err := s.editing(r)
	if err != nil {
		return err
	}
	x.Form = form
	m := readMeeting(form, Meeting{ID: x.Meeting.ID, ProjectID: x.ID, Version: form.Seen()})
	if err = form.Err(); err == nil {
		_, err = s.Save(r.Context(), x.By, m)
	}
	switch {
	case err == nil:
		return web.SeeOther(w, r, x.Meeting.URL(), "meeting.saved")
	case fault.Stale(err):
		x.Clash = web.ClashOf(v, x.Meeting.UpdatedByName, x.Meeting.UpdatedAt, formFields(v), fillMeeting(x.Meeting), form)
		return web.Render(w, r, http.StatusConflict, formTemplate(v, x))
	case form.Fail(v, err):
		return web.Render(w, r, web.Status(err), formTemplate(v, x))
	}
	return err
}

// ids are the project and the meeting of the address.
func ids(r *http.Request) (project.ID, ID, string) {
	m := Meeting{ProjectID: project.ID(r.PathValue("project")), ID: ID(r.PathValue("meeting"))}
	return m.ProjectID, m.ID, m.URL()
}

func (s *Service) beginPage(w http.ResponseWriter, r *http.Request) error {
	in, id, url := ids(r)
	if err := s.Begin(r.Context(), account.ActorOf(r), in, id); err != nil {
		return err
	}
	return web.SeeOther(w, r, url, "meeting.begun")
}

func (s *Service) closePage(w http.ResponseWriter, r *http.Request) error {
	in, id, url := ids(r)
	if err := s.Close(r.Context(), account.ActorOf(r), in, id); err != nil {
		return err
	}
	return web.SeeOther(w, r, url, "meeting.closed")
}

func (s *Service) cancelPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	in, id, url := ids(r)
	return f.Submit(w, r, web.Small{Name: "cancel", Page: s.showMeeting, To: url, Toast: "meeting.cancelled", Do: func() error {
		return s.Cancel(r.Context(), account.ActorOf(r), in, id, f.Text("cancel.reason"))
	}})
}

func (s *Service) invitePage(w http.ResponseWriter, r *http.Request) error {
	in, id, url := ids(r)
	n, err := s.Invite(r.Context(), account.ActorOf(r), in, id)
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, url, "meeting.invited", "count", n)
}

func (s *Service) beginNotePage(w http.ResponseWriter, r *http.Request) error {
	in, id, _ := ids(r)
	n, err := s.BeginNote(r.Context(), account.ActorOf(r), in, id)
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, n.URL(), "note.created")
}

func (s *Service) read(r *http.Request) (a project.Access, w Whole, err error) {
	in, id, _ := ids(r)
	err = s.db.View(r.Context(), func(tx db.Tx) error {
		a, w, err = Read(tx, account.ActorOf(r), in, id)
		return err
	})
	return a, w, err
}

// recordPage gives the record, for who sees the meeting.
func (s *Service) recordPage(w http.ResponseWriter, r *http.Request) error {
	a, m, err := s.read(r)
	if err != nil {
		return err
	}
	if m.PDFHash == "" || s.opts.Files == nil {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return file.Serve(w, r, s.opts.Files, m.Blob(), m.FileName(a.Code), file.Attachment)
}

// eventPage gives the meeting for a calendar.
func (s *Service) eventPage(w http.ResponseWriter, r *http.Request) error {
	_, m, err := s.read(r)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="event.ics"`)
	_, err = w.Write([]byte(m.Invitation(Publish, Organiser{}, nil, s.opts.URL+m.URL(), m.UpdatedAt)))
	return err
}
