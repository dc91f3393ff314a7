package search

import (
	"slices"
	"strconv"
	"strings"

	"bassin/internal/db"
)

const (
	pageOf = 20  // hits on a page when the query does not say
	mostOf = 100 // most hits on a page

	// wallTokens is how many walls are looked for in the index itself; of more, what the words find
	// is compared with the walls one by one.
	wallTokens = 64
	// chunkMost bounds how many candidates are read at once.
	chunkMost = 4000
)

// phase is one of the two walks over the index: first what has all words in its title, then the
// rest; each from the newest entry to the oldest.
type phase int

const (
	inTitle phase = iota
	anywhere
)

// finder is a query under way.
type finder struct {
	tx    db.Tx
	query Query
	words parsed
	walls map[string]bool
}

// newFinder understands the query.
func newFinder(tx db.Tx, q Query) (*finder, error) {
	f := &finder{tx: tx, query: q, words: parse(q.Text, q.Typing), walls: map[string]bool{Public: true}}
	for _, w := range q.Walls {
		f.walls[w] = true
	}
	return f, f.words.goOn(tx)
}

// Find gives a page of the entries that hold the words and that the walls let through.
func Find(tx db.Tx, q Query) (Hits, error) {
	if q.Limit <= 0 {
		q.Limit = pageOf
	}
	q.Limit = min(q.Limit, mostOf)
	f, err := newFinder(tx, q)
	if err != nil || !f.words.asks() {
		return Hits{}, err
	}
	begin, below := readCursor(q.After)
	var found []row
	for ph := begin; ph <= anywhere && len(found) <= q.Limit; ph, below = ph+1, 0 {
		err := f.walk(ph, below, q.Limit+1-len(found), func(list []row) (int, error) {
			whole, err := f.load(list)
			for i := range whole {
				whole[i].phase = ph
			}
			found = append(found, whole...)
			return len(whole), err
		})
		if err != nil {
			return Hits{}, err
		}
	}
	var h Hits
	if len(found) > q.Limit {
		found = found[:q.Limit]
		end := found[q.Limit-1]
		h.Next = strconv.Itoa(int(end.phase)) + "." + strconv.FormatInt(end.N, 36)
	}
	for _, r := range found {
		h.List = append(h.List, Hit{Kind: r.Kind, ID: r.ID, URL: r.URL, At: r.At,
			Title: f.words.marked(r.Title), Sub: f.words.marked(r.Sub), Snippet: f.words.snippet(r.Body)})
	}
	return h, nil
}

// Count counts what Find would give in all, at most so many.
func Count(tx db.Tx, q Query, most int) (int, error) {
	f, err := newFinder(tx, q)
	n := 0
	if err != nil || !f.words.asks() {
		return 0, err
	}
	for ph := inTitle; ph <= anywhere && n < most; ph++ {
		err := f.walk(ph, 0, most-n, func(list []row) (int, error) {
			if !f.words.undecided() {
				n += len(list)
				return len(list), nil
			}
			whole, err := f.load(list)
			n += len(whole)
			return len(whole), err
		})
		if err != nil {
			return 0, err
		}
	}
	return min(n, most), nil
}

// walk goes over one phase from the newest entry below a place (0: the newest of all) and hands
// over what the walls let through, until it has been told that so many were taken.
func (f *finder) walk(ph phase, below int64, want int, take func([]row) (int, error)) error {
	clauses := f.clauses(ph)
	chunk := want
	if len(f.walls) > wallTokens {
		chunk = want * 4
	}
	for want > 0 {
		list, err := listCandidates(f.tx, clauses, f.query, below, chunk)
		if err != nil || len(list) == 0 {
			return err
		}
		seen, more := f.visible(list), len(list) == chunk
		below = list[len(list)-1].N
		if len(seen) > want { // the rest is read again if phrases turn some of these down
			seen, more = seen[:want], true
			below = seen[want-1].N
		}
		if len(seen) > 0 {
			n, err := take(seen)
			if err != nil {
				return err
			}
			want -= n
		}
		if !more {
			return nil
		}
		chunk = min(chunk*4, chunkMost)
	}
	return nil
}

// clauses gives what the index is asked for in a phase: the words, the kinds, the walls.
func (f *finder) clauses(ph phase) query {
	q := query{must: f.words.clauses(ph == inTitle)}
	if ph == anywhere {
		for _, c := range f.words.clauses(true) {
			if !c.not {
				q.butNot = append(q.butNot, c)
			}
		}
	}
	if len(f.query.Kinds) > 0 {
		var c clause
		for _, k := range f.query.Kinds {
			c.any = append(c.any, token{text: markKind + plainToken(k)})
		}
		q.must = append(q.must, c)
	}
	if len(f.walls) <= wallTokens {
		var c clause
		for w := range f.walls {
			c.any = append(c.any, token{text: markWall + plainToken(w)})
		}
		slices.SortFunc(c.any, func(a, b token) int { return strings.Compare(a.text, b.text) })
		q.must = append(q.must, c)
	}
	return q
}

// visible keeps what one of the walls opens.
func (f *finder) visible(list []row) []row {
	var seen []row
	for _, r := range list {
		for w := range strings.SplitSeq(r.Walls, " ") {
			if f.walls[w] {
				seen = append(seen, r)
				break
			}
		}
	}
	return seen
}

// load reads candidates whole and keeps those that hold the phrases.
func (f *finder) load(list []row) ([]row, error) {
	whole, err := listRows(f.tx, list)
	if err != nil || !f.words.undecided() {
		return whole, err
	}
	return slices.DeleteFunc(whole, func(r row) bool { return !f.words.holds(r.Title, r.Sub, r.Body) }), nil
}

func readCursor(s string) (phase, int64) {
	ph, n, _ := strings.Cut(s, ".")
	if at, err := strconv.ParseInt(n, 36, 64); err == nil && at > 0 && (ph == "0" || ph == "1") {
		return phase(ph[0] - '0'), at
	}
	return inTitle, 0
}
