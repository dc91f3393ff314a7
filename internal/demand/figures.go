package demand

import (
	"cmp"
	"slices"

	"bassin/internal/park"
)

// Filter is what figures are of.
type Filter struct {
	From, To    string // months, both included
	Process     park.Process
	Territories []string // nil: all
	Ours        bool     // only what the reader's own organisations asked
	Askers      []string // they, when Ours
}

// What others may see of a count: at least so many parts, from at least so many who asked.
const (
	leastParts  = 3
	leastAskers = 2
)

// Count is a number of parts that may be hidden: then only that there are some is known.
type Count struct {
	N      int64
	Hidden bool
}

// Askers tells one who asked from several.
func (c counted) Askers() int64 {
	if c.First != c.Last {
		return leastAskers
	}
	return min(c.Parts, 1)
}

// plus adds a count.
func (c counted) plus(d counted) counted {
	if c.Parts == 0 {
		return d
	}
	c.Parts, c.First, c.Last = c.Parts+d.Parts, min(c.First, d.First), max(c.Last, d.Last)
	return c
}

// shown hides a count that is too small for others.
func shown(n, askers int64, ours bool) Count {
	if n > 0 && !ours && (n < leastParts || askers < leastAskers) {
		return Count{Hidden: true}
	}
	return Count{N: n}
}

// cover hides a second count where only one is hidden, or the total would give it away: the smallest of those that are
// shown.
func cover(list []*Count) {
	hidden, least := 0, -1
	for i, c := range list {
		switch {
		case c.Hidden:
			hidden++
		case c.N > 0 && (least < 0 || c.N < list[least].N):
			least = i
		}
	}
	if hidden == 1 && least >= 0 {
		*list[least] = Count{Hidden: true}
	}
}

// Month is what was asked in a month, by verdict in the order of Verdicts.
type Month struct {
	Month string
	By    [3]Count
}

// Gap is what could not be made by a process for one reason.
type Gap struct {
	Process park.Process // "": the part as a whole
	Reason  Reason
	Parts   Count
	Alone   Count // that nothing else could make either
	LackMM  int64 // the most by which one was too large; 0: not said
}

// Chamber is how many of the parts that nothing of a process holds one of this size would hold.
type Chamber struct {
	Process park.Process
	MM      [3]int64 // the longest side first
	Held    Count
	Of      Count
}

// Figures are what a page shows.
type Figures struct {
	Total    [3]Count // by verdict
	Months   []Month
	Gaps     []Gap // that a machine could mend, the largest first
	Faults   []Gap // of the parts themselves
	Orders   []Gap
	Chambers []Chamber
	Boxes    map[park.Process][]box // for a chamber that somebody tries; never shown
	Ours     bool
}

// Asked is how many parts were asked for: at least so many, when some are hidden.
func (f Figures) Asked() Count {
	var sum Count
	for _, c := range f.Total {
		sum.N += c.N
		sum.Hidden = sum.Hidden || c.Hidden
	}
	return sum
}

// monthsOf puts counts into their months, all from the first to the last.
func monthsOf(rows []counted, f Filter) (list []Month, total [3]Count) {
	var sums [3]counted
	for m := f.From; m <= f.To; m = nextMonth(m) {
		list = append(list, Month{Month: m})
	}
	for _, r := range rows {
		i, v := slices.IndexFunc(list, func(m Month) bool { return m.Month == r.Month }), slices.Index(Verdicts(), r.Verdict)
		if i < 0 || v < 0 {
			continue
		}
		list[i].By[v] = shown(r.Parts, r.Askers(), f.Ours)
		sums[v] = sums[v].plus(r)
	}
	for v := range total {
		total[v] = shown(sums[v].Parts, sums[v].Askers(), f.Ours)
		column := make([]*Count, len(list))
		for i := range list {
			column[i] = &list[i].By[v]
		}
		cover(column)
	}
	return list, total
}

// gapsOf parts counts into what a machine could mend and what is wrong with parts; the largest first, hidden ones last
// in the order of processes, which says nothing about them.
func gapsOf(rows []counted, f Filter) (gaps, faults []Gap) {
	for _, r := range rows {
		g := Gap{Process: park.Process(r.Process), Reason: r.Reason, Parts: shown(r.Parts, r.Askers(), f.Ours)}
		if !g.Parts.Hidden {
			g.LackMM = r.LackMost
			g.Alone = shown(r.Alone, leastAskers, f.Ours)
			if rest := r.Parts - r.Alone; !f.Ours && rest > 0 && rest < leastParts {
				g.Alone = Count{Hidden: true}
			}
		} else {
			g.Alone = Count{Hidden: true}
		}
		switch {
		case g.Reason.Mendable() && g.Process != "":
			gaps = append(gaps, g)
		case !g.Reason.Mendable() && (g.Process == "" || f.Process != ""):
			faults = append(faults, g)
		}
	}
	for _, list := range [][]Gap{gaps, faults} {
		slices.SortStableFunc(list, func(a, b Gap) int {
			switch {
			case a.Parts.Hidden != b.Parts.Hidden:
				if a.Parts.Hidden {
					return 1
				}
				return -1
			}
			return cmp.Or(cmp.Compare(b.Alone.N, a.Alone.N), cmp.Compare(b.Parts.N, a.Parts.N), slices.Index(park.Processes(), a.Process)-slices.Index(park.Processes(), b.Process))
		})
	}
	return gaps, faults
}

// shares are the parts of what was too large for which the smallest chamber is told, in per cent.
var shares = []int64{50, 80}

// boxesOf keeps the sizes behind the gaps that are shown: those of a hidden one would tell of its parts.
func boxesOf(list []box, gaps []Gap) map[park.Process][]box {
	out := map[park.Process][]box{}
	for _, b := range list {
		if slices.ContainsFunc(gaps, func(g Gap) bool {
			return string(g.Process) == b.Process && g.Reason == b.Reason && !g.Parts.Hidden
		}) {
			out[park.Process(b.Process)] = append(out[park.Process(b.Process)], b)
		}
	}
	return out
}

// chambersOf tells, for each process, the smallest chambers that would have held half and most of the parts.
func chambersOf(boxes map[park.Process][]box) []Chamber {
	var list []Chamber
	for _, p := range park.Processes() {
		if len(boxes[p]) == 0 {
			continue
		}
		for _, share := range shares {
			c := Chamber{Process: p, MM: smallest(boxes[p], share)}
			if i := len(list) - 1; i >= 0 && list[i].Process == p && list[i].MM == c.MM {
				continue
			}
			list = append(list, c)
		}
	}
	return list
}

// heldBy counts the parts that a chamber holds, and all.
func heldBy(all []box, mm [3]int64) (held, of int64) {
	for _, b := range all {
		of += b.Parts
		if b.Long <= mm[0] && b.Middle <= mm[1] && b.Short <= mm[2] {
			held += b.Parts
		}
	}
	return held, of
}

// maxSizes bounds the search of a chamber: of more different sides every second is tried, the largest always.
const maxSizes = 60

// sidesOf are the different sides of boxes, the shortest first.
func sidesOf(all []box, of func(box) int64) []int64 {
	var list []int64
	for _, b := range all {
		list = append(list, of(b))
	}
	slices.Sort(list)
	list = slices.Compact(list)
	for len(list) > maxSizes {
		var half []int64
		for i := len(list) - 1; i >= 0; i -= 2 {
			half = append(half, list[i])
		}
		slices.Reverse(half)
		list = half
	}
	return list
}

// smallest is the chamber of the least volume that holds a share of the parts, in per cent.
func smallest(all []box, share int64) (best [3]int64) {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b box) int { return cmp.Compare(a.Short, b.Short) })
	_, of := heldBy(all, [3]int64{})
	for _, x := range sidesOf(all, func(b box) int64 { return b.Long }) {
		for _, y := range sidesOf(all, func(b box) int64 { return b.Middle }) {
			if y > x {
				break
			}
			held := int64(0)
			for _, b := range all { // the shorts grow: the first that makes the share is the least
				if b.Long > x || b.Middle > y {
					continue
				}
				if held += b.Parts; held*100 >= share*of {
					if best[0] == 0 || x*y*b.Short < best[0]*best[1]*best[2] {
						best = [3]int64{x, y, b.Short}
					}
					break
				}
			}
		}
	}
	return best
}

// try counts what a chamber would have held. Others are told neither of a few that it holds nor of a few that it does not.
func (f Figures) try(p park.Process, mm [3]int64) Chamber {
	slices.Sort(mm[:])
	slices.Reverse(mm[:])
	held, of := heldBy(f.Boxes[p], mm)
	c := Chamber{Process: p, MM: mm, Held: Count{N: held}, Of: Count{N: of}}
	if rest := of - held; !f.Ours && (held > 0 && held < leastParts || rest > 0 && rest < leastParts) {
		c.Held.Hidden = true
	}
	return c
}
