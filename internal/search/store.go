package search

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"bassin/internal/db"
	"bassin/internal/when"
)

// row is an entry as it is stored. N orders entries by their time: see place.
type row struct {
	N     int64
	Kind  string
	ID    string
	Walls string // with a space between
	Title string
	Sub   string
	URL   string
	Body  string
	At    when.Time
	Hash  string
	Gen   int64
	phase phase
}

// query is what the index is asked for.
type query struct {
	must   []clause
	butNot []clause // not all of them at once
}

// perSecond is how many entries have room in one second of place.
const perSecond = 1 << 24

// place gives where entries of a time begin, in seconds, so that walking down the index gives
// the newest first and a span of time is a span of places.
func place(at when.Time) int64 { return max(at.Time().Unix(), 1) * perSecond }

// stored is what is known of an object before it is put: N is 0 when there is nothing.
type stored struct {
	N       int64
	Hash    string
	Gen     int64
	Current int64 // the number of the last building anew
	Free    int64 // the next place at the time asked for
}

func getStored(tx db.Tx, kind, id string, at when.Time) (stored, error) {
	return db.Get[stored](tx, `select coalesce(e.n, 0) as n, coalesce(e.hash, '') as hash, coalesce(e.gen, 0) as gen, s.gen as current,
		(select coalesce(max(o.n), $3) + 1 from search_entry o where o.n > $3 and o.n < $4) as free
		from search_state s left join search_entry e on e.kind = $1 and e.id = $2 where s.id = 1`, kind, id, place(at), place(at)+perSecond)
}

func keepRow(tx db.Tx, n, gen int64) error {
	_, err := tx.Exec(`update search_entry set gen = $1 where n = $2`, gen, n)
	return err
}

func deleteRow(tx db.Tx, n int64) error {
	if !tx.Postgres() {
		if _, err := tx.Exec(`delete from search_index where rowid = $1`, n); err != nil {
			return err
		}
	}
	_, err := tx.Exec(`delete from search_entry where n = $1`, n)
	return err
}

func insertRow(tx db.Tx, e Entry, hash string, n, gen int64) error {
	bag := e.bag()
	tokens := strings.Join(bag.list, " ")
	args := []any{n, e.Kind, e.ID, strings.Join(e.Walls, " "), e.Title, e.Sub, e.URL, body(e.Text), e.At, hash, gen}
	columns, values := `n, kind, id, walls, title, sub, url, body, at, hash, gen`, `$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11`
	if tx.Postgres() {
		columns, values, args = columns+`, tokens`, values+`, array_to_tsvector(string_to_array($12, ' '))`, append(args, tokens)
	}
	for { // to the first free place
		done, err := tx.Exec(`insert into search_entry (`+columns+`) values (`+values+`) on conflict (n) do nothing`, args...)
		if err != nil {
			return err
		}
		if done == 1 {
			break
		}
		n++
		args[0] = n
	}
	if tx.Postgres() {
		return nil
	}
	if _, err := tx.Exec(`insert into search_index (rowid, tokens) values ($1, $2)`, n, tokens); err != nil {
		return err
	}
	return insertWords(tx, bag.plain)
}

// insertWords keeps words for listWords, in one statement however many; SQLite only. "or ignore" and not "on conflict":
// the statement can then not fail halfway, SQLite makes no savepoint for it, and at a savepoint FTS5 writes what it had
// gathered of all entries of the transaction.
func insertWords(tx db.Tx, words []string) error {
	list, err := json.Marshal(words)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`insert or ignore into search_word (word) select value from json_each($1)`, string(list))
	return err
}

// listWords gives words of the index that begin so; SQLite only.
func listWords(tx db.Tx, begin string, limit int) ([]string, error) {
	return db.List[string](tx, `select word from search_word where word >= $1 and word < $2 order by word limit $3`, begin, begin+string(utf8.MaxRune), limit)
}

// listCandidates gives place and walls of what the index holds of a query below a place, the newest
// first.
func listCandidates(tx db.Tx, q query, of Query, below int64, limit int) ([]row, error) {
	from := `search_index x cross join search_entry e on e.n = x.rowid`
	cond, n, text := `search_index match ?`, `x.rowid`, q.fts5()
	if tx.Postgres() {
		from, cond, n, text = `search_entry e`, `e.tokens @@ ?::tsquery`, `e.n`, q.tsquery()
	}
	var w db.Where
	w.And(cond, text)
	if of.Until != 0 && (below == 0 || place(of.Until) < below) {
		below = place(of.Until)
	}
	if below != 0 {
		w.And(n+` < ?`, below)
	}
	if of.Since != 0 {
		w.And(n+` >= ?`, place(of.Since))
	}
	return db.List[row](tx, `select e.n, e.walls from `+from+` where `+w.String()+` order by `+n+` desc limit `+w.Arg(limit), w.Args()...)
}

// listRows reads candidates whole, in their order.
func listRows(tx db.Tx, list []row) ([]row, error) {
	ns := make([]int64, len(list))
	for i, r := range list {
		ns[i] = r.N
	}
	var w db.Where
	w.And(`n in `+db.In(len(ns)), db.Anys(ns)...)
	return db.List[row](tx, `select n, kind, id, walls, title, sub, url, body, at from search_entry where `+w.String()+` order by n desc`, w.Args()...)
}

// fts5 writes the query for SQLite.
func (q query) fts5() string {
	var and, not []string
	one := func(c clause) string {
		var or []string
		for _, t := range c.any {
			s := `"` + t.text + `"`
			if t.prefix {
				s += ` *`
			}
			or = append(or, s)
		}
		return "(" + strings.Join(or, " OR ") + ")"
	}
	for _, c := range q.must {
		if c.not {
			not = append(not, one(c))
			continue
		}
		and = append(and, one(c))
	}
	if len(q.butNot) > 0 {
		var all []string
		for _, c := range q.butNot {
			all = append(all, one(c))
		}
		not = append(not, "("+strings.Join(all, " AND ")+")")
	}
	s := "(" + strings.Join(and, " AND ") + ")"
	if len(not) > 0 {
		s += " NOT (" + strings.Join(not, " OR ") + ")"
	}
	return s
}

// tsquery writes the query for PostgreSQL.
func (q query) tsquery() string {
	one := func(c clause) string {
		var or []string
		for _, t := range c.any {
			s := "'" + t.text + "'"
			if t.prefix {
				s += ":*"
			}
			or = append(or, s)
		}
		s := "(" + strings.Join(or, "|") + ")"
		if c.not {
			s = "!" + s
		}
		return s
	}
	var and []string
	for _, c := range q.must {
		and = append(and, one(c))
	}
	if len(q.butNot) > 0 {
		var all []string
		for _, c := range q.butNot {
			all = append(all, one(c))
		}
		and = append(and, "!("+strings.Join(all, "&")+")")
	}
	return strings.Join(and, "&")
}

// Built reports whether the index was built whole; until then some is not found.
func Built(tx db.Tx) (bool, error) {
	f, err := getFormat(tx)
	return f == format, err
}

// Size is how many entries there are.
func Size(tx db.Tx) (int, error) { return db.Get[int](tx, `select count(*) from search_entry`) }

// Walls gives the walls of the entries of a kind among ids, as they stand; without an entry, none.
func Walls(tx db.Tx, kind string, ids []string) (map[string]string, error) {
	m := make(map[string]string, len(ids))
	if len(ids) == 0 {
		return m, nil
	}
	var w db.Where
	w.And("kind = ?", kind)
	w.And("id in "+db.In(len(ids)), db.Anys(ids)...)
	list, err := db.List[row](tx, `select id, walls from search_entry where `+w.String(), w.Args()...)
	for _, r := range list {
		m[r.ID] = r.Walls
	}
	return m, err
}

func getFormat(tx db.Tx) (int, error) {
	return db.Get[int](tx, `select format from search_state where id = 1`)
}

// advance begins a building anew and gives its number.
func advance(tx db.Tx, anew bool) (int64, error) {
	if _, err := tx.Exec(`update search_state set gen = gen + 1 where id = 1`); err != nil {
		return 0, err
	}
	if anew {
		if _, err := tx.Exec(`update search_entry set hash = ''`); err != nil {
			return 0, err
		}
	}
	return db.Get[int64](tx, `select gen from search_state where id = 1`)
}

// listBefore gives some of the entries that a building did not meet, after a place. No index helps:
// one more would be written with each entry, and this reads the table once.
func listBefore(tx db.Tx, gen, after int64, most int) ([]int64, error) {
	return db.List[int64](tx, `select n from search_entry where n > $1 and gen < $2 order by n limit $3`, after, gen, most)
}

// stillBefore gives those of the entries that were not put meanwhile.
func stillBefore(tx db.Tx, gen int64, list []int64) ([]int64, error) {
	var w db.Where
	w.And("n in "+db.In(len(list)), db.Anys(list)...)
	w.And("gen < ?", gen)
	return db.List[int64](tx, `select n from search_entry where `+w.String(), w.Args()...)
}

func saveBuilt(tx db.Tx, gen int64) error {
	_, err := tx.Exec(`update search_state set format = $1, built_at = $2 where id = 1 and gen = $3`, format, tx.Now(), gen)
	return err
}

func getText(tx db.Tx, hash string) (string, error) {
	return db.Get[string](tx, `select body from search_text where hash = $1`, hash)
}

func saveText(tx db.Tx, hash, text string) error {
	_, err := tx.Exec(`insert into search_text (hash, body, read_at) values ($1, $2, $3) on conflict (hash) do nothing`, hash, text, tx.Now())
	return err
}
