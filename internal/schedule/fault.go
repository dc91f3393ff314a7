package schedule

import (
	"fmt"
	"strings"

	"bassin/internal/when"
)

// Kind says what is wrong with a plan; it is the end of a text key.
type Kind string

// The kinds of fault.
const (
	Cycle           Kind = "cycle"            // Tasks wait for each other in this order, the last for the first
	ParentCycle     Kind = "parent_cycle"     // Tasks are parts of each other
	UnknownTask     Kind = "unknown_task"     // Link, parent, assignment or change names no task
	UnknownCalendar Kind = "unknown_calendar" // Tasks, or Resource, name no calendar
	UnknownLink     Kind = "unknown_link"     // a change names no link, or a link is of no kind
	UnknownResource Kind = "unknown_resource" // an assignment names no resource
	NoWork          Kind = "no_work"          // Calendar has no working day
	BadCalendar     Kind = "bad_calendar"     // Calendar has a day of less than 0 or more than 24 h, or unknown holidays
	BadDate         Kind = "bad_date"         // Date is no day from 1900 to 2200, or two are in the wrong order
	BadProgress     Kind = "bad_progress"     // percent outside of 0 to 100, or finished without a start
	BadWork         Kind = "bad_work"         // negative duration, or a duration that cannot be read
	BadUnits        Kind = "bad_units"        // units outside of 1 to 10 000 per cent, or on a summary
	TooLong         Kind = "too_long"         // a duration or lag of more than ten years
	OutOfRange      Kind = "out_of_range"     // Tasks would end after 2200
	TooLarge        Kind = "too_large"        // more than MaxTasks tasks or MaxLinks links
)

// Fault is one thing that is wrong, with where.
type Fault struct {
	Kind     Kind
	Tasks    []string  // by their ID, or #index when they have none; a cycle in its order
	Link     int       // one more than the index of the link, 0 for none
	Calendar string    // by name
	Resource string    // by its ID
	Date     when.Date // as it was given
}

// Faults are all that is wrong with a plan, told at once. They are an error by their pointer.
type Faults []Fault

// Error is for the log; people read the text of each Kind.
func (l *Faults) Error() string {
	var b strings.Builder
	b.WriteString("schedule: ")
	for i, f := range *l {
		if i > 0 {
			b.WriteString("; ")
		}
		if i == 5 {
			fmt.Fprintf(&b, "and %d more", len(*l)-i)
			break
		}
		b.WriteString(f.String())
	}
	return b.String()
}

// String is the fault in one line, for the log.
func (f Fault) String() string {
	s := string(f.Kind)
	if len(f.Tasks) > 0 {
		sep := ", "
		if f.Kind == Cycle {
			sep = " → "
		}
		s += " " + strings.Join(f.Tasks, sep)
	}
	if f.Link > 0 {
		s += fmt.Sprintf(" link %d", f.Link-1)
	}
	if f.Calendar != "" {
		s += fmt.Sprintf(" calendar %q", f.Calendar)
	}
	if f.Resource != "" {
		s += fmt.Sprintf(" resource %q", f.Resource)
	}
	if f.Date != "" {
		s += fmt.Sprintf(" date %q", string(f.Date))
	}
	return s
}

// err is nil when nothing is wrong.
func (l *Faults) err() error {
	if len(*l) == 0 {
		return nil
	}
	return l
}
