package repair

import (
	"cmp"
	"math"
	"slices"
)

// loose is how much of the area may go as faces that bound nothing: more is a part with holes.
const loose = 0.01

// maxSheets bounds how many sheets are taken out one after the other, of those that hang together.
const maxSheets = 64

// border is an edge that has not two faces: how many it has, and how much oftener they run over it upward.
type border struct{ uses, balance int }

// sheet is a patch of faces that hang together over edges of two faces.
type sheet struct {
	faces        []int
	volume, area float64
	sides        []side // its uses of borders, those of one border together
	beside       bool   // a sheet with which it has a border was taken out
	changed      bool   // so it was of itself, or of one beside it
}

type side struct{ border, sign int }

// dropSheets takes out what bounds nothing: a wall of one layer within a body or between two, which leaves every edge
// around it in balance, and small sheets that hang on an edge of a body or nowhere. Of the patches at an edge of three faces
// each could be the wall: it is the one without which most volume is left.
func (b *body) dropSheets() int {
	before, spent := len(b.faces), 0.0
	all := 0.0
	for _, t := range b.faces {
		all += b.normal(t).Len() / 2
	}
	for range maxSheets {
		borders, sheets := b.sheets()
		gone, n := make([]bool, len(b.faces)), 0
		around := around(sheets, len(borders))
		for _, s := range slices.SortedStableFunc(slices.Values(sheets), func(x, y *sheet) int { return cmp.Compare(x.volume, y.volume) }) {
			mends, open := s.mends(borders)
			if s.changed || !mends || open && spent+s.area > loose*all || n+len(s.faces) == len(b.faces) {
				continue
			}
			if open {
				spent += s.area
			}
			for _, f := range s.faces {
				gone[f] = true
			}
			n += len(s.faces)
			s.leave(around)
		}
		if n == 0 {
			break
		}
		kept := b.faces[:0]
		for f, t := range b.faces {
			if !gone[f] {
				kept = append(kept, t)
			}
		}
		b.faces = kept
	}
	return before - len(b.faces)
}

// around gives the sheets at each border.
func around(sheets []*sheet, borders int) [][]*sheet {
	at := make([][]*sheet, borders)
	for _, s := range sheets {
		for _, d := range s.sides {
			if l := at[d.border]; len(l) == 0 || l[len(l)-1] != s {
				at[d.border] = append(l, s)
			}
		}
	}
	return at
}

// leave notes what changes when a sheet is taken out: those beside it may hang together without it, and what is beside them
// borders then on another sheet. All others are what they were, and may go in the same pass.
func (s *sheet) leave(around [][]*sheet) {
	var beside []*sheet
	for _, d := range s.sides {
		for _, o := range around[d.border] {
			if !o.beside {
				o.beside = true
				beside = append(beside, o)
			}
		}
	}
	for _, o := range beside {
		for _, d := range o.sides {
			for _, n := range around[d.border] {
				n.changed = true
			}
			around[d.border] = nil // all there are known to have changed
		}
	}
}

// borders are the edges that have not two faces.
func borders(edges []use) (list []border) {
	eachEdge(edges, func(of []use) {
		if len(of) == 2 {
			return
		}
		e := border{uses: len(of)}
		for _, u := range of {
			e.balance += u.sign()
		}
		list = append(list, e)
	})
	return list
}

func (u use) sign() int {
	if u.up {
		return 1
	}
	return -1
}

// mends tells whether every crowded edge around a sheet would have two faces in balance without it, and whether it has open edges.
func (s *sheet) mends(borders []border) (mends, open bool) {
	different, crowded := 0, false
	for rest := s.sides; len(rest) > 0; different++ {
		e, n, sum := borders[rest[0].border], 0, 0
		for n < len(rest) && rest[n].border == rest[0].border {
			sum += rest[n].sign
			n++
		}
		rest = rest[n:]
		switch {
		case e.uses == 1:
			open = true
		case e.uses-n != 2 || e.balance != sum || sum == 0: // in balance with it: bodies that touch
			return false, open
		default:
			crowded = true
		}
	}
	return crowded || open && len(s.faces) == 1 && different == 3, open
}

// sheets gives the edges that have not two faces and the patches that end at them.
func (b *body) sheets() (ends []border, all []*sheet) {
	edges := b.edges()
	if ends = borders(edges); len(ends) == 0 {
		return nil, nil
	}
	up := make([]int, len(b.faces))
	for i := range up {
		up[i] = i
	}
	find := func(x int) int {
		for up[x] != x {
			up[x] = up[up[x]]
			x = up[x]
		}
		return x
	}
	eachEdge(edges, func(of []use) {
		if len(of) == 2 {
			x, y := find(of[0].face), find(of[1].face)
			up[max(x, y)] = min(x, y)
		}
	})
	at := make([]*sheet, len(b.faces))
	for f, t := range b.faces {
		s := at[find(f)]
		if s == nil {
			s = &sheet{}
			at[find(f)], all = s, append(all, s)
		}
		s.faces = append(s.faces, f)
		p := b.points[b.faces[0][0]]
		n := b.points[t[1]].Sub(p).Cross(b.points[t[2]].Sub(p))
		s.volume += b.points[t[0]].Sub(p).Dot(n) / 6
		s.area += b.normal(t).Len() / 2
	}
	n := 0
	eachEdge(edges, func(of []use) {
		if len(of) == 2 {
			return
		}
		for _, u := range of {
			s := at[find(u.face)]
			s.sides = append(s.sides, side{n, u.sign()})
		}
		n++
	})
	return ends, slices.DeleteFunc(all, func(s *sheet) bool { return len(s.sides) == 0 || math.IsNaN(s.volume) })
}
