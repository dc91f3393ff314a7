// Command bench runs the benchmarks of national size, of the workspace and of parts, and prints tables of
// them with what each may cost. ONLY=parts leaves out all but the last, ONLY=repair all but its repairs. It judges nothing else: whoever reads sees what is over.
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

// search is measured with SEARCH=1 only: its million entries take a quarter of an hour to make, once.
const search = "search"

// runs are the calls of go test: how often each benchmark works is fixed, so that the whole takes
// the same few minutes everywhere.
var runs = []struct{ pkg, bench, times string }{
	{"app", "^BenchmarkNation", "50x"},
	{"app", "^BenchmarkEveryPage$", "3x"},
	{"app", "^BenchmarkFactory", "20x"},
	{"app", "^BenchmarkStart", "3x"}, // before the creations, which the next start would index
	{"app", "^BenchmarkCreate32$", "3000x"},
	{"plan", "^BenchmarkTenThousand$", "30x"},
	{"schedule", "^BenchmarkCompute$/^10000_tasks$/^lags_and_summaries$", "100x"},
	{"document", "^BenchmarkPropfind5000$", "10x"},
	{"agenda", "^BenchmarkReport", "20x"},
	{"app", "^BenchmarkWatchers$", "5x"},
	{"app", "^BenchmarkDrop", "1x"},
	{"mesh/threemf", "^BenchmarkXML$", "5x"},
	{"mesh/thickness", "^BenchmarkUnder$", "3x"},
	{search, "^BenchmarkFind1M$/^(word_in_half|two_frequent_words|frequent_and_rare|frequent_prefix)$/^walls=50$", "50x"},
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

// rooms are the figures of the workspace: what one operation costs, in a unit of its benchmark, what
// it may cost, and what is known of other tools (the survey that this design began from).
var rooms = []struct {
	label, bench, unit string
	scale              float64
	budget             float64
	peers              string
}{
	{"list of a plan of 10,000 tasks, ms CPU", "TenThousand/list", "cpu-ms/op", 1, 10, "Vikunja 42; Redmine 56 with 1,000 tasks"},
	{"board, ms CPU", "TenThousand/board", "cpu-ms/op", 1, 10, ""},
	{"Gantt, window of 200 rows, ms CPU", "TenThousand/gantt", "cpu-ms/op", 1, 10, "Redmine 741 for its page with 1,000 tasks"},
	{"another length of a task, all dates anew, ms CPU", "TenThousand/change", "cpu-ms/op", 1, 0, ""},
	{"reorder, one row written, ms", "TenThousand/reorder", "ns/op", 1e-6, 0, ""},
	{"schedule of 10,000 tasks, 20,000 links, ms", "Compute/10000_tasks/lags_and_summaries", "ns/op", 1e-6, 5, ""},
	{"PROPFIND of 5,000 files, both ends, ms CPU", "Propfind5000", "cpu-ms/op", 1, 100, ""},
	{"CalDAV report on 1,000 events, both ends, ms CPU", "Report", "cpu-ms/op", 1, 50, ""},
	{"CalDAV report on 1,000 tasks, both ends, ms CPU", "ReportOfTasks", "cpu-ms/op", 1, 50, ""},
	{"200 people look at a project: the last knows after, ms", "Watchers", "ms-slowest", 1, 1000, ""},
	{"the same, memory of both ends, MB", "Watchers", "MB-both-ends", 1, 200, ""},
	{"search in 1,000,000 entries, a word in half of them, ms CPU", "Find1M/word_in_half/walls=50", "cpu-ms/op", 1, 30, ""},
	{"two frequent words, ms CPU", "Find1M/two_frequent_words/walls=50", "cpu-ms/op", 1, 30, ""},
	{"a frequent and a rare word, ms CPU", "Find1M/frequent_and_rare/walls=50", "cpu-ms/op", 1, 30, ""},
	{"a frequent beginning while typing, ms CPU", "Find1M/frequent_prefix/walls=50", "cpu-ms/op", 1, 30, ""},
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
		if os.Getenv("ONLY") == "repair" || r.pkg == search && os.Getenv("SEARCH") == "" || os.Getenv("ONLY") == "parts" && !strings.HasPrefix(r.pkg, "mesh/") && r.bench != "^BenchmarkDrop" && r.bench != "^BenchmarkFactory" {
			continue
		}
		fmt.Printf("running %s, %s each\n", r.bench, r.times)
		if err := measure(all, r.pkg, r.bench, r.times); err != nil {
			return err
		}
	}
	for _, print := range []func(io.Writer, figures) error{table, workspace, parts} {
		if only := os.Getenv("ONLY"); only == "parts" || only == "repair" {
			print = parts
		}
		fmt.Println()
		if err := print(os.Stdout, all); err != nil {
			return err
		}
		if only := os.Getenv("ONLY"); only == "parts" || only == "repair" {
			break
		}
	}
	return nil
}

func measure(all figures, pkg, bench, times string) error {
	cmd := exec.Command("go", "test", "-run", "^$", "-bench", bench, "-benchtime", times, "-benchmem", "-timeout", "30m", "./internal/"+pkg)
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

// parse reads a line such as "BenchmarkX/y-2  50  123 ns/op  4.5 cpu-ms/op".
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
		row(p.label, show(lite, "cpu-ms/op"), show(pg, "cpu-ms/op"), show(lite, "allocs/op"), "20",
			verdict(lite != nil && pg != nil, max(lite["cpu-ms/op"], pg["cpu-ms/op"]) <= pageBudget))
	}
	others := all.others()
	for i, p := range others {
		if i < 5 || p.ms > otherBudget {
			row(p.name, fmt.Sprintf("%.1f", p.ms), "", "", "50", verdict(true, p.ms <= otherBudget))
		}
	}
	row(fmt.Sprintf("… %d pages and lists in all, the five dearest above", len(others)), "", "", "", "", "")
	for _, c := range []struct{ name, label string }{{"sync-normal", "creations a second, 32 clients"}, {"sync-full", "the same, waiting for the disk (--sync full)"}} {
		f := all["Create32/"+c.name]
		ok := ""
		if c.name == "sync-normal" {
			ok = verdict(f != nil, f["creations/s"] >= 1000)
		}
		row(c.label, show(f, "creations/s")+" ("+show(f, "cpu-ms/op")+" ms CPU each)", "", show(f, "allocs/op"), "1000", ok)
	}
	lite, pg := all["StartSQLite"], all["StartPostgres"]
	row("start to first page, ms", show(lite, "first-page-ms")+" ("+show(lite, "first-page-cpu-ms")+" CPU)", show(pg, "first-page-ms")+" ("+show(pg, "first-page-cpu-ms")+" CPU)", "", "1000",
		verdict(lite != nil && pg != nil, max(lite["first-page-ms"], pg["first-page-ms"]) <= 1000))
	row("idle memory after 100 pages, MB", show(lite, "idle-MB"), show(pg, "idle-MB"), "", "100", verdict(lite != nil && pg != nil, max(lite["idle-MB"], pg["idle-MB"]) <= 100))
	row("program, MB", show(lite, "binary-MB"), "", "", "80", verdict(lite != nil, lite["binary-MB"] <= 80))
	return w.Flush()
}

// workspace prints the second table: the rooms of a project.
func workspace(to io.Writer, all figures) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	row := func(cells ...string) { fmt.Fprintln(w, "| "+strings.Join(cells, "\t| ")+"\t|") }
	row("workspace, SQLite", "measured", "budget", "", "other tools")
	row("---", "---", "---", "---", "---")
	for _, r := range rooms {
		v, ok := all[r.bench][r.unit]
		measured, budget, held := "not measured", "", ""
		if ok {
			measured = fmt.Sprintf("%.1f", v*r.scale)
		}
		if r.budget > 0 {
			budget, held = fmt.Sprintf("%.0f", r.budget), verdict(ok, v*r.scale <= r.budget)
		}
		row(r.label, measured, budget, held, r.peers)
	}
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

func verdict(measured, within bool) string {
	switch {
	case !measured:
		return "not known"
	case within:
		return "within"
	default:
		return "over"
	}
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
			list = append(list, other{strings.ReplaceAll(url, "|", "/"), f["cpu-ms/op"]})
		}
	}
	slices.SortFunc(list, func(a, b other) int { return cmp.Compare(b.ms, a.ms) })
	return list
}
