package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/file"
)

// partFiles are real parts; they lie beside the source, not in it.
const partFiles = top + "/../shared/data/parts/"

// workshop is the built program with the demonstration's data, and a token of a company's head.
type workshop struct {
	addr, token string
	pid         int
}

func newWorkshop(b *testing.B) workshop {
	b.Helper()
	if _, err := os.Stat(program); err != nil {
		b.Skipf("not built: make build (%v)", err)
	}
	if _, err := os.Stat(partFiles); err != nil {
		b.Skip("no parts beside the source")
	}
	dir := b.TempDir()
	d, err := db.Open(context.Background(), db.Config{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	store, err := file.NewFolder(filepath.Join(dir, filesFolder))
	if err != nil {
		b.Fatal(err)
	}
	if err := seedDemo(context.Background(), d, store, "http://bassin.example", time.Now()); err != nil {
		b.Fatal(err)
	}
	s, err := newSite(context.Background(), d, siteOptions{Files: store, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	var head account.Person
	if err := d.View(context.Background(), func(tx db.Tx) (err error) {
		head, err = account.PersonByEmail(tx, "entreprise@bassin.example")
		return err
	}); err != nil {
		b.Fatal(err)
	}
	w := workshop{addr: freeAddress(b), token: tokenOf(b, s, head.ID)}
	if err := d.Close(); err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	cmd := exec.Command(program, "serve", "--addr", w.addr, "--data", dir)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	for began := time.Now(); readPage(w.addr, w.token) != nil; time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			b.Fatalf("no page: %s", out.String())
		}
	}
	time.Sleep(2 * time.Second) // what a start has to do besides
	w.pid = cmd.Process.Pid
	return w
}

// ask asks the API and reads its answer into to.
func (w workshop) ask(method, path string, body io.Reader, to any) error {
	q, err := http.NewRequest(method, "http://"+w.addr+path, body)
	if err != nil {
		return err
	}
	q.Header.Set("Authorization", "Bearer "+w.token)
	q.Header.Set("Content-Type", "application/octet-stream")
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s (%w)", method, path, text, err)
	}
	return json.Unmarshal(text, to)
}

type droppedPart struct {
	ID    string `json:"id"`
	State string `json:"state"`
}

// drop sends a file and waits until it is checked.
func (w workshop) drop(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	var p droppedPart
	if err := w.ask(http.MethodPost, "/api/v1/parts?name="+url.QueryEscape(filepath.Base(path)), f, &p); err != nil {
		return err
	}
	for p.State == "waiting" {
		time.Sleep(20 * time.Millisecond)
		if err := w.ask(http.MethodGet, "/api/v1/parts/"+p.ID, nil, &p); err != nil {
			return err
		}
	}
	if p.State != "checked" {
		return fmt.Errorf("%s is %s", path, p.State)
	}
	return nil
}

// BenchmarkDropBenchy measures what a person waits for who drops a part of 225,000 triangles: from the upload to the verdict.
func BenchmarkDropBenchy(b *testing.B) {
	w := newWorkshop(b)
	var list []float64
	for b.Loop() {
		for range 5 {
			began := time.Now()
			if err := w.drop(partFiles + "gen/benchy.stl"); err != nil {
				b.Fatal(err)
			}
			list = append(list, float64(time.Since(began).Milliseconds()))
			time.Sleep(2 * time.Second) // pictures and placements
		}
	}
	slices.Sort(list)
	b.ReportMetric(list[len(list)/2], "ms-verdict")
}

// BenchmarkDrop100 drops a hundred real parts at once, and looks at a page while they are checked.
func BenchmarkDrop100(b *testing.B) {
	w := newWorkshop(b)
	var files []string
	for _, pattern := range []string{"stl/*.stl", "3mf/*.3mf", "gen/b*.stl", "gen/h*.stl", "gen/w*.stl"} {
		list, err := filepath.Glob(partFiles + pattern)
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range list {
			if info, err := os.Stat(f); err == nil && info.Size() < 20<<20 && !strings.Contains(f, "reorder") {
				files = append(files, f)
			}
		}
	}
	for b.Loop() {
		began := time.Now()
		var all sync.WaitGroup
		next := make(chan string)
		var mu sync.Mutex
		unread := 0
		for range 8 {
			all.Go(func() {
				for f := range next {
					if err := w.drop(f); err != nil {
						mu.Lock()
						unread++
						mu.Unlock()
					}
				}
			})
		}
		done := make(chan struct{})
		var pages []float64
		most := 0.0
		go func() {
			defer close(done)
			for range 100 {
				at := time.Now()
				if err := readPage(w.addr, w.token); err != nil {
					b.Error(err)
				}
				pages = append(pages, float64(time.Since(at).Microseconds())/1000)
				most = max(most, residentMB(b, w.pid))
				time.Sleep(100 * time.Millisecond)
			}
		}()
		for i := range 100 {
			next <- files[i%len(files)]
		}
		close(next)
		all.Wait()
		b.ReportMetric(time.Since(began).Seconds(), "s-checked")
		<-done
		slices.Sort(pages)
		b.ReportMetric(pages[len(pages)-1], "ms-slowest-page")
		b.ReportMetric(pages[len(pages)/2], "ms-median-page")
		b.ReportMetric(most, "MB-most")
		b.ReportMetric(float64(unread), "unread")
	}
}
