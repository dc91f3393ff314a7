package park

import (
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/when"
)

// Available is a machine that somebody may ask for, with what it has and when it is taken.
type Available struct {
	Machine
	Owner account.Organisation
	Stock []Stock
	Slots []Slot // of each only the machine, and from when to when
	Ours  bool   // of the person who asks
}

// MaxAvailable bounds how many machines are looked at for one part: one's own first, then those of one's territories.
const MaxAvailable = 500

// AvailableTo gives the machines that somebody may ask for, with their owners, stock and slots, and whether there are more.
func AvailableTo(tx db.Tx, by account.Actor) (out []Available, more bool, err error) {
	list, more, err := machinesFor(tx, by)
	if err != nil {
		return nil, false, err
	}
	ids, owners, at := make([]MachineID, len(list)), make([]account.OrganisationID, len(list)), make(map[MachineID]int, len(list))
	for i, m := range list {
		ids[i], owners[i], at[m.ID] = m.ID, m.OrganisationID, i
	}
	organisations, err := account.OrganisationsByID(tx, owners)
	if err != nil {
		return nil, false, err
	}
	stock, err := listStock(tx, ids...)
	if err != nil {
		return nil, false, err
	}
	slots, err := listTaken(tx, ids)
	if err != nil {
		return nil, false, err
	}
	byID := make(map[account.OrganisationID]account.Organisation, len(organisations))
	for _, o := range organisations {
		byID[o.ID] = o
	}
	out = make([]Available, len(list))
	for i, m := range list {
		out[i] = Available{Machine: m, Ours: m.ours(by), Owner: byID[m.OrganisationID]}
	}
	for _, s := range stock {
		out[at[s.MachineID]].Stock = append(out[at[s.MachineID]].Stock, s)
	}
	for _, s := range slots {
		out[at[s.MachineID]].Slots = append(out[at[s.MachineID]].Slots, s)
	}
	return out, more, nil
}

// MachinesFor gives only the machines themselves.
func MachinesFor(tx db.Tx, by account.Actor) ([]Machine, error) {
	list, _, err := machinesFor(tx, by)
	return list, err
}

func machinesFor(tx db.Tx, by account.Actor) (list []Machine, more bool, err error) {
	reach, err := ReachOf(tx, by)
	if err != nil {
		return nil, false, err
	}
	list, err = listNearest(tx, Filter{}.where(reach), reach, MaxAvailable+1)
	return list[:min(len(list), MaxAvailable)], len(list) > MaxAvailable, err
}

// Library gives all figures.
func Library(tx db.Tx) (Figures, error) { return listFigures(tx, "") }

// MachineOf reads a machine for a caller who has decided who may see it.
func MachineOf(tx db.Tx, id MachineID) (Machine, error) { return getMachine(tx, id) }

// MachineFor reads a machine for who may see it; of others it is not found.
func MachineFor(tx db.Tx, by account.Actor, id MachineID) (Machine, error) { return seen(tx, by, id) }

// MachinesOf gives the IDs of the machines of organisations, removed ones too.
func MachinesOf(tx db.Tx, ids []account.OrganisationID) ([]MachineID, error) {
	return listMachinesOf(tx, ids)
}

// StockOf gives what a machine has.
func StockOf(tx db.Tx, id MachineID) ([]Stock, error) { return listStock(tx, id) }

// SlotOf gives when a machine is taken for an order or a batch, now or later; the empty one when it is not.
func SlotOf(tx db.Tx, id MachineID, order string) (Slot, error) {
	list, err := listSlotsOf(tx, id, order)
	if err != nil || len(list) == 0 {
		return Slot{}, err
	}
	return list[0], nil
}

// SlotsOf gives when a machine is taken from now on.
func SlotsOf(tx db.Tx, id MachineID) ([]Slot, error) { return listSlots(tx, id) }

// QueueIn takes a machine for a build of some length at the first time that is free, in the caller's transaction; who may is
// decided by the caller. False: it is not free for so long within a year.
func QueueIn(tx db.Tx, by account.Actor, x Slot, length time.Duration) (Slot, bool, error) {
	m, err := lockMachine(tx, x.MachineID)
	if err != nil {
		return x, false, err
	}
	slots, err := listSlots(tx, m.ID)
	if err != nil {
		return x, false, err
	}
	begins, ends, ok := m.Opening.Ready(tx.Now().Time().In(db.Paris).Round(time.Minute), length, slots)
	if !ok {
		return x, false, nil
	}
	x.FromAt, x.ToAt = when.At(begins), when.At(ends)
	x, err = addSlot(tx, by, x)
	return x, err == nil, err
}

// Gone tells whether a machine was taken out of the park.
func Gone(tx db.Tx, id MachineID) (bool, error) {
	m, err := getMachine(tx, id)
	return m.RemovedAt != 0, err
}

// FreeIn gives back the time of an order.
func FreeIn(tx db.Tx, order string) error { return deleteSlotOf(tx, order) }

// Materials gives those of the library.
func Materials(tx db.Tx) ([]Material, error) { return listMaterials(tx, "") }
