package meeting

import (
	"context"
	"net/http"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

// API registers the feature's operations.
func (s *Service) API(m *web.Mux) {
	tags := []string{"Meetings"}
	const base = "/api/v1/projects/{project}/meetings"
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base, Tags: tags, Summary: "List the meetings of a project",
		Description: "In the order of their creation."}, s.meetingsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base, Tags: tags, Summary: "Plan a meeting", DefaultStatus: http.StatusCreated}, s.createMeetingAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base + "/{meeting}", Tags: tags, Summary: "Read a meeting",
		Description: "With agenda, minutes, participants, decisions and actions."}, s.meetingAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: base + "/{meeting}", Tags: tags, Summary: "Change a meeting",
		Description: "Who was invited is told of a change of time, place or title."}, s.saveMeetingAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/{meeting}/invite", Tags: tags, Summary: "Send the invitations"}, s.inviteAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/{meeting}/begin", Tags: tags, Summary: "Begin a meeting",
		Description: "Decisions and actions are recorded from then on."}, s.beginAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/{meeting}/cancel", Tags: tags, Summary: "Cancel a meeting"}, s.cancelAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/{meeting}/close", Tags: tags, Summary: "Close the minutes",
		Description: "Nothing is changed afterwards; the record goes to the participants."}, s.closeAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/{meeting}/participants", Tags: tags, Summary: "Add a participant",
		Description: "One of the project's people by person_id, or an address.", DefaultStatus: http.StatusCreated}, s.addParticipantAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: base + "/{meeting}/participants/{participant}", Tags: tags, Summary: "Note whether a participant came"}, s.presenceAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: base + "/{meeting}/participants/{participant}", Tags: tags, Summary: "Remove a participant",
		DefaultStatus: http.StatusNoContent}, s.removeParticipantAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/{meeting}/items", Tags: tags, Summary: "Add an item to the agenda", DefaultStatus: http.StatusCreated}, s.addItemAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: base + "/{meeting}/items/{item}", Tags: tags, Summary: "Change an item of the agenda",
		Description: "Title, time and speaker."}, s.saveItemAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: base + "/{meeting}/items/{item}/minutes", Tags: tags, Summary: "Write the minutes of an item"}, s.writeAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: base + "/{meeting}/items/{item}", Tags: tags, Summary: "Take an item off the agenda",
		Description: "One with minutes stays.", DefaultStatus: http.StatusNoContent}, s.removeItemAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/{meeting}/decisions", Tags: tags, Summary: "Record a decision of a meeting",
		Description: "It stands in the project's register of decisions.", DefaultStatus: http.StatusCreated}, s.decideAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/{meeting}/actions", Tags: tags, Summary: "Record an action agreed in a meeting",
		Description: "It becomes a task of the plan.", DefaultStatus: http.StatusCreated}, s.agreeAPI)
}

// MeetingJSON is a meeting as lists show it.
type MeetingJSON struct {
	ID        ID        `json:"id"`
	Number    int64     `json:"number" doc:"In the project."`
	Title     string    `json:"title"`
	Purpose   string    `json:"purpose"`
	Place     string    `json:"place"`
	Link      string    `json:"link" doc:"Of a call."`
	StartsAt  when.Time `json:"starts_at"`
	Minutes   int64     `json:"minutes" doc:"How long it lasts."`
	State     State     `json:"state" enum:"planned,held,closed,cancelled"`
	Reason    string    `json:"reason" doc:"Why it was cancelled."`
	InvitedAt when.Time `json:"invited_at"`
	ClosedAt  when.Time `json:"closed_at"`
	RecordURL string    `json:"record_url" doc:"Of the PDF; empty until the minutes are closed."`
	UpdatedAt when.Time `json:"updated_at"`
}

func meetingOut(m Meeting) MeetingJSON {
	out := MeetingJSON{ID: m.ID, Number: m.Number, Title: m.Title, Purpose: m.Purpose, Place: m.Place, Link: m.Link, StartsAt: m.StartsAt, Minutes: m.Minutes, State: m.State,
		Reason: m.Reason, InvitedAt: m.InvitedAt, ClosedAt: m.ClosedAt, UpdatedAt: m.UpdatedAt}
	if m.PDFHash != "" {
		out.RecordURL = m.URL() + "/record.pdf"
	}
	return out
}

type meetingParticipantJSON struct {
	ID       ParticipantID    `json:"id"`
	PersonID account.PersonID `json:"person_id" doc:"Empty outside of the project."`
	Name     string           `json:"name"`
	Presence Presence         `json:"presence" enum:"expected,present,excused,absent"`
}

type meetingItemJSON struct {
	ID        ItemID    `json:"id"`
	ETag      string    `json:"etag" doc:"For If-Match on the item and its minutes."`
	Title     string    `json:"title"`
	Minutes   int64     `json:"minutes"`
	Speaker   string    `json:"speaker"`
	Text      string    `json:"text" doc:"What was said."`
	UpdatedAt when.Time `json:"updated_at"`
}

type meetingDecisionJSON struct {
	ID        project.DecisionID `json:"id"`
	Number    int                `json:"number"`
	Title     string             `json:"title"`
	Reason    string             `json:"reason"`
	Deciders  string             `json:"deciders"`
	Outcome   project.Outcome    `json:"outcome"`
	DecidedOn when.Date          `json:"decided_on"`
}

type meetingActionJSON struct {
	TaskID   plan.TaskID `json:"task_id"`
	Title    string      `json:"title"`
	State    plan.State  `json:"state"`
	People   []string    `json:"people"`
	Deadline when.Date   `json:"deadline"`
}

type meetingWholeJSON struct {
	MeetingJSON
	Participants []meetingParticipantJSON `json:"participants"`
	Items        []meetingItemJSON        `json:"items"`
	Decisions    []meetingDecisionJSON    `json:"decisions"`
	Actions      []meetingActionJSON      `json:"actions"`
	Note         string                   `json:"note" doc:"What was written together, as Markdown."`
}

func itemOut(i Item) meetingItemJSON {
	return meetingItemJSON{i.ID, web.ETag(i.Version), i.Title, i.Minutes, i.Speaker, i.Text, i.UpdatedAt}
}

func decisionOut(d project.Decision) meetingDecisionJSON {
	return meetingDecisionJSON{d.ID, d.Number, d.Title, d.Reason, d.Deciders, d.Outcome, d.DecidedOn}
}

func wholeOut(w Whole) meetingWholeJSON {
	out := meetingWholeJSON{meetingOut(w.Meeting), []meetingParticipantJSON{}, []meetingItemJSON{}, []meetingDecisionJSON{}, []meetingActionJSON{}, w.Note}
	for _, p := range w.Participants {
		out.Participants = append(out.Participants, meetingParticipantJSON{p.ID, p.PersonID, p.Name, p.Presence})
	}
	for _, i := range w.Items {
		out.Items = append(out.Items, itemOut(i))
	}
	for _, d := range w.Decisions {
		out.Decisions = append(out.Decisions, decisionOut(d))
	}
	for _, a := range w.Actions {
		out.Actions = append(out.Actions, actionOut(a.Task, a.People))
	}
	return out
}

func actionOut(t plan.Task, people []plan.Assignee) meetingActionJSON {
	out := meetingActionJSON{t.ID, t.Title, t.State, []string{}, t.Deadline}
	for _, p := range people {
		out.People = append(out.People, p.Name)
	}
	return out
}

// MeetingProjectIn is the project of an address; exported, or huma would not look into it.
type MeetingProjectIn struct {
	Project string `path:"project" maxLength:"40"`
}

// MeetingIn is the meeting of an address.
type MeetingIn struct {
	MeetingProjectIn
	Meeting string `path:"meeting" maxLength:"40"`
}

func (in MeetingIn) ids() (project.ID, ID) { return project.ID(in.Project), ID(in.Meeting) }

type meetingsIn struct {
	MeetingProjectIn
	web.Paging
}

type meetingsOut struct{ Body web.List[MeetingJSON] }

func (s *Service) meetingsAPI(ctx context.Context, in *meetingsIn) (*meetingsOut, error) {
	out := []MeetingJSON{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := project.Enter(tx, account.ActorIn(ctx), project.ID(in.Project))
		if err != nil {
			return err
		}
		list, err := listMeetingsAfter(tx, a.ID, ID(in.Cursor), in.Limit+1)
		for _, m := range list {
			out = append(out, meetingOut(m))
		}
		return err
	})
	return &meetingsOut{web.PageOf(out, in.Limit, func(m MeetingJSON) string { return string(m.ID) })}, err
}

type meetingAnswer struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     meetingWholeJSON
}

func (s *Service) meetingAPI(ctx context.Context, in *MeetingIn) (*meetingAnswer, error) {
	out := &meetingAnswer{}
	p, id := in.ids()
	err := s.db.View(ctx, func(tx db.Tx) error {
		_, w, err := Read(tx, account.ActorIn(ctx), p, id)
		*out = meetingAnswer{web.ETag(w.Version), "/api/v1" + w.URL(), wholeOut(w)}
		return err
	})
	return out, err
}

// meetingFieldsJSON are the fields of a meeting that one gives.
type meetingFieldsJSON struct {
	Title    string    `json:"title" minLength:"1" maxLength:"200"`
	Purpose  string    `json:"purpose,omitempty" maxLength:"4000"`
	Place    string    `json:"place,omitempty" maxLength:"300"`
	Link     string    `json:"link,omitempty" maxLength:"1000" doc:"An https address."`
	StartsAt when.Time `json:"starts_at"`
	Minutes  int64     `json:"minutes" minimum:"5" maximum:"1440"`
}

func (b meetingFieldsJSON) meeting(m Meeting) Meeting {
	m.Title, m.Purpose, m.Place, m.Link, m.StartsAt, m.Minutes = strings.TrimSpace(b.Title), b.Purpose, b.Place, b.Link, b.StartsAt, b.Minutes
	return m
}

type meetingCreateIn struct {
	MeetingProjectIn
	Body meetingFieldsJSON
}

func (s *Service) createMeetingAPI(ctx context.Context, in *meetingCreateIn) (*meetingAnswer, error) {
	m, err := s.Create(ctx, account.ActorIn(ctx), in.Body.meeting(Meeting{ProjectID: project.ID(in.Project)}))
	if err != nil {
		return nil, err
	}
	return s.meetingAPI(ctx, &MeetingIn{in.MeetingProjectIn, string(m.ID)})
}

type meetingSaveIn struct {
	MeetingIn
	web.IfMatch
	Body meetingFieldsJSON
}

func (s *Service) saveMeetingAPI(ctx context.Context, in *meetingSaveIn) (*meetingAnswer, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	p, id := in.ids()
	var old Meeting
	if err := s.db.View(ctx, func(tx db.Tx) (err error) {
		_, old, err = Enter(tx, account.ActorIn(ctx), p, id)
		return err
	}); err != nil {
		return nil, err
	}
	if version != 0 { // not "*"
		old.Version = version
	}
	if _, err := s.Save(ctx, account.ActorIn(ctx), in.Body.meeting(old)); err != nil {
		return nil, err
	}
	return s.meetingAPI(ctx, &in.MeetingIn)
}

// after gives the meeting as it stands when an act succeeded.
func (s *Service) after(ctx context.Context, in MeetingIn, err error) (*meetingAnswer, error) {
	if err != nil {
		return nil, err
	}
	return s.meetingAPI(ctx, &in)
}

func (s *Service) inviteAPI(ctx context.Context, in *MeetingIn) (*meetingAnswer, error) {
	p, id := in.ids()
	_, err := s.Invite(ctx, account.ActorIn(ctx), p, id)
	return s.after(ctx, *in, err)
}

func (s *Service) beginAPI(ctx context.Context, in *MeetingIn) (*meetingAnswer, error) {
	p, id := in.ids()
	return s.after(ctx, *in, s.Begin(ctx, account.ActorIn(ctx), p, id))
}

func (s *Service) closeAPI(ctx context.Context, in *MeetingIn) (*meetingAnswer, error) {
	p, id := in.ids()
	return s.after(ctx, *in, s.Close(ctx, account.ActorIn(ctx), p, id))
}

type meetingCancelIn struct {
	MeetingIn
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"1000"`
	}
}

func (s *Service) cancelAPI(ctx context.Context, in *meetingCancelIn) (*meetingAnswer, error) {
	p, id := in.ids()
	return s.after(ctx, in.MeetingIn, s.Cancel(ctx, account.ActorIn(ctx), p, id, in.Body.Reason))
}

type meetingAddIn struct {
	MeetingIn
	Body struct {
		PersonID string `json:"person_id,omitempty" maxLength:"40"`
		Email    string `json:"email,omitempty" maxLength:"254"`
		Name     string `json:"name,omitempty" maxLength:"200"`
	}
}

func (s *Service) addParticipantAPI(ctx context.Context, in *meetingAddIn) (*meetingAnswer, error) {
	p, id := in.ids()
	_, err := s.Add(ctx, account.ActorIn(ctx), p, id, Participant{PersonID: account.PersonID(in.Body.PersonID), Email: in.Body.Email, Name: in.Body.Name})
	return s.after(ctx, in.MeetingIn, err)
}

// MeetingParticipantIn is the participant of an address.
type MeetingParticipantIn struct {
	MeetingIn
	Participant string `path:"participant" maxLength:"40"`
}

type meetingPresenceIn struct {
	MeetingParticipantIn
	Body struct {
		Presence Presence `json:"presence" enum:"expected,present,excused,absent"`
	}
}

func (s *Service) presenceAPI(ctx context.Context, in *meetingPresenceIn) (*meetingAnswer, error) {
	p, id := in.ids()
	err := s.NotePresence(ctx, account.ActorIn(ctx), p, id, map[ParticipantID]Presence{ParticipantID(in.Participant): in.Body.Presence})
	return s.after(ctx, in.MeetingIn, err)
}

func (s *Service) removeParticipantAPI(ctx context.Context, in *MeetingParticipantIn) (*struct{}, error) {
	p, id := in.ids()
	return nil, s.Leave(ctx, account.ActorIn(ctx), p, id, ParticipantID(in.Participant))
}

type meetingItemFields struct {
	Title   string `json:"title" minLength:"1" maxLength:"300"`
	Minutes int64  `json:"minutes,omitempty" minimum:"0" maximum:"1440" doc:"How long it may take."`
	Speaker string `json:"speaker,omitempty" maxLength:"200"`
}

type meetingItemAnswer struct {
	ETag string `header:"ETag"`
	Body meetingItemJSON
}

func itemAnswer(i Item, err error) (*meetingItemAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &meetingItemAnswer{web.ETag(i.Version), itemOut(i)}, nil
}

type meetingAddItemIn struct {
	MeetingIn
	Body meetingItemFields
}

func (s *Service) addItemAPI(ctx context.Context, in *meetingAddItemIn) (*meetingItemAnswer, error) {
	p, id := in.ids()
	return itemAnswer(s.AddItem(ctx, account.ActorIn(ctx), p, id, Item{Title: in.Body.Title, Minutes: in.Body.Minutes, Speaker: in.Body.Speaker}))
}

// MeetingItemIn is the item of an address.
type MeetingItemIn struct {
	MeetingIn
	Item string `path:"item" maxLength:"40"`
}

type meetingSaveItemIn struct {
	MeetingItemIn
	web.IfMatch
	Body meetingItemFields
}

func (s *Service) saveItemAPI(ctx context.Context, in *meetingSaveItemIn) (*meetingItemAnswer, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	p, id := in.ids()
	return itemAnswer(s.SaveItem(ctx, account.ActorIn(ctx), p, id, Item{ID: ItemID(in.Item), Title: in.Body.Title, Minutes: in.Body.Minutes, Speaker: in.Body.Speaker, Version: version}))
}

type meetingWriteIn struct {
	MeetingItemIn
	web.IfMatch
	Body struct {
		Text string `json:"text" maxLength:"20000"`
	}
}

func (s *Service) writeAPI(ctx context.Context, in *meetingWriteIn) (*meetingItemAnswer, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	p, id := in.ids()
	return itemAnswer(s.Write(ctx, account.ActorIn(ctx), p, id, Item{ID: ItemID(in.Item), Text: in.Body.Text, Version: version}))
}

func (s *Service) removeItemAPI(ctx context.Context, in *MeetingItemIn) (*struct{}, error) {
	p, id := in.ids()
	return nil, s.RemoveItem(ctx, account.ActorIn(ctx), p, id, ItemID(in.Item))
}

type meetingDecideIn struct {
	MeetingIn
	Body struct {
		Title      string          `json:"title" minLength:"1" maxLength:"300"`
		Reason     string          `json:"reason" minLength:"1" maxLength:"4000"`
		Deciders   string          `json:"deciders" minLength:"1" maxLength:"300" doc:"Who decided, as they were."`
		Outcome    project.Outcome `json:"outcome" enum:"agreed,rejected,deferred"`
		Conditions string          `json:"conditions,omitempty" maxLength:"4000"`
	}
}

type meetingDecisionAnswer struct{ Body meetingDecisionJSON }

func (s *Service) decideAPI(ctx context.Context, in *meetingDecideIn) (*meetingDecisionAnswer, error) {
	p, id := in.ids()
	d, err := s.Decide(ctx, account.ActorIn(ctx), p, id, project.Decision{Title: in.Body.Title, Reason: in.Body.Reason, Deciders: in.Body.Deciders, Outcome: in.Body.Outcome, Conditions: in.Body.Conditions})
	if err != nil {
		return nil, err
	}
	return &meetingDecisionAnswer{decisionOut(d)}, nil
}

type meetingAgreeIn struct {
	MeetingIn
	Body struct {
		Title    string    `json:"title" minLength:"1" maxLength:"300"`
		PersonID string    `json:"person_id,omitempty" maxLength:"40" doc:"One of the project's people."`
		Deadline when.Date `json:"deadline,omitempty"`
	}
}

type meetingActionAnswer struct{ Body meetingActionJSON }

func (s *Service) agreeAPI(ctx context.Context, in *meetingAgreeIn) (*meetingActionAnswer, error) {
	p, id := in.ids()
	t, err := s.Agree(ctx, account.ActorIn(ctx), p, id, Task{Title: in.Body.Title, PersonID: account.PersonID(in.Body.PersonID), Deadline: in.Body.Deadline})
	if err != nil {
		return nil, err
	}
	return &meetingActionAnswer{actionOut(t, nil)}, nil
}
