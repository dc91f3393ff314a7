package additive

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/mesh"
)

// The kill test runs workers as processes of their own: this test binary again, told by the environment what to do.
const helperEnv = "BASSIN_ADDITIVE_HELPER" // the database, a folder or a URL, then the folder of files

// noted writes down that a part was checked; twice would be refused, for names are taken once.
func noted(tx db.Tx, p Part, _ Revision) error {
	_, err := tx.Exec(`insert into job_every (name, next_at) values ($1, $2)`, "checked "+string(p.ID), tx.Now())
	return err
}

// TestHelperProcess is a worker process, not a test.
func TestHelperProcess(t *testing.T) {
	where, folder, ok := strings.Cut(os.Getenv(helperEnv), "|")
	if !ok {
		t.Skip("runs only as the helper of the kill test")
	}
	c := db.Config{Dir: where}
	if strings.HasPrefix(where, "postgres:") {
		c = db.Config{URL: where, Conns: 8}
	}
	d, err := db.Open(context.Background(), c)
	must(t, err)
	files, err := file.NewFolder(folder)
	must(t, err)
	q, err := job.New(context.Background(), d, job.Options{Workers: 2})
	must(t, err)
	s := New(Options{DB: d, Files: files})
	s.Checked = append(s.Checked, noted)
	s.Jobs(q)
	must(t, q.Start(context.Background()))
	fmt.Println("started")
	time.Sleep(2 * time.Minute) // until it is killed
}

// startHelper starts a worker, and gives what kills it: nothing of it runs after that.
func startHelper(t *testing.T, where string) (kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestHelperProcess$")
	cmd.Env = append(os.Environ(), helperEnv+"="+where)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	kill = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	t.Cleanup(kill)
	for line := bufio.NewScanner(out); line.Scan(); {
		if line.Text() == "started" {
			go func() { _, _ = bufio.NewReader(out).WriteTo(new(bytes.Buffer)) }()
			return kill
		}
	}
	t.Fatal("the worker did not start")
	return nil
}

// ball is one of so many steps around: some work to check.
func ball(steps int) *mesh.Mesh {
	m := &mesh.Mesh{Points: []mesh.Vec{{Z: -20}}}
	round := 2 * steps
	for i := 1; i < steps; i++ {
		for k := range round {
			polar, around := float64(i)*math.Pi/float64(steps), float64(k)*2*math.Pi/float64(round)
			m.Points = append(m.Points, mesh.Vec{X: 20 * math.Sin(polar) * math.Cos(around), Y: 20 * math.Sin(polar) * math.Sin(around), Z: -20 * math.Cos(polar)})
		}
	}
	m.Points = append(m.Points, mesh.Vec{Z: 20})
	at := func(i, k int) uint32 { return uint32(1 + (i-1)*round + k%round) }
	for k := range round {
		m.Triangles = append(m.Triangles, [3]uint32{0, at(1, k+1), at(1, k)}, [3]uint32{uint32(len(m.Points) - 1), at(steps-1, k), at(steps-1, k+1)})
		for i := 1; i < steps-1; i++ {
			m.Triangles = append(m.Triangles, [3]uint32{at(i, k), at(i, k+1), at(i+1, k+1)}, [3]uint32{at(i, k), at(i+1, k+1), at(i+1, k)})
		}
	}
	return m
}

// Two workers share the parts that were dropped; one is killed in the middle. Every part is checked, once.
func TestKilledWorkersPartsAreCheckedOnce(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) (string, *db.DB){
		"sqlite": func(t *testing.T) (string, *db.DB) {
			d := dbtest.Open(t)
			return d.Path()[:strings.LastIndex(d.Path(), "/")], d
		},
		"postgres": func(t *testing.T) (string, *db.DB) {
			url := dbtest.PostgresURL(t)
			d, err := db.Open(t.Context(), db.Config{URL: url, Conns: 4})
			must(t, err)
			t.Cleanup(func() { _ = d.Close() })
			return url, d
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			where, d := open(t)
			folder := t.TempDir()
			files, err := file.NewFolder(folder)
			must(t, err)
			s := New(Options{DB: d, Files: files})
			q, err := job.New(t.Context(), d, job.Options{InsertOnly: true})
			must(t, err)
			s.Jobs(q)
			accounts := account.New(account.Options{DB: d})
			p, err := accounts.AddPerson(t.Context(), account.System("test"), account.Person{Email: "inventeur@exemple.fr", Name: "Inventeur"}, "")
			must(t, err)
			var by account.Actor
			must(t, d.View(t.Context(), func(tx db.Tx) (err error) { by, err = account.Load(tx, p.ID); return err }))
			content := stlOf(t, ball(60))
			var dropped []Dropped
			for i := range 24 {
				f, err := s.Keep(t.Context(), bytes.NewReader(content), fmt.Sprintf("boule %d.stl", i))
				must(t, err)
				dropped = append(dropped, f)
			}
			list, err := s.Drop(t.Context(), by, "", dropped)
			must(t, err)
			kill := startHelper(t, where+"|"+folder)
			startHelper(t, where+"|"+folder)
			count := func(state State) (n int) {
				must(t, d.View(t.Context(), func(tx db.Tx) (err error) {
					n, err = db.Get[int](tx, `select count(*) from additive_revision where state = $1`, state)
					return err
				}))
				return n
			}
			until := func(what string, done func() bool) {
				t.Helper()
				for range 4 * 1200 {
					if done() {
						return
					}
					time.Sleep(50 * time.Millisecond)
				}
				t.Fatalf("after four minutes %s: %d are checked", what, count(Checked))
			}
			until("few parts are checked", func() bool { return count(Checked) >= 4 })
			if count(Waiting) == 0 {
				t.Fatal("all were checked before one could be killed")
			}
			kill()
			until("not all are checked", func() bool { return count(Checked) == len(list) })
			var once int
			must(t, d.View(t.Context(), func(tx db.Tx) (err error) {
				once, err = db.Get[int](tx, `select count(*) from job_every where name like 'checked %'`)
				return err
			}))
			if once != len(list) {
				t.Errorf("%d of %d parts were noted as checked", once, len(list))
			}
			for _, p := range list {
				var r Revision
				must(t, d.View(t.Context(), func(tx db.Tx) (err error) { r, err = getRevision(tx, p.ID, 1); return err }))
				if x, err := r.ReportOf(); err != nil || !x.Manifold() {
					t.Errorf("%s: %v", p.Code(), err)
				}
				var run job.Record
				must(t, d.View(t.Context(), func(tx db.Tx) (err error) { run, err = job.Get(tx, job.RunID(r.JobID)); return err }))
				if run.State != job.Done {
					t.Errorf("the check of %s is %s after %d tries", p.Code(), run.State, run.Attempts)
				}
			}
		})
	}
}
