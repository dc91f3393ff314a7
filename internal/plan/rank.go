package plan

import "strings"

// A rank is the place of a task in the outline: the rank of its parent, the separator, then its own
// segment among its siblings. Ranks compare as text, so "order by rank" is the outline, what lies
// under a task is one range, and a task is put elsewhere by writing its own row.
//
// Segments use symbols that every collation orders alike; the separator is smaller than each of
// them. None ends with the smallest symbol: so there is always room before it.
const (
	rankSymbols   = "123456789abcdefghijklmnopqrstuvwxyz"
	rankSeparator = "0"
	rankAfter     = "1" // the first symbol above the separator: the end of what lies under a task
	rankHead      = 3   // symbols that count up when tasks are added at an end
	maxRank       = 1500
)

// firstSegment leaves the same room on both sides.
const firstSegment = "i11i"

// segmentBetween gives a segment between two others; an empty one is an open end.
func segmentBetween(a, b string) string {
	switch {
	case a == "" && b == "":
		return firstSegment
	case b == "":
		if s, ok := countSegment(a, 1); ok {
			return s
		}
	case a == "":
		if s, ok := countSegment(b, -1); ok {
			return s
		}
	}
	return midSegment(a, b)
}

// countSegment steps the head of a segment up or down, which keeps segments short at both ends.
func countSegment(s string, step int) (string, bool) {
	n := 0
	for i := range rankHead {
		n = n*len(rankSymbols) + symbolAt(s, i)
	}
	n += step
	var head [rankHead]byte
	for i := rankHead - 1; i >= 0; i-- {
		if n < 0 {
			return "", false
		}
		head[i] = rankSymbols[n%len(rankSymbols)]
		n /= len(rankSymbols)
	}
	out := string(head[:]) + "i"
	return out, n == 0 && (step > 0) == (out > s) && out != s
}

// midSegment gives the shortest text between two, the second open when empty.
func midSegment(a, b string) string {
	if b != "" {
		n := 0
		for n < len(b) && symbolAt(a, n) == symbolAt(b, n) {
			n++
		}
		if n > 0 {
			return b[:n] + midSegment(a[min(n, len(a)):], b[n:])
		}
	}
	low, high := symbolAt(a, 0), len(rankSymbols)
	if b != "" {
		high = symbolAt(b, 0)
	}
	if high-low > 1 {
		return rankSymbols[(low+high)/2 : (low+high)/2+1]
	}
	if len(b) > 1 {
		return b[:1]
	}
	return rankSymbols[low:low+1] + midSegment(a[min(1, len(a)):], "")
}

// symbolAt is the value of a symbol; behind the end it is the smallest.
func symbolAt(s string, i int) int {
	if i >= len(s) {
		return 0
	}
	return max(0, strings.IndexByte(rankSymbols, s[i]))
}

// segmentOf is a task's own part of its rank.
func segmentOf(rank string) string { return rank[strings.LastIndex(rank, rankSeparator)+1:] }

// rankUnder joins the rank of a parent, none at the top, and a segment.
func rankUnder(parent, segment string) string {
	if parent == "" {
		return segment
	}
	return parent + rankSeparator + segment
}

// depthOf counts the tasks above one.
func depthOf(rank string) int { return strings.Count(rank, rankSeparator) }
