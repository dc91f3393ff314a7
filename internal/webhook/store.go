package webhook

import (
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/when"
)

const hookColumns = `id, project_id, url, kinds, secret, old_secret, old_until, state, off_reason, failing_since, owner_id, created_at, updated_at, version`

func getHook(tx db.Tx, id project.ID, hook ID) (Hook, error) {
	return db.Get[Hook](tx, `select `+hookColumns+` from webhook_hook where id = $1 and project_id = $2`, hook, id)
}

func listHooks(tx db.Tx, id project.ID) ([]Hook, error) {
	return db.List[Hook](tx, `select `+hookColumns+` from webhook_hook where project_id = $1 order by id`, id)
}

func listOn(tx db.Tx, id project.ID) ([]Hook, error) {
	return db.List[Hook](tx, `select `+hookColumns+` from webhook_hook where project_id = $1 and state = 'on' order by id`, id)
}

func insertHook(tx db.Tx, h Hook) error {
	_, err := tx.Exec(`insert into webhook_hook (`+hookColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)`,
		h.ID, h.ProjectID, h.URL, h.Kinds, h.Secret, h.OldSecret, h.OldUntil, h.State, h.OffReason, h.FailingSince, h.OwnerID, h.CreatedAt, h.UpdatedAt)
	return err
}

// saveHook writes what a manager changes, when nobody saved first.
func saveHook(tx db.Tx, h Hook) error {
	return db.Changed(tx.Exec(`update webhook_hook set url = $1, kinds = $2, secret = $3, old_secret = $4, old_until = $5, state = $6, off_reason = $7,
		failing_since = $8, owner_id = $9, updated_at = $10, version = version + 1 where id = $11 and version = $12`,
		h.URL, h.Kinds, h.Secret, h.OldSecret, h.OldUntil, h.State, h.OffReason, h.FailingSince, h.OwnerID, tx.Now(), h.ID, h.Version))
}

// saveHealth writes what tries tell of a hook; it does not count as a change by somebody.
func saveHealth(tx db.Tx, id ID, failingSince when.Time) error {
	_, err := tx.Exec(`update webhook_hook set failing_since = $1 where id = $2`, failingSince, id)
	return err
}

// switchOff turns a hook off that is on; 0 when it was not.
func switchOff(tx db.Tx, id ID, reason string) (int64, error) {
	return tx.Exec(`update webhook_hook set state = 'off', off_reason = $1, updated_at = $2, version = version + 1 where id = $3 and state = 'on'`, reason, tx.Now(), id)
}

func deleteHook(tx db.Tx, id ID) error {
	if _, err := tx.Exec(`delete from webhook_delivery where hook_id = $1`, id); err != nil {
		return err
	}
	return db.Changed(tx.Exec(`delete from webhook_hook where id = $1`, id))
}

const deliveryColumns = `id, hook_id, verb, body, state, attempts, code, took_ms, answer, problem, created_at, tried_at, next_at`

func getDelivery(tx db.Tx, hook ID, id DeliveryID) (Delivery, error) {
	return db.Get[Delivery](tx, `select `+deliveryColumns+` from webhook_delivery where id = $1 and hook_id = $2`, id, hook)
}

// listDeliveries gives the newest first, before one; "" for the newest.
func listDeliveries(tx db.Tx, hook ID, before DeliveryID, limit int) ([]Delivery, error) {
	return db.List[Delivery](tx, `select `+deliveryColumns+` from webhook_delivery where hook_id = $1 and ($2 = '' or id < $2) order by id desc limit $3`,
		hook, before, limit)
}

func insertDelivery(tx db.Tx, d Delivery) error {
	_, err := tx.Exec(`insert into webhook_delivery (`+deliveryColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		d.ID, d.HookID, d.Verb, d.Body, d.State, d.Attempts, d.Code, d.TookMs, d.Answer, d.Problem, d.CreatedAt, d.TriedAt, d.NextAt)
	return err
}

func saveDelivery(tx db.Tx, d Delivery) error {
	return db.Changed(tx.Exec(`update webhook_delivery set state = $1, attempts = $2, code = $3, took_ms = $4, answer = $5, problem = $6, tried_at = $7, next_at = $8 where id = $9`,
		d.State, d.Attempts, d.Code, d.TookMs, d.Answer, d.Problem, d.TriedAt, d.NextAt, d.ID))
}

func deleteOldDeliveries(tx db.Tx, before when.Time) error {
	_, err := tx.Exec(`delete from webhook_delivery where created_at < $1`, before)
	return err
}
