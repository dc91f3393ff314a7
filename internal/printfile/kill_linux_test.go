package printfile

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/batch"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/making"
	"bassin/internal/slicer"
)

// The kill test runs workers as processes of their own: this test binary again, told by the environment what to do.
const helperEnv = "BASSIN_PRINTFILE_HELPER" // the database, a folder or a URL, then the folder of files and the slicer

// TestHelperProcess is a worker process, not a test.
func TestHelperProcess(t *testing.T) {
	x := strings.Split(os.Getenv(helperEnv), "|")
	if len(x) != 3 {
		t.Skip("runs only as the helper of the kill test")
	}
	c := db.Config{Dir: x[0]}
	if strings.HasPrefix(x[0], "postgres:") {
		c = db.Config{URL: x[0], Conns: 8}
	}
	d, err := db.Open(context.Background(), c)
	must(t, err)
	q, err := job.New(context.Background(), d, job.Options{Workers: 2})
	must(t, err)
	workers(t, d, q, x[1], x[2])
	must(t, q.Start(context.Background()))
	fmt.Println("started")
	time.Sleep(2 * time.Minute) // until it is killed
}

// workers gives the print files of a shop, worked at by a queue.
func workers(t *testing.T, d *db.DB, q *job.Queue, folder, program string) *Service {
	t.Helper()
	files, err := file.NewFolder(folder)
	must(t, err)
	p, err := slicer.Find(program)
	must(t, err)
	makers := making.New(making.Options{DB: d, Files: files})
	batches := batch.New(batch.Options{DB: d, Files: files, Making: makers, Within: time.Second})
	s := New(Options{DB: d, Files: files, Slicer: p, Batch: batches})
	makers.Jobs(q)
	batches.Jobs(q)
	s.Jobs(q)
	return s
}

func startHelper(t *testing.T, where string) (kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestHelperProcess$")
	cmd.Env = append(os.Environ(), helperEnv+"="+where)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	kill = func() {
		_ = cmd.Process.Kill() // SIGKILL: nothing of it runs after that
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

// running is how many processes have words in their command.
func running(words string) (n int) {
	list, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, name := range list {
		if text, err := os.ReadFile(name); err == nil && bytes.Contains(text, []byte(words)) && !bytes.Contains(text, []byte("-test.run")) {
			n++
		}
	}
	return n
}

// The server is killed while the files of a batch that begins are made: what was said to be done is kept, the slicer and what it started
// end, and each file is made once, by the server that comes after.
func TestKilledWhileABatchBegins(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) (string, *db.DB){
		"sqlite": func(t *testing.T) (string, *db.DB) {
			d := dbtest.Open(t)
			return filepath.Dir(d.Path()), d
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
			w := newWorld(t, d)
			ctx := t.Context()
			must(t, w.s.SetSettings(ctx, w.turner, w.machine.ID, "atelier.ini", strings.NewReader("layer_height = 0.2\n")))
			b, err := w.batches.Plan(ctx, w.turner, []making.OrderID{w.order.ID, w.accepted(w.wanted).ID})
			must(t, err)
			for laid, i := false, 0; !laid; i++ {
				if i > 600 {
					t.Fatal("the batch is not laid")
				}
				time.Sleep(20 * time.Millisecond)
				must(t, d.View(ctx, func(tx db.Tx) (err error) { _, _, laid, err = batch.MayFile(tx, w.turner, b.ID); return err }))
			}
			must(t, w.queue.Stop(ctx)) // what follows is the work of others

			// A slicer that tells that it began, and takes a minute with a process of its own unless it is told to be quick.
			folder := t.TempDir()
			sleep, err := exec.LookPath("sleep")
			must(t, err)
			long, program := filepath.Join(folder, "long"), filepath.Join(folder, "slicer")
			must(t, os.Symlink(sleep, long))
			script := "#!/bin/sh\necho x >> " + folder + "/begun\ntest -e " + folder + "/quick || { " + long + " 60 & " + long + " 60; }\n" + strings.TrimPrefix(echo, "#!/bin/sh\n")
			must(t, os.WriteFile(program, []byte(script), 0o700))
			begun := func() int {
				text, _ := os.ReadFile(filepath.Join(folder, "begun"))
				return strings.Count(string(text), "x")
			}
			q, err := job.New(ctx, d, job.Options{InsertOnly: true})
			must(t, err)
			s := workers(t, d, q, w.files, program)
			must(t, w.batches.Start(ctx, w.turner, b.ID, 0))
			must(t, s.MakePlate(ctx, w.turner, b.ID, 1))

			until := func(what string, done func() bool) {
				t.Helper()
				for range 4 * 1200 {
					if done() {
						return
					}
					time.Sleep(50 * time.Millisecond)
				}
				t.Fatalf("after four minutes %s", what)
			}
			kill := startHelper(t, where+"|"+w.files+"|"+program)
			until("the slicer has not begun", func() bool { return begun() == 1 && running(long) == 2 })
			kill()
			for i := 0; running(long)+running(program) > 0; i++ {
				if i > 100 {
					t.Fatalf("%d processes of the slicer go on", running(long)+running(program))
				}
				time.Sleep(50 * time.Millisecond)
			}
			must(t, os.WriteFile(filepath.Join(folder, "quick"), nil, 0o600))
			startHelper(t, where+"|"+w.files+"|"+program)
			var p Plate
			until("the file is not made", func() bool {
				must(t, d.View(ctx, func(tx db.Tx) (err error) { p, err = getPlate(tx, b.ID, 1); return err }))
				return p.MadeAt != 0
			})
			time.Sleep(time.Second) // a second run would have begun
			var hashes []string
			var orders, runs int
			must(t, d.View(ctx, func(tx db.Tx) (err error) {
				if hashes, err = Hashes(tx); err != nil {
					return err
				}
				if orders, err = db.Get[int](tx, `select count(*) from making_order where state = $1`, making.Building); err != nil {
					return err
				}
				runs, err = db.Get[int](tx, `select count(*) from printfile_plate`)
				return err
			}))
			if p.Fault != "" || p.Pieces != 4 || len(hashes) != 1 || begun() != 2 || runs != 1 || orders != 2 {
				t.Errorf("made %+v, %d files kept, the slicer begun %d times, %d plates, %d orders that are built", p, len(hashes), begun(), runs, orders)
			}
			if n, err := account.Verify(ctx, d, nil); err != nil {
				t.Errorf("audit trail of %d rows: %v", n, err)
			}
		})
	}
}
