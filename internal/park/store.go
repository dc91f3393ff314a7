package park

import (
	"bassin/internal/account"
	"bassin/internal/db"
)

const materialColumns = `id, process, name, name_key, density, price_cents, source, created_at, updated_at, version, removed_at`

func getMaterial(tx db.Tx, id MaterialID) (Material, error) {
	return db.Get[Material](tx, `select `+materialColumns+` from park_material where id = $1`, id)
}

// listMaterials gives those of a process, of all processes without one.
func listMaterials(tx db.Tx, p Process) ([]Material, error) {
	return db.List[Material](tx, `select `+materialColumns+` from park_material where removed_at = 0 and ($1 = '' or process = $1) order by process, name_key`, string(p))
}

func materialNamed(tx db.Tx, m Material) (MaterialID, error) {
	return db.Get[MaterialID](tx, `select id from park_material where process = $1 and name_key = $2 and id <> $3`, m.Process, m.NameKey, m.ID)
}

func insertMaterial(tx db.Tx, m Material) error {
	_, err := tx.Exec(`insert into park_material (id, process, name, name_key, density, price_cents, source, created_at, updated_at, version)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, m.ID, m.Process, m.Name, m.NameKey, m.Density, m.PriceCents, m.Source, m.CreatedAt, m.UpdatedAt, m.Version)
	return err
}

func saveMaterial(tx db.Tx, m Material) error {
	return db.Changed(tx.Exec(`update park_material set name = $1, name_key = $2, density = $3, price_cents = $4, source = $5, updated_at = $6, removed_at = $7, version = version + 1
		where id = $8 and ($9 = 0 or version = $9)`, m.Name, m.NameKey, m.Density, m.PriceCents, m.Source, tx.Now(), m.RemovedAt, m.ID, m.Version))
}

func listFigures(tx db.Tx, p Process) (Figures, error) {
	return db.List[Figure](tx, `select process, material_id, name, value, source, updated_at from park_figure where $1 = '' or process = $1 order by process, name, material_id`, string(p))
}

func saveFigure(tx db.Tx, f Figure) error {
	_, err := tx.Exec(`insert into park_figure (process, material_id, name, value, source, updated_at) values ($1, $2, $3, $4, $5, $6)
		on conflict (process, material_id, name) do update set value = excluded.value, source = excluded.source, updated_at = excluded.updated_at`,
		f.Process, f.MaterialID, f.Name, f.Value, f.Source, tx.Now())
	return err
}

func deleteFigure(tx db.Tx, f Figure) error {
	return db.Changed(tx.Exec(`delete from park_figure where process = $1 and material_id = $2 and name = $3`, f.Process, f.MaterialID, f.Name))
}

const machineColumns = `m.id, m.organisation_id, m.territory_id, m.process, m.name, m.name_key, m.model, m.asked_by, m.x_mm, m.y_mm, m.z_mm, m.least_layer_mm, m.most_layer_mm,
	m.hour_cents, m.setup_cents, m.part_cents, m.margin_percent, m.auto_cents, m.lead_days, m.open_days, m.open_from, m.open_to, m.unattended, m.figures, m.note,
	m.created_at, m.updated_at, m.version, m.removed_at`

func getMachine(tx db.Tx, id MachineID) (Machine, error) {
	return db.Get[Machine](tx, `select `+machineColumns+` from park_machine m where m.id = $1`, id)
}

// lockMachine makes two who change a machine or its calendar come one after the other.
func lockMachine(tx db.Tx, id MachineID) (Machine, error) {
	if err := db.Changed(tx.Exec(`update park_machine set version = version where id = $1`, id)); err != nil {
		return Machine{}, err
	}
	return getMachine(tx, id)
}

func insertMachine(tx db.Tx, m Machine) error {
	_, err := tx.Exec(`insert into park_machine (id, organisation_id, territory_id, process, name, name_key, model, asked_by, x_mm, y_mm, z_mm, least_layer_mm, most_layer_mm,
			hour_cents, setup_cents, part_cents, margin_percent, auto_cents, lead_days, open_days, open_from, open_to, unattended, figures, note, created_at, updated_at, version)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)`,
		m.ID, m.OrganisationID, m.TerritoryID, m.Process, m.Name, m.NameKey, m.Model, m.AskedBy, m.XMM, m.YMM, m.ZMM, m.LeastLayerMM, m.MostLayerMM,
		m.HourCents, m.SetupCents, m.PartCents, m.MarginPercent, m.AutoCents, m.LeadDays, m.OpenDays, m.OpenFrom, m.OpenTo, m.Unattended, m.Figures, m.Note, m.CreatedAt, m.UpdatedAt, m.Version)
	return err
}

func saveMachine(tx db.Tx, m Machine) error {
	return db.Changed(tx.Exec(`update park_machine set territory_id = $1, process = $2, name = $3, name_key = $4, model = $5, asked_by = $6, x_mm = $7, y_mm = $8, z_mm = $9,
			least_layer_mm = $10, most_layer_mm = $11, hour_cents = $12, setup_cents = $13, part_cents = $14, margin_percent = $15, auto_cents = $16, lead_days = $17,
			open_days = $18, open_from = $19, open_to = $20, unattended = $21, figures = $22, note = $23, updated_at = $24, removed_at = $25, version = version + 1
		where id = $26 and ($27 = 0 or version = $27)`,
		m.TerritoryID, m.Process, m.Name, m.NameKey, m.Model, m.AskedBy, m.XMM, m.YMM, m.ZMM, m.LeastLayerMM, m.MostLayerMM,
		m.HourCents, m.SetupCents, m.PartCents, m.MarginPercent, m.AutoCents, m.LeadDays, m.OpenDays, m.OpenFrom, m.OpenTo, m.Unattended, m.Figures, m.Note,
		tx.Now(), m.RemovedAt, m.ID, m.Version))
}

func listPartners(tx db.Tx, id MachineID) ([]account.OrganisationID, error) {
	return db.List[account.OrganisationID](tx, `select organisation_id from park_partner where machine_id = $1 order by organisation_id`, id)
}

func savePartners(tx db.Tx, id MachineID, list []account.OrganisationID) error {
	if _, err := tx.Exec(`delete from park_partner where machine_id = $1`, id); err != nil || len(list) == 0 {
		return err
	}
	rows := make([][]any, len(list))
	for i, o := range list {
		rows[i] = []any{id, o}
	}
	return db.InsertMany(tx, `park_partner (machine_id, organisation_id)`, rows, "on conflict do nothing")
}

// Filter is what a list of machines shows.
type Filter struct {
	Text     string
	Process  Process
	Material MaterialID
	Own      bool // of the actor's organisations
}

// where is the condition of a list of the machines that are reached from somewhere: Reach.Reaches in SQL.
func (f Filter) where(r Reach) *db.Where {
	w := &db.Where{}
	w.And("m.removed_at = 0")
	own := db.Anys(r.Organisations)
	switch {
	case !r.Known:
		w.And("1 = 0")
	case f.Own:
		w.And("m.organisation_id in "+db.In(len(own)), own...)
	default:
		args := append(append(append([]any{}, own...), db.Anys(r.Territories)...), own...)
		w.And(`m.organisation_id in `+db.In(len(own))+` or m.asked_by = 'everyone'
			or m.asked_by = 'territory' and m.territory_id <> '' and m.territory_id in `+db.In(len(r.Territories))+`
			or m.asked_by = 'partners' and exists (select 1 from park_partner p where p.machine_id = m.id and p.organisation_id in `+db.In(len(own))+`)`, args...)
	}
	if text := account.Fold(f.Text); text != "" {
		w.And(`m.name_key like ? escape '\'`, db.Like("%", text, "%"))
	}
	if f.Process != "" {
		w.And("m.process = ?", f.Process)
	}
	if f.Material != "" {
		w.And("exists (select 1 from park_stock s where s.machine_id = m.id and s.material_id = ?)", f.Material)
	}
	return w
}

func countMachines(tx db.Tx, w *db.Where) (int, error) {
	return db.Get[int](tx, `select count(*) from park_machine m where `+w.String(), w.Args()...)
}

func listMachines(tx db.Tx, w *db.Where, limit, offset int) ([]Machine, error) {
	page := " limit " + w.Arg(limit) + " offset " + w.Arg(offset)
	return db.List[Machine](tx, `select `+machineColumns+` from park_machine m where `+w.String()+` order by m.name_key, m.id`+page, w.Args()...)
}

// listNearest gives machines of one's own organisations first, then those of one's territories, then others.
func listNearest(tx db.Tx, w *db.Where, r Reach, limit int) ([]Machine, error) {
	where := w.String()
	near := w.Expr(`case when m.organisation_id in `+db.In(len(r.Organisations))+` then 0 when m.territory_id <> '' and m.territory_id in `+db.In(len(r.Territories))+` then 1 else 2 end`,
		append(db.Anys(r.Organisations), db.Anys(r.Territories)...)...)
	return db.List[Machine](tx, `select `+machineColumns+` from park_machine m where `+where+` order by `+near+`, m.name_key, m.id limit `+w.Arg(limit), w.Args()...)
}

// listMachinesAfter gives machines in the order of their IDs.
func listMachinesAfter(tx db.Tx, w *db.Where, after MachineID, limit int) ([]Machine, error) {
	if after != "" {
		w.And("m.id > ?", after)
	}
	return db.List[Machine](tx, `select `+machineColumns+` from park_machine m where `+w.String()+` order by m.id limit `+w.Arg(limit), w.Args()...)
}

const stockColumns = `s.machine_id, s.material_id, t.name as material, t.density, s.price_cents, s.grams, s.lot, s.updated_at`

// listStock gives what machines have in stock.
func listStock(tx db.Tx, ids ...MachineID) ([]Stock, error) {
	w := &db.Where{}
	w.And("s.machine_id in "+db.In(len(ids)), db.Anys(ids)...)
	return db.List[Stock](tx, `select `+stockColumns+` from park_stock s join park_material t on t.id = s.material_id where `+w.String()+` order by s.machine_id, t.name_key`, w.Args()...)
}

func saveStock(tx db.Tx, s Stock) error {
	_, err := tx.Exec(`insert into park_stock (machine_id, material_id, price_cents, grams, lot, updated_at) values ($1, $2, $3, $4, $5, $6)
		on conflict (machine_id, material_id) do update set price_cents = excluded.price_cents, grams = excluded.grams, lot = excluded.lot, updated_at = excluded.updated_at`,
		s.MachineID, s.MaterialID, s.PriceCents, s.Grams, s.Lot, tx.Now())
	return err
}

func deleteStock(tx db.Tx, id MachineID, m MaterialID) error {
	return db.Changed(tx.Exec(`delete from park_stock where machine_id = $1 and material_id = $2`, id, m))
}

const slotColumns = `id, machine_id, kind, title, from_at, to_at, order_id, person_id, created_at`

// listSlots gives the slots of machines that are not over.
func listSlots(tx db.Tx, ids ...MachineID) ([]Slot, error) { return listFromNow(tx, slotColumns, ids) }

// listTaken gives only when machines are taken from now on.
func listTaken(tx db.Tx, ids []MachineID) ([]Slot, error) {
	return listFromNow(tx, `machine_id, from_at, to_at`, ids)
}

func listFromNow(tx db.Tx, columns string, ids []MachineID) ([]Slot, error) {
	w := &db.Where{}
	w.And("machine_id in "+db.In(len(ids)), db.Anys(ids)...)
	w.And("to_at > ?", tx.Now())
	return db.List[Slot](tx, `select `+columns+` from park_slot where `+w.String()+` order by machine_id, from_at`, w.Args()...)
}

// listSlotsOf gives what an order takes of a machine from now on.
func listSlotsOf(tx db.Tx, m MachineID, order string) ([]Slot, error) {
	return db.List[Slot](tx, `select `+slotColumns+` from park_slot where machine_id = $1 and to_at > $2 and order_id = $3 order by from_at`, m, tx.Now(), order)
}

// listSlotsBetween gives those of a machine that touch a time.
func listSlotsBetween(tx db.Tx, s Slot) ([]Slot, error) {
	return db.List[Slot](tx, `select `+slotColumns+` from park_slot where machine_id = $1 and to_at > $2 and from_at < $3 order by from_at`, s.MachineID, s.FromAt, s.ToAt)
}

func getSlot(tx db.Tx, m MachineID, id SlotID) (Slot, error) {
	return db.Get[Slot](tx, `select `+slotColumns+` from park_slot where machine_id = $1 and id = $2`, m, id)
}

func insertSlot(tx db.Tx, s Slot) error {
	_, err := tx.Exec(`insert into park_slot (id, machine_id, kind, title, from_at, to_at, order_id, person_id, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		s.ID, s.MachineID, s.Kind, s.Title, s.FromAt, s.ToAt, s.OrderID, s.PersonID, s.CreatedAt)
	return err
}

func deleteSlot(tx db.Tx, id SlotID) error {
	return db.Changed(tx.Exec(`delete from park_slot where id = $1`, id))
}

func deleteSlotOf(tx db.Tx, order string) error {
	_, err := tx.Exec(`delete from park_slot where order_id = $1`, order)
	return err
}

func listMachinesOf(tx db.Tx, ids []account.OrganisationID) ([]MachineID, error) {
	w := &db.Where{}
	w.And("organisation_id in "+db.In(len(ids)), db.Anys(ids)...)
	return db.List[MachineID](tx, `select id from park_machine where `+w.String()+` order by id`, w.Args()...)
}
