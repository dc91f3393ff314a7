package db

import "sync"

// slots are what the wiring has put at the disposal of package functions that hold nothing but a
// transaction. A copy made by Clocked shares them.
type slots struct{ m sync.Map }

// Fill puts a value under a key that only the caller's package can name. It is for slots of
// functions such as account.Record, which have no service to hold them; fill before serving.
func (d *DB) Fill(key, value any) { d.slots.m.Store(key, value) }

// Filled gives what was put under the key, nil when nothing was.
func (tx Tx) Filled(key any) any {
	if tx.slots == nil {
		return nil
	}
	v, _ := tx.slots.m.Load(key)
	return v
}
