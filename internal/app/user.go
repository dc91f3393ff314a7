package app

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/when"
)

// operator is who acts on the command line, in the audit trail.
var operator = account.System("bassin")

type userCmd struct {
	Add      userAddCmd      `cmd:"" help:"Add a person."`
	List     userListCmd     `cmd:"" help:"List people with what they may do, how they sign in and when they were last here."`
	Disable  userDisableCmd  `cmd:"" help:"Shut a person out, or let them in again."`
	Password userPasswordCmd `cmd:"" help:"Give a person a new password."`
	Grant    userGrantCmd    `cmd:"" help:"Give a person a role, or take it back."`
}

// accounts opens the database and the accounts, and finds a person when email is not empty.
func (p place) accounts(ctx context.Context, env *environment, email string, do func(d *db.DB, s *account.Service, who account.Person) error) error {
	d, err := p.open(ctx, env)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	var who account.Person
	if email != "" {
		err := d.View(ctx, func(tx db.Tx) (err error) {
			who, err = account.PersonByEmail(tx, email)
			return err
		})
		if err != nil {
			return err
		}
	}
	return do(d, account.New(account.Options{DB: d, Log: env.log}), who)
}

// personLine is a person as commands print one.
type personLine struct {
	Email    string      `json:"email"`
	Name     string      `json:"name"`
	Title    string      `json:"title"`
	Disabled bool        `json:"disabled"`
	Password bool        `json:"password"`       // can sign in with one
	Provider bool        `json:"single_sign_on"` // signed in once by the provider
	Seen     when.Time   `json:"seen_at"`        // null: never
	Grants   []grantLine `json:"grants"`
}

type grantLine struct {
	Role  account.Role `json:"role"`
	Over  string       `json:"over"`
	Until when.Date    `json:"until,omitempty"`
}

// String writes the grant as one word a person can read.
func (g grantLine) String() string {
	s := string(g.Role) + " " + g.Over
	if g.Until != when.None {
		s += " until " + string(g.Until)
	}
	return s
}

// signIn says by what the person signs in.
func (l personLine) signIn() string {
	switch {
	case l.Disabled:
		return "disabled"
	case l.Password && l.Provider:
		return "password, single sign-on"
	case l.Password:
		return "password"
	case l.Provider:
		return "single sign-on"
	}
	return "no password yet"
}

// seen says when the person was last here.
func (l personLine) seen() string {
	if l.Seen == 0 {
		return "never here"
	}
	return "here " + l.Seen.Time().Format(time.DateTime)
}

// roles lists what the person may do.
func (l personLine) roles() string {
	words := make([]string, len(l.Grants))
	for i, g := range l.Grants {
		words[i] = g.String()
	}
	return strings.Join(words, ", ")
}

func lineOf(tx db.Tx, p account.Person) (personLine, error) {
	l := personLine{Email: p.Email, Name: p.Name, Title: p.Title, Disabled: p.DisabledAt != 0,
		Password: p.Password != "", Provider: p.Subject != "", Seen: p.SeenAt, Grants: []grantLine{}}
	grants, err := account.GrantsOf(tx, p.ID)
	for _, g := range grants {
		if g.Holds(tx.Today()) {
			l.Grants = append(l.Grants, grantLine{g.Role, strings.TrimSuffix(string(g.ScopeKind)+":"+g.ScopeID, ":"), g.UntilOn})
		}
	}
	return l, err
}

type userAddCmd struct {
	Email string `arg:"" help:"Mail address, with which the person signs in."`
	Name  string `arg:"" help:"Name as shown."`
	place
	password
	Title    string `help:"Role at work."`
	Language string `help:"Language of pages and mails." enum:"fr,en" default:"fr"`
	Admin    bool   `help:"Let the person administer the server: accounts and imports."`
	JSON     bool   `name:"json" help:"Print as JSON."`
}

// Help gives an example.
func (userAddCmd) Help() string {
	return "Without a password the person signs in by invitation, which an administrator sends from the person's page, or by the sign-in provider.\n\nExample:\n\n  bassin user add admin@example.fr \"Exploitation\" --admin --password-stdin"
}

// Run adds a person.
func (c userAddCmd) Run(ctx context.Context, env *environment) error {
	secret, err := c.get(ctx, env, c.Email)
	if err != nil {
		return err
	}
	return c.accounts(ctx, env, "", func(d *db.DB, s *account.Service, _ account.Person) error {
		p, err := s.AddPerson(ctx, operator, account.Person{Email: c.Email, Name: c.Name, Title: c.Title, Language: c.Language}, secret)
		if err != nil {
			return err
		}
		if c.Admin {
			if _, err := s.Give(ctx, operator, account.Grant{PersonID: p.ID, Role: account.Admin, ScopeKind: account.OverServer}, ""); err != nil {
				return err
			}
		}
		if err := printPerson(ctx, env, d, p.ID, c.JSON); err != nil {
			return err
		}
		return c.next(env, p)
	})
}

// next tells the operator how the new person comes in, and to something to do.
func (c userAddCmd) next(env *environment, p account.Person) error {
	at := ""
	if env.get("BASSIN_DATA") == "" && c.address() == "" {
		at = fmt.Sprintf(" --data %q", c.Data)
	}
	var b strings.Builder
	if p.Password == "" {
		fmt.Fprintf(&b, "\nTo let them in, set a password, or send an invitation from /people/%s on the server:\n  bassin user password %s --password-stdin%s\n", p.ID, p.Email, at)
	}
	if !c.Admin {
		fmt.Fprintf(&b, "\nTo give them a role, for instance over a territory:\n  bassin user grant %s project_lead ti-7602%s\n", p.Email, at)
	}
	_, err := fmt.Fprint(env.Stderr, b.String())
	return err
}

func printPerson(ctx context.Context, env *environment, d *db.DB, id account.PersonID, asJSON bool) error {
	var all []personLine
	err := d.View(ctx, func(tx db.Tx) error {
		people, err := account.People(tx)
		if err != nil {
			return err
		}
		all = []personLine{}
		for _, p := range people {
			if id != "" && p.ID != id {
				continue
			}
			l, err := lineOf(tx, p)
			if err != nil {
				return err
			}
			all = append(all, l)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if asJSON && id != "" {
		return printJSON(env.Stdout, all[0])
	}
	if asJSON {
		return printJSON(env.Stdout, all)
	}
	w := tabwriter.NewWriter(env.Stdout, 0, 0, 2, ' ', 0)
	for _, l := range all {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", l.Email, l.Name, l.roles(), l.signIn(), l.seen())
	}
	return w.Flush()
}

type userListCmd struct {
	place
	JSON bool `name:"json" help:"Print as JSON."`
}

// Help gives an example.
func (userListCmd) Help() string { return "Example:\n\n  bassin user list --json" }

// Run lists people.
func (c userListCmd) Run(ctx context.Context, env *environment) error {
	return c.accounts(ctx, env, "", func(d *db.DB, _ *account.Service, _ account.Person) error {
		return printPerson(ctx, env, d, "", c.JSON)
	})
}

type userDisableCmd struct {
	Email string `arg:"" help:"Mail address."`
	place
	Undo bool `help:"Let the person in again."`
}

// Help gives an example.
func (userDisableCmd) Help() string { return "Example:\n\n  bassin user disable ana@example.fr" }

// Run disables or enables a person.
func (c userDisableCmd) Run(ctx context.Context, env *environment) error {
	return c.accounts(ctx, env, c.Email, func(d *db.DB, s *account.Service, who account.Person) error {
		act := s.Disable
		if c.Undo {
			act = s.Enable
		}
		if err := act(ctx, operator, who.ID); err != nil {
			return err
		}
		return printPerson(ctx, env, d, who.ID, false)
	})
}

type userPasswordCmd struct {
	Email string `arg:"" help:"Mail address."`
	place
	password
}

// Help gives an example.
func (userPasswordCmd) Help() string {
	return "Ends all sessions of the person.\n\nExample:\n\n  bassin user password ana@example.fr --password-file /run/secrets/ana"
}

// Run sets the password.
func (c userPasswordCmd) Run(ctx context.Context, env *environment) error {
	secret, err := c.get(ctx, env, c.Email)
	if err != nil {
		return err
	}
	if secret == "" {
		return usageError("give the password with --password-stdin, --password-file or BASSIN_PASSWORD")
	}
	return c.accounts(ctx, env, c.Email, func(_ *db.DB, s *account.Service, who account.Person) error {
		if err := s.SetPassword(ctx, operator, who.ID, secret); err != nil {
			return err
		}
		_, err := fmt.Fprintf(env.Stdout, "%s has a new password\n", who.Email)
		return err
	})
}

type userGrantCmd struct {
	Email string       `arg:"" help:"Mail address."`
	Role  account.Role `arg:"" help:"One of admin, national_observer, region_steering, state_services, project_lead, lead_pair, guest."`
	Scope string       `arg:"" optional:"" help:"Over what: a region's code (76), a territory (ti-7602), an action's identifier; nothing for admin and national_observer."`
	place
	Until  string `help:"Last day." placeholder:"YYYY-MM-DD"`
	Revoke bool   `help:"Take it back."`
}

// Help gives an example.
func (userGrantCmd) Help() string {
	return "Example:\n\n  bassin user grant ana@example.fr project_lead ti-7602 --until 2027-12-31"
}

// Run gives or revokes a grant.
func (c userGrantCmd) Run(ctx context.Context, env *environment) error {
	g := account.Grant{Role: c.Role, ScopeID: c.Scope}
	for _, r := range account.Roles() {
		if r.Role == c.Role {
			g.ScopeKind = r.Scope
		}
	}
	if g.ScopeKind == "" {
		return usageError(fmt.Sprintf("there is no role %q; see bassin user grant --help", c.Role))
	}
	if c.Until != "" {
		var err error
		if g.UntilOn, err = when.ParseDate(c.Until); err != nil {
			return usageError(err.Error())
		}
	}
	return c.accounts(ctx, env, c.Email, func(d *db.DB, s *account.Service, who account.Person) error {
		g.PersonID = who.ID
		var err error
		if c.Revoke {
			err = revokeGrant(ctx, d, s, g)
		} else if err = scopeExists(ctx, d, g); err == nil {
			_, err = s.Give(ctx, operator, g, "")
		}
		if err != nil {
			return err
		}
		return printPerson(ctx, env, d, who.ID, false)
	})
}

// scopeExists refuses a grant over something that is not there: a mistyped territory.
func scopeExists(ctx context.Context, d *db.DB, g account.Grant) error {
	if g.ScopeID == "" {
		return nil // the rules of grants say whether that can be
	}
	err := d.View(ctx, func(tx db.Tx) error {
		_, err := scopeName(tx, g.ScopeKind, g.ScopeID)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return usageError(fmt.Sprintf("there is no %s %q here", g.ScopeKind, g.ScopeID))
	}
	return err
}

func revokeGrant(ctx context.Context, d *db.DB, s *account.Service, g account.Grant) error {
	var given []account.Grant
	err := d.View(ctx, func(tx db.Tx) (err error) {
		given, err = account.GrantsOf(tx, g.PersonID)
		return err
	})
	if err != nil {
		return err
	}
	found := false
	for _, x := range given {
		if x.Role == g.Role && x.ScopeID == g.ScopeID {
			found = true
			if err := s.Revoke(ctx, operator, x.ID, ""); err != nil {
				return err
			}
		}
	}
	if !found {
		return fmt.Errorf("the person has no grant %s over %q", g.Role, g.ScopeID)
	}
	return nil
}

type tokenCmd struct {
	Add    tokenAddCmd    `cmd:"" help:"Make a token and print its secret, once."`
	List   tokenListCmd   `cmd:"" help:"List a person's tokens."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token."`
}

type tokenAddCmd struct {
	Email string `arg:"" help:"Mail address of the person for whom programs act with it."`
	Name  string `arg:"" help:"What it is for."`
	place
	Scopes string `help:"What programs may do with it: read, or \"read write\"." enum:"read,read write" default:"read"`
	Until  string `help:"Last day." placeholder:"YYYY-MM-DD"`
	JSON   bool   `name:"json" help:"Print as JSON."`
}

// Help gives an example.
func (tokenAddCmd) Help() string {
	return "The secret is the only line on the standard output.\n\nExample:\n\n  bassin token add ana@example.fr \"nightly export\" --until 2027-12-31"
}

// Run makes a token.
func (c tokenAddCmd) Run(ctx context.Context, env *environment) error {
	t := account.Token{Name: c.Name, Scopes: c.Scopes}
	if c.Until != "" {
		var err error
		if t.ExpiresOn, err = when.ParseDate(c.Until); err != nil {
			return usageError(err.Error())
		}
	}
	return c.accounts(ctx, env, c.Email, func(_ *db.DB, s *account.Service, who account.Person) error {
		t.PersonID = who.ID
		made, secret, err := s.AddToken(ctx, operator, t)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(env.Stdout, map[string]string{"id": string(made.ID), "token": secret})
		}
		_, err = fmt.Fprintln(env.Stdout, secret)
		return err
	})
}

type tokenListCmd struct {
	Email string `arg:"" help:"Mail address."`
	place
	JSON bool `name:"json" help:"Print as JSON."`
}

// Help gives an example.
func (tokenListCmd) Help() string { return "Example:\n\n  bassin token list ana@example.fr" }

// tokenLine is a token as commands print one.
type tokenLine struct {
	ID      account.TokenID `json:"id"`
	Name    string          `json:"name"`
	Scopes  string          `json:"scopes"`
	Expires when.Date       `json:"expires,omitempty"`
	Used    when.Time       `json:"used_at"`
}

// Run lists tokens.
func (c tokenListCmd) Run(ctx context.Context, env *environment) error {
	return c.accounts(ctx, env, c.Email, func(d *db.DB, _ *account.Service, who account.Person) error {
		lines := []tokenLine{}
		err := d.View(ctx, func(tx db.Tx) error {
			tokens, err := account.TokensOf(tx, who.ID)
			for _, t := range tokens {
				lines = append(lines, tokenLine{t.ID, t.Name, t.Scopes, t.ExpiresOn, t.UsedAt})
			}
			return err
		})
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(env.Stdout, lines)
		}
		w := tabwriter.NewWriter(env.Stdout, 0, 0, 2, ' ', 0)
		for _, l := range lines {
			used := "never used"
			if l.Used != 0 {
				used = "used " + l.Used.Time().Format(time.DateTime)
			}
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", l.ID, l.Name, l.Scopes, l.Expires, used)
		}
		return w.Flush()
	})
}

type tokenRevokeCmd struct {
	Email string          `arg:"" help:"Mail address."`
	ID    account.TokenID `arg:"" help:"Identifier of the token, from the list."`
	place
}

// Help gives an example.
func (tokenRevokeCmd) Help() string {
	return "Example:\n\n  bassin token revoke ana@example.fr 01jz3m5t9x7v8q2w4e6r8t0y1u"
}

// Run ends a token.
func (c tokenRevokeCmd) Run(ctx context.Context, env *environment) error {
	return c.accounts(ctx, env, c.Email, func(_ *db.DB, s *account.Service, who account.Person) error {
		if err := s.RevokeTokenOf(ctx, operator, who.ID, c.ID); err != nil {
			return err
		}
		_, err := fmt.Fprintln(env.Stdout, "revoked")
		return err
	})
}
