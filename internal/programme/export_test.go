package programme

import (
	"bassin/internal/account"
	"bassin/internal/db"
)

// PartyTo tells whether the actor sees what is an action's parties' own, as its pages decide it.
func PartyTo(tx db.Tx, by account.Actor, id ActionID) (bool, error) {
	a, err := accessTo(tx, by, id)
	return err == nil && !a.Removed && May(viewerOf(by), SeeContract, a, tx.Today()), err
}

// Stored reads an action as it is stored.
func Stored(tx db.Tx, id ActionID) (Action, error) { return getAction(tx, id) }
