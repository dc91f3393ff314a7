package document

import "bassin/internal/db"

func getPrinted(tx db.Tx, hash string) (printed, error) {
	return db.Get[printed](tx, `select hash, pdf_hash, pdf_size, made_at from document_preview where hash = $1`, hash)
}

// insertPrinted keeps the first of two that were made of one content.
func insertPrinted(tx db.Tx, p printed) error {
	_, err := tx.Exec(`insert into document_preview (hash, pdf_hash, pdf_size, made_at) values ($1, $2, $3, $4) on conflict (hash) do nothing`,
		p.Hash, p.PDFHash, p.PDFSize, p.MadeAt)
	return err
}
