package account

import (
	"time"

	"bassin/internal/db"
)

const ticketColumns = `id, kind, token_hash, person_id, created_at, expires_at, used_at`

func getTicket(tx db.Tx, kind, tokenHash string) (ticket, error) {
	return db.Get[ticket](tx, `select `+ticketColumns+` from account_ticket where token_hash = $1 and kind = $2`, tokenHash, kind)
}

// lastTicket gives the person's newest invitation or reset.
func lastTicket(tx db.Tx, kind string, person PersonID) (ticket, error) {
	return db.Get[ticket](tx, `select `+ticketColumns+` from account_ticket where person_id = $1 and kind = $2 order by id desc limit 1`, person, kind)
}

func insertTicket(tx db.Tx, t ticket) error {
	_, err := tx.Exec(`insert into account_ticket (`+ticketColumns+`) values ($1, $2, $3, $4, $5, $6, 0)`,
		t.ID, t.Kind, t.TokenHash, t.PersonID, t.CreatedAt, t.ExpiresAt)
	return err
}

// useTicket marks it used; NotFound when somebody was quicker.
func useTicket(tx db.Tx, id string) error {
	return found(tx.Exec(`update account_ticket set used_at = $1 where id = $2 and used_at = 0`, tx.Now(), id))
}

// voidTickets ends all open tickets of a person, of one kind or (empty) of every.
func voidTickets(tx db.Tx, person PersonID, kind string) error {
	_, err := tx.Exec(`update account_ticket set used_at = $1 where person_id = $2 and used_at = 0 and ($3 = '' or kind = $3)`, tx.Now(), person, kind)
	return err
}

// sweepTickets forgets tickets that ended a month ago.
func sweepTickets(tx db.Tx) error {
	_, err := tx.Exec(`delete from account_ticket where expires_at < $1`, tx.Now().Add(-30*24*time.Hour))
	return err
}
