// Package account holds people and organisations, who belongs to whom, who may do what, how one
// signs in, and the audit trail.
//
// Words: a person signs in; an organisation is a company, a public body or an association; a
// membership makes a person part of an organisation; a grant gives a person a role over a scope
// until a day; an actor is the person of a request with grants and memberships; the audit trail
// is a chain of events in which each link's hash covers the one before.
// Tables: account_organisation, account_person, account_membership, account_grant,
// account_session, account_token, account_ticket, account_mail, account_audit(_head).
// Everybody above calls ActorOf and Record.
package account

import (
	"context"
	"log/slog"
	"net/http"

	"bassin/internal/db"
	"bassin/internal/file"
)

// Options are what the service needs.
type Options struct {
	DB      *db.DB
	Log     *slog.Logger
	Demo    bool       // one-click sign-in with demonstration accounts
	Secure  bool       // cookies over TLS only
	Proxied bool       // behind one proxy that writes X-Forwarded-For: rates count its last address
	SMTP    SMTP       // no host: mails are kept and shown at /mails
	OIDC    OIDC       // no issuer: no sign-in by a provider
	Files   file.Store // of what goes with mails; nil: nothing
	URL     string     // public address of the server, for links in mails: "https://bassin.example.fr"

	// Slots that higher packages fill; each may be nil.

	// Enqueue asks for SendMail(id) soon, in the transaction that wrote the mail.
	Enqueue func(tx db.Tx, mailID string) error
	// Lookup asks the public register of organisations.
	Lookup func(ctx context.Context, text string) ([]RegisterHit, error)
	// Scopes lists what roles of a kind of scope can be given over: regions, territories.
	Scopes func(tx db.Tx, kind ScopeKind) ([]Scope, error)
	// ScopeName names what a grant is given over.
	ScopeName func(tx db.Tx, kind ScopeKind, id string) (string, error)
}

// Scope is something that roles are given over.
type Scope struct{ ID, Name string }

// Service is the feature.
type Service struct {
	db       *db.DB
	log      *slog.Logger
	opts     Options
	hashing  chan struct{} // passwords checked at the same time: each takes 19 MiB
	attempts *limiter
	provider *provider // nil: no sign-in by a provider
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{db: o.DB, log: o.Log, opts: o, hashing: make(chan struct{}, 2), attempts: newLimiter(), provider: newProvider(o.OIDC, o.URL)}
}

// ActorOf gives who asks; the zero Actor is the public.
func ActorOf(r *http.Request) Actor { return ActorIn(r.Context()) }
