package batch

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/making"
	"bassin/internal/park"
)

// seen reads a batch for the maker's people; for others it is not found.
func seen(tx db.Tx, by account.Actor, id ID) (Batch, error) {
	b, err := getBatch(tx, id)
	if err == nil && !b.seenBy(by) {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return b, err
}

// planned opens a batch that has not begun to be changed.
func planned(tx db.Tx, by account.Actor, id ID) (Batch, error) {
	if _, err := seen(tx, by, id); err != nil {
		return Batch{}, err
	}
	b, err := lockBatch(tx, id)
	if err == nil && b.State != Planned {
		err = fault.New(fault.Conflict, "batch.wrong.state", "state_key", b.State.Key())
	}
	return b, err
}

// Plan puts orders that wait for one machine and material into a batch.
func (s *Service) Plan(ctx context.Context, by account.Actor, orders []making.OrderID) (b Batch, err error) {
	orders = unique(orders)
	if len(orders) < 2 {
		return b, fault.New(fault.Invalid, "batch.wrong.few")
	}
	err = s.db.Do(ctx, func(tx db.Tx) error {
		first, err := making.OrderFor(tx, by, orders[0])
		if err != nil {
			return err
		}
		b = Batch{ID: ID(db.NewID()), MakerID: first.MakerID, MachineID: first.MachineID, Machine: first.Machine, Process: first.Process, MaterialID: first.MaterialID, Material: first.Material,
			State: Planned, SpacingMM: spacingOf(first.Process), PersonID: by.ID, CreatedAt: tx.Now(), UpdatedAt: tx.Now(), Version: 1}
		if !b.seenBy(by) {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if b.Number, err = takeNumber(tx, b.MakerID); err != nil {
			return err
		}
		if err := insertBatch(tx, b); err != nil {
			return err
		}
		if err := s.addIn(tx, by, &b, orders); err != nil {
			return err
		}
		return record(tx, by, "batch.plan", b, map[string]any{"count": len(orders)})
	})
	if err != nil {
		return b, fmt.Errorf("plan a batch: %w", err)
	}
	return b, nil
}

func unique(list []making.OrderID) []making.OrderID {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// Add puts more orders into a batch that has not begun.
func (s *Service) Add(ctx context.Context, by account.Actor, id ID, orders []making.OrderID) error {
	orders = unique(orders)
	if len(orders) == 0 {
		return fault.New(fault.Invalid, "batch.wrong.none")
	}
	return s.change(ctx, by, id, "batch.add", map[string]any{"count": len(orders)}, func(tx db.Tx, b *Batch) error { return s.addIn(tx, by, b, orders) })
}

func (s *Service) change(ctx context.Context, by account.Actor, id ID, verb string, data map[string]any, do func(tx db.Tx, b *Batch) error) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		b, err := planned(tx, by, id)
		if err != nil {
			return err
		}
		if err := do(tx, &b); err != nil {
			return err
		}
		return record(tx, by, verb, b, data)
	})
	if err != nil {
		return fmt.Errorf("batch %s: %w", id, err)
	}
	return nil
}

// addIn takes orders into a batch: the time that each had of the machine becomes one slot.
func (s *Service) addIn(tx db.Tx, by account.Actor, b *Batch, ids []making.OrderID) error {
	if err := lockMembers(tx, *b); err != nil { // two batches that take one order come one after the other
		return err
	}
	for _, id := range ids {
		o, err := making.OrderFor(tx, by, id)
		if err != nil {
			return err
		}
		if err := b.fits(o); err != nil {
			return err
		}
		other, err := plannedBatchOf(tx, id)
		if err != nil {
			return err
		}
		if other.ID != "" {
			return fault.New(fault.Conflict, "batch.wrong.taken", "code", o.Code())
		}
		if err := insertMember(tx, Member{BatchID: b.ID, OrderID: id, Pieces: o.Waiting()}); err != nil {
			return err
		}
		if err := park.FreeIn(tx, string(id)); err != nil {
			return err
		}
	}
	return s.settleIn(tx, by, b)
}

// TakeOut takes an order out of a batch that has not begun: it waits by itself again. Without orders a batch is dissolved.
func (s *Service) TakeOut(ctx context.Context, by account.Actor, id ID, order making.OrderID) error {
	return s.change(ctx, by, id, "batch.take_out", map[string]any{}, func(tx db.Tx, b *Batch) error {
		o, err := making.OrderFor(tx, by, order)
		if err != nil {
			return err
		}
		if err := deleteMember(tx, b.ID, order); err != nil {
			return err
		}
		if err := s.settleIn(tx, by, b); err != nil {
			return err
		}
		return making.QueueIn(tx, by, o)
	})
}

// Dissolve takes all orders out.
func (s *Service) Dissolve(ctx context.Context, by account.Actor, id ID) error {
	return s.change(ctx, by, id, "batch.dissolve", map[string]any{}, func(tx db.Tx, b *Batch) error {
		orders, err := ordersOf(tx, b.ID)
		if err != nil {
			return err
		}
		for _, o := range orders {
			if err := deleteMember(tx, b.ID, o.ID); err != nil {
				return err
			}
		}
		if err := s.settleIn(tx, by, b); err != nil {
			return err
		}
		for _, o := range orders {
			if err := making.QueueIn(tx, by, o.Order); err != nil {
				return err
			}
		}
		return nil
	})
}

// Space is how the pieces of a batch are laid.
type Space struct {
	MM    float64 // the least distance between pieces
	Usual bool    // what is usual for the process instead
	Most  int     // plates or chambers; 0: as many as it takes
}

// Space changes how pieces are laid, and lays them anew.
func (s *Service) Space(ctx context.Context, by account.Actor, id ID, x Space) error {
	var wrong fault.Fields
	if !(x.MM >= 0 && x.MM <= maxSpacing) {
		wrong.Add("spacing_mm", "fault.number", "min", 0, "max", maxSpacing)
	}
	if x.Most < 0 || x.Most > maxRounds {
		wrong.Add("most", "fault.number", "min", 0, "max", maxRounds)
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	data := map[string]any{}
	return s.change(ctx, by, id, "batch.space", data, func(tx db.Tx, b *Batch) error {
		if b.SpacingMM, b.MostRounds = x.MM, x.Most; x.Usual {
			b.SpacingMM = spacingOf(b.Process)
		}
		data["mm"], data["most"] = b.SpacingMM, b.MostRounds
		return s.settleIn(tx, by, b)
	})
}

// settleIn computes shares and hours of a batch anew, gives it its one slot, and asks for its layout.
func (s *Service) settleIn(tx db.Tx, by account.Actor, b *Batch) error {
	b.Layout, b.LayoutJob = "", ""
	orders, err := ordersOf(tx, b.ID)
	if err != nil {
		return err
	}
	pieces := 0
	for i := range orders {
		orders[i].Pieces = orders[i].Waiting()
		pieces += orders[i].Pieces
	}
	switch {
	case len(orders) == 0:
		b.State, b.Hours = Dissolved, 0
	case len(orders) > maxOrders || pieces > maxPieces:
		return fault.New(fault.Conflict, "batch.wrong.many", "orders", maxOrders, "pieces", maxPieces)
	}
	if err := computeIn(tx, b, orders, nil); err != nil {
		return err
	}
	if err := s.slotIn(tx, by, *b); err != nil {
		return err
	}
	if b.State == Planned {
		if err := s.askLayout(tx, by, b); err != nil {
			return err
		}
	}
	return saveBatch(tx, *b)
}

// computeIn computes the shares of orders and the hours of the batch, of the pieces that lie in it where there is a layout.
func computeIn(tx db.Tx, b *Batch, orders []member, l *Layout) error {
	joints := make([]making.Joint, len(orders))
	for i, o := range orders {
		whole, _, _, err := making.JointOf(tx, o.Order)
		if err != nil {
			return err
		}
		joints[i] = whole.Of(o.Pieces)
		if l != nil {
			joints[i] = whole.Of(l.Placed(o.ID))
		}
	}
	for i, share := range making.Shares(b.Process, joints) {
		m := orders[i].Member
		m.Share = share
		if err := saveMember(tx, m); err != nil {
			return err
		}
	}
	if len(orders) == 0 {
		return nil
	}
	m, err := park.MachineOf(tx, b.MachineID)
	if err != nil {
		return err
	}
	library, err := park.Library(tx)
	if err != nil {
		return err
	}
	height, rounds := 0.0, 0
	if l != nil {
		height, rounds = l.HeightMM, l.Rounds
	}
	stock := park.Stock{MachineID: b.MachineID, MaterialID: b.MaterialID}
	b.Hours = making.HoursTogether(m, library, stock, joints, height, rounds)
	return nil
}

// slotIn takes the machine for the batch at the first time that is free; where there is none the maker plans by hand.
func (s *Service) slotIn(tx db.Tx, by account.Actor, b Batch) error {
	if err := park.FreeIn(tx, string(b.ID)); err != nil {
		return err
	}
	length := park.Length(b.Hours)
	if b.State != Planned || length <= 0 {
		return nil
	}
	_, _, err := park.QueueIn(tx, by, park.Slot{MachineID: b.MachineID, Kind: park.Booking, Title: b.Code(), OrderID: string(b.ID)}, length)
	return err
}

// Start begins the build of all orders. Pieces that could not be laid are left for a later one when whoever begins has seen how
// many: their orders go on waiting for them.
func (s *Service) Start(ctx context.Context, by account.Actor, id ID, leave int) error {
	verb, data := "batch.start", map[string]any{}
	if leave > 0 {
		verb, data["left"] = "batch.start_part", leave
	}
	return s.change(ctx, by, id, verb, data, func(tx db.Tx, b *Batch) error {
		orders, err := ordersOf(tx, b.ID)
		if err != nil {
			return err
		}
		l, laid := b.LayoutOf()
		if err := mayBegin(*b, orders, l, laid, leave); err != nil {
			return err
		}
		for _, o := range orders {
			if laid {
				o.Pieces = l.Placed(o.ID)
			}
			if o.Pieces == 0 { // nothing of it lies here: it waits by itself again
				if err := deleteMember(tx, b.ID, o.ID); err != nil {
					return err
				}
				if err := making.QueueIn(tx, by, o.Order); err != nil {
					return err
				}
				continue
			}
			if err := saveMember(tx, o.Member); err != nil {
				return err
			}
			if err := s.making.StartIn(tx, by, o.ID, o.Pieces, string(b.ID)); err != nil {
				return err
			}
		}
		b.State, b.LayoutJob = Building, ""
		return saveBatch(tx, *b)
	})
}

// mayBegin says why a batch may not begin: its layout is not known though it is bounded, pieces would be left that nobody knows
// of, nothing lies in it, or pieces of an order are still being built.
func mayBegin(b Batch, orders []member, l Layout, laid bool, leave int) error {
	if !laid && b.MostRounds > 0 {
		return fault.New(fault.Conflict, "batch.wrong.not_laid")
	}
	out := l.Out()
	switch {
	case out > 0 && len(l.Places) == 0:
		return fault.New(fault.Conflict, "batch.wrong.nothing")
	case out != leave && leave > 0:
		return fault.New(fault.Conflict, "batch.wrong.changed")
	case out != leave:
		var codes []string
		for _, o := range orders {
			if slices.ContainsFunc(l.Left, func(x Left) bool { return x.Order == o.ID }) {
				codes = append(codes, o.Code())
			}
		}
		return fault.New(fault.Conflict, "batch.wrong.left", "count", out, "codes", strings.Join(codes, ", "))
	}
	for _, o := range orders {
		if o.State == making.Building {
			return fault.New(fault.Conflict, "batch.wrong.building", "code", o.Code())
		}
	}
	return nil
}

// Finish ends the build of all orders, with what they were built of, and frees the machine.
func (s *Service) Finish(ctx context.Context, by account.Actor, id ID, with making.Build) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := seen(tx, by, id); err != nil {
			return err
		}
		b, err := lockBatch(tx, id)
		switch {
		case err != nil:
			return err
		case b.State != Building:
			return fault.New(fault.Conflict, "batch.wrong.state", "state_key", b.State.Key())
		}
		orders, err := ordersOf(tx, b.ID)
		if err != nil {
			return err
		}
		for _, o := range orders {
			if err := s.making.FinishIn(tx, by, o.ID, with); err != nil {
				return err
			}
		}
		b.State, b.Lot, b.Settings, b.Operator = Built, strings.TrimSpace(with.Lot), strings.TrimSpace(with.Settings), strings.TrimSpace(with.Operator)
		if err := park.FreeIn(tx, string(b.ID)); err != nil {
			return err
		}
		if err := saveBatch(tx, b); err != nil {
			return err
		}
		return record(tx, by, "batch.finish", b, map[string]any{})
	})
	if err != nil {
		return fmt.Errorf("finish batch %s: %w", id, err)
	}
	return nil
}

// Held says that an order which is in a batch begins and ends with it.
func (s *Service) Held(tx db.Tx, o making.Order, to making.State) error {
	if to != making.Building && to != making.Built {
		return nil
	}
	b, err := openBatchOf(tx, o.ID)
	if err == nil && b.ID != "" {
		err = fault.New(fault.Conflict, "batch.wrong.held", "code", b.Code())
	}
	return err
}

// Moved takes an order out of its batch that was refused or withdrawn; of one of which other pieces wait than before the batch
// takes those.
func (s *Service) Moved(tx db.Tx, o making.Order, _ making.State) error {
	ends := o.State == making.Refused || o.State == making.Withdrawn
	if !ends && o.State != making.Partly {
		return nil
	}
	b, err := plannedBatchOf(tx, o.ID)
	if err != nil || b.ID == "" {
		return err
	}
	if b, err = lockBatch(tx, b.ID); err != nil {
		return err
	}
	if ends {
		if err := deleteMember(tx, b.ID, o.ID); err != nil {
			return err
		}
		return s.settleIn(tx, account.Actor{ID: b.PersonID}, &b)
	}
	if err := park.FreeIn(tx, string(o.ID)); err != nil {
		return err
	}
	orders, err := ordersOf(tx, b.ID)
	if err != nil || !slices.ContainsFunc(orders, func(m member) bool { return m.ID == o.ID && m.Pieces != o.Waiting() }) {
		return err
	}
	return s.settleIn(tx, account.Actor{ID: b.PersonID}, &b)
}
