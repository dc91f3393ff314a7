package agenda

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/ical"
	"bassin/internal/meeting"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/when"
)

var paris = db.Paris

func missing() error { return fault.New(fault.NotFound, "fault.not_found") }

// item is a thing of Bassin that a book must hold.
type item struct {
	kind      Kind
	ref       string
	uid       string
	component string
	url       string
	updated   when.Time
	ours      saying // of an object that was made here
	theirs    saying // of one that a program made
}

// saying is what an object must say.
type saying struct {
	facts string
	write func(c *ical.Component) // makes a component say it; lines that do already stay as they are
}

// once is for a task that the plan repeats: a rule that a program gave it would make doubles.
func (x saying) once() saying {
	return saying{hashOf(x.facts, "once"), func(c *ical.Component) {
		for _, name := range []string{"RRULE", "RDATE", "EXDATE"} {
			c.Remove(name)
		}
		x.write(c)
	}}
}

func (i item) name() string { return string(i.kind) + "-" + i.ref + ".ics" }

// in is what the object of an address must say.
func (i item) in(name string) saying {
	if name == "" || name == i.name() {
		return i.ours
	}
	return i.theirs
}

// fresh writes the item for the first time.
func (i item) fresh() *ical.Component {
	e := ical.New(i.component)
	e.Set("UID", i.uid)
	i.stamp(e)
	i.ours.write(e)
	e.Set("URL", i.url)
	if i.kind == OfMilestone {
		e.Set("TRANSP", "TRANSPARENT") // it keeps nobody busy
	}
	c := ical.New("VCALENDAR")
	c.Set("VERSION", "2.0")
	c.Set("PRODID", "-//Bassin//Agenda//FR")
	c.Parts = []*ical.Component{e}
	return c
}

// stamp says when the component was changed.
func (i item) stamp(e *ical.Component) {
	e.Set("DTSTAMP", ical.UTC(i.updated.Time()))
	e.Set("LAST-MODIFIED", ical.UTC(i.updated.Time()))
}

// items gives what the calendar of a project must hold: its meetings that are not called off, its
// milestones, its tasks that are no summaries.
func (s *Service) items(tx db.Tx, a project.Access) ([]item, error) {
	tasks, err := plan.Leaves(tx, a)
	if err != nil {
		return nil, err
	}
	again, err := plan.Repeating(tx, a)
	if err != nil {
		return nil, err
	}
	var out []item
	for _, t := range tasks {
		if !t.Milestone() {
			i := s.taskItem(t)
			if slices.Contains(again, t.ID) {
				i.ours, i.theirs = i.ours.once(), i.theirs.once()
			}
			out = append(out, i)
		} else if t.FinishOn != when.None {
			out = append(out, s.milestoneItem(t))
		}
	}
	meetings, people, err := meeting.Between(tx, []project.ID{a.ID}, 0, forever)
	if err != nil {
		return nil, err
	}
	organisers := map[account.PersonID]meeting.Organiser{}
	for _, m := range meetings {
		by, known := organisers[m.CreatedBy]
		if !known {
			if by.Name, by.Email, err = account.AddressOf(tx, m.CreatedBy); err != nil {
				return nil, err
			}
			organisers[m.CreatedBy] = by
		}
		out = append(out, s.meetingItem(m, by, people[m.ID]))
	}
	return out, nil
}

// forever is after every instant that is stored.
const forever = when.Time(1 << 60)

// taskItem is a task. One without an agreed day is due when the plan says, but in objects that programs
// made: those do not get back what they did not send.
func (s *Service) taskItem(t plan.Task) item {
	f := todoOf(t)
	computed := f
	if f.Due == when.None {
		computed.Due = t.FinishOn
	}
	return item{OfTask, string(t.ID), taskUID(t), vtodo, s.opts.URL + t.URL(), t.UpdatedAt, saying{hashOf(computed), computed.write}, saying{hashOf(f), f.write}}
}

func (s *Service) milestoneItem(t plan.Task) item {
	f := milestoneOf(t)
	say := saying{hashOf(f), f.write}
	return item{OfMilestone, string(t.ID), taskUID(t), vevent, s.opts.URL + t.URL(), t.UpdatedAt, say, say}
}

func taskUID(t plan.Task) string { return "task-" + string(t.ID) + "@bassin" }

func hashOf(facts ...any) string { return tag(fmt.Sprintf("%+v", facts)) }

func (s *Service) meetingItem(m meeting.Meeting, by meeting.Organiser, people []meeting.Participant) item {
	f := meetingOf(m)
	who := peopleOf(m.Event(by, people, "", m.UpdatedAt))
	say := saying{hashOf(f, m.Sequence, said(who)), func(c *ical.Component) {
		f.write(c)
		setNew(c, "STATUS", "CONFIRMED")
		setNew(c, "SEQUENCE", strconv.FormatInt(m.Sequence, 10))
		if said(peopleOf(c)) != said(who) {
			c.Remove("ORGANIZER")
			c.Remove("ATTENDEE")
			c.Lines = append(c.Lines, who...)
		}
	}}
	return item{OfMeeting, string(m.ID), m.UID(), vevent, s.opts.URL + m.URL(), m.UpdatedAt, say, say}
}

// setNew sets a line that does not say so already.
func setNew(c *ical.Component, name, value string) {
	if l, ok := c.Get(name); !ok || l.Value != value {
		c.Set(name, value)
	}
}

// peopleOf are the lines that name who comes.
func peopleOf(e *ical.Component) []ical.Line {
	return append(e.All("ORGANIZER"), e.All("ATTENDEE")...)
}

// said is who comes and what they answered, in a word.
func said(who []ical.Line) string {
	var b strings.Builder
	for _, l := range who {
		b.WriteString(l.Name + " " + strings.ToLower(l.Value) + " " + l.Param("PARTSTAT") + "\n")
	}
	return b.String()
}

// change is one difference between what a book holds and what it must hold: with a nil item, what is
// there no more.
type change struct {
	item *item
	row  Object // the zero Object: not there yet
}

// compare finds what has to be changed in a book.
func compare(items []item, rows []Object) []change {
	type key struct {
		kind Kind
		ref  string
	}
	have := make(map[key]Object, len(rows))
	for _, r := range rows {
		have[key{r.Kind, r.RefID}] = r
	}
	var out []change
	for i := range items {
		k := key{items[i].kind, items[i].ref}
		row, there := have[k]
		if delete(have, k); !there || row.GoneAt != 0 || row.Facts != items[i].in(row.Name).facts {
			out = append(out, change{&items[i], row})
		}
	}
	for _, r := range rows {
		if _, left := have[key{r.Kind, r.RefID}]; left && r.GoneAt == 0 {
			out = append(out, change{nil, r})
		}
	}
	return out
}

// refresh brings the book of a project up to what its meetings and tasks are now. It writes only when
// something differs, so that most requests only read.
func (s *Service) refresh(ctx context.Context, a project.Access) error {
	if err := s.opts.Plan.Current(ctx, a); err != nil {
		return err
	}
	differs := func(tx db.Tx) ([]change, error) {
		items, err := s.items(tx, a)
		if err != nil {
			return nil, err
		}
		rows, err := listOfOurs(tx, a.ID)
		return compare(items, rows), err
	}
	some := false
	err := s.db.View(ctx, func(tx db.Tx) error {
		list, err := differs(tx)
		some = len(list) > 0
		return err
	})
	if err != nil || !some {
		return err
	}
	return s.db.Do(ctx, func(tx db.Tx) error {
		seq, err := lockBook(tx, a.ID)
		if err != nil {
			return err
		}
		list, err := differs(tx)
		if err != nil || len(list) == 0 {
			return err
		}
		seq++
		for _, c := range list {
			o, err := c.object(tx, a.ID)
			if err != nil {
				return err
			}
			if o.Seq = seq; c.item == nil {
				o.GoneAt = tx.Now()
			}
			o.UpdatedAt = tx.Now()
			if err := saveObject(tx, o); err != nil {
				return err
			}
		}
		return saveSeq(tx, a.ID, seq)
	})
}

// object is the row as it must be.
func (c change) object(tx db.Tx, id project.ID) (Object, error) {
	o := c.row
	if o.Name != "" {
		var err error
		if o, err = getObject(tx, id, o.Name); err != nil || c.item == nil {
			return o, err
		}
	}
	i := c.item
	calendar := i.fresh()
	if o.Name != "" {
		if b, err := readBody(o.Data); err == nil {
			i.stamp(b.master())
			i.in(o.Name).write(b.master())
			calendar = b.Calendar
		}
	} else {
		o = Object{ProjectID: id, Name: i.name(), Kind: i.kind, RefID: i.ref}
	}
	o.Facts, o.GoneAt = i.in(o.Name).facts, 0
	text := calendar.String()
	b, err := readBody(text)
	if err != nil {
		return o, fmt.Errorf("calendar of %s %s: %w", i.kind, i.ref, err)
	}
	o.keep(text, b)
	return o, nil
}
