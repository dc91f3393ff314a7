package plan

import (
	"slices"

	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/schedule"
)

// LinkID names a link.
type LinkID string

// LinkKind says which ends of two tasks a link ties; the predecessor's is named first.
type LinkKind string

// The kinds.
const (
	FinishStart  LinkKind = "fs"
	StartStart   LinkKind = "ss"
	FinishFinish LinkKind = "ff"
	StartFinish  LinkKind = "sf"
)

// LinkKinds lists them in the order of forms, which is that of schedule's types.
func LinkKinds() []LinkKind { return []LinkKind{FinishStart, StartStart, FinishFinish, StartFinish} }

// Key gives the text key of the kind's name.
func (k LinkKind) Key() string { return "plan.link." + string(k) }

// Short gives the text key of its two letters.
func (k LinkKind) Short() string { return "plan.link_short." + string(k) }

func (k LinkKind) typ() schedule.Type { return schedule.Type(slices.Index(LinkKinds(), k)) }

// Link makes a task wait for another.
type Link struct {
	ID        LinkID
	ProjectID project.ID
	FromID    TaskID
	ToID      TaskID
	Kind      LinkKind
	Lag       int64 // minutes of work; negative: a lead
	// FromNumber is that of the predecessor, where a window of the plan may not hold it.
	FromNumber int64
}

func (l Link) check() error {
	var wrong fault.Fields
	if !slices.Contains(LinkKinds(), l.Kind) {
		wrong.Add("kind", "fault.choice")
	}
	if l.FromID == "" {
		wrong.Add("from", "fault.required")
	}
	if l.Lag > maxWork || l.Lag < -maxWork {
		wrong.Add("lag", "plan.wrong.too_long")
	}
	if l.FromID == l.ToID {
		wrong.Add("from", "plan.wrong.self")
	}
	return wrong.Err()
}
