package account

import (
	"time"

	"bassin/internal/fault"
	"bassin/internal/when"
)

// A ticket lets who holds its secret choose a password, once: an invitation, or a reset.
const (
	invitation     = "invitation"
	passwordReset  = "reset"
	invitationLife = 7 * 24 * time.Hour
	resetLife      = time.Hour
)

type ticket struct {
	ID        string
	Kind      string
	TokenHash string
	PersonID  PersonID
	CreatedAt when.Time
	ExpiresAt when.Time
	UsedAt    when.Time
}

// check refuses a ticket that was used or is over; the person reads how to get another.
func (t ticket) check(now when.Time) error {
	if t.UsedAt != 0 || t.ExpiresAt <= now {
		return errTicket(t.Kind)
	}
	return nil
}

// errTicket says the same of a link that is over, was used, or never was.
func errTicket(kind string) error {
	if kind == invitation {
		return fault.New(fault.NotFound, "account.invitation.over")
	}
	return fault.New(fault.NotFound, "account.reset.over")
}
