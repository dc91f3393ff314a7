package search_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/job"
	"bassin/internal/search"
	"bassin/internal/when"
)

var begin = when.At(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))

func put(t *testing.T, d *db.DB, list ...search.Entry) {
	t.Helper()
	err := d.Do(context.Background(), func(tx db.Tx) error {
		for _, e := range list {
			if err := search.Put(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func find(t *testing.T, d *db.DB, q search.Query) search.Hits {
	t.Helper()
	var h search.Hits
	err := d.View(context.Background(), func(tx db.Tx) (err error) {
		h, err = search.Find(tx, q)
		return err
	})
	if err != nil {
		t.Fatalf("find %q: %v", q.Text, err)
	}
	return h
}

func ids(h search.Hits) string {
	var list []string
	for _, x := range h.List {
		list = append(list, x.ID)
	}
	return strings.Join(list, " ")
}

func entry(id, title, text string) search.Entry {
	return search.Entry{Kind: "note", ID: id, Walls: []string{search.Public}, Title: title, Text: text, URL: "/" + id, At: begin}
}

func TestWordsAreFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		put(t, d,
			entry("1", "Réhabilitation de l’école d’énergies", "Les travaux sont financés par la région."),
			entry("2", "Company’s heat networks", "Networks are being built; the companies pay."),
			entry("3", "Étude", "La mise en place d’un réseau de chaleur et la mise en service."),
			entry("4", "TI-76-02-A03 Cœur de bourg", "Référence voisine : TI-76-03-A02."),
			entry("5", "Straße", "Œuvre n° 12 et 123 456 789"),
		)
		for _, c := range []struct {
			name, text string
			typing     bool
			want       string
		}{
			{"accents are ignored", "ecole", false, "1"},
			{"and may be typed", "École", false, "1"},
			{"an elision is no part of the word", "énergie", false, "1"},
			{"nor when typed", "l'énergie", false, "1"},
			{"French forms", "travail financer", false, ""},
			{"French forms of a verb", "financé", false, "1"},
			{"without its accent", "finance", false, "1"},
			{"French plural", "réseaux", false, "3"},
			{"English plural", "network", false, "2"},
			{"English forms", "build network", false, ""},
			{"English genitive", "company", false, "2"},
			{"all words", "réseau chaleur", false, "3"},
			{"all of them", "réseau froid", false, ""},
			{"words that say nothing are left out", "le réseau de la chaleur", false, "3"},
			{"a phrase", `"mise en place"`, false, "3"},
			{"a phrase of two words", `"réseau de"`, false, "3"},
			{"in another order is none", `"place en mise"`, false, ""},
			{"its pairs are not enough", `"et la mise en place"`, false, ""},
			{"French quotes", `« mise en service »`, false, "3"},
			{"not closed", `"mise en service`, false, "3"},
			{"a phrase takes no other forms", `"mises en service"`, false, ""},
			{"without a word", "réseau -chaleur", false, ""},
			{"without another", "réseau -froid", false, "3"},
			{"without a phrase", `réseau -"mise en place"`, false, ""},
			{"without a phrase that is not there", `réseau -"et la mise en place"`, false, "3"},
			{"only without", "-réseau", false, ""},
			{"a reference", "TI-76-02-A03", false, "4"},
			{"a part of it", "76-02", false, "4"},
			{"a reference in the text", "ti-76-03-a02", false, "4"},
			{"a reference being typed", "TI-76-02-A", true, "4"},
			{"a ligature", "coeur", false, "4"},
			{"another alphabet", "strasse", false, "5"},
			{"grouped figures", "123 456 789", false, "5"},
			{"being typed", "réhab", true, "1"},
			{"not being typed", "réhab", false, ""},
			{"the last word only", "réhab éco", true, ""},
			{"a finished word before it", "réhabilitation éco", true, "1"},
			{"typed to the end", "réhabilitation", true, "1"},
			{"a space ends the word", "réhab ", true, ""},
			{"nothing", "", true, ""},
			{"signs", `"" - * ( ) : ^ ' -" AND OR NOT`, true, ""},
		} {
			t.Run(c.name, func(t *testing.T) {
				if got := ids(find(t, d, search.Query{Text: c.text, Typing: c.typing})); got != c.want {
					t.Errorf("%q found %q, want %q", c.text, got, c.want)
				}
			})
		}
	})
}

func TestOrderAndPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for i := range 30 {
			e := entry(fmt.Sprint(i), "Un titre", "la chaufferie")
			if i%3 == 0 {
				e = entry(fmt.Sprint(i), "La chaufferie", "un texte")
			}
			e.At = begin.Add(time.Duration(i) * time.Hour)
			put(t, d, e)
		}
		var got, want []string
		q := search.Query{Text: "chaufferie", Limit: 7}
		for {
			h := find(t, d, q)
			for _, x := range h.List {
				got = append(got, x.ID)
			}
			if q.After = h.Next; q.After == "" {
				break
			}
		}
		for i := 29; i >= 0; i-- {
			if i%3 == 0 {
				want = append(want, fmt.Sprint(i))
			}
		}
		for i := 29; i >= 0; i-- {
			if i%3 != 0 {
				want = append(want, fmt.Sprint(i))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("got  %v\nwant %v", got, want)
		}
		since := search.Query{Text: "chaufferie", Since: begin.Add(3 * time.Hour), Until: begin.Add(6 * time.Hour)}
		if got := ids(find(t, d, since)); got != "3 5 4" {
			t.Errorf("of three hours: %q, want \"3 5 4\"", got)
		}
		err := d.View(context.Background(), func(tx db.Tx) error {
			n, err := search.Count(tx, search.Query{Text: "chaufferie"}, 100)
			if n != 30 {
				t.Errorf("counted %d, want 30", n)
			}
			m, err2 := search.Count(tx, search.Query{Text: `"la chaufferie"`}, 12)
			if m != 12 {
				t.Errorf("counted %d, want 12, the most asked for", m)
			}
			return firstOf(err, err2)
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func firstOf(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestPutReplacesAndRemoves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		put(t, d, entry("1", "Avant", "chaudière"))
		put(t, d, entry("1", "Après", "chaudière"), entry("1", "Après", "chaudière"))
		if got := ids(find(t, d, search.Query{Text: "avant"})); got != "" {
			t.Errorf("the old title finds %q", got)
		}
		if got := ids(find(t, d, search.Query{Text: "apres chaudiere"})); got != "1" {
			t.Errorf("the new title finds %q", got)
		}
		err := d.Do(context.Background(), func(tx db.Tx) error {
			return firstOf(search.Remove(tx, "note", "1"), search.Remove(tx, "note", "never"))
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := ids(find(t, d, search.Query{Text: "apres"})); got != "" {
			t.Errorf("what was removed is found: %q", got)
		}
	})
}

// TestWalls makes random entries and askers and compares what is found with the rule itself: one
// wall in common. Few walls are asked of the index, many are compared one by one.
// TestPutNew: many of one time at once stand beside what has that time already, and each can be replaced.
func TestPutNew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		put(t, d, entry("a", "Bride", "acier"))
		err := d.Do(context.Background(), func(tx db.Tx) error {
			return search.PutNew(tx, []search.Entry{entry("b", "Bride", "alu"), entry("c", "Bride", "titane"), entry("d", "Bride", "")})
		})
		if err != nil {
			t.Fatal(err)
		}
		put(t, d, entry("c", "Bride", "inox"))
		for text, want := range map[string]int{"bride": 4, "titane": 0, "inox": 1} {
			if h := find(t, d, search.Query{Text: text, Walls: []string{search.Public}}); len(h.List) != want {
				t.Errorf("%q finds %d, want %d", text, len(h.List), want)
			}
		}
	})
}

func TestWalls(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := rand.New(rand.NewPCG(1, 2))
		wall := func() string { return []string{"a:", "a-", "A:", "b"}[r.IntN(4)] + fmt.Sprint(r.IntN(100)) }
		var all []search.Entry
		for i := range 600 {
			e := search.Entry{Kind: []string{"note", "task"}[r.IntN(2)], ID: fmt.Sprint(i), Title: "Mot", Text: "commun", At: begin.Add(time.Duration(i) * time.Second)}
			for range r.IntN(4) {
				e.Walls = append(e.Walls, wall())
			}
			if r.IntN(20) == 0 {
				e.Walls = append(e.Walls, search.Public)
			}
			if r.IntN(2) == 0 {
				e.Title, e.Text = e.Text, e.Title
			}
			all = append(all, e)
		}
		put(t, d, all...)
		for range 40 {
			var walls []string
			for range []int{0, 1, 10, 50, 100, 300}[r.IntN(6)] {
				walls = append(walls, wall())
			}
			q := search.Query{Text: "commun mot", Walls: walls, Limit: 1 + r.IntN(40)}
			if r.IntN(2) == 0 {
				q.Text = "commun"
			}
			if r.IntN(3) == 0 {
				q.Kinds = []string{"task"}
			}
			var want []string
			for _, title := range []bool{true, false} {
				for _, e := range slices.Backward(all) {
					open := slices.ContainsFunc(e.Walls, func(w string) bool { return w == search.Public || slices.Contains(walls, w) })
					if open && (len(q.Kinds) == 0 || e.Kind == "task") && title == (q.Text == "commun" && e.Title == "commun") {
						want = append(want, e.ID)
					}
				}
			}
			var got []string
			for {
				h := find(t, d, q)
				for _, x := range h.List {
					got = append(got, x.ID)
				}
				if q.After = h.Next; q.After == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%d walls, %d found, %d wanted\ngot  %v\nwant %v", len(walls), len(got), len(want), got, want)
			}
		}
	})
}

func TestSnippet(t *testing.T) {
	d := dbtest.Open(t)
	long := strings.Repeat("Il était une fois une longue histoire. ", 20) + "Puis vint la réhabilitation énergétique des écoles de la vallée." + strings.Repeat(" Et la suite.", 40)
	put(t, d, entry("1", "Une école & <b>", long))
	h := find(t, d, search.Query{Text: "ecole rehabilitation"})
	if len(h.List) != 1 {
		t.Fatalf("found %d", len(h.List))
	}
	show := func(list []search.Piece) string {
		var b strings.Builder
		for _, p := range list {
			if p.Mark {
				b.WriteString("[" + p.Text + "]")
				continue
			}
			b.WriteString(p.Text)
		}
		return b.String()
	}
	if got, want := show(h.List[0].Title), "Une [école] & <b>"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
	got := show(h.List[0].Snippet)
	if !strings.Contains(got, "[réhabilitation] énergétique des [écoles] de la vallée") || !strings.HasPrefix(got, "… ") || !strings.HasSuffix(got, " …") || len(got) > 300 {
		t.Errorf("snippet %q", got)
	}
}

// FuzzFind asks both databases anything: no error, and the same answer.
func FuzzFind(f *testing.F) {
	for _, s := range []string{`a"b`, `-"`, `« x`, "NEAR(a b)", "a* ^b {c}: d", "'; drop table x --", "\x00\xff", "é·§†¤¶", "\\' & | ! <->"} {
		f.Add(s, true)
	}
	d := dbtest.Open(f)
	err := d.Do(context.Background(), func(tx db.Tx) error {
		for i, title := range []string{"a b c", "é·§†¤¶ x", "drop table x", "NEAR near and or not"} {
			if err := search.Put(tx, entry(fmt.Sprint(i), title, strings.ToUpper(title))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, typing bool) {
		find(t, d, search.Query{Text: text, Typing: typing, Kinds: []string{text}, Walls: []string{text}, After: text})
		find(t, d, search.Query{Text: text, Typing: typing})
	})
}

// TestRebuild drops what no source gives, keeps what is there, and is asked for when the format of
// the index is another.
func TestRebuild(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		kept := entry("kept", "Reste", "chaudière")
		put(t, d, kept, entry("stale", "Part", "chaudière"))
		for i := range 450 { // more than two transactions of stale entries
			put(t, d, entry(fmt.Sprint("old", i), "Ancien", "chaudière"))
		}
		pages := 0
		s := search.New(search.Options{DB: d})
		s.Sources(search.Source{
			Count: func(db.Tx) (int, error) { return 2, nil },
			Page: func(_ db.Tx, after string, _ int) ([]search.Entry, string, error) {
				pages++
				if after == "" {
					return []search.Entry{kept}, "1", nil
				}
				return []search.Entry{entry("new", "Neuf", "chaudière")}, "", nil
			},
		})
		view := func(fn func(tx db.Tx) error) {
			t.Helper()
			if err := d.View(ctx, fn); err != nil {
				t.Fatal(err)
			}
		}
		built := func() (is bool) {
			view(func(tx db.Tx) (err error) { is, err = search.Built(tx); return err })
			return is
		}
		if built() {
			t.Error("the index is built before it was")
		}
		var last, total int64
		n, err := s.Rebuild(ctx, func(a, b int64) { last, total = a, b })
		if err != nil || n != 2 || pages != 2 || last != 2 || total != 2 {
			t.Fatalf("built %d entries of %d pages, progress %d of %d: %v", n, pages, last, total, err)
		}
		if got := ids(find(t, d, search.Query{Text: "chaudière"})); got != "new kept" {
			t.Errorf("found %q, want \"new kept\"", got)
		}
		view(func(tx db.Tx) error {
			if n, err := search.Size(tx); n != 2 || err != nil {
				t.Errorf("%d entries are left, want 2 (%v)", n, err)
			}
			return nil
		})
		if !built() {
			t.Error("the index is not built after it was")
		}
		if err := d.Do(ctx, func(tx db.Tx) error { _, err := tx.Exec(`update search_state set format = format - 1`); return err }); err != nil {
			t.Fatal(err)
		}
		if built() {
			t.Error("an index of another format passes for built")
		}
		q, err := job.New(ctx, d, job.Options{InsertOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		s.Jobs(q)
		asked := func() (n int) {
			view(func(tx db.Tx) (err error) {
				n, err = db.Get[int](tx, `select count(*) from job_run where kind = 'search.rebuild'`)
				return err
			})
			return n
		}
		for range 2 { // two servers start at once: one building
			if err := s.Start(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if asked() != 1 {
			t.Errorf("%d buildings are asked for, want 1", asked())
		}
	})
}

// What a beginning may become is looked up; of too many words it is looked for in titles only, so that a beginning
// of two letters costs no more than a word.
func TestBeginnings(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var few, many, lots []string
		for i := range 60 {
			few = append(few, fmt.Sprintf("bri%s", letters(i)))
		}
		for i := range 100 {
			lots = append(lots, fmt.Sprintf("2026000%02d", i))
		}
		for i := range 400 {
			many = append(many, fmt.Sprintf("con%sk", letters(i))) // no ending that a stem loses
		}
		put(t, d, entry("few", "Peu", strings.Join(few, " ")), entry("many", "Beaucoup", strings.Join(many, " ")),
			entry("title", "Convention signée", "avec la région"), entry("sub", "Réseau", "compagnonnage"),
			entry("lots", "Lots", strings.Join(lots, " ")), entry("lot", "Lot 202600077", ""), entry("other", "Lot 202600177", ""))
		for _, c := range []struct{ text, want string }{
			{"bri", "few"},
			{"b", ""},               // one letter says nothing
			{"conven", "title"},     // one word
			{"conab", "many"},       // few again
			{"région con", "title"}, // many words: the title
			{"signée con", "title"}, // both in the title
			{"Compagn", "sub"},
			{"conzz", ""},
			{"2026000", "lot"},       // many words that are longer than the tokens of titles
			{"lot 2026001", "other"}, // as long, one word
		} {
			got := find(t, d, search.Query{Text: c.text, Typing: true})
			if c.want != "" && !strings.Contains(" "+ids(got)+" ", " "+c.want+" ") || c.want == "" && len(got.List) > 0 {
				t.Errorf("%q finds %q, want %q", c.text, ids(got), c.want)
			}
		}
		if got := ids(find(t, d, search.Query{Text: "2026000", Typing: true})); strings.Contains(got, "other") {
			t.Errorf("a long beginning finds %q: other is of another number", got)
		}
		if got := ids(find(t, d, search.Query{Text: "con", Typing: true})); d.Postgres() == (got == "title") {
			t.Errorf("a beginning of very many words finds %q: SQLite looks in titles, PostgreSQL everywhere", got)
		}
	})
}

// letters writes a number in three letters.
func letters(n int) string {
	return string([]byte{byte('a' + n/676%26), byte('a' + n/26%26), byte('a' + n%26)})
}
