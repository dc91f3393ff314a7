package web

import (
	"maps"
	"net/http"
	"slices"
	"strconv"

	"bassin/internal/fault"
)

// Forms are the small forms of one page by name; those that came back refused hold what was typed.
// The fields of each begin with its name ("risk.title"), so that several can stand on a page.
type Forms map[string]*Form

// Get gives the form that came back, or a new one from pairs of field and value.
func (f Forms) Get(name string, pairs ...string) *Form {
	if x := f[name]; x != nil {
		return x
	}
	return NewForm(NewOnce(), pairs...)
}

// Elsewhere are the forms that came back and have no place on the page: those of buttons, and those of what is over meanwhile. Named are
// those that have one.
func (f Forms) Elsewhere(named ...string) (list []*Form) {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if !slices.Contains(named, name) {
			list = append(list, f[name])
		}
	}
	return list
}

// Back reports whether the form came back.
func (f Forms) Back(name string) bool { return f[name] != nil }

// Small is a form that stands on a page among other things.
type Small struct {
	Name  string // of the form
	Page  func(w http.ResponseWriter, r *http.Request, status int, f Forms) error
	Do    func() error // the operation, called when everything could be read
	To    string       // where one goes when it is done
	Undo  string
	Toast string
	Args  []any
}

// Submit answers a small form: done, one goes on; refused, its page comes back with what was typed.
func (f *Form) Submit(w http.ResponseWriter, r *http.Request, x Small) error {
	err := f.Err()
	if err == nil {
		err = Prefixed(x.Do(), x.Name)
	}
	if err == nil {
		return SeeOtherUndo(w, r, x.To, x.Undo, x.Toast, x.Args...)
	}
	if !f.Fail(ViewOf(r), err) {
		return err
	}
	return x.Page(w, r, Status(err), Forms{x.Name: f})
}

// Prefixed renames the wrong fields of an operation to those of a small form.
func Prefixed(err error, name string) error {
	f := fault.As(err)
	if f == nil || len(f.Fields) == 0 {
		return err
	}
	g := *f
	g.Fields = make([]fault.Field, len(f.Fields))
	for i, x := range f.Fields {
		x.Name = name + "." + x.Name
		g.Fields[i] = x
	}
	return &g
}

// Seen is the version that the form was filled from. A form without one was tampered with: it is
// answered as one that somebody else overtook, never as "whatever stands".
func (f *Form) Seen() int64 {
	if n := f.Int("version", 1, 1<<53); n > 0 {
		return n
	}
	return -1
}

// SeenIn is Seen of one small form among several, whose version has a field of its own; there is
// nowhere to say what is wrong with it, so an unreadable one is as good as none.
func (f *Form) SeenIn(field string) int64 {
	if n, err := strconv.ParseInt(f.Text(field), 10, 64); err == nil && n > 0 {
		return n
	}
	return -1
}

// Keyed makes choices of values that have a text key each.
func Keyed[T interface {
	~string
	Key() string
}](v *View, list []T) []Choice {
	out := make([]Choice, len(list))
	for i, x := range list {
		out[i] = Choice{Value: string(x), Label: v.T(x.Key())}
	}
	return out
}
