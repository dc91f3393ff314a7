package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net"
	"net/http"
	"strings"
	"time"

	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
)

// A session lives two weeks from its last use, and is written at most every five minutes.
const (
	sessionLife  = 14 * 24 * time.Hour
	sessionTouch = 5 * time.Minute
)

// cookie is the session's name in the browser. Over TLS the __Host- prefix forbids that another
// host or a plain connection sets it.
func (s *Service) cookie() string {
	if s.opts.Secure {
		return "__Host-bassin"
	}
	return "bassin"
}

// newSecret makes a random secret of 256 bits and the hash that is stored of it.
func newSecret() (secret, hash string) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	secret = base64.RawURLEncoding.EncodeToString(b[:])
	return secret, hashSecret(secret)
}

func hashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// startSession opens a session for a person who proved who they are. The old cookie, if any, is
// replaced: a session never outlives a new sign-in.
func (s *Service) startSession(w http.ResponseWriter, r *http.Request, p Person, method, idToken string) error {
	secret, hash := newSecret()
	err := s.db.Do(r.Context(), func(tx db.Tx) error {
		if old, err := r.Cookie(s.cookie()); err == nil {
			if err := deleteSessionByToken(tx, hashSecret(old.Value)); err != nil {
				return err
			}
		}
		now := tx.Now()
		ses := session{ID: db.NewID(), TokenHash: hash, PersonID: p.ID, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(sessionLife),
			Address: s.address(r), Agent: shortAgent(r.UserAgent()), Method: method, IDToken: idToken}
		if err := insertSession(tx, ses); err != nil {
			return err
		}
		if err := sawPerson(tx, p.ID, now); err != nil {
			return err
		}
		return Record(tx, Actor{ID: p.ID, Name: p.Name}, Event{Verb: "account.sign_in", Kind: "person", ID: string(p.ID), Data: map[string]string{"method_key": "account.method." + method}})
	})
	if err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: s.cookie(), Value: secret, Path: "/", MaxAge: int(sessionLife.Seconds()), HttpOnly: true, Secure: s.opts.Secure, SameSite: http.SameSiteLaxMode})
	return nil
}

func (s *Service) dropCookie(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{Name: s.cookie(), Path: "/", MaxAge: -1, HttpOnly: true, Secure: s.opts.Secure, SameSite: http.SameSiteLaxMode})
}

// Authenticate finds who asks, by session cookie or bearer token, and keeps the actor in the
// request's context.
func (s *Service) Authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/assets/") {
			next.ServeHTTP(w, r)
			return
		}
		actor, err := s.actor(r)
		switch {
		case fault.Is(err, fault.Unavailable):
			w.Header().Set("Retry-After", "5")
			http.Error(w, web.NewView("fr").Fault(fault.As(err)), http.StatusServiceUnavailable)
			return
		case err != nil && !fault.Is(err, fault.NotFound):
			s.log.Error("who asks", "error", err.Error())
		}
		next.ServeHTTP(w, r.WithContext(WithActor(r.Context(), actor)))
	})
}

func (s *Service) actor(r *http.Request) (Actor, error) {
	if secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		if !strings.HasPrefix(r.URL.Path, "/api/") && r.Method != http.MethodGet && r.Method != http.MethodHead {
			return Actor{}, nil // a program changes things through the API, where scopes are checked
		}
		return s.tokenActor(r.Context(), secret)
	}
	c, err := r.Cookie(s.cookie())
	if err != nil || c.Value == "" {
		return Actor{}, nil
	}
	var actor Actor
	var ses session
	stale := false
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if ses, err = getSession(tx, hashSecret(c.Value)); err != nil {
			return err
		}
		stale = tx.Now().Sub(ses.SeenAt) > sessionTouch
		actor, err = loadActor(tx, ses.PersonID)
		return err
	})
	if err != nil {
		return Actor{}, err
	}
	actor.SessionID = ses.ID
	if stale {
		err = s.db.Do(context.WithoutCancel(r.Context()), func(tx db.Tx) error {
			if err := touchSession(tx, ses.ID, tx.Now(), tx.Now().Add(sessionLife)); err != nil {
				return err
			}
			return sawPerson(tx, ses.PersonID, tx.Now())
		})
	}
	return actor, err
}

// loadActor reads a person with what holds today. A disabled person is nobody.
func loadActor(tx db.Tx, id PersonID) (Actor, error) {
	p, err := getPerson(tx, id)
	if err != nil {
		return Actor{}, err
	}
	if p.DisabledAt != 0 {
		return Actor{}, fault.New(fault.NotFound, "fault.not_found")
	}
	a := Actor{ID: p.ID, Name: p.Name, Title: p.Title, Lang: p.Language, Theme: p.Theme, Demo: p.Demo}
	if a.Grants, err = listGrants(tx, id); err != nil {
		return Actor{}, err
	}
	if a.Memberships, err = listMemberships(tx, id); err != nil {
		return Actor{}, err
	}
	return a.on(tx.Today()), nil
}

// Load gives the actor that a person is today: for jobs and commands that act for somebody.
func Load(tx db.Tx, id PersonID) (Actor, error) { return loadActor(tx, id) }

// Again gives the actor as they are now, for what lasts longer than a request: a socket, a stream.
// Who has signed out since, or was disabled, is not found.
func Again(tx db.Tx, by Actor) (Actor, error) {
	if by.System() {
		return by, nil
	}
	if by.SessionID != "" {
		if err := hasSession(tx, by.SessionID, by.ID); err != nil {
			return Actor{}, err
		}
	}
	now, err := loadActor(tx, by.ID)
	now.SessionID, now.Token, now.Scopes = by.SessionID, by.Token, by.Scopes
	return now, err
}

// Viewer tells plumbing who asks.
func Viewer(ctx context.Context) web.Viewer {
	a := ActorIn(ctx)
	return web.Viewer{ID: string(a.ID), Name: a.Name, Title: a.Title, Lang: a.Lang, Theme: a.Theme, Scopes: a.Scopes, Token: a.Token}
}

// address is where the request comes from. Behind a proxy that is the last address the proxy
// wrote: those before it are the client's own words.
func (s *Service) address(r *http.Request) string {
	if lines := r.Header.Values("X-Forwarded-For"); s.opts.Proxied && len(lines) > 0 {
		list := strings.Split(lines[len(lines)-1], ",")
		if last := strings.TrimSpace(list[len(list)-1]); net.ParseIP(last) != nil {
			return last
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func shortAgent(s string) string {
	return strings.ToValidUTF8(s[:min(len(s), 200)], "")
}
