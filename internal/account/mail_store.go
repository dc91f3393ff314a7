package account

import (
	"time"

	"bassin/internal/db"
)

const mailColumns = `id, recipient, subject, body, created_at, sent_at, error, calendar, calendar_method, file_hash, file_name`

func getMail(tx db.Tx, id string) (Mail, error) {
	return db.Get[Mail](tx, `select `+mailColumns+` from account_mail where id = $1`, id)
}

func countMails(tx db.Tx) (int, error) {
	return db.Get[int](tx, `select count(*) from account_mail`)
}

func listMails(tx db.Tx, limit, offset int) ([]Mail, error) {
	return db.List[Mail](tx, `select `+mailColumns+` from account_mail order by id desc limit $1 offset $2`, limit, offset)
}

func insertMail(tx db.Tx, m Mail) error {
	_, err := tx.Exec(`insert into account_mail (`+mailColumns+`) values ($1, $2, $3, $4, $5, 0, '', $6, $7, $8, $9)`, m.ID, m.Recipient, m.Subject, m.Body, m.CreatedAt,
		m.Calendar, m.CalendarMethod, m.FileHash, m.FileName)
	return err
}

// sentMail forgets the body: it may hold a link that opens an account.
func sentMail(tx db.Tx, id string) error {
	_, err := tx.Exec(`update account_mail set sent_at = $1, body = '', calendar = '', error = '' where id = $2`, tx.Now(), id)
	return err
}

func failMail(tx db.Tx, id, why string) error {
	_, err := tx.Exec(`update account_mail set error = $1 where id = $2`, why, id)
	return err
}

// sweepMails forgets mails of three months ago, whether they left or not: their links are over.
func sweepMails(tx db.Tx) error {
	_, err := tx.Exec(`delete from account_mail where created_at < $1`, tx.Now().Add(-90*24*time.Hour))
	return err
}
