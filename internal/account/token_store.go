package account

import "bassin/internal/db"

const tokenColumns = `id, person_id, name, token_hash, scopes, created_at, expires_on, used_at, revoked_at`

func getToken(tx db.Tx, hash string) (Token, error) {
	return db.Get[Token](tx, `select `+tokenColumns+` from account_token where token_hash = $1`, hash)
}

func listTokens(tx db.Tx, person PersonID) ([]Token, error) {
	return db.List[Token](tx, `select `+tokenColumns+` from account_token where person_id = $1 and revoked_at = 0 order by id desc`, person)
}

func insertToken(tx db.Tx, t Token) error {
	_, err := tx.Exec(`insert into account_token (`+tokenColumns+`) values ($1, $2, $3, $4, $5, $6, $7, 0, 0)`,
		t.ID, t.PersonID, t.Name, t.TokenHash, t.Scopes, t.CreatedAt, t.ExpiresOn)
	return err
}

func touchToken(tx db.Tx, id TokenID) error {
	_, err := tx.Exec(`update account_token set used_at = $1 where id = $2`, tx.Now(), id)
	return err
}

func revokeToken(tx db.Tx, id TokenID, person PersonID) error {
	return found(tx.Exec(`update account_token set revoked_at = $1 where id = $2 and person_id = $3 and revoked_at = 0`, tx.Now(), id, person))
}
