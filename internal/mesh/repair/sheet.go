package repair

import "math"

// loose is how much of the area may go as faces that bound nothing: more is a part with holes.
const loose = 0.01

// maxSheets bounds how many sheets are taken out, one after the other.
const maxSheets = 64

// sheet is a patch of faces that hang together over edges of two faces.
type sheet struct {
	faces        []int
	volume, area float64
	border       []use // its uses of edges that are not of two faces
}

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
		uses, balance := b.borders()
		if len(uses) == 0 {
			break
		}
		var best *sheet
		for _, s := range b.sheets(uses) {
			switch mends, open := s.mends(uses, balance); {
			case !mends, open && spent+s.area > loose*all, len(s.faces) == len(b.faces):
			case best == nil, s.volume < best.volume:
				best = s
			}
		}
		if best == nil {
			break
		}
		if _, open := best.mends(uses, balance); open {
			spent += best.area
		}
		gone := make(map[int]bool, len(best.faces))
		for _, f := range best.faces {
			gone[f] = true
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

// borders gives how many faces the edges have that have not two, and how much oftener they are run over upward.
func (b *body) borders() (uses, balance map[[2]uint32]int) {
	uses, balance = map[[2]uint32]int{}, map[[2]uint32]int{}
	eachEdge(b.edges(), func(of []use) {
		if len(of) == 2 {
			return
		}
		at := [2]uint32{of[0].low, of[0].high}
		uses[at] = len(of)
		for _, u := range of {
			balance[at] += u.sign()
		}
	})
	return uses, balance
}

func (u use) sign() int {
	if u.up {
		return 1
	}
	return -1
}

// mends tells whether every crowded edge around a sheet would have two faces in balance without it, and whether it has open edges.
func (s *sheet) mends(uses, balance map[[2]uint32]int) (mends, open bool) {
	own, sum, crowded := map[[2]uint32]int{}, map[[2]uint32]int{}, false
	for _, u := range s.border {
		at := [2]uint32{u.low, u.high}
		own[at]++
		sum[at] += u.sign()
	}
	for at, n := range own {
		switch {
		case uses[at] == 1:
			open = true
		case uses[at]-n != 2 || balance[at] != sum[at] || sum[at] == 0: // in balance with it: bodies that touch
			return false, open
		default:
			crowded = true
		}
	}
	return crowded || open && len(s.faces) == 1 && len(own) == 3, open
}

// sheets gives the patches that end at edges that have not two faces.
func (b *body) sheets(uses map[[2]uint32]int) (all []*sheet) {
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
	edges := b.edges()
	eachEdge(edges, func(of []use) {
		if len(of) == 2 {
			x, y := find(of[0].face), find(of[1].face)
			up[max(x, y)] = min(x, y)
		}
	})
	at := map[int]*sheet{}
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
	for _, u := range edges {
		if uses[[2]uint32{u.low, u.high}] > 0 {
			s := at[find(u.face)]
			s.border = append(s.border, u)
		}
	}
	ended := all[:0]
	for _, s := range all {
		if len(s.border) > 0 && !math.IsNaN(s.volume) {
			ended = append(ended, s)
		}
	}
	return ended
}
