package additive

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/when"
)

// PartID names a part.
type PartID string

// Part is something to be made, whatever its revision.
type Part struct {
	ID             PartID
	HolderID       string // of the organisation, or of the person who is in none
	OrganisationID account.OrganisationID
	PersonID       account.PersonID
	Number         int64 // within its holder
	Title          string
	Revision       int // the newest
	CreatedAt      when.Time
	UpdatedAt      when.Time
	RemovedAt      when.Time
}

// Code is how people name a part: PA-0042.
func (p Part) Code() string { return fmt.Sprintf("PA-%04d", p.Number) }

// URL is the address of the part's page.
func (p Part) URL() string { return "/parts/" + string(p.ID) }

// Holders are whose parts the actor sees: those of the organisations they belong to, and their own.
func Holders(by account.Actor) []string {
	if !by.Known() || by.System() {
		return nil
	}
	list := []string{string(by.ID)}
	for _, id := range by.Organisations() {
		list = append(list, string(id))
	}
	return list
}

// seenBy tells whether the actor sees and changes the part. Whoever administers the server does not: a part is a trade
// secret of its holder.
func (p Part) seenBy(by account.Actor) bool { return slices.Contains(Holders(by), p.HolderID) }

// holderFor gives who holds a part that the actor drops for one of their organisations; without one, themselves.
func holderFor(by account.Actor, id account.OrganisationID) (string, error) {
	switch {
	case !by.Known() || by.System():
		return "", fault.New(fault.Forbidden, "fault.unauthorized")
	case id == "" && len(by.Memberships) == 0:
		return string(by.ID), nil
	case id != "" && slices.Contains(by.Organisations(), id):
		return string(id), nil
	}
	return "", fault.New(fault.Invalid, "additive.wrong.organisation")
}

// titleOf makes a title of a file's name: without its ending, underscores as spaces.
func titleOf(fileName string) string {
	s := strings.TrimSuffix(fileName, path.Ext(fileName))
	s = strings.Join(strings.Fields(strings.ReplaceAll(s, "_", " ")), " ")
	if s == "" {
		return fileName
	}
	return s
}
