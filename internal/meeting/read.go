package meeting

import (
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/note"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/when"
)

// Whole is a meeting with all that belongs to it.
type Whole struct {
	Meeting
	Participants []Participant
	Items        []Item
	Decisions    []project.Decision // in the order they were taken
	Actions      []Action
	Note         string // what was written together, as Markdown
}

// Action is a task of the plan that was agreed in a meeting.
type Action struct {
	plan.Task
	People    []plan.Assignee
	MeetingID ID
}

// settled reports whether it needs no word any more in a meeting after a day.
func (a Action) settled(since when.Date) bool {
	return a.RemovedAt != 0 || a.State == plan.Done && a.FinishedOn < since
}

// Enter reads a meeting for who may see its project.
func Enter(tx db.Tx, by account.Actor, in project.ID, id ID) (project.Access, Meeting, error) {
	a, err := project.Enter(tx, by, in)
	if err != nil {
		return a, Meeting{}, err
	}
	m, err := getMeeting(tx, in, id)
	return a, m, err
}

// Read reads a meeting with all that belongs to it.
func Read(tx db.Tx, by account.Actor, in project.ID, id ID) (project.Access, Whole, error) {
	a, m, err := Enter(tx, by, in, id)
	if err != nil {
		return a, Whole{}, err
	}
	w, err := whole(tx, a, m)
	return a, w, err
}

func whole(tx db.Tx, a project.Access, m Meeting) (w Whole, err error) {
	w.Meeting = m
	if w.Participants, err = listParticipants(tx, m.ID); err != nil {
		return w, err
	}
	if w.Items, err = listItems(tx, m.ID); err != nil {
		return w, err
	}
	all, err := project.DecisionsOf(tx, a)
	if err != nil {
		return w, err
	}
	for _, d := range slices.Backward(all) {
		if d.MeetingID == string(m.ID) {
			w.Decisions = append(w.Decisions, d)
		}
	}
	rows, err := listActions(tx, m.ID)
	if err != nil {
		return w, err
	}
	if w.Actions, err = actionsOf(tx, a, rows); err != nil {
		return w, err
	}
	w.Note, err = noteOf(tx, a, m)
	return w, err
}

// noteOf is the text that was written together: as it stands, or as it stood when the meeting was
// closed.
func noteOf(tx db.Tx, a project.Access, m Meeting) (string, error) {
	if m.NoteID == "" || m.State == Closed {
		return m.NoteText, nil
	}
	e, err := note.Enter(tx, a.By, m.ProjectID, m.NoteID)
	if fault.Is(err, fault.NotFound) { // taken off the list of notes
		return "", nil
	}
	if err != nil {
		return "", err
	}
	r, err := note.Read(tx, e)
	return r.Root.Markdown(), err
}

// actionsOf reads the tasks of actions, in the order of the actions.
func actionsOf(tx db.Tx, a project.Access, rows []action) ([]Action, error) {
	ids, meeting := make([]plan.TaskID, len(rows)), map[plan.TaskID]ID{}
	for i, r := range rows {
		ids[i], meeting[r.TaskID] = r.TaskID, r.MeetingID
	}
	tasks, people, err := plan.Among(tx, a, ids)
	out := make([]Action, 0, len(tasks))
	for _, t := range tasks {
		out = append(out, Action{t, people[t.ID], meeting[t.ID]})
	}
	slices.SortFunc(out, func(x, y Action) int { return slices.Index(ids, x.ID) - slices.Index(ids, y.ID) })
	return out, err
}

// maxEarlier is how many actions of earlier meetings are looked at.
const maxEarlier = 300

// earlier gives what earlier meetings agreed and what is still to be told: what is open, and what
// was done since the meeting before.
func earlier(tx db.Tx, a project.Access, m Meeting) ([]Action, error) {
	rows, err := listEarlierActions(tx, m.ProjectID, m.StartsAt, m.ID, maxEarlier)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	last, err := before(tx, m.ProjectID, m.StartsAt, m.ID)
	if err != nil {
		return nil, err
	}
	since := when.None
	if len(last) > 0 {
		since = last[0].StartsAt.Date(db.Paris)
	}
	list, err := actionsOf(tx, a, rows)
	return slices.DeleteFunc(list, func(x Action) bool { return x.settled(since) }), err
}

// Between gives the meetings of projects, cancelled ones left out, of which a part lies between two
// instants, with who takes part; the caller has entered the projects.
func Between(tx db.Tx, ids []project.ID, from, to when.Time) ([]Meeting, map[ID][]Participant, error) {
	list, err := listInside(tx, ids, from, to)
	if err != nil || len(list) == 0 {
		return nil, nil, err
	}
	named := make([]ID, len(list))
	for i, m := range list {
		named[i] = m.ID
	}
	people, err := listParticipants(tx, named...)
	by := map[ID][]Participant{}
	for _, p := range people {
		by[p.MeetingID] = append(by[p.MeetingID], p)
	}
	return list, by, err
}

// Hashes lists the contents of records that the file store must hold.
func Hashes(tx db.Tx) ([]string, error) { return listHashes(tx) }
