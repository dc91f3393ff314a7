package making

import (
	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/db"
	"bassin/internal/mesh"
)

const orderColumns = `o.id, o.number, o.part_id, o.revision, o.revision_label, o.title, o.part_code, o.file_name, o.file_hash, o.holder_id, o.requester, o.organisation_id, o.person_id,
	o.maker_id, o.maker, o.machine_id, o.machine, o.process, o.material_id, o.material, o.quantity, o.made, o.in_build, o.shows, o.tolerance, o.note, o.needed_on, o.state,
	o.least_cents, o.likely_cents, o.most_cents, o.hours, o.likely_hours, o.price_cents, o.ready_on, o.valid_on, o.automatic, o.answer, o.lot, o.settings, o.operator, o.conform, o.inspected_on,
	o.rating, o.rating_text, o.created_at, o.updated_at, o.version`

func getOrder(tx db.Tx, id OrderID) (Order, error) {
	return db.Get[Order](tx, `select `+orderColumns+` from making_order o where o.id = $1`, id)
}

// lockOrder makes both sides who change an order come one after the other.
func lockOrder(tx db.Tx, id OrderID) (Order, error) {
	if err := db.Changed(tx.Exec(`update making_order set version = version where id = $1`, id)); err != nil {
		return Order{}, err
	}
	return getOrder(tx, id)
}

// takeNumber takes the next number of a maker.
func takeNumber(tx db.Tx, id account.OrganisationID) (int64, error) {
	_, err := tx.Exec(`insert into making_maker (id, last_number) values ($1, 1) on conflict (id) do update set last_number = making_maker.last_number + 1`, id)
	if err != nil {
		return 0, err
	}
	return db.Get[int64](tx, `select last_number from making_maker where id = $1`, id)
}

func insertOrder(tx db.Tx, o Order) error {
	_, err := tx.Exec(`insert into making_order (id, number, part_id, revision, revision_label, title, part_code, file_name, file_hash, holder_id, requester, organisation_id, person_id,
			maker_id, maker, machine_id, machine, process, material_id, material, quantity, shows, tolerance, note, needed_on, state, least_cents, likely_cents, most_cents, hours, likely_hours,
			price_cents, ready_on, valid_on, automatic, answer, created_at, updated_at, version)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39)`,
		o.ID, o.Number, o.PartID, o.Revision, o.RevisionLabel, o.Title, o.PartCode, o.FileName, o.FileHash, o.HolderID, o.Requester, o.OrganisationID, o.PersonID,
		o.MakerID, o.Maker, o.MachineID, o.Machine, o.Process, o.MaterialID, o.Material, o.Quantity, o.Shows, o.Tolerance, o.Note, o.NeededOn, o.State, o.LeastCents, o.LikelyCents, o.MostCents, o.Hours, o.LikelyHours,
		o.PriceCents, o.ReadyOn, o.ValidOn, o.Automatic, o.Answer, o.CreatedAt, o.UpdatedAt, o.Version)
	return err
}

func saveOrder(tx db.Tx, o Order) error {
	return db.Changed(tx.Exec(`update making_order set state = $1, price_cents = $2, ready_on = $3, valid_on = $4, automatic = $5, answer = $6, lot = $7, settings = $8, operator = $9,
			conform = $10, inspected_on = $11, rating = $12, rating_text = $13, made = $14, in_build = $15, updated_at = $16, version = version + 1 where id = $17`,
		o.State, o.PriceCents, o.ReadyOn, o.ValidOn, o.Automatic, o.Answer, o.Lot, o.Settings, o.Operator, o.Conform, o.InspectedOn, o.Rating, o.RatingText, o.Made, o.InBuild, tx.Now(), o.ID))
}

// insertStep appends a step; the order's row is locked.
func insertStep(tx db.Tx, s Step) error {
	last, err := db.Get[int](tx, `select coalesce(max(seq), 0) from making_step where order_id = $1`, s.OrderID)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`insert into making_step (order_id, seq, state, at, person_id, side, note, pieces) values ($1, $2, $3, $4, $5, $6, $7, $8)`, s.OrderID, last+1, s.State, s.At, s.PersonID, s.Side, s.Note, s.Pieces)
	return err
}

func listSteps(tx db.Tx, id OrderID) ([]Step, error) {
	return db.List[Step](tx, `select order_id, seq, state, at, person_id, side, note, pieces from making_step where order_id = $1 order by seq desc`, id)
}

func listBuilds(tx db.Tx, id OrderID) ([]Build, error) {
	return db.List[Build](tx, `select order_id, seq, pieces, again, together, lot, settings, operator, begun_at, ended_at from making_build where order_id = $1 order by seq`, id)
}

// insertBuild appends a build; the order's row is locked.
func insertBuild(tx db.Tx, b Build) error {
	last, err := db.Get[int](tx, `select coalesce(max(seq), 0) from making_build where order_id = $1`, b.OrderID)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`insert into making_build (order_id, seq, pieces, together, begun_at) values ($1, $2, $3, $4, $5)`, b.OrderID, last+1, b.Pieces, b.Together, b.BegunAt)
	return err
}

func saveBuild(tx db.Tx, b Build) error {
	return db.Changed(tx.Exec(`update making_build set again = $1, lot = $2, settings = $3, operator = $4, ended_at = $5 where order_id = $6 and seq = $7`,
		b.Again, b.Lot, b.Settings, b.Operator, b.EndedAt, b.OrderID, b.Seq))
}

func listMeasures(tx db.Tx, id OrderID) ([]Measure, error) {
	return db.List[Measure](tx, `select id, order_id, name, nominal_mm, lower_mm, upper_mm, measured_mm, at from making_measure where order_id = $1 order by id`, id)
}

func insertMeasure(tx db.Tx, m Measure) error {
	_, err := tx.Exec(`insert into making_measure (id, order_id, name, nominal_mm, lower_mm, upper_mm, measured_mm, at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		m.ID, m.OrderID, m.Name, m.NominalMM, m.LowerMM, m.UpperMM, m.MeasuredMM, m.At)
	return err
}

func deleteMeasure(tx db.Tx, o OrderID, id string) error {
	return db.Changed(tx.Exec(`delete from making_measure where order_id = $1 and id = $2`, o, id))
}

func listPhotos(tx db.Tx, id OrderID) ([]Photo, error) {
	return db.List[Photo](tx, `select id, order_id, hash, size, type, name, at from making_photo where order_id = $1 order by id`, id)
}

func insertPhoto(tx db.Tx, p Photo) error {
	_, err := tx.Exec(`insert into making_photo (id, order_id, hash, size, type, name, at) values ($1, $2, $3, $4, $5, $6, $7)`, p.ID, p.OrderID, p.Hash, p.Size, p.Type, p.Name, p.At)
	return err
}

// Filter is what a list of orders shows.
type Filter struct {
	Side  Side // "": both
	State State
	Part  additive.PartID
}

// where is the condition of a list of the orders that somebody sees: Order.Sides in SQL.
func (f Filter) where(by account.Actor) *db.Where {
	w := &db.Where{}
	holders, makers := additive.Holders(by), by.Organisations()
	if len(holders) == 0 {
		w.And("1 = 0")
		return w
	}
	switch f.Side {
	case Requester:
		w.And("o.holder_id in "+db.In(len(holders)), db.Anys(holders)...)
	case Maker:
		w.And("o.maker_id in "+db.In(len(makers)), db.Anys(makers)...)
	default:
		w.And("o.holder_id in "+db.In(len(holders))+" or o.maker_id in "+db.In(len(makers)), append(db.Anys(holders), db.Anys(makers)...)...)
	}
	if f.State != "" {
		w.And("o.state = ?", f.State)
	}
	if f.Part != "" {
		w.And("o.part_id = ?", f.Part)
	}
	return w
}

func countOrders(tx db.Tx, w *db.Where) (int, error) {
	return db.Get[int](tx, `select count(*) from making_order o where `+w.String(), w.Args()...)
}

func listOrders(tx db.Tx, w *db.Where, limit, offset int) ([]Order, error) {
	page := " limit " + w.Arg(limit) + " offset " + w.Arg(offset)
	return db.List[Order](tx, `select `+orderColumns+` from making_order o where `+w.String()+` order by o.updated_at desc, o.id desc`+page, w.Args()...)
}

// Waiting gives the orders of makers of which pieces wait for a build, those of one machine and material beside each other:
// Order.Waiting in SQL.
func Waiting(tx db.Tx, makers []account.OrganisationID) ([]Order, error) {
	w := &db.Where{}
	w.And("o.state in ('accepted', 'building', 'partly')")
	w.And("o.quantity > o.made + o.in_build")
	w.And("o.maker_id in "+db.In(len(makers)), db.Anys(makers)...)
	return db.List[Order](tx, `select `+orderColumns+` from making_order o where `+w.String()+` order by o.machine_id, o.material_id, o.number`, w.Args()...)
}

// ByID gives orders for a caller who has decided who may see them.
func ByID(tx db.Tx, ids []OrderID) ([]Order, error) {
	w := &db.Where{}
	w.And("o.id in "+db.In(len(ids)), db.Anys(ids)...)
	return db.List[Order](tx, `select `+orderColumns+` from making_order o where `+w.String()+` order by o.number, o.id`, w.Args()...)
}

// Live counts the orders of a part that were neither refused nor withdrawn.
func Live(tx db.Tx, id additive.PartID) (int, error) {
	return db.Get[int](tx, `select count(*) from making_order where part_id = $1 and state not in ('refused', 'withdrawn')`, id)
}

// listOrdersAfter gives orders in the order of their IDs.
func listOrdersAfter(tx db.Tx, w *db.Where, after OrderID, limit int) ([]Order, error) {
	if after != "" {
		w.And("o.id > ?", after)
	}
	return db.List[Order](tx, `select `+orderColumns+` from making_order o where `+w.String()+` order by o.id limit `+w.Arg(limit), w.Args()...)
}

// Hashes are those of all files that orders name, for the check of the store.
func Hashes(tx db.Tx) ([]string, error) {
	return db.List[string](tx, `select hash from making_photo union select file_hash from making_order order by 1`)
}

// linesOf gives what is known by layers of a file, as its unit is understood, by settings.
// openOrderOf gives an order of a revision that was neither refused nor withdrawn.
func openOrderOf(tx db.Tx, id additive.PartID, number int) (Order, error) {
	return db.Get[Order](tx, `select `+orderColumns+` from making_order o where o.part_id = $1 and o.revision = $2 and o.state not in ($3, $4) order by o.created_at limit 1`, id, number, Refused, Withdrawn)
}

func linesOf(tx db.Tx, hash string, unit mesh.Unit) (map[string]Lines, error) {
	list, err := db.List[Lines](tx, `select settings, seconds, mm3, support_seconds, support_mm3 from making_lines where file_hash = $1 and unit = $2`, hash, string(unit))
	m := make(map[string]Lines, len(list))
	for _, x := range list {
		m[x.Settings] = x
	}
	return m, err
}

func insertLines(tx db.Tx, hash string, unit mesh.Unit, list []Lines) error {
	rows := make([][]any, len(list))
	for i, x := range list {
		rows[i] = []any{hash, string(unit), x.Settings, x.Seconds, x.MM3, x.SupportSeconds, x.SupportMM3, tx.Now()}
	}
	return db.InsertMany(tx, `making_lines (file_hash, unit, settings, seconds, mm3, support_seconds, support_mm3, computed_at)`, rows, `on conflict do nothing`)
}
