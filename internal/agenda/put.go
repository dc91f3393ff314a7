package agenda

import (
	"context"
	"errors"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/meeting"
	"bassin/internal/plan"
	"bassin/internal/project"
)

// condition is what a program knows of what it changes (If-Match, If-None-Match).
type condition struct {
	Match     []string // entity tags without quotes; "*": whatever is there
	NoneMatch bool     // "*": nothing may be there
}

var (
	errPrecondition = errors.New("precondition failed")
)

// uidTaken says which object has the name in calendars already.
type uidTaken struct{ name string }

func (e uidTaken) Error() string { return "no-uid-conflict" }

// check compares with what is there; the zero Object is nothing.
func (c condition) check(o Object) error {
	if c.NoneMatch && o.Name != "" {
		return errPrecondition
	}
	if len(c.Match) == 0 {
		return nil
	}
	for _, t := range c.Match {
		if o.Name != "" && (t == "*" || t == o.ETag) {
			return nil
		}
	}
	return errPrecondition
}

// stored is what came of a Put.
type stored struct {
	Object
	Created bool
	AsSent  bool // to the byte: only then its entity tag may be told
}

// Put keeps what a program sends: what is an object of Bassin is changed by its own operation, what
// is new and a task becomes one, the rest is kept as it is.
func (s *Service) Put(ctx context.Context, by account.Actor, in project.ID, name, text string, cond condition) (stored, error) {
	b, err := readBody(text)
	if err != nil {
		return stored{}, err
	}
	a, old, err := s.present(ctx, by, in, name, cond)
	if err != nil {
		return stored{}, err
	}
	if old.Name != "" && old.Component != b.Component {
		return stored{}, errObject
	}
	switch old.Kind {
	case OfTask, OfMilestone:
		if err := s.changeTask(ctx, by, old, b); err != nil {
			return stored{}, err
		}
	case OfMeeting:
		if err := s.changeMeeting(ctx, by, old, b); err != nil {
			return stored{}, err
		}
	}
	out := stored{Created: old.Name == ""}
	err = s.db.Do(ctx, func(tx db.Tx) error {
		seq, err := lockBook(tx, in)
		if err != nil {
			return err
		}
		o, err := live(tx, in, name)
		if err != nil {
			return err
		}
		if o.Kind == Own || o.Kind == "" { // the others were checked by their own operation
			if err := cond.check(o); err != nil {
				return err
			}
		}
		if err := free(tx, in, name, b.UID); err != nil {
			return err
		}
		verb := ""
		if o.Name == "" {
			o = Object{ProjectID: in, Name: name, Kind: Own}
			if verb = "agenda.event.add"; b.Component == vtodo && !b.series() {
				verb = ""
				if err := s.createTask(tx, by, &o, b); err != nil {
					return err
				}
			} else if n, err := countOwn(tx, in); err != nil || n >= maxOwn {
				return errors.Join(err, errSize)
			}
		} else if o.Kind == Own {
			verb = "agenda.event.save"
		}
		if o, out.AsSent, err = s.settle(tx, a, o, b, text); err != nil {
			return err
		}
		o.Seq, o.UpdatedAt = seq+1, tx.Now()
		out.Object = o
		if err := saveObject(tx, o); err != nil {
			return err
		}
		if err := saveSeq(tx, in, o.Seq); err != nil || verb == "" {
			return err
		}
		return record(tx, by, o, b, verb)
	})
	if err != nil {
		return stored{}, fmt.Errorf("keep %s in the calendar of %s: %w", name, in, err)
	}
	return out, nil
}

// series reports whether the object is more than one event or task.
func (b body) series() bool {
	n := 0
	for _, p := range b.Calendar.Parts {
		_, rule := p.Get("RRULE")
		_, dates := p.Get("RDATE")
		_, exception := p.Get("RECURRENCE-ID")
		if rule || dates || exception {
			return true
		}
		if p.Name == b.Component {
			n++
		}
	}
	return n > 1
}

// present lets somebody change a book, and gives what is at an address now.
func (s *Service) present(ctx context.Context, by account.Actor, in project.ID, name string, cond condition) (a project.Access, o Object, err error) {
	if name == "" || len(name) > maxName {
		return a, o, missing()
	}
	err = s.db.View(ctx, func(tx db.Tx) error {
		a, err = project.Allow(tx, by, in, project.Contribute)
		return err
	})
	if err != nil {
		return a, o, err
	}
	if err := s.refresh(ctx, a); err != nil {
		return a, o, err
	}
	err = s.db.View(ctx, func(tx db.Tx) error {
		if o, err = live(tx, in, name); err != nil {
			return err
		}
		return cond.check(o)
	})
	return a, o, err
}

// live reads an object that is there; the zero Object is none.
func live(tx db.Tx, in project.ID, name string) (Object, error) {
	o, err := getObject(tx, in, name)
	if fault.Is(err, fault.NotFound) || err == nil && o.GoneAt != 0 {
		return Object{}, nil
	}
	return o, err
}

// free refuses a name in calendars that another object has.
func free(tx db.Tx, in project.ID, name, uid string) error {
	list, err := listUID(tx, in, uid)
	if err != nil {
		return err
	}
	for _, o := range list {
		if o.Name != name {
			return uidTaken{o.Name}
		}
	}
	return nil
}

// changeTask changes a task, or a milestone, by what a program changed of it.
func (s *Service) changeTask(ctx context.Context, by account.Actor, old Object, b body) error {
	was, err := readBody(old.Data)
	if err != nil || b.UID != old.UID {
		return errObject
	}
	var t plan.Task
	if err := s.db.View(ctx, func(tx db.Tx) error {
		t, err = plan.Get(tx, by, old.ProjectID, plan.TaskID(old.RefID))
		return err
	}); err != nil {
		return err
	}
	before := t
	if old.Kind == OfTask {
		readTodo(b.master()).apply(readTodo(was.master()), &t)
	} else {
		f, then := readEvent(b.master()), readEvent(was.master())
		if f.Day != then.Day && f.Day.Valid() {
			if t, err = s.opts.Plan.Shift(ctx, by, old.ProjectID, t.ID, f.Day, 0); err != nil {
				return err
			}
			before = t
		}
		if f.Summary != then.Summary {
			t.Title = f.Summary
		}
		if f.Description != then.Description {
			t.Body = f.Description
		}
	}
	if t == before {
		return nil
	}
	_, err = s.opts.Plan.SaveTask(ctx, by, plan.Draft{Task: t})
	return err
}

// changeMeeting changes a meeting by what a program changed of it.
func (s *Service) changeMeeting(ctx context.Context, by account.Actor, old Object, b body) error {
	was, err := readBody(old.Data)
	if err != nil || b.UID != old.UID || b.series() {
		return errObject
	}
	var m meeting.Meeting
	if err := s.db.View(ctx, func(tx db.Tx) error {
		_, m, err = meeting.Enter(tx, by, old.ProjectID, meeting.ID(old.RefID))
		return err
	}); err != nil {
		return err
	}
	before := m
	readEvent(b.master()).apply(readEvent(was.master()), &m)
	if m == before {
		return nil
	}
	_, err = s.opts.Meeting.Save(ctx, by, m)
	return err
}

// createTask makes a task of the plan of what a program made.
func (s *Service) createTask(tx db.Tx, by account.Actor, o *Object, b body) error {
	t := readTodo(b.master()).draft()
	t.ProjectID = o.ProjectID
	if t.Title == "" {
		t.Title = "–"
	}
	t, err := s.opts.Plan.CreateTaskIn(tx, by, plan.Draft{Task: t})
	o.Kind, o.RefID = OfTask, string(t.ID)
	return err
}

// settle gives an object its text: as it was sent when it says what Bassin knows, else with that put
// right.
func (s *Service) settle(tx db.Tx, a project.Access, o Object, b body, sent string) (Object, bool, error) {
	text := sent
	if o.Kind != Own {
		items, err := s.items(tx, a)
		if err != nil {
			return o, false, err
		}
		for _, i := range items {
			if i.kind == o.Kind && i.ref == o.RefID {
				before := b.Calendar.String()
				if i.in(o.Name).write(b.master()); b.Calendar.String() != before {
					i.stamp(b.master())
					text = b.Calendar.String()
				}
				o.Facts = i.in(o.Name).facts
			}
		}
		if b, err = readBody(text); err != nil {
			return o, false, err
		}
	}
	o.GoneAt = 0
	o.keep(text, b)
	return o, text == sent, nil
}

// Delete takes an object away: a task or milestone off the plan, a planned meeting is called off,
// what only programs knew is gone.
func (s *Service) Delete(ctx context.Context, by account.Actor, in project.ID, name string, cond condition) error {
	a, o, err := s.present(ctx, by, in, name, cond)
	if err != nil {
		return err
	}
	switch o.Kind {
	case OfTask, OfMilestone:
		_, err = s.opts.Plan.RemoveTask(ctx, by, in, plan.TaskID(o.RefID))
	case OfMeeting:
		err = s.opts.Meeting.Cancel(ctx, by, in, meeting.ID(o.RefID), "")
	case Own:
		return s.removeOwn(ctx, by, o, cond)
	default:
		return missing()
	}
	if err != nil {
		return err
	}
	return s.refresh(ctx, a)
}

func (s *Service) removeOwn(ctx context.Context, by account.Actor, o Object, cond condition) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		seq, err := lockBook(tx, o.ProjectID)
		if err != nil {
			return err
		}
		now, err := live(tx, o.ProjectID, o.Name)
		if err != nil {
			return err
		}
		if now.Name == "" {
			return missing()
		}
		if err := cond.check(now); err != nil {
			return err
		}
		now.Seq, now.GoneAt, now.UpdatedAt = seq+1, tx.Now(), tx.Now()
		if err := saveObject(tx, now); err != nil {
			return err
		}
		if err := saveSeq(tx, o.ProjectID, now.Seq); err != nil {
			return err
		}
		b, err := readBody(now.Data)
		if err != nil {
			return err
		}
		return record(tx, by, now, b, "agenda.event.remove")
	})
}

func record(tx db.Tx, by account.Actor, o Object, b body, verb string) error {
	title := account.Brief(oneLine(b.master().Text("SUMMARY")))
	return account.Record(tx, by, account.Event{Verb: verb, Kind: "event", ID: o.Name, Scope: o.ProjectID.Scope(), Data: map[string]any{"title": title}})
}
