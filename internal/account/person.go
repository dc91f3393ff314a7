package account

import (
	"net/mail"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/when"
)

// PersonID names a person.
type PersonID string

// Person is somebody who may sign in.
type Person struct {
	ID         PersonID
	Email      string // lower case
	Name       string
	Title      string // role at work
	Language   string // "fr" or "en"
	Theme      string // "light", "dark", "" for the system's
	Password   string `json:"-"` // argon2id; empty: no password sign-in
	Subject    string // sub at the OpenID provider
	Issuer     string
	DisabledAt when.Time
	Demo       bool
	CreatedAt  when.Time
	SeenAt     when.Time // when they were last here; zero: never
	Version    int64
}

// Invited reports whether the person has nothing to sign in with yet: no password, no provider.
func (p Person) Invited() bool { return p.Password == "" && p.Subject == "" }

// foldEmail is the form under which addresses are kept and compared.
func foldEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// tidy cleans the fields and gathers what is wrong.
func (p *Person) tidy() error {
	var wrong fault.Fields
	p.Email = foldEmail(p.Email)
	p.Name, p.Title = strings.Join(strings.Fields(p.Name), " "), strings.Join(strings.Fields(p.Title), " ")
	if a, err := mail.ParseAddress(p.Email); err != nil || a.Address != p.Email || len(p.Email) > 254 || strings.ContainsAny(p.Email, "\r\n") {
		wrong.Add("email", "account.person.email")
	}
	wrong.Text("name", p.Name, 1, maxName)
	wrong.Text("title", p.Title, 0, maxName)
	if p.Language != "en" {
		p.Language = "fr"
	}
	return wrong.Err()
}

// MembershipRole is what a person is in an organisation.
type MembershipRole string

// The roles in an organisation: a manager invites and removes its people.
const (
	Member  MembershipRole = "member"
	Manager MembershipRole = "manager"
)

// Key gives the text key of the role's name.
func (r MembershipRole) Key() string { return "account.member." + string(r) }

// Membership makes a person part of an organisation, through its last day.
type Membership struct {
	PersonID       PersonID
	OrganisationID OrganisationID
	Role           MembershipRole
	EndsOn         when.Date
	CreatedAt      when.Time
	Organisation   string // its name, when listed
}

// check gathers what is wrong with a membership to save.
func (m Membership) check(today when.Date) error {
	var wrong fault.Fields
	if m.Role != Member && m.Role != Manager {
		wrong.Add("role", "fault.choice")
	}
	if m.EndsOn != when.None && m.EndsOn < today {
		wrong.Add("ends_on", "account.grant.past")
	}
	return wrong.Err()
}

func (m Membership) holds(today when.Date) bool { return m.EndsOn == when.None || m.EndsOn >= today }
