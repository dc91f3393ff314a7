package territory

import "strings"

// Known is what the base holds, for Compare.
type Known struct {
	Territories []Territory
	Groupings   []Grouping
	Communes    []Commune
}

// Diff is what a listing would change. What is gone stands in the base and not in the listing: it
// is reported and never deleted, since money and contracts hang on it.
type Diff struct {
	Territories Changes[Territory]
	Groupings   Changes[Grouping]
	Communes    Changes[Commune]
}

// Changes are the differences of one kind of thing, in the order of the listing; what is gone in
// the order of the base.
type Changes[T any] struct {
	Added     []T
	Changed   []Change[T]
	Unchanged int
	Gone      []T
}

// Change is a thing before and after.
type Change[T any] struct{ Before, After T }

// None reports whether the listing says nothing new. What is gone is no change.
func (d Diff) None() bool {
	return d.Territories.none() && d.Groupings.none() && d.Communes.none()
}

func (c Changes[T]) none() bool { return len(c.Added) == 0 && len(c.Changed) == 0 }

// Compare tells what a listing adds to what is known and changes in it. A listing by commune says
// nothing of groupings, and the other way round; an empty name in it says nothing of the name.
func Compare(l Listing, known Known) Diff {
	var d Diff
	d.Territories = compare(l.Territories, known.Territories,
		func(t Territory) ID { return t.ID },
		func(have, listed Territory) Territory {
			have.Name, have.Region = newName(have.Name, listed.Name), listed.Region
			return have
		})
	switch l.Form {
	case ByGrouping:
		type key struct{ territory, siren string }
		d.Groupings = compare(l.Groupings, known.Groupings,
			func(g Grouping) key { return key{string(g.Territory), string(g.SIREN)} },
			func(have, listed Grouping) Grouping {
				have.Name = newName(have.Name, listed.Name)
				return have
			})
	case ByCommune:
		type key struct{ territory, code string }
		d.Communes = compare(l.Communes, known.Communes,
			func(c Commune) key { return key{string(c.Territory), c.Code} },
			func(have, listed Commune) Commune {
				have.Name = newName(have.Name, listed.Name)
				return have
			})
	}
	return d
}

// newName is the name after a list: an empty one says nothing, and lists write the apostrophe of
// typewriters where we write the real one, which is no other name.
func newName(have, listed string) string {
	if listed == "" || typewriter.Replace(have) == typewriter.Replace(listed) {
		return have
	}
	return listed
}

var typewriter = strings.NewReplacer("’", "'", "‘", "'")

// compare matches by key; merged gives what a known thing becomes by what is listed.
func compare[T, K comparable](listed, known []T, key func(T) K, merged func(have, listed T) T) Changes[T] {
	var c Changes[T]
	have := make(map[K]T, len(known))
	for _, k := range known {
		have[key(k)] = k
	}
	stands := make(map[K]bool, len(listed))
	for _, x := range listed {
		k := key(x)
		stands[k] = true
		before, ok := have[k]
		switch after := merged(before, x); {
		case !ok:
			c.Added = append(c.Added, x)
		case after == before:
			c.Unchanged++
		default:
			c.Changed = append(c.Changed, Change[T]{before, after})
		}
	}
	for _, k := range known {
		if !stands[key(k)] {
			c.Gone = append(c.Gone, k)
		}
	}
	return c
}
