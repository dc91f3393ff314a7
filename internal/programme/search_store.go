package programme

import "bassin/internal/db"

// listSignedBy gives the contracts that one of the organisations signed.
func listSignedBy(tx db.Tx, organisations []string) ([]ContractID, error) {
	if len(organisations) == 0 {
		return nil, nil
	}
	var w db.Where
	w.And("organisation_id in "+db.In(len(organisations)), db.Anys(organisations)...)
	return db.List[ContractID](tx, `select distinct contract_id from programme_signatory where `+w.String(), w.Args()...)
}

// listFunders gives the organisations that fund a line of the action.
func listFunders(tx db.Tx, id ActionID) ([]string, error) {
	return db.List[string](tx, `select organisation_id from programme_party where action_id = $1 and kind = 'funder'`, id)
}

// listAllDocuments gives the documents of an action, those that were taken off too.
func listAllDocuments(tx db.Tx, id ActionID) ([]Document, error) {
	return db.List[Document](tx, `select `+documentColumns+` from programme_document where action_id = $1`, id)
}

// listSheetsAfter gives the sheets on the lists in the order of their IDs.
func listSheetsAfter(tx db.Tx, after ActionID, limit int) ([]ActionID, error) {
	return db.List[ActionID](tx, `select id from programme_action where id > $1 and removed_at = 0 order by id limit $2`, after, limit)
}

func countSheets(tx db.Tx) (int, error) {
	return db.Get[int](tx, `select count(*) from programme_action where removed_at = 0`)
}

func countContracts(tx db.Tx) (int, error) {
	return db.Get[int](tx, `select count(*) from programme_contract`)
}
