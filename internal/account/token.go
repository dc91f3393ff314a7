package account

import (
	"context"
	"strings"
	"time"

	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/when"
)

// TokenPrefix begins every personal token, so that scanners of leaked secrets know it.
const TokenPrefix = "bassin_"

// tokenTouch is how often the last use of a token is written.
const tokenTouch = time.Hour

// TokenID names a personal token.
type TokenID string

// Token is a personal token: a program acts for its person with it, within its scopes.
type Token struct {
	ID        TokenID
	PersonID  PersonID
	Name      string
	TokenHash string `json:"-"`
	Scopes    string // "read" or "read write"
	CreatedAt when.Time
	ExpiresOn when.Date
	UsedAt    when.Time
	RevokedAt when.Time
}

// holds reports whether the token opens anything on the day.
func (t Token) holds(today when.Date) bool {
	return t.RevokedAt == 0 && (t.ExpiresOn == when.None || t.ExpiresOn >= today)
}

// scopeKey gives the text key of what the token may do.
func (t Token) scopeKey() string {
	if t.Scopes == "read write" {
		return "account.token.read_write"
	}
	return "account.token.read"
}

// tidy cleans the fields and gathers what is wrong.
func (t *Token) tidy(today when.Date) error {
	var wrong fault.Fields
	t.Name = strings.Join(strings.Fields(t.Name), " ")
	wrong.Text("name", t.Name, 1, maxName)
	if t.Scopes != "read" && t.Scopes != "read write" {
		wrong.Add("scopes", "fault.choice")
	}
	if t.ExpiresOn != when.None && t.ExpiresOn < today {
		wrong.Add("expires_on", "account.token.past")
	}
	return wrong.Err()
}

// AddToken makes a token for a person and gives its secret, which is shown once.
func (s *Service) AddToken(ctx context.Context, by Actor, t Token) (Token, string, error) {
	if t.PersonID == "" {
		t.PersonID = by.ID
	}
	if t.PersonID != by.ID && by.ID != "system" {
		return Token{}, "", fault.New(fault.Forbidden, "account.token.own_only")
	}
	secret, _ := newSecret()
	secret = TokenPrefix + secret
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if err := t.tidy(tx.Today()); err != nil {
			return err
		}
		t.ID, t.CreatedAt, t.TokenHash = TokenID(db.NewID()), tx.Now(), hashSecret(secret)
		if err := insertToken(tx, t); err != nil {
			return err
		}
		return Record(tx, by, Event{Verb: "account.token.add", Kind: "person", ID: string(t.PersonID), Data: map[string]string{"name": t.Name, "scopes": t.Scopes}})
	})
	if err != nil {
		return Token{}, "", err
	}
	return t, secret, nil
}

// RevokeToken ends one of the actor's tokens.
func (s *Service) RevokeToken(ctx context.Context, by Actor, id TokenID) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		if err := revokeToken(tx, id, by.ID); err != nil {
			return err
		}
		return Record(tx, by, Event{Verb: "account.token.revoke", Kind: "person", ID: string(by.ID)})
	})
}

// ByToken gives who a program acts for with a personal token, as they are now; NotFound when the
// token opens nothing. For protocols that have no bearer: WebDAV sends it as a password.
func (s *Service) ByToken(ctx context.Context, secret string) (Actor, error) {
	return s.tokenActor(ctx, secret)
}

func (s *Service) tokenActor(ctx context.Context, secret string) (Actor, error) {
	var actor Actor
	var t Token
	stale := false
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		if t, err = getToken(tx, hashSecret(strings.TrimSpace(secret))); err != nil {
			return err
		}
		if !t.holds(tx.Today()) {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		stale = tx.Now().Sub(t.UsedAt) > tokenTouch
		actor, err = loadActor(tx, t.PersonID)
		return err
	})
	if err != nil {
		return Actor{}, err
	}
	actor.Token, actor.Scopes = true, strings.Fields(t.Scopes)
	if stale {
		err = s.db.Do(context.WithoutCancel(ctx), func(tx db.Tx) error { return touchToken(tx, t.ID) })
	}
	return actor, err
}

// NewSecret makes a secret that opens something by itself, such as the address of a feed, and the
// hash under which alone it is kept.
func NewSecret() (secret, hash string) { return newSecret() }

// HashSecret gives the hash under which a secret is kept.
func HashSecret(secret string) string { return hashSecret(secret) }
