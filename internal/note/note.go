package note

import (
	"slices"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/when"
)

// Bounds of one note. Text is small: the largest books are 3 MB.
const (
	MaxUpdate  = 1 << 20  // bytes of one update: a day's work offline
	MaxState   = 4 << 20  // bytes of a version's state
	MaxDoc     = 2 << 20  // bytes of a version's document
	MaxLog     = 64 << 20 // bytes of all updates of a note
	maxNotes   = 500      // of a project
	maxParents = 4        // how deep notes stand below each other
)

// ID names a note.
type ID string

// Note is a page of text of a project.
type Note struct {
	ID            ID
	ProjectID     project.ID
	ParentID      ID // under which it stands in the list; "" at the top
	Title         string
	Rank          int64  // order among its siblings
	Seq           int64  // of its last update
	Bytes         int64  // of all updates
	Seed          string // the text it was begun with, JSON; see Parse
	CreatedBy     account.PersonID
	CreatedByName string
	CreatedAt     when.Time
	UpdatedAt     when.Time // of the last update
	UpdatedByName string
	RemovedAt     when.Time
	Version       int64 // of title and place
}

// URL is the note's page.
func (n Note) URL() string { return n.ProjectID.URL() + "/notes/" + string(n.ID) }

func (n Note) check() error {
	var wrong fault.Fields
	wrong.Text("title", n.Title, 1, 200)
	return wrong.Err()
}

// grow notes that an update of so many bytes was added, and by whom.
func (n *Note) grow(bytes int, by string, now when.Time) error {
	switch {
	case bytes == 0 || bytes > MaxUpdate:
		return fault.New(fault.TooLarge, "note.wrong.update")
	case n.Bytes+int64(bytes) > MaxLog:
		return fault.New(fault.Conflict, "note.wrong.full")
	}
	n.Seq, n.Bytes, n.UpdatedAt, n.UpdatedByName = n.Seq+1, n.Bytes+int64(bytes), now, by
	return nil
}

// Row is a note in the list, with how deep it stands.
type Row struct {
	Note
	Depth int
}

// tree puts notes below their parents, siblings by rank. A note whose parent is not there stands
// at the top.
func tree(list []Note) []Row {
	among := map[ID]bool{}
	for _, n := range list {
		among[n.ID] = true
	}
	below := map[ID][]Note{}
	for _, n := range list {
		if !among[n.ParentID] {
			n.ParentID = ""
		}
		below[n.ParentID] = append(below[n.ParentID], n)
	}
	var out []Row
	var put func(parent ID, depth int)
	put = func(parent ID, depth int) {
		slices.SortStableFunc(below[parent], func(a, b Note) int {
			if a.Rank != b.Rank {
				return int(a.Rank - b.Rank)
			}
			if a.ID < b.ID {
				return -1
			}
			return 1
		})
		for _, n := range below[parent] {
			out = append(out, Row{n, depth})
			put(n.ID, depth+1)
		}
	}
	put("", 0)
	return out
}

// place refuses a parent that is not among the project's notes, stands below the note itself, or
// is too deep.
func (n Note) place(all []Note) error {
	var wrong fault.Fields
	parent := map[ID]ID{}
	for _, x := range all {
		parent[x.ID] = x.ParentID
	}
	depth := 0
	for at := n.ParentID; at != ""; at = parent[at] {
		_, there := parent[at]
		if depth++; !there || at == n.ID || depth > maxParents {
			wrong.Add("parent_id", "note.wrong.parent")
			break
		}
	}
	return wrong.Err()
}

// Standing is what one may do in a note.
type Standing string

// The standings.
const (
	None    Standing = ""
	Reads   Standing = "reads"
	Writes  Standing = "writes"
	Manages Standing = "manages" // invites guests, takes it off the list
)

// standing decides from the project and from the grants over the note. Guests of a note write in
// it; what has ended, or was taken off the list, is read only.
func standing(n Note, a project.Access, by account.Actor, today when.Date) Standing {
	guest := slices.ContainsFunc(by.Grants, func(g account.Grant) bool {
		return g.Role == account.NoteGuest && g.ScopeKind == account.OverNote && g.ScopeID == string(n.ID) && g.Holds(today)
	})
	gone := a.RemovedAt != 0
	sees := a.Walls.May(by, project.See, today)
	contributes := a.Walls.May(by, project.Contribute, today)
	switch {
	case !sees && (!guest || gone || n.RemovedAt != 0), n.RemovedAt != 0 && !contributes:
		return None
	case a.Frozen() || n.RemovedAt != 0 || !guest && !contributes:
		return Reads
	case contributes:
		return Manages
	}
	return Writes
}
