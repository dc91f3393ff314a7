package search_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bassin/internal/cputest"
	"bassin/internal/db"
	"bassin/internal/search"
)

const million = 1_000_000

// benchWalls is how many walls the entries of the benchmark stand behind: 5,000 projects of 200
// objects.
const benchWalls = 5_000

// vocabulary makes words that look like French ones and stem like them.
func vocabulary(r *rand.Rand, n int) []string {
	parts := []string{"cha", "ré", "mo", "li", "ter", "ga", "so", "vé", "lu", "pi", "ner", "da", "fo", "cri", "bu"}
	ends := []string{"tion", "ment", "eur", "euse", "er", "age", "ité", "ique", "s", "es", "ance", "oir"}
	seen, list := map[string]bool{}, make([]string, 0, n)
	for len(list) < n {
		w := ""
		for range 2 + r.IntN(3) {
			w += parts[r.IntN(len(parts))]
		}
		w += ends[r.IntN(len(ends))]
		if !seen[w] {
			seen[w] = true
			list = append(list, w)
		}
	}
	return list
}

// millionEntries opens the database of the benchmark, and makes it when the folder BASSIN_BENCH
// (by default in the system's temporary folder) does not hold it: a few minutes.
//
// A title has 6 words and a text 24, of 50,000 words distributed as words are (Zipf). "partout"
// is in half of the entries, "souvent" in a tenth, "parfois" in a thousandth, "hapax" in one.
func millionEntries(b *testing.B) *db.DB {
	dir := os.Getenv("BASSIN_BENCH")
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "bassin-bench")
	}
	// PostgreSQL, which is another user, has a folder beside it.
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	dir = filepath.Join(dir, "search-1")
	d, err := db.Open(context.Background(), db.Config{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = d.Close() })
	var have int
	err = d.View(context.Background(), func(tx db.Tx) (err error) {
		have, err = search.Size(tx)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	if have == million {
		return d
	}
	if have != 0 {
		b.Fatalf("%s holds %d entries, not a million: remove the folder", dir, have)
	}
	b.Logf("making a million entries in %s", dir)
	r := rand.New(rand.NewPCG(1, 1))
	words := vocabulary(r, 50_000)
	zipf := rand.NewZipf(r, 1.07, 20, uint64(len(words)-1))
	kinds := []string{"task", "project", "document", "action"}
	for i := 0; i < million; {
		from := i
		err := d.Do(context.Background(), func(tx db.Tx) error {
			for i = from; i < min(from+20_000, million); i++ {
				var s []string
				for range 30 {
					s = append(s, words[zipf.Uint64()])
				}
				for _, x := range []struct {
					word  string
					every int
				}{{"partout", 2}, {"souvent", 10}, {"parfois", 1000}} {
					if r.IntN(x.every) == 0 {
						s[r.IntN(len(s))] = x.word
					}
				}
				if i == million/2 {
					s[20] = "hapax"
				}
				id := fmt.Sprint(i)
				err := search.Put(tx, search.Entry{Kind: kinds[r.IntN(len(kinds))], ID: id, URL: "/x/" + id, Title: strings.Join(s[:6], " "), Text: strings.Join(s[6:], " "),
					Walls: []string{fmt.Sprintf("project:%d", r.IntN(benchWalls))}, At: begin.Add(time.Duration(i) * time.Minute)})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return d
}

// BenchmarkFind1M prints the processor time of a page of 20 hits among a million entries: the
// figure to keep is under 30 ms.
func BenchmarkFind1M(b *testing.B) {
	d := millionEntries(b)
	for _, c := range []struct {
		name   string
		text   string
		typing bool
	}{
		{"word in half", "partout", false},
		{"word in a tenth", "souvent", false},
		{"word in a thousandth", "parfois", false},
		{"word in one", "hapax", false},
		{"two frequent words", "partout souvent", false},
		{"frequent and rare", "partout parfois", false},
		{"two rare words", "parfois hapax", false},
		{"frequent prefix", "part", true},
		{"short prefix", "pa", true},
		{"prefix of a thousand words", "charé", true},
		{"word and prefix", "souvent char", true},
		{"without", "partout -souvent", false},
	} {
		for _, n := range []int{1, 50, benchWalls} {
			b.Run(fmt.Sprintf("%s/walls=%d", strings.ReplaceAll(c.name, " ", "_"), n), func(b *testing.B) {
				var walls []string
				for i := range n {
					walls = append(walls, fmt.Sprintf("project:%d", i))
				}
				hits := 0
				begin := cputest.Used(b)
				for b.Loop() {
					err := d.View(context.Background(), func(tx db.Tx) error {
						h, err := search.Find(tx, search.Query{Text: c.text, Typing: c.typing, Walls: walls})
						hits = len(h.List)
						return err
					})
					if err != nil {
						b.Fatal(err)
					}
				}
				cputest.Report(b, begin)
				b.ReportMetric(float64(hits), "hits")
			})
		}
	}
}
