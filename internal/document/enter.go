package document

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
)

// Place is an entry with the way to it and what one person may do there.
type Place struct {
	Project project.Access
	Guest   bool    // of a folder, and of nothing else in the project
	Entry   Entry   // zero but for its project and kind: the project's own folder
	Chain   []Entry // from the project's folder, or the guest's, to the entry; it is the last
	above   []EntryID
}

// Root reports whether the place is the project's own folder.
func (p Place) Root() bool { return p.Entry.ID == "" }

// May decides for the person.
func (p Place) May(x project.Permission) bool {
	if p.Guest {
		return guestMay(x)
	}
	return p.Project.May(x)
}

// MayNow is May for changes: what has ended is not changed any more.
func (p Place) MayNow(x project.Permission) bool { return !p.Project.Frozen() && p.May(x) }

// MayChange reports whether the entry itself may be renamed, moved or removed.
func (p Place) MayChange() bool { return p.MayNow(project.Contribute) && p.owned() }

// owned: a guest changes what lies in the folder, not the folder.
func (p Place) owned() bool { return !p.Root() && !(p.Guest && len(p.Chain) == 1) }

// ids is the whole chain, above the guest's folder too: locks lie there.
func (p Place) ids() []EntryID {
	ids := append([]EntryID{}, p.above...)
	for _, e := range p.Chain {
		ids = append(ids, e.ID)
	}
	return ids
}

// enter reads an entry for the actor; what they may not see, and what lies in a removed folder, is
// not found. A missing project is asked for like a hidden one.
func enter(tx db.Tx, by account.Actor, id project.ID, entry EntryID) (Place, error) {
	a, err := project.Enter(tx, by, id)
	guest := fault.Is(err, fault.NotFound) && len(sharedWith(by, tx.Today())) > 0 && entry != ""
	if guest {
		a, err = project.Enter(tx, account.System("document"), id)
		a.By = by
		if err == nil && a.RemovedAt != 0 {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
	}
	if err != nil {
		return Place{}, err
	}
	p := Place{Project: a, Guest: guest, Entry: Entry{ProjectID: id, Kind: Folder}}
	if entry == "" {
		return p, nil
	}
	if p.Chain, err = chainOf(tx, id, entry); err != nil {
		return Place{}, err
	}
	p.Entry = p.Chain[len(p.Chain)-1]
	if guest {
		i, ok := guestRoot(by, p.ids(), tx.Today())
		if !ok {
			return Place{}, fault.New(fault.NotFound, "fault.not_found")
		}
		for _, e := range p.Chain[:i] {
			p.above = append(p.above, e.ID)
		}
		p.Chain = p.Chain[i:]
	}
	return p, nil
}

// chainOf walks from an entry up to the project's folder.
func chainOf(tx db.Tx, id project.ID, entry EntryID) ([]Entry, error) {
	var up []Entry
	for at := entry; at != ""; {
		e, err := getEntry(tx, id, at)
		if err != nil {
			return nil, err
		}
		if e.RemovedAt != 0 || len(up) > maxDepth {
			return nil, fault.New(fault.NotFound, "fault.not_found")
		}
		up, at = append(up, e), e.FolderID
	}
	for i, j := 0, len(up)-1; i < j; i, j = i+1, j-1 {
		up[i], up[j] = up[j], up[i]
	}
	return up, nil
}

// allow is enter for an act.
func allow(tx db.Tx, by account.Actor, id project.ID, entry EntryID, x project.Permission) (Place, error) {
	p, err := enter(tx, by, id, entry)
	switch {
	case err != nil:
		return p, err
	case !p.May(x):
		return p, fault.New(fault.Forbidden, "project.forbidden."+string(x))
	case p.Project.Frozen():
		return p, fault.New(fault.Conflict, "project.wrong.ended", "state_key", p.Project.State.Key())
	}
	return p, nil
}

// child is the place of something in the place's folder.
func (p Place) child(e Entry) Place {
	q := p
	q.Entry, q.Chain = e, append(append([]Entry{}, p.Chain...), e)
	return q
}

// named finds what lies under a name in the folder of the place.
func named(tx db.Tx, p Place, name string) (Place, error) {
	e, err := getNamed(tx, p.Entry.ProjectID, p.Entry.ID, keyOf(name))
	if err != nil {
		return Place{}, err
	}
	return p.child(e), nil
}
