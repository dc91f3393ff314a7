package additive

import (
	"encoding/json"
	"errors"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/cad"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/mesh"
	"bassin/internal/when"
)

// State is how far a revision is.
type State string

// The states.
const (
	Waiting    State = "waiting" // to be checked, or being checked
	Checked    State = "checked"
	Unreadable State = "unreadable" // its fault says why
)

// Key is the text key of the state.
func (s State) Key() string { return "additive.state." + string(s) }

// Revision is one file of a part.
type Revision struct {
	PartID      PartID
	Number      int
	PersonID    account.PersonID
	FileName    string
	Hash        string
	Size        int64
	Unit        mesh.Unit // chosen by a person; Unknown: what the file says
	State       State
	Fault       string // JSON of a mesh.FileError
	Report      string // JSON of a Report
	Marks       string // JSON: the marks of each of its findings; lists do not read them
	ViewHash    string // of the mesh that browsers draw; "": none
	ViewSize    int64
	MeshHash    string // of the triangles that were made of exact surfaces, 3MF; "": the file has its own
	MeshSize    int64
	SentHash    string // of the triangles that a browser made of exact surfaces, as they came (cad.Read); "": none came
	SentSize    int64
	PictureHash string // of its picture; "": none
	PictureSize int64
	Shape       string // the signature of its shape; "": none
	Placements  string // JSON of a list of Placement: the best ways to lay it, and that of its file
	LyingHash   string // of the pictures of its placements, one below the other; "": none
	LyingSize   int64
	FieldHash   string // of how thick it is all over (thickness.Field.WriteCloud); "": not measured
	FieldSize   int64
	Measured    int    // the program that made its report (measured)
	Derived     int    // what was made of it besides (derived)
	RepairOf    int    // the revision that this one was made of by a repair; 0: it was sent
	Repair      string // JSON of what was done (Repaired); "": nothing, or not yet
	JobID       string
	CreatedAt   when.Time
	CheckedAt   when.Time
}

// Label is how people name a revision: A to Z, then AA, AB and so on, as drawings are.
func (r Revision) Label() string { return label(r.Number) }

func label(n int) string {
	s := ""
	for ; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return s
}

// InBrowser tells whether its triangles are what a person's browser made of the file.
func (r Revision) InBrowser() bool { return r.SentHash != "" }

// weight is the size of what is read to know the revision, in bytes.
func (r Revision) weight() int64 { return max(r.Size, r.SentSize, r.MeshSize) }

// Blob is the file of the revision.
func (r Revision) Blob() file.Blob {
	return file.Blob{Hash: file.Hash(r.Hash), Size: r.Size, Type: "application/octet-stream"}
}

// View is the mesh that browsers draw; its hash is empty when there is none.
func (r Revision) View() file.Blob {
	return file.Blob{Hash: file.Hash(r.ViewHash), Size: r.ViewSize, Type: "application/octet-stream"}
}

// Picture is the picture of the revision; its hash is empty when there is none.
func (r Revision) Picture() file.Blob {
	return file.Blob{Hash: file.Hash(r.PictureHash), Size: r.PictureSize, Type: "image/png"}
}

// Lying is the picture of its placements; its hash is empty when there is none.
func (r Revision) Lying() file.Blob {
	return file.Blob{Hash: file.Hash(r.LyingHash), Size: r.LyingSize, Type: "image/png"}
}

// Field is how thick it is all over; its hash is empty when that was not measured.
func (r Revision) Field() file.Blob {
	return file.Blob{Hash: file.Hash(r.FieldHash), Size: r.FieldSize, Type: "application/octet-stream"}
}

// url is the address of the revision.
func (r Revision) url() string {
	return partsURL + "/" + string(r.PartID) + "/revisions/" + strconv.Itoa(r.Number)
}

// PictureURL is the address of the picture on the part's side; "" when there is none.
func (r Revision) PictureURL() string {
	if r.PictureHash == "" {
		return ""
	}
	return r.url() + "/picture"
}

// setUnit has the file read in another unit, and checked in it.
func (r *Revision) setUnit(u mesh.Unit) error {
	switch {
	case r.State != Checked:
		return fault.New(fault.Conflict, "additive.wrong.not_checked")
	case u != mesh.Unknown && u.Millimetres() == 0:
		return fault.New(fault.Invalid, "additive.wrong.unit")
	}
	r.Unit, r.State, r.Derived = u, Waiting, 0
	return nil
}

// refuse notes why a file cannot be read. Anything but a fault of the file itself is an error, to be tried again.
func (r *Revision) refuse(err error) error {
	var f *mesh.FileError
	if !errors.As(err, &f) {
		return err
	}
	text, err := json.Marshal(f)
	r.State, r.Fault = Unreadable, string(text)
	return err
}

// faultOf is why a revision cannot be read; of one that was read it is empty.
func (r Revision) faultOf() (f mesh.FileError) {
	if r.Fault != "" && json.Unmarshal([]byte(r.Fault), &f) != nil {
		f.Key = r.Fault
	}
	return f
}

// convertible tells whether a browser may send triangles of the file: the server has no converter, or could not read what came.
func (r Revision) convertible() bool {
	key := r.faultOf().Key
	return r.State == Unreadable && (key == cad.NoConverter || r.InBrowser())
}

// stateKey is the text key of how far it is: one that a browser is to read first is not yet unreadable.
func (r Revision) stateKey() string {
	if r.convertible() {
		return "additive.convert.waits"
	}
	return r.State.Key()
}

// mayConvert says why triangles of a file with a hash are not taken.
func (r Revision) mayConvert(hash string) error {
	switch {
	case r.Hash != hash:
		return fault.New(fault.Conflict, "additive.wrong.other_file")
	case !r.convertible():
		return fault.New(fault.Conflict, "additive.wrong.no_conversion")
	}
	return nil
}
