package note

import (
	"encoding/base64"
	"errors"

	"bassin/internal/db"
	"bassin/internal/project"
)

// Portable declares the notes of a project: each with all that was typed and with its versions.
func (s *Service) Portable() []db.Slice {
	type roles = map[string]db.Role
	const inside = "note_id in (select id from note_note where project_id = $1)"
	return []db.Slice{
		{Table: "note_note", Where: "project_id = $1", Order: "rank, id", Wide: []string{"seed"}, Roles: roles{"id": db.Own, "seed": db.Links, "project_id": db.Project, "parent_id": db.Loose,
			"created_by": db.Person, "version": db.Blank}},
		{Table: "note_update", Where: inside, Order: "note_id, seq", Wide: []string{"data"}, Roles: roles{"note_id": db.Ref, "author_id": db.Person}},
		{Table: "note_version", Where: inside, Order: "note_id, seq", Wide: []string{"state", "doc"}, Roles: roles{"id": db.Own, "note_id": db.Ref, "doc": db.Links, "author_id": db.Person}},
	}
}

// Settle checks what an import put into the notes of a project.
func (s *Service) Settle(tx db.Tx, in string) error {
	notes, err := db.List[Note](tx, `select `+noteColumns+` from note_note where project_id = $1 order by rank, id`, project.ID(in))
	if err != nil {
		return err
	}
	if len(notes) > maxNotes {
		return db.Wrong("note_note", "", errors.New("there are more than a project holds"))
	}
	for _, n := range notes {
		err := n.check()
		if err == nil {
			err = n.place(notes)
		}
		if err == nil && n.Seed != "" {
			_, err = Parse([]byte(n.Seed))
		}
		if err == nil {
			err = settleLog(tx, n)
		}
		if err == nil {
			err = settleVersions(tx, n)
		}
		if err != nil {
			return db.Wrong("note_note", n.Title, err)
		}
	}
	return nil
}

// settleLog checks the updates of a note, a few at a time.
func settleLog(tx db.Tx, n Note) error {
	var last, bytes int64
	for {
		list, err := listUpdates(tx, n.ID, last, 50)
		if err != nil {
			return err
		}
		for _, u := range list {
			data, err := base64.StdEncoding.DecodeString(u.Data)
			if err != nil || len(data) == 0 || len(data) > MaxUpdate || u.Seq != last+1 {
				return errors.New("its log holds an update that no browser sent")
			}
			last, bytes = u.Seq, bytes+int64(len(data))
		}
		if len(list) == 0 {
			break
		}
	}
	if last != n.Seq || bytes != n.Bytes || bytes > MaxLog {
		return errors.New("its log is not the one that its note tells of")
	}
	return nil
}

func settleVersions(tx db.Tx, n Note) error {
	for before := int64(0); ; {
		list, err := db.List[Version](tx, `select `+versionColumns+` from note_version where note_id = $1 and ($2 = 0 or seq < $2) order by seq desc limit 10`, n.ID, before)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, v := range list {
			if err := v.check(n); err != nil {
				return err
			}
			if _, err := base64.StdEncoding.DecodeString(v.State); err != nil {
				return err
			}
			if _, err := Parse([]byte(v.Doc)); err != nil {
				return err
			}
			before = v.Seq
		}
	}
}
