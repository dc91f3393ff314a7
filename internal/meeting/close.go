package meeting

import (
	"bytes"
	"context"
	"fmt"
	"reflect"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/project"
	"bassin/internal/talk"
	"bassin/internal/web"
)

// Close freezes what was written, makes the record of it and sends that to everybody who takes part.
//
// The record is made and stored before the meeting names it. Should somebody write something in
// between, it is made anew.
func (s *Service) Close(ctx context.Context, by account.Actor, in project.ID, id ID) error {
	for range 5 {
		again, err := s.closeOnce(ctx, by, in, id)
		if err != nil {
			return fmt.Errorf("close meeting %s: %w", id, err)
		}
		if !again {
			return nil
		}
	}
	return fault.New(fault.Conflict, "fault.stale")
}

func (s *Service) closeOnce(ctx context.Context, by account.Actor, in project.ID, id ID) (again bool, err error) {
	if s.opts.Files == nil {
		return false, fault.New(fault.Unavailable, "file.store_down")
	}
	var a project.Access
	var seen Whole
	err = s.db.View(ctx, func(tx db.Tx) error {
		if a, err = project.Allow(tx, by, in, project.Contribute); err != nil {
			return err
		}
		if _, seen, err = Read(tx, by, in, id); err != nil {
			return err
		}
		m := seen.Meeting
		if err := m.close(by.Name, tx.Now()); err != nil {
			return err
		}
		seen.ClosedAt = m.ClosedAt
		return nil
	})
	if err != nil {
		return false, err
	}
	pdf, err := record(web.NewView(language(by)), a.Project, seen, by.Name)
	if err != nil {
		return false, err
	}
	blob, err := s.opts.Files.Put(ctx, bytes.NewReader(pdf), file.Limits{Name: "record.pdf", Size: int64(len(pdf))})
	if err != nil {
		return false, err
	}
	err = s.edit(ctx, by, in, id, func(tx db.Tx, a project.Access, m Meeting) error {
		now, err := whole(tx, a, m)
		if err != nil {
			return err
		}
		at := seen.ClosedAt
		now.ClosedAt = at
		if again = !reflect.DeepEqual(now, seen); again {
			return nil
		}
		if err := m.close(by.Name, at); err != nil {
			return err
		}
		m.PDFHash, m.PDFBytes, m.NoteText = string(blob.Hash), blob.Size, seen.Note
		if err := s.save(tx, by, &m); err != nil {
			return err
		}
		if err := s.mailRecord(tx, by, a, m, seen.Participants); err != nil {
			return err
		}
		return s.done(tx, by, a, m, "meeting.close", map[string]any{"hash": m.PDFHash})
	})
	return again, err
}

func language(by account.Actor) string {
	if by.Lang == "" {
		return web.Languages[0]
	}
	return by.Lang
}

// mailRecord sends the record to everybody who takes part.
func (s *Service) mailRecord(tx db.Tx, by account.Actor, a project.Access, m Meeting, people []Participant) error {
	for _, p := range people {
		l := account.Letter{Name: p.Name, Email: p.Email, PersonID: p.PersonID, Lang: by.Lang, Kind: "meeting_record", File: file.Hash(m.PDFHash), FileName: m.FileName(a.Code),
			Values: []any{"title", m.Title, "project", a.Title, "starts_at", m.StartsAt, "by", by.Name, "outside", p.Outside(), "path", m.URL()}}
		if err := s.tell(tx, by, m, l, talk.ByRecord); err != nil {
			return err
		}
	}
	return nil
}
