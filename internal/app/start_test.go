package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// program is what `make build` makes.
const program = top + "/bin/bassin"

func BenchmarkStartSQLite(b *testing.B)   { benchStart(b, false) }
func BenchmarkStartPostgres(b *testing.B) { benchStart(b, true) }

// benchStart starts the built program on the data of the nation: how long until it gives its first
// page, and what memory it holds after a hundred more and a while without any.
func benchStart(b *testing.B, postgres bool) {
	info, err := os.Stat(program)
	if err != nil {
		b.Skipf("not built: make build (%v)", err)
	}
	d, address := nation(b, postgres)
	s, err := newSite(context.Background(), d, siteOptions{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	token := tokenOf(b, s, "nation")
	var first, rss, used float64
	for b.Loop() {
		f, r, u := startOnce(b, address, token)
		first, rss, used = first+f, max(rss, r), used+u
	}
	b.ReportMetric(first/float64(b.N), "first-page-ms")
	b.ReportMetric(used/float64(b.N), "first-page-cpu-ms")
	b.ReportMetric(rss, "idle-MB")
	b.ReportMetric(float64(info.Size())/1e6, "binary-MB")
}

func startOnce(b *testing.B, address []string, token string) (firstMS, idleMB, usedMS float64) {
	b.Helper()
	addr := freeAddress(b)
	var out bytes.Buffer
	cmd := exec.Command(program, append([]string{"serve", "--addr", addr}, address...)...)
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}()
	for readPage(addr, token) != nil {
		if time.Since(start) > time.Minute {
			b.Fatalf("no page: %s", out.String())
		}
		time.Sleep(2 * time.Millisecond)
	}
	firstMS, usedMS = float64(time.Since(start).Microseconds())/1000, usedBy(b, cmd.Process.Pid)
	for range 100 {
		if err := readPage(addr, token); err != nil {
			b.Fatal(err)
		}
	}
	time.Sleep(3 * time.Second)
	return firstMS, residentMB(b, cmd.Process.Pid), usedMS
}

// freeAddress is an address that nobody listens on.
func freeAddress(b *testing.B) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// readPage reads the list of all the nation's actions.
func readPage(addr, token string) error {
	q, err := http.NewRequest(http.MethodGet, "http://"+addr+"/actions", nil)
	if err != nil {
		return err
	}
	q.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s (%w)", res.Status, err)
	}
	return nil
}

// residentMB and usedBy read what Linux says of a process.
func residentMB(b *testing.B, pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Skip(err)
	}
	_, after, _ := strings.Cut(string(text), "VmRSS:")
	kb, err := strconv.ParseFloat(strings.Fields(after)[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return kb / 1000
}

func usedBy(b *testing.B, pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Skip(err)
	}
	f := strings.Fields(string(text[bytes.LastIndexByte(text, ')'):])) // user and system time, in hundredths of a second
	var sum float64
	for _, s := range f[12:14] {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil {
			b.Fatal(err)
		}
		sum += n * 10
	}
	return sum
}
