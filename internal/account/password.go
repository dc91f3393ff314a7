package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"time"

	"bassin/internal/fault"

	"golang.org/x/crypto/argon2"
	"golang.org/x/time/rate"
)

// Cost of a password's hash: argon2id with 19 MiB, two passes, one lane (OWASP's advice), about
// 22 ms of one core.
const (
	argonKiB    = 19 * 1024
	argonPasses = 2
	argonBytes  = 32
)

// Bounds of a password, in bytes. Twelve, because length is the only rule that helps.
const (
	minPassword = 12
	maxPassword = 200
)

func checkPassword(password string) error {
	var wrong fault.Fields
	if len(password) < minPassword {
		wrong.Add("password", "account.password.short", "min", minPassword)
	}
	if len(password) > maxPassword {
		wrong.Add("password", "fault.too_long", "count", maxPassword)
	}
	return wrong.Err()
}

// hashPassword gives the usual $argon2id$ form, with its own salt and costs.
func hashPassword(password string) string {
	var salt [16]byte
	_, _ = rand.Read(salt[:])
	sum := argon2.IDKey([]byte(password), salt[:], argonPasses, argonKiB, 1, argonBytes)
	e := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, argonKiB, argonPasses, e.EncodeToString(salt[:]), e.EncodeToString(sum))
}

func matchPassword(password, hash string) bool {
	p := strings.Split(hash, "$")
	if len(p) != 6 || p[1] != "argon2id" {
		return false
	}
	var m, t uint32
	var lanes uint8
	if _, err := fmt.Sscanf(p[3], "m=%d,t=%d,p=%d", &m, &t, &lanes); err != nil || m > 1<<20 || t > 20 || t == 0 || lanes == 0 {
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(p[4])
	want, err2 := base64.RawStdEncoding.DecodeString(p[5])
	if err1 != nil || err2 != nil || len(want) == 0 {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, t, m, lanes, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1
}

// decoy is checked when there is no such person, so that the time of the answer tells nothing.
var decoy = sync.OnceValue(func() string { return hashPassword("nobody has this password") })

// turn waits for a turn to hash: few at a time, each takes memory. Call the result when done.
func (s *Service) turn(ctx context.Context) (func(), error) {
	select {
	case s.hashing <- struct{}{}:
		return func() { <-s.hashing }, nil
	case <-ctx.Done():
		return nil, fault.Wrap(ctx.Err(), fault.Unavailable, "db.timeout")
	}
}

// hash makes the hash of a new password, when it is its turn.
func (s *Service) hash(ctx context.Context, password string) (string, error) {
	done, err := s.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	return hashPassword(password), nil
}

// match checks a password, when it is its turn.
func (s *Service) match(ctx context.Context, password, hash string) (bool, error) {
	done, err := s.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	if hash == "" {
		matchPassword(password, decoy())
		return false, nil
	}
	return matchPassword(password, hash), nil
}

// Rates of sign-in: ten tries per person's address at once, then one a minute; thirty per
// network address, then one every two seconds.
const (
	personBurst  = 10
	addressBurst = 30
	slowly       = 2 * time.Second
)

// limiter counts tries by key in memory; the oldest keys are forgotten when there are many.
type limiter struct {
	mu   sync.Mutex
	keys map[string]*entry
}

type entry struct {
	lim  *rate.Limiter
	seen time.Time
}

func newLimiter() *limiter { return &limiter{keys: map[string]*entry{}} }

// allow reports whether one more try is allowed.
func (l *limiter) allow(key string, every time.Duration, burst int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.keys) > 50_000 {
		for k, e := range l.keys {
			if time.Since(e.seen) > time.Hour {
				delete(l.keys, k)
			}
		}
		if len(l.keys) > 50_000 {
			l.keys = map[string]*entry{}
		}
	}
	e := l.keys[key]
	if e == nil {
		e = &entry{lim: rate.NewLimiter(rate.Every(every), burst)}
		l.keys[key] = e
	}
	e.seen = time.Now()
	return e.lim.Allow()
}

// forget clears the tries of a person who signed in.
func (l *limiter) forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.keys, key)
}
