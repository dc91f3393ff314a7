package meeting

import (
	"errors"
	"slices"

	"bassin/internal/db"
	"bassin/internal/project"
)

// Portable declares the meetings of a project. Who was invited stays: invitations name this server.
func (s *Service) Portable() []db.Slice {
	type roles = map[string]db.Role
	const inside = "meeting_id in (select id from meeting_meeting where project_id = $1)"
	return []db.Slice{
		{Table: "meeting_meeting", Where: "project_id = $1", Order: "number", Wide: []string{"note_text"}, Roles: roles{"id": db.Own, "project_id": db.Project, "sequence": db.Blank,
			"invited_at": db.Blank, "note_id": db.Loose, "pdf_hash": db.PDF, "pdf_bytes": db.Size, "created_by": db.Person, "version": db.Blank}},
		{Table: "meeting_item", Where: inside, Order: "meeting_id, position, id", Roles: roles{"id": db.Own, "meeting_id": db.Ref, "version": db.Blank}},
		{Table: "meeting_participant", Where: inside, Order: "meeting_id, email", Roles: roles{"id": db.Own, "meeting_id": db.Ref, "person_id": db.Person}},
		{Table: "meeting_action", Where: "project_id = $1", Order: "created_at, task_id", Roles: roles{"task_id": db.Ref, "meeting_id": db.Ref, "project_id": db.Project}},
	}
}

// Settle checks what an import put into the meetings of a project, and puts them into the index.
func (s *Service) Settle(tx db.Tx, in string) error {
	p, err := project.Find(tx, project.ID(in))
	if err != nil {
		return err
	}
	list, err := db.List[Meeting](tx, `select `+meetingColumns+` from meeting_meeting where project_id = $1 order by number`, p.ID)
	if err != nil {
		return err
	}
	if len(list) > maxMeetings {
		return db.Wrong("meeting_meeting", "", errors.New("there are more than a project holds"))
	}
	for _, m := range list {
		kept := m
		err := m.tidy()
		if err == nil && (!slices.Contains([]State{Planned, Held, Closed, Cancelled}, m.State) || m.Number < 1 || m != kept) {
			err = errors.New("is no meeting that this program could have written")
		}
		if err == nil {
			err = settleParts(tx, m)
		}
		if err != nil {
			return db.Wrong("meeting_meeting", kept.Title, err)
		}
		if err := index(tx, p, m); err != nil {
			return err
		}
	}
	return nil
}

func settleParts(tx db.Tx, m Meeting) error {
	items, err := listItems(tx, m.ID)
	if err != nil {
		return err
	}
	people, err := listParticipants(tx, m.ID)
	if err != nil {
		return err
	}
	if len(items) > maxItems || len(people) > maxParticipants {
		return errors.New("it has more people or items than a meeting holds")
	}
	for _, i := range items {
		if err := i.tidy(); err != nil {
			return err
		}
		if err := i.write(i.Text); err != nil {
			return err
		}
	}
	for _, x := range people {
		if err := x.tidy(); err != nil {
			return err
		}
		if !slices.Contains(Presences(), x.Presence) {
			return errors.New("somebody is neither present nor absent")
		}
	}
	return nil
}
