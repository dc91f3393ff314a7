package programme

import (
	"bassin/internal/fault"
	"bassin/internal/when"
)

// BlockerID names a blocker.
type BlockerID string

// Blocker says what is in the way, and what would take it away.
type Blocker struct {
	ID         BlockerID
	ActionID   ActionID
	Text       string `db:"body"` // what blocks
	Unblock    string // what would unblock, and by whom
	SinceOn    when.Date
	ResolvedOn when.Date // none: still in the way
	Resolution string
	CreatedAt  when.Time
	CreatedBy  string
	UpdatedAt  when.Time
	Version    int64
}

// Open reports whether it is still in the way.
func (b Blocker) Open() bool { return b.ResolvedOn == when.None }

// Days gives how long it has been, or was, in the way.
func (b Blocker) Days(today when.Date) int {
	if !b.Open() {
		return b.ResolvedOn.Sub(b.SinceOn)
	}
	return max(0, today.Sub(b.SinceOn))
}

func (b Blocker) validate(today when.Date) error {
	var wrong fault.Fields
	text(&wrong, "text", b.Text, 3, 2000)
	text(&wrong, "unblock", b.Unblock, 3, 2000)
	text(&wrong, "resolution", b.Resolution, 0, 2000)
	happened(&wrong, "since_on", b.SinceOn, today)
	past(&wrong, "resolved_on", b.ResolvedOn, today)
	ordered(&wrong, "resolved_on", b.SinceOn, b.ResolvedOn)
	return wrong.Err()
}

// resolve notes that it is no longer in the way.
func (b *Blocker) resolve(on when.Date, resolution string, today when.Date) error {
	if !b.Open() {
		return fault.New(fault.Conflict, "programme.blocker.already_resolved", "resolved_on", b.ResolvedOn)
	}
	next := *b
	next.ResolvedOn, next.Resolution = on, resolution
	if on == when.None {
		return (&fault.Fields{{Name: "resolved_on", Key: "programme.wrong.required"}}).Err()
	}
	if err := next.validate(today); err != nil {
		return err
	}
	*b = next
	return nil
}

func openBlockers(list []Blocker) int {
	n := 0
	for _, b := range list {
		if b.Open() {
			n++
		}
	}
	return n
}
