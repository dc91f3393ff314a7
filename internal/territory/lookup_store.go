package territory

import (
	"context"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"

	"bassin/internal/db"
)

// dbCache keeps the service's answers in the database, so that they outlive a restart and are
// shared by all nodes. It opens its own transactions: a Lookup is never asked within one.
type dbCache struct {
	db  *db.DB
	log *slog.Logger
}

// NewCache makes a cache for a Lookup in the database; log may be nil.
func NewCache(d *db.DB, log *slog.Logger) Cache {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return dbCache{d, log}
}

// Get gives an answer whose time is not over.
func (c dbCache) Get(ctx context.Context, key string) (value []byte, ok bool) {
	var rows []string
	err := c.db.View(ctx, func(tx db.Tx) (err error) {
		rows, err = db.List[string](tx, `select answer from territory_lookup where key = $1 and expires_at > $2`, key, tx.Now())
		return err
	})
	if err != nil {
		c.log.Warn("company search: answers cannot be read", "error", err.Error())
	}
	if err != nil || len(rows) == 0 {
		return nil, false
	}
	return []byte(rows[0]), true
}

// Put keeps an answer, unless it is no text that both databases hold.
func (c dbCache) Put(ctx context.Context, key string, value []byte, keep time.Duration) {
	text := string(value)
	if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
		return
	}
	err := c.db.Do(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(`insert into territory_lookup (key, answer, expires_at) values ($1, $2, $3)
			on conflict (key) do update set answer = excluded.answer, expires_at = excluded.expires_at`, key, text, tx.Now().Add(keep))
		return err
	})
	if err != nil {
		c.log.Warn("company search: an answer was not kept", "error", err.Error())
	}
}

// SweepLookups forgets answers whose time is over; a periodic job calls it.
func SweepLookups(tx db.Tx) error {
	_, err := tx.Exec(`delete from territory_lookup where expires_at <= $1`, tx.Now())
	return err
}
