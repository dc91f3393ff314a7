package meeting

import (
	"bassin/internal/db"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/when"
)

const meetingColumns = `id, project_id, number, title, purpose, place, link, starts_at, minutes, state, reason, sequence, invited_at, note_id, note_text,
	closed_at, closed_by_name, pdf_hash, pdf_bytes, created_by, created_by_name, created_at, updated_at, updated_by_name, version`

func getMeeting(tx db.Tx, in project.ID, id ID) (Meeting, error) {
	return db.Get[Meeting](tx, `select `+meetingColumns+` from meeting_meeting where id = $1 and project_id = $2`, id, in)
}

// lockMeeting keeps the meeting for this transaction: changes of one meeting come one after the
// other, its closing last.
func lockMeeting(tx db.Tx, in project.ID, id ID) error {
	_, err := tx.Exec(`update meeting_meeting set version = version where id = $1 and project_id = $2`, id, in)
	return err
}

// listMeetings gives the meetings of a project, the next first or the latest first.
func listMeetings(tx db.Tx, in project.ID, coming bool, now when.Time, limit, offset int) ([]Meeting, error) {
	if coming {
		return db.List[Meeting](tx, `select `+meetingColumns+` from meeting_meeting where project_id = $1 and state in ('planned', 'held') and (starts_at >= $2 or state = 'held')
			order by starts_at, id limit $3 offset $4`, in, now, limit, offset)
	}
	return db.List[Meeting](tx, `select `+meetingColumns+` from meeting_meeting where project_id = $1 and not (state in ('planned', 'held') and (starts_at >= $2 or state = 'held'))
		order by starts_at desc, id limit $3 offset $4`, in, now, limit, offset)
}

func countPast(tx db.Tx, in project.ID, now when.Time) (int, error) {
	return db.Get[int](tx, `select count(*) from meeting_meeting where project_id = $1 and not (state in ('planned', 'held') and (starts_at >= $2 or state = 'held'))`, in, now)
}

func listMeetingsAfter(tx db.Tx, in project.ID, after ID, limit int) ([]Meeting, error) {
	return db.List[Meeting](tx, `select `+meetingColumns+` from meeting_meeting where project_id = $1 and id > $2 order by id limit $3`, in, after, limit)
}

// listInside gives the meetings of projects of which a part lies between two instants.
func listInside(tx db.Tx, ids []project.ID, from, to when.Time) ([]Meeting, error) {
	w := &db.Where{}
	w.And("project_id in "+db.In(len(ids)), db.Anys(ids)...)
	w.And("state <> 'cancelled' and starts_at < ? and starts_at + cast(minutes as bigint) * 60000000 > ?", to, from)
	return db.List[Meeting](tx, `select `+meetingColumns+` from meeting_meeting where `+w.String()+` order by starts_at, id`, w.Args()...)
}

// listAllAfter gives the meetings of all projects, for the index.
func listAllAfter(tx db.Tx, after ID, limit int) ([]Meeting, error) {
	return db.List[Meeting](tx, `select `+meetingColumns+` from meeting_meeting where id > $1 order by id limit $2`, after, limit)
}

func countMeetings(tx db.Tx) (int, error) {
	return db.Get[int](tx, `select count(*) from meeting_meeting`)
}

func lastNumber(tx db.Tx, in project.ID) (int64, error) {
	return db.Get[int64](tx, `select coalesce(max(number), 0) from meeting_meeting where project_id = $1`, in)
}

// before gives the meeting of the project that came before an instant and took place.
func before(tx db.Tx, in project.ID, at when.Time, not ID) ([]Meeting, error) {
	return db.List[Meeting](tx, `select `+meetingColumns+` from meeting_meeting where project_id = $1 and starts_at < $2 and id <> $3 and state in ('held', 'closed')
		order by starts_at desc, id limit 1`, in, at, not)
}

func insertMeeting(tx db.Tx, m Meeting) error {
	_, err := tx.Exec(`insert into meeting_meeting (`+meetingColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 0, 0, '', '', 0, '', '', 0, $11, $12, $13, $13, $12, 1)`,
		m.ID, m.ProjectID, m.Number, m.Title, m.Purpose, m.Place, m.Link, m.StartsAt, m.Minutes, m.State, m.CreatedBy, m.CreatedByName, m.CreatedAt)
	return err
}

func saveMeeting(tx db.Tx, m Meeting) error {
	return db.Changed(tx.Exec(`update meeting_meeting set title = $1, purpose = $2, place = $3, link = $4, starts_at = $5, minutes = $6, state = $7, reason = $8, sequence = $9,
		invited_at = $10, note_id = $11, note_text = $12, closed_at = $13, closed_by_name = $14, pdf_hash = $15, pdf_bytes = $16, updated_at = $17, updated_by_name = $18,
		version = version + 1 where id = $19 and version = $20`,
		m.Title, m.Purpose, m.Place, m.Link, m.StartsAt, m.Minutes, m.State, m.Reason, m.Sequence, m.InvitedAt, m.NoteID, m.NoteText, m.ClosedAt, m.ClosedByName, m.PDFHash, m.PDFBytes,
		m.UpdatedAt, m.UpdatedByName, m.ID, m.Version))
}

func listHashes(tx db.Tx) ([]string, error) {
	return db.List[string](tx, `select distinct pdf_hash from meeting_meeting where pdf_hash <> ''`)
}

// Participants.

const participantColumns = `id, meeting_id, person_id, name, email, presence`

func listParticipants(tx db.Tx, ids ...ID) ([]Participant, error) {
	w := &db.Where{}
	w.And("meeting_id in "+db.In(len(ids)), db.Anys(ids)...)
	return db.List[Participant](tx, `select `+participantColumns+` from meeting_participant where `+w.String()+` order by meeting_id, case when person_id = '' then 1 else 0 end, name, id`, w.Args()...)
}

func insertParticipant(tx db.Tx, p Participant) error {
	_, err := tx.Exec(`insert into meeting_participant (`+participantColumns+`) values ($1, $2, $3, $4, $5, $6)`, p.ID, p.MeetingID, p.PersonID, p.Name, p.Email, p.Presence)
	return err
}

func savePresence(tx db.Tx, p Participant) error {
	_, err := tx.Exec(`update meeting_participant set presence = $1 where id = $2`, p.Presence, p.ID)
	return err
}

func deleteParticipant(tx db.Tx, p Participant) error {
	_, err := tx.Exec(`delete from meeting_participant where id = $1`, p.ID)
	return err
}

// Items of the agenda.

const itemColumns = `id, meeting_id, position, title, minutes, speaker, body, updated_at, updated_by_name, version`

func listItems(tx db.Tx, id ID) ([]Item, error) {
	return db.List[Item](tx, `select `+itemColumns+` from meeting_item where meeting_id = $1 order by position, id`, id)
}

func getItem(tx db.Tx, meeting ID, id ItemID) (Item, error) {
	return db.Get[Item](tx, `select `+itemColumns+` from meeting_item where id = $1 and meeting_id = $2`, id, meeting)
}

func insertItem(tx db.Tx, i Item) error {
	_, err := tx.Exec(`insert into meeting_item (`+itemColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)`, i.ID, i.MeetingID, i.Position, i.Title, i.Minutes, i.Speaker, i.Text, i.UpdatedAt, i.UpdatedByName)
	return err
}

func saveItem(tx db.Tx, i Item) error {
	return db.Changed(tx.Exec(`update meeting_item set position = $1, title = $2, minutes = $3, speaker = $4, body = $5, updated_at = $6, updated_by_name = $7, version = version + 1
		where id = $8 and version = $9`, i.Position, i.Title, i.Minutes, i.Speaker, i.Text, i.UpdatedAt, i.UpdatedByName, i.ID, i.Version))
}

// placeItem moves an item; its version stays, so that nobody's typing is overtaken by it.
func placeItem(tx db.Tx, i Item) error {
	_, err := tx.Exec(`update meeting_item set position = $1 where id = $2`, i.Position, i.ID)
	return err
}

func deleteItem(tx db.Tx, i Item) error {
	_, err := tx.Exec(`delete from meeting_item where id = $1`, i.ID)
	return err
}

// Actions.

type action struct {
	TaskID    plan.TaskID
	MeetingID ID
	ProjectID project.ID
	CreatedAt when.Time
}

func insertAction(tx db.Tx, a action) error {
	_, err := tx.Exec(`insert into meeting_action (task_id, meeting_id, project_id, created_at) values ($1, $2, $3, $4)`, a.TaskID, a.MeetingID, a.ProjectID, a.CreatedAt)
	return err
}

func listActions(tx db.Tx, id ID) ([]action, error) {
	return db.List[action](tx, `select task_id, meeting_id, project_id, created_at from meeting_action where meeting_id = $1 order by created_at, task_id`, id)
}

// listEarlierActions gives what was agreed in the meetings of a project before an instant, the
// newest first.
func listEarlierActions(tx db.Tx, in project.ID, at when.Time, not ID, limit int) ([]action, error) {
	return db.List[action](tx, `select a.task_id, a.meeting_id, a.project_id, a.created_at from meeting_action a join meeting_meeting m on m.id = a.meeting_id
		where a.project_id = $1 and m.starts_at < $2 and m.id <> $3 order by m.starts_at desc, a.created_at, a.task_id limit $4`, in, at, not, limit)
}
