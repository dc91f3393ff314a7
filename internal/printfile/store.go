package printfile

import (
	"bassin/internal/batch"
	"bassin/internal/db"
	"bassin/internal/making"
	"bassin/internal/park"
)

func getSettings(tx db.Tx, id park.MachineID) (Settings, error) {
	return db.Get[Settings](tx, `select machine_id, name, settings, updated_at from printfile_settings where machine_id = $1`, id)
}

func saveSettings(tx db.Tx, x Settings) error {
	_, err := tx.Exec(`insert into printfile_settings (machine_id, name, settings, updated_at) values ($1, $2, $3, $4)
		on conflict (machine_id) do update set name = excluded.name, settings = excluded.settings, updated_at = excluded.updated_at`, x.MachineID, x.Name, x.Settings, x.UpdatedAt)
	return err
}

func deleteSettings(tx db.Tx, id park.MachineID) error {
	return db.Changed(tx.Exec(`delete from printfile_settings where machine_id = $1`, id))
}

func getPrinted(tx db.Tx, id making.OrderID) (Printed, error) {
	return db.Get[Printed](tx, `select order_id, job_id, settings_at, fault, said, hash, size, pieces, seconds, filament_mm, grams, made_at from printfile_file where order_id = $1`, id)
}

func savePrinted(tx db.Tx, p Printed) error {
	_, err := tx.Exec(`insert into printfile_file (order_id, job_id, settings_at, fault, said, hash, size, pieces, seconds, filament_mm, grams, made_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (order_id) do update set job_id = excluded.job_id, settings_at = excluded.settings_at,
		fault = excluded.fault, said = excluded.said, hash = excluded.hash, size = excluded.size, pieces = excluded.pieces, seconds = excluded.seconds,
		filament_mm = excluded.filament_mm, grams = excluded.grams, made_at = excluded.made_at`,
		p.OrderID, p.JobID, p.SettingsAt, p.Fault, p.Said, p.Hash, p.Size, p.Pieces, p.Seconds, p.FilamentMM, p.Grams, p.MadeAt)
	return err
}

const plateColumns = `batch_id, plate, job_id, layout_at, settings_at, fault, said, hash, size, pieces, seconds, filament_mm, grams, made_at`

func getPlate(tx db.Tx, id batch.ID, n int) (Plate, error) {
	return db.Get[Plate](tx, `select `+plateColumns+` from printfile_plate where batch_id = $1 and plate = $2`, id, n)
}

func listPlates(tx db.Tx, id batch.ID) ([]Plate, error) {
	return db.List[Plate](tx, `select `+plateColumns+` from printfile_plate where batch_id = $1 order by plate`, id)
}

func savePlate(tx db.Tx, p Plate) error {
	_, err := tx.Exec(`insert into printfile_plate (`+plateColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		on conflict (batch_id, plate) do update set job_id = excluded.job_id, layout_at = excluded.layout_at, settings_at = excluded.settings_at, fault = excluded.fault,
		said = excluded.said, hash = excluded.hash, size = excluded.size, pieces = excluded.pieces, seconds = excluded.seconds, filament_mm = excluded.filament_mm,
		grams = excluded.grams, made_at = excluded.made_at`,
		p.BatchID, p.Plate, p.JobID, p.LayoutAt, p.SettingsAt, p.Fault, p.Said, p.Hash, p.Size, p.Pieces, p.Seconds, p.FilamentMM, p.Grams, p.MadeAt)
	return err
}

// Hashes are those of all print files, for the check of the store.
func Hashes(tx db.Tx) ([]string, error) {
	return db.List[string](tx, `select hash from printfile_file where hash <> '' union select hash from printfile_plate where hash <> '' order by 1`)
}
