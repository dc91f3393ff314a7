package batch

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/making"
)

const batchColumns = `b.id, b.number, b.maker_id, b.machine_id, b.machine, b.process, b.material_id, b.material, b.state, b.spacing_mm, b.most_rounds, b.hours, b.layout, b.layout_job, b.lot, b.settings, b.operator,
	b.person_id, b.created_at, b.updated_at, b.version`

func getBatch(tx db.Tx, id ID) (Batch, error) {
	return db.Get[Batch](tx, `select `+batchColumns+` from batch_batch b where b.id = $1`, id)
}

// lockBatch makes two who change a batch come one after the other.
func lockBatch(tx db.Tx, id ID) (Batch, error) {
	if err := db.Changed(tx.Exec(`update batch_batch set version = version where id = $1`, id)); err != nil {
		return Batch{}, err
	}
	return getBatch(tx, id)
}

// lockMembers makes two batches of one maker that take orders come one after the other.
func lockMembers(tx db.Tx, b Batch) error {
	_, err := tx.Exec(`update batch_maker set last_number = last_number where id = $1`, b.MakerID)
	return err
}

func takeNumber(tx db.Tx, id account.OrganisationID) (int64, error) {
	if _, err := tx.Exec(`insert into batch_maker (id, last_number) values ($1, 1) on conflict (id) do update set last_number = batch_maker.last_number + 1`, id); err != nil {
		return 0, err
	}
	return db.Get[int64](tx, `select last_number from batch_maker where id = $1`, id)
}

func insertBatch(tx db.Tx, b Batch) error {
	_, err := tx.Exec(`insert into batch_batch (id, number, maker_id, machine_id, machine, process, material_id, material, state, spacing_mm, person_id, created_at, updated_at, version)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		b.ID, b.Number, b.MakerID, b.MachineID, b.Machine, b.Process, b.MaterialID, b.Material, b.State, b.SpacingMM, b.PersonID, b.CreatedAt, b.UpdatedAt, b.Version)
	return err
}

func saveBatch(tx db.Tx, b Batch) error {
	return db.Changed(tx.Exec(`update batch_batch set state = $1, spacing_mm = $2, hours = $3, layout = $4, layout_job = $5, lot = $6, settings = $7, operator = $8, most_rounds = $9, updated_at = $10, version = version + 1 where id = $11`,
		b.State, b.SpacingMM, b.Hours, b.Layout, b.LayoutJob, b.Lot, b.Settings, b.Operator, b.MostRounds, tx.Now(), b.ID))
}

func insertMember(tx db.Tx, m Member) error {
	_, err := tx.Exec(`insert into batch_order (batch_id, order_id, share, pieces) values ($1, $2, $3, $4)`, m.BatchID, m.OrderID, m.Share, m.Pieces)
	return err
}

func deleteMember(tx db.Tx, id ID, order making.OrderID) error {
	return db.Changed(tx.Exec(`delete from batch_order where batch_id = $1 and order_id = $2`, id, order))
}

func saveMember(tx db.Tx, m Member) error {
	return db.Changed(tx.Exec(`update batch_order set share = $1, pieces = $2 where batch_id = $3 and order_id = $4`, m.Share, m.Pieces, m.BatchID, m.OrderID))
}

// member is an order of a batch with its share.
type member struct {
	making.Order
	Member
}

func ordersOf(tx db.Tx, id ID) ([]member, error) {
	list, err := db.List[Member](tx, `select batch_id, order_id, share, pieces from batch_order where batch_id = $1 order by order_id`, id)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	ids := make([]making.OrderID, len(list))
	of := map[making.OrderID]Member{}
	for i, m := range list {
		ids[i], of[m.OrderID] = m.OrderID, m
	}
	orders, err := making.ByID(tx, ids)
	out := make([]member, len(orders))
	for i, o := range orders {
		out[i] = member{o, of[o.ID]}
	}
	return out, err
}

// openBatchOf gives a batch with which an order begins or ends; without an ID when there is none.
func openBatchOf(tx db.Tx, id making.OrderID) (Batch, error) {
	b, err := db.Get[Batch](tx, `select `+batchColumns+` from batch_batch b join batch_order m on m.batch_id = b.id where m.order_id = $1 and b.state in ('planned', 'building') order by b.id limit 1`, id)
	return b, fault.IgnoreMissing(err)
}

// plannedBatchOf gives the batch with which pieces of an order will be built; without an ID when there is none.
func plannedBatchOf(tx db.Tx, id making.OrderID) (Batch, error) {
	b, err := db.Get[Batch](tx, `select `+batchColumns+` from batch_batch b join batch_order m on m.batch_id = b.id where m.order_id = $1 and b.state = 'planned'`, id)
	return b, fault.IgnoreMissing(err)
}

// part is what an order has of a batch.
type part struct {
	Batch
	Share  float64
	Pieces int
}

// partsOf gives what an order has of its batches.
func partsOf(tx db.Tx, id making.OrderID) ([]part, error) {
	return db.List[part](tx, `select `+batchColumns+`, m.share, m.pieces from batch_order m join batch_batch b on b.id = m.batch_id where m.order_id = $1 order by m.batch_id`, id)
}

// where is the condition of a list of the batches that somebody sees: Batch.seenBy in SQL.
func where(by account.Actor) *db.Where {
	w := &db.Where{}
	makers := by.Organisations()
	w.And("b.maker_id in "+db.In(len(makers)), db.Anys(makers)...)
	return w
}

func countBatches(tx db.Tx, w *db.Where) (int, error) {
	return db.Get[int](tx, `select count(*) from batch_batch b where `+w.String(), w.Args()...)
}

func listBatches(tx db.Tx, w *db.Where, limit, offset int) ([]Batch, error) {
	page := " limit " + w.Arg(limit) + " offset " + w.Arg(offset)
	return db.List[Batch](tx, `select `+batchColumns+` from batch_batch b where `+w.String()+` order by b.updated_at desc, b.id desc`+page, w.Args()...)
}

func listBatchesAfter(tx db.Tx, w *db.Where, after ID, limit int) ([]Batch, error) {
	if after != "" {
		w.And("b.id > ?", after)
	}
	return db.List[Batch](tx, `select `+batchColumns+` from batch_batch b where `+w.String()+` order by b.id limit `+w.Arg(limit), w.Args()...)
}

// inPlanned gives those of orders that are in a batch which has not begun.
func inPlanned(tx db.Tx, ids []making.OrderID) (map[making.OrderID]bool, error) {
	w := &db.Where{}
	w.And("m.order_id in "+db.In(len(ids)), db.Anys(ids)...)
	list, err := db.List[making.OrderID](tx, `select m.order_id from batch_order m join batch_batch b on b.id = m.batch_id where b.state = 'planned' and (`+w.String()+`)`, w.Args()...)
	out := map[making.OrderID]bool{}
	for _, id := range list {
		out[id] = true
	}
	return out, err
}
