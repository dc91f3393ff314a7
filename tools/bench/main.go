// Command bench runs the benchmarks of national size (internal/app) and prints one table of them
// with what each may cost. It judges nothing else: whoever reads sees what is over.
package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// runs are the calls of go test: how often each benchmark works is fixed, so that the whole takes
// the same few minutes everywhere.
var runs = []struct{ bench, times string }{
	{"^BenchmarkNation", "50x"},
	{"^BenchmarkEveryPage$", "3x"},
	{"^BenchmarkCreate32$", "3000x"},
	{"^BenchmarkStart", "3x"},
}

// pages are those that a budget was set for, in milliseconds of processor time.
var pages = []struct{ name, label string }{
	{"contract", "contract"},
	{"actions-filtered", "actions of a contract, filtered"},
	{"actions-nation", "actions of the nation, filtered"},
	{"territory-home", "home of a territory"},
	{"money-as-of", "money of a contract as of a day"},
	{"money-as-known", "the same, as it was known"},
	{"action-funding", "financing of an action"},
}

const (
	pageBudget  = 20.0
	otherBudget = 50.0
)

type figures map[string]map[string]float64 // benchmark → unit → value

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	all := figures{}
	for _, r := range runs {
		fmt.Printf("running %s, %s each\n", r.bench, r.times)
		if err := measure(all, r.bench, r.times); err != nil {
			return err
		}
	}
	fmt.Println()
	return table(os.Stdout, all)
}

func measure(all figures, bench, times string) error {
	cmd := exec.Command("go", "test", "-run", "^$", "-bench", bench, "-benchtime", times, "-benchmem", "-timeout", "30m", "./internal/app")
	cmd.Dir, cmd.Stderr = "..", os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	for in := bufio.NewScanner(out); in.Scan(); {
		if name, values, ok := parse(in.Text()); ok {
			all[name] = values
		} else if strings.HasPrefix(strings.TrimSpace(in.Text()), "---") || strings.Contains(in.Text(), "_test.go:") {
			fmt.Println(in.Text())
		}
	}
	return cmd.Wait()
}

var line = regexp.MustCompile(`^Benchmark(\S+?)(-\d+)?\s+\d+\s+(.*)$`)

// parse reads a line such as "BenchmarkX/y-2  50  123 ns/op  4.5 cpu-ms/req".
func parse(s string) (string, map[string]float64, bool) {
	m := line.FindStringSubmatch(s)
	if m == nil {
		return "", nil, false
	}
	values, words := map[string]float64{}, strings.Fields(m[3])
	for i := 0; i+1 < len(words); i += 2 {
		v, err := strconv.ParseFloat(words[i], 64)
		if err != nil {
			return "", nil, false
		}
		values[words[i+1]] = v
	}
	return m[1], values, true
}

func table(to io.Writer, all figures) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	row := func(cells ...string) { fmt.Fprintln(w, "| "+strings.Join(cells, "\t| ")+"\t|") }
	row("page", "ms CPU, SQLite", "ms CPU, PostgreSQL", "allocations", "budget", "")
	row("---", "---", "---", "---", "---", "---")
	for _, p := range pages {
		lite, pg := all["NationSQLite/"+p.name], all["NationPostgres/"+p.name]
		row(p.label, show(lite, "cpu-ms/req"), show(pg, "cpu-ms/req"), show(lite, "allocs/op"), "20",
			within(max(lite["cpu-ms/req"], pg["cpu-ms/req"]) <= pageBudget && lite != nil && pg != nil))
	}
	others := all.others()
	for i, p := range others {
		if i < 5 || p.ms > otherBudget {
			row(p.name, fmt.Sprintf("%.1f", p.ms), "", "", "50", within(p.ms <= otherBudget))
		}
	}
	row(fmt.Sprintf("… %d pages and lists in all, the five dearest above", len(others)), "", "", "", "", "")
	for _, c := range []struct{ name, label string }{{"sync-normal", "creations a second, 32 clients"}, {"sync-full", "the same, waiting for the disk (--sync full)"}} {
		f := all["Create32/"+c.name]
		ok := ""
		if c.name == "sync-normal" {
			ok = within(f["creations/s"] >= 1000)
		}
		row(c.label, show(f, "creations/s")+" ("+show(f, "cpu-ms/req")+" ms CPU each)", "", show(f, "allocs/op"), "1000", ok)
	}
	lite, pg := all["StartSQLite"], all["StartPostgres"]
	row("start to first page, ms", show(lite, "first-page-ms")+" ("+show(lite, "first-page-cpu-ms")+" CPU)", show(pg, "first-page-ms")+" ("+show(pg, "first-page-cpu-ms")+" CPU)", "", "1000",
		within(lite != nil && lite["first-page-ms"] <= 1000))
	row("idle memory after 100 pages, MB", show(lite, "idle-MB"), show(pg, "idle-MB"), "", "100", within(lite != nil && max(lite["idle-MB"], pg["idle-MB"]) <= 100))
	row("program, MB", show(lite, "binary-MB"), "", "", "80", within(lite != nil && lite["binary-MB"] <= 80))
	return w.Flush()
}

func show(f map[string]float64, unit string) string {
	v, ok := f[unit]
	switch {
	case !ok:
		return "not measured"
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	default:
		return fmt.Sprintf("%.1f", v)
	}
}

func within(ok bool) string {
	if ok {
		return "within"
	}
	return "over"
}

type other struct {
	name string
	ms   float64
}

// others gives every page that was walked, the dearest first.
func (all figures) others() []other {
	var list []other
	for name, f := range all {
		if url, ok := strings.CutPrefix(name, "EveryPage/"); ok {
			list = append(list, other{strings.ReplaceAll(url, "|", "/"), f["cpu-ms/req"]})
		}
	}
	slices.SortFunc(list, func(a, b other) int { return cmp.Compare(b.ms, a.ms) })
	return list
}
