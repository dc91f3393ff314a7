package making

import (
	"context"
	"fmt"
	"time"

	"bassin/internal/account"
	"bassin/internal/calibration"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/park"
)

// take takes an order to a state by itself.
func (s *Service) take(ctx context.Context, by account.Actor, id OrderID, to State, note string, change func(tx db.Tx, o *Order) error) (o Order, err error) {
	err = s.db.Do(ctx, func(tx db.Tx) error {
		if o, err = changed(tx, by, id); err != nil {
			return err
		}
		for _, held := range s.Held {
			if err := held(tx, o, to); err != nil {
				return err
			}
		}
		o, err = s.moveIn(tx, by, o, to, Step{Note: note}, change)
		return err
	})
	if err != nil {
		return o, fmt.Errorf("take order %s to %s: %w", id, to, err)
	}
	return o, nil
}

// moveIn takes an order whose row is locked to a state: change fills in and checks what the state needs, then the step is
// kept and the other side is told. The step says of how many pieces it is when it is not of all.
func (s *Service) moveIn(tx db.Tx, by account.Actor, o Order, to State, step Step, change func(tx db.Tx, o *Order) error) (Order, error) {
	before := o
	side, err := o.step(by, to)
	if err != nil {
		return o, err
	}
	if change != nil {
		if err := change(tx, &o); err != nil {
			return o, err
		}
	}
	if err := saveOrder(tx, o); err != nil {
		return o, err
	}
	if step.State == "" {
		step.State = to
	}
	step.OrderID, step.At, step.PersonID, step.Side, step.Pieces = o.ID, tx.Now(), by.ID, side, moved(before, o)
	if err := insertStep(tx, step); err != nil {
		return o, err
	}
	other := Maker
	if side == Maker {
		other = Requester
	}
	if err := s.tell(tx, by, o, other); err != nil {
		return o, err
	}
	for _, moved := range s.Moved {
		if err := moved(tx, o, before.State); err != nil {
			return o, err
		}
	}
	data := map[string]any{}
	if step.Pieces > 0 {
		data["pieces"], data["made"], data["of"] = step.Pieces, o.Made, o.Quantity
	}
	return o, record(tx, by, "making."+string(step.State), o, data)
}

// moved is how many pieces a step is about; 0: all, or none in particular.
func moved(before, after Order) int {
	n := 0
	switch {
	case after.State == Building:
		n = after.InBuild
	case before.State == Building:
		n = before.InBuild
	case after.State == Partly:
		n = before.Made - after.Made
	}
	if n == after.Quantity && after.State != Partly {
		return 0
	}
	return n
}

// beginIn begins a build of so many pieces, part of a batch or by itself.
func beginIn(tx db.Tx, o *Order, n int, together string) error {
	if err := o.begin(n); err != nil {
		return err
	}
	return insertBuild(tx, Build{OrderID: o.ID, Pieces: n, Together: together, BegunAt: tx.Now()})
}

// StartIn begins the build of so many pieces of an order together with others, in the caller's transaction. The pieces that are
// left wait for another build, with a time of the machine of their own.
func (s *Service) StartIn(tx db.Tx, by account.Actor, id OrderID, pieces int, together string) error {
	o, err := changed(tx, by, id)
	if err != nil {
		return err
	}
	if o, err = s.moveIn(tx, by, o, Building, Step{}, func(tx db.Tx, o *Order) error { return beginIn(tx, o, pieces, together) }); err != nil {
		return err
	}
	return QueueIn(tx, by, o)
}

// endIn ends the build that is under way.
func endIn(tx db.Tx, o *Order, with Build) error {
	list, err := listBuilds(tx, o.ID)
	if err != nil {
		return err
	}
	for _, b := range list {
		if b.EndedAt != 0 {
			continue
		}
		b.Lot, b.Settings, b.Operator, b.EndedAt = with.Lot, with.Settings, with.Operator, tx.Now()
		if err := b.check(); err != nil {
			return err
		}
		o.Lot, o.Settings, o.Operator = b.Lot, b.Settings, b.Operator
		if err := saveBuild(tx, b); err != nil {
			return err
		}
	}
	o.State = o.end()
	return nil
}

// FinishIn ends it. What such a build took says nothing of one order: it teaches the machine nothing.
func (s *Service) FinishIn(tx db.Tx, by account.Actor, id OrderID, with Build) error {
	o, err := changed(tx, by, id)
	if err == nil {
		after := o
		_, err = s.moveIn(tx, by, o, after.end(), Step{}, func(tx db.Tx, o *Order) error { return endIn(tx, o, with) })
	}
	return err
}

// Quote gives a price and a day for which the maker stands, until a day; again as long as it is not accepted.
func (s *Service) Quote(ctx context.Context, by account.Actor, q Order) (Order, error) {
	return s.take(ctx, by, q.ID, Quoted, q.Answer, func(tx db.Tx, o *Order) error {
		o.PriceCents, o.ReadyOn, o.ValidOn, o.Answer, o.Automatic = q.PriceCents, q.ReadyOn, q.ValidOn, q.Answer, false
		return o.checkQuote(tx.Today())
	})
}

// Refuse says that the maker does not make it, and why; until the build begins.
func (s *Service) Refuse(ctx context.Context, by account.Actor, id OrderID, why string) (Order, error) {
	return s.take(ctx, by, id, Refused, why, func(tx db.Tx, o *Order) error {
		var wrong fault.Fields
		wrong.Text("answer", why, 1, maxNote)
		if err := wrong.Err(); err != nil {
			return err
		}
		o.Answer = why
		return park.FreeIn(tx, string(o.ID))
	})
}

// Withdraw takes the request back, until the build begins: the maker sees nothing of the part any more.
func (s *Service) Withdraw(ctx context.Context, by account.Actor, id OrderID) (Order, error) {
	return s.take(ctx, by, id, Withdrawn, "", func(tx db.Tx, o *Order) error { return park.FreeIn(tx, string(o.ID)) })
}

// Accept orders at the price that was quoted, while it holds, and puts the build into the queue of the machine: the first time
// that is free. The version is that of the order whose quote was seen; 0 is whatever stands.
func (s *Service) Accept(ctx context.Context, by account.Actor, id OrderID, version int64) (Order, error) {
	return s.take(ctx, by, id, Accepted, "", func(tx db.Tx, o *Order) error {
		if version != 0 && version != o.Version {
			return fault.New(fault.Conflict, "making.wrong.other_quote", "now_cents", o.PriceCents, "ready_on", o.ReadyOn)
		}
		if o.ValidOn < tx.Today() {
			return fault.New(fault.Conflict, "making.wrong.expired")
		}
		if gone, err := park.Gone(tx, o.MachineID); err != nil {
			return err
		} else if gone {
			return fault.New(fault.Conflict, "making.wrong.machine_gone")
		}
		return QueueIn(tx, by, *o)
	})
}

// QueueIn takes the machine for the build of the pieces of an order that wait; what could not be computed, or finds no room, the
// maker plans by hand.
func QueueIn(tx db.Tx, by account.Actor, o Order) error {
	h, err := hoursOf(tx, o, o.Waiting())
	length := park.Length(h)
	if err != nil || length <= 0 {
		return err
	}
	_, _, err = park.QueueIn(tx, by, park.Slot{MachineID: o.MachineID, Kind: park.Booking, Title: o.Code() + " " + o.PartCode, OrderID: string(o.ID)}, length)
	return err
}

// Start says that the build of all pieces that wait has begun; when all were made, of all of them again.
func (s *Service) Start(ctx context.Context, by account.Actor, id OrderID) (Order, error) {
	return s.take(ctx, by, id, Building, "", func(tx db.Tx, o *Order) error {
		if o.Made >= o.Quantity {
			builds, err := listBuilds(tx, o.ID)
			if err != nil {
				return err
			}
			for _, b := range o.restart(builds) {
				if err := saveBuild(tx, b); err != nil {
					return err
				}
			}
		}
		return beginIn(tx, o, o.Quantity-o.Made, "")
	})
}

// Redo says that pieces of some builds did not succeed: they wait for another build, and the machine is taken for it.
func (s *Service) Redo(ctx context.Context, by account.Actor, id OrderID, of map[int]int) (o Order, err error) {
	err = s.db.Do(ctx, func(tx db.Tx) error {
		if o, err = changed(tx, by, id); err != nil {
			return err
		}
		if o.State == Building {
			return fault.New(fault.Conflict, "making.wrong.state", "state_key", o.State.Key())
		}
		o, err = s.moveIn(tx, by, o, Partly, Step{State: redone}, func(tx db.Tx, o *Order) error {
			builds, err := listBuilds(tx, o.ID)
			if err != nil {
				return err
			}
			changed, err := o.redo(builds, of)
			if err != nil {
				return err
			}
			for _, b := range changed {
				if err := saveBuild(tx, b); err != nil {
					return err
				}
			}
			if err := park.FreeIn(tx, string(o.ID)); err != nil {
				return err
			}
			return QueueIn(tx, by, *o)
		})
		return err
	})
	if err != nil {
		return o, fmt.Errorf("redo pieces of order %s: %w", id, err)
	}
	return o, nil
}

// Finish says that the build is done, of which lot, with which settings, and frees the machine.
func (s *Service) Finish(ctx context.Context, by account.Actor, id OrderID, with Build) (Order, error) {
	return s.take(ctx, by, id, Built, "", func(tx db.Tx, o *Order) error {
		pieces := o.InBuild
		if err := endIn(tx, o, with); err != nil {
			return err
		}
		if err := park.FreeIn(tx, string(o.ID)); err != nil || pieces < o.Quantity {
			return err
		}
		return learn(tx, *o)
	})
}

// learn tells the machine what the build of all pieces of an order took. In a bed of powder an order has a share of a chamber: its hours
// are none of a build.
func learn(tx db.Tx, o Order) error {
	if o.LikelyHours <= 0 || o.Process == park.SLS || o.Process == park.MJF {
		return nil
	}
	steps, err := listSteps(tx, o.ID)
	if err != nil {
		return err
	}
	for _, s := range steps { // the newest first
		if s.State == Building {
			return calibration.BuiltIn(tx, o.MachineID, string(o.ID)+" "+s.At.Time().Format(time.RFC3339Nano), o.LikelyHours, tx.Now().Sub(s.At).Hours(), tx.Now())
		}
	}
	return nil
}

// Inspect ends the inspection: the part conforms when all measures hold, and one that was only looked at when somebody says
// so. What does not conform is built again.
func (s *Service) Inspect(ctx context.Context, by account.Actor, id OrderID, looked bool) (Order, error) {
	return s.take(ctx, by, id, Inspected, "", func(tx db.Tx, o *Order) error {
		list, err := listMeasures(tx, o.ID)
		switch {
		case err != nil:
			return err
		case !Conforms(list):
			return fault.New(fault.Conflict, "making.wrong.not_conform")
		case len(list) == 0 && !looked:
			var wrong fault.Fields
			wrong.Add("looked", "making.wrong.not_looked")
			return wrong.Err()
		}
		o.Conform, o.InspectedOn = true, tx.Today()
		return nil
	})
}

// Deliver says that the order has left.
func (s *Service) Deliver(ctx context.Context, by account.Actor, id OrderID, note string) (Order, error) {
	return s.take(ctx, by, id, Delivered, note, func(_ db.Tx, _ *Order) error {
		var wrong fault.Fields
		wrong.Text("note", note, 0, maxNote)
		return wrong.Err()
	})
}

// Rate says how satisfied the requester is.
func (s *Service) Rate(ctx context.Context, by account.Actor, id OrderID, rating int, text string) (Order, error) {
	return s.take(ctx, by, id, Rated, "", func(_ db.Tx, o *Order) error {
		var wrong fault.Fields
		if rating < 1 || rating > 5 {
			wrong.Add("rating", "fault.choice")
		}
		wrong.Text("text", text, 0, maxNote)
		o.Rating, o.RatingText = rating, text
		return wrong.Err()
	})
}

// inspected opens an order to the maker's people while it is built and not inspected yet.
func inspected(tx db.Tx, by account.Actor, id OrderID) (Order, error) {
	o, err := changed(tx, by, id)
	switch {
	case err != nil:
		return o, err
	case !o.May(by, Inspected):
		return o, fault.New(fault.Conflict, "making.wrong.not_inspecting")
	}
	return o, nil
}

// AddMeasure writes down what the inspection measured.
func (s *Service) AddMeasure(ctx context.Context, by account.Actor, m Measure) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		o, err := inspected(tx, by, m.OrderID)
		if err != nil {
			return err
		}
		if err := m.check(); err != nil {
			return err
		}
		m.ID, m.At = db.NewID(), tx.Now()
		if err := insertMeasure(tx, m); err != nil {
			return err
		}
		return record(tx, by, "making.measure", o, map[string]any{"name": m.Name})
	})
	if err != nil {
		return fmt.Errorf("measure order %s: %w", m.OrderID, err)
	}
	return nil
}

// RemoveMeasure takes a measure back that was typed wrong.
func (s *Service) RemoveMeasure(ctx context.Context, by account.Actor, id OrderID, measure string) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		o, err := inspected(tx, by, id)
		if err != nil {
			return err
		}
		if err := deleteMeasure(tx, id, measure); err != nil {
			return err
		}
		return record(tx, by, "making.measure_removed", o, map[string]any{})
	})
	if err != nil {
		return fmt.Errorf("remove measure of order %s: %w", id, err)
	}
	return nil
}

const maxPhotos = 20

// AddPhoto keeps a picture of what was made.
func (s *Service) AddPhoto(ctx context.Context, by account.Actor, id OrderID, name string, b file.Blob) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		o, err := inspected(tx, by, id)
		if err != nil {
			return err
		}
		list, err := listPhotos(tx, id)
		if err != nil {
			return err
		}
		if len(list) >= maxPhotos {
			return fault.New(fault.Conflict, "making.wrong.photos", "max", maxPhotos)
		}
		if err := insertPhoto(tx, Photo{ID: db.NewID(), OrderID: id, Hash: string(b.Hash), Size: b.Size, Type: b.Type, Name: name, At: tx.Now()}); err != nil {
			return err
		}
		return record(tx, by, "making.photo", o, map[string]any{})
	})
	if err != nil {
		return fmt.Errorf("add photo to order %s: %w", id, err)
	}
	return nil
}
