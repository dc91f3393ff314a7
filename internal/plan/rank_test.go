package plan

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Any place among siblings, first, last or between, gets a segment that stands there and leaves
// room on both sides.
func TestSegmentsStandWhereTheyArePut(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	list := []string{}
	for range 5000 {
		at := rnd.IntN(len(list) + 1)
		if rnd.IntN(3) == 0 {
			at = len(list) / 2 // again and again in one place
		}
		low, high := "", ""
		if at > 0 {
			low = list[at-1]
		}
		if at < len(list) {
			high = list[at]
		}
		s := segmentBetween(low, high)
		if s <= low || high != "" && s >= high {
			t.Fatalf("between %q and %q: %q", low, high, s)
		}
		if strings.HasSuffix(s, "1") || strings.Contains(s, rankSeparator) || s == "" {
			t.Fatalf("between %q and %q: %q leaves no room, or holds the separator", low, high, s)
		}
		list = slices.Insert(list, at, s)
	}
}

func TestSegmentsAtTheEndsStayShort(t *testing.T) {
	last, first := firstSegment, firstSegment
	for range 10_000 {
		last, first = segmentBetween(last, ""), segmentBetween("", first)
	}
	if len(last) > 5 || len(first) > 5 {
		t.Errorf("after 10,000 at each end: %q and %q", first, last)
	}
}

func TestRankOfAPart(t *testing.T) {
	parent := rankUnder("", "i11i")
	part := rankUnder(parent, "i11i")
	next := rankUnder("", segmentBetween("i11i", ""))
	if !(parent < part && part < parent+rankAfter && parent+rankAfter <= next) {
		t.Errorf("the outline %q, %q, %q is out of order", parent, part, next)
	}
	if depthOf(parent) != 0 || depthOf(part) != 1 || segmentOf(part) != "i11i" {
		t.Errorf("depths %d and %d, segment %q", depthOf(parent), depthOf(part), segmentOf(part))
	}
}
