package plan

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/planfile"
	"bassin/internal/search"
)

func (w *world) begin(t *testing.T, name, text string) Import {
	t.Helper()
	x, err := w.s.BeginImport(t.Context(), w.manager, w.p.ID, name, []byte(text))
	must(t, err)
	return x
}

func (w *world) tasks(t *testing.T) (list []Task, links []Link) {
	t.Helper()
	must(t, w.d.View(t.Context(), func(tx db.Tx) (err error) {
		if list, err = listNodes(tx, w.p.ID, 0); err != nil {
			return err
		}
		links, err = listLinks(tx, w.p.ID)
		return err
	}))
	return list, links
}

// TestImportOfMicrosoftProject takes a plan in, tells what was there when it comes again, and adds
// only what is new.
func TestImportOfMicrosoftProject(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		data, err := os.ReadFile("../planfile/testdata/project.xml")
		must(t, err)
		x := w.begin(t, `C:\plans\atelier.xml`, string(data))
		if x.Name != "atelier.xml" || x.Form != planfile.Project {
			t.Fatalf("%+v", x)
		}
		before, err := w.s.Survey(t.Context(), w.manager, w.p.ID, x.ID)
		must(t, err)
		if list, _ := w.tasks(t); len(list) != 0 {
			t.Fatal("a preview wrote tasks")
		}
		r, err := w.s.TakeImport(t.Context(), w.manager, w.p.ID, x.ID)
		must(t, err)
		if r.Tasks != 5 || r.Links != 4 || r.RefusedN != 2 || r.There != 0 || before.Tasks != r.Tasks || before.EndsOn != r.EndsOn {
			t.Fatalf("%+v", r)
		}
		list, links := w.tasks(t)
		titles := ""
		for _, task := range list {
			titles += strings.Repeat("-", task.Depth()) + task.Title + ";"
		}
		if titles != "Études;-Plans d’implantation;-Dossier;Machine livrée;Montage;" || len(links) != 4 || list[4].Mode != Manual || list[2].Deadline != "2026-03-13" {
			t.Fatal(titles, links, list[4])
		}
		if _, err := w.s.TakeImport(t.Context(), w.manager, w.p.ID, x.ID); !fault.Is(err, fault.Conflict) {
			t.Fatal("taken twice:", err)
		}
		again := w.begin(t, "atelier.xml", string(data))
		if r, err = w.s.Survey(t.Context(), w.manager, w.p.ID, again.ID); err != nil || r.There != 5 || r.Tasks != 0 {
			t.Fatalf("again: %+v %v", r, err)
		}
		if _, err := w.s.TakeImport(t.Context(), w.manager, w.p.ID, again.ID); !fault.Is(err, fault.Conflict) {
			t.Fatal("nothing was taken in:", err)
		}
		more := strings.Replace(string(data), "<Tasks>", "<Tasks><Task><UID>50</UID><Name>Essais</Name><OutlineLevel>1</OutlineLevel><PredecessorLink><PredecessorUID>7</PredecessorUID></PredecessorLink></Task>", 1)
		r, err = w.s.TakeImport(t.Context(), w.manager, w.p.ID, w.begin(t, "atelier.xml", more).ID)
		if err != nil || r.Tasks != 1 || r.There != 5 || r.Links != 1 || r.FirstNumber != 6 {
			t.Fatalf("more: %+v %v", r, err)
		}
	})
}

// TestImportIsAllOrNothing: what schedule refuses, a circle through a summary, is named and nothing is
// written.
func TestImportIsAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		x := w.begin(t, "ronde.csv", "id,title,parent,after\n1,Groupe A,,\n2,Partie de A,1,3\n3,Groupe B,,\n4,Partie de B,3,1\n")
		_, err := w.s.Survey(t.Context(), w.manager, w.p.ID, x.ID)
		f := fault.As(err)
		if f == nil || len(f.Fields) != 1 || f.Fields[0].Key != "plan.wrong.cycle" || !strings.Contains(f.Fields[0].Args["tasks"].(string), "Partie de A") {
			t.Fatal(err, f)
		}
		if _, err := w.s.TakeImport(t.Context(), w.manager, w.p.ID, x.ID); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
		if list, _ := w.tasks(t); len(list) != 0 {
			t.Fatal(list)
		}
	})
}

// TestImportFindsPeopleAndColumns: members by mail and by name, columns that people choose, who may.
func TestImportFindsPeopleAndColumns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		x := w.begin(t, "liste.csv", "quoi;qui;quand\n=1+1;GESTION;05/03/2026\nPeindre;gestion@exemple.fr;06/03/2026\nVisser;Inconnu;07/03/2026\n")
		r, err := w.s.Survey(t.Context(), w.manager, w.p.ID, x.ID)
		if err != nil || r.Tasks != 0 || r.Remarks[0].Key != "no_title" {
			t.Fatalf("%+v %v", r, err)
		}
		fields := []planfile.Field{planfile.Title, planfile.People, planfile.Start}
		must(t, w.s.SetReading(t.Context(), w.manager, w.p.ID, x.ID, Reading{Fields: fields}))
		if err := w.s.SetReading(t.Context(), w.manager, w.p.ID, x.ID, Reading{Fields: []planfile.Field{"secret"}}); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
		r, err = w.s.TakeImport(t.Context(), w.manager, w.p.ID, x.ID)
		if err != nil || r.Tasks != 3 || len(r.People) != 3 || r.People[0].PersonID != w.manager.ID || r.People[1].PersonID != w.manager.ID || r.People[2].PersonID != "" {
			t.Fatalf("%+v %v", r, err)
		}
		list, _ := w.tasks(t)
		if list[0].Title != "=1+1" || list[1].NotBefore != "2026-03-06" {
			t.Fatalf("%+v", list)
		}
		stranger := w.person(t, "dehors")
		if _, err := w.s.BeginImport(t.Context(), stranger, w.p.ID, "a.csv", []byte("id,title\n1,a\n")); !fault.Is(err, fault.NotFound) {
			t.Fatal("a stranger begins:", err)
		}
		if _, err := w.s.Survey(t.Context(), stranger, w.p.ID, x.ID); !fault.Is(err, fault.NotFound) {
			t.Fatal("a stranger looks:", err)
		}
	})
}

// TestImportsWaitingAreFew: files that wait are kept whole, so a project has few of them; taking one in
// makes room.
func TestImportsWaitingAreFew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var first Import
		for i := range maxDrafts {
			x := w.begin(t, "liste.csv", "id,title\n1,Peindre\n")
			if i == 0 {
				first = x
			}
		}
		again := func() error {
			_, err := w.s.BeginImport(t.Context(), w.manager, w.p.ID, "liste.csv", []byte("id,title\n1,Peindre\n"))
			return err
		}
		if f := fault.As(again()); f.Kind != fault.Conflict || f.Key != "plan.import.many" {
			t.Fatalf("one too many: %v", f)
		}
		if _, err := w.s.TakeImport(t.Context(), w.manager, w.p.ID, first.ID); err != nil {
			t.Fatal(err)
		}
		must(t, again())
	})
}

// TestLongImport gives a long file to a run: nobody changes the file meanwhile, the tasks are made all at
// once, and another run makes all of them findable, however often it is attempted.
func TestLongImport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		q, err := job.New(t.Context(), d, job.Options{Workers: 1})
		must(t, err)
		w.s.Jobs(q)
		var file strings.Builder
		file.WriteString("id,title,predecessors\n")
		const n = takenAtOnce + 110
		for i := range n {
			fmt.Fprintf(&file, "%d,Relevé %d,%s\n", i+1, i, []string{"", strconv.Itoa(i)}[min(i, 1)])
		}
		x := w.begin(t, "long.csv", file.String())
		_, id, err := w.s.TakeInLater(t.Context(), w.manager, w.p.ID, x.ID)
		must(t, err)
		if id == "" {
			t.Fatal("a long file was taken in at once")
		}
		if _, _, err := w.s.TakeInLater(t.Context(), w.manager, w.p.ID, x.ID); !fault.Is(err, fault.Conflict) {
			t.Error("asked twice:", err)
		}
		if err := w.s.DropImport(t.Context(), w.manager, w.p.ID, x.ID); !fault.Is(err, fault.Conflict) {
			t.Error("dropped while it is taken in:", err)
		}
		if list, _ := w.tasks(t); len(list) != 0 {
			t.Fatal("written before the run")
		}
		found := func() (hits int) {
			must(t, d.View(t.Context(), func(tx db.Tx) (err error) {
				hits, err = search.Count(tx, search.Query{Text: "relevé", Walls: []string{"project:" + string(w.p.ID)}}, 10*n)
				return err
			}))
			return hits
		}
		must(t, q.Start(t.Context()))
		defer func() { must(t, q.Stop(context.Background())) }()
		var run job.Record
		for run.State != job.Done {
			if run.State.Ended() {
				t.Fatalf("%+v", run)
			}
			must(t, d.View(t.Context(), func(tx db.Tx) (err error) { run, err = job.Get(tx, id); return err }))
			time.Sleep(20 * time.Millisecond)
		}
		for until := time.Now().Add(time.Minute); found() < n && time.Now().Before(until); {
			time.Sleep(50 * time.Millisecond)
		}
		must(t, d.Do(t.Context(), func(tx db.Tx) error { return indexNumbered(tx, w.p.ID, 1, 250) })) // an attempt after one that died
		list, links := w.tasks(t)
		if len(list) != n || len(links) != n-1 || found() != n {
			t.Errorf("%d tasks, %d links, %d found; want %d", len(list), len(links), found(), n)
		}
		if _, y, err := w.s.look(t.Context(), w.manager, w.p.ID, x.ID); err != nil || y.Tasks != n || y.run.State != job.Done {
			t.Errorf("afterwards: %v %+v", err, y.run)
		}
	})
}
