// Package planfile reads the plans of other tools: tables (CSV) of Bassin itself, of Redmine, of Jira
// and of any other origin, and the XML of Microsoft Project (MSPDI). It knows no database and no
// project: what it gives is a list of tasks in the order of an outline, with what it could not read.
//
// Words: a form is the tool whose habits a file follows; a column is one of a table, with the field
// that it fills; a refused line makes no task; a remark tells of something that a task loses.
// Called by plan.
package planfile

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bassin/internal/schedule"
	"bassin/internal/when"
)

// What a file may be. It holds before anything is kept.
const (
	MaxBytes = 20 << 20
	MaxLines = 20_000
	MaxTasks = 10_000
	maxCols  = 500
	maxCell  = 100_000 // bytes
	maxNotes = 300     // refused lines and remarks that are told one by one
)

// Form is the tool whose habits a file follows.
type Form string

// The forms.
const (
	Bassin  Form = "bassin"
	Redmine Form = "redmine"
	Jira    Form = "jira"
	Table   Form = "table" // any other CSV
	Project Form = "project"
)

// LinkKind says which ends of two tasks a link ties; the predecessor's is named first.
type LinkKind string

// The kinds.
const (
	FinishStart  LinkKind = "fs"
	StartStart   LinkKind = "ss"
	FinishFinish LinkKind = "ff"
	StartFinish  LinkKind = "sf"
)

// Person is somebody whom a file names.
type Person struct {
	Name  string `json:"name"`
	Email string `json:"email,omitempty"`
}

// Link is a predecessor of a task.
type Link struct {
	From int // index into Tasks
	Kind LinkKind
	Lag  int64 // minutes of work; negative: a lead
}

// Task is a line of the plan. What is not said is zero.
type Task struct {
	Key      string // by which the file knows it
	Line     int
	Parent   int // index into Tasks, -1 at the top; parents stand before their parts
	Title    string
	Body     string
	Kind     string // "task", "milestone", "deliverable", "problem"
	State    string // "todo", "doing", "review", "done"
	Percent  int64
	Work     int64 // minutes, in days of the plan; 0 is not said
	Start    when.Date
	Finish   when.Date
	Bound    bool      // Start is a wish of somebody, not what links gave
	Fixed    bool      // begins on Start whatever links say
	Manual   bool      // both dates are as typed
	Earliest when.Date // it may not begin before
	Deadline when.Date
	Begun    when.Date
	Finished when.Date
	People   []Person
	Labels   []string
	Links    []Link
}

// Column is a column of a table.
type Column struct {
	Name  string `json:"name"`
	Field Field  `json:"field"` // "" is ignored
	First string `json:"first"` // its first value, by which one recognises it
}

// Note tells of a line: why it makes no task, or what its task loses. Line 0 is the file.
type Note struct {
	Line int            `json:"line"`
	Key  string         `json:"key"` // of the text, after "planfile."
	Args map[string]any `json:"args,omitempty"`
}

// File is a file that was read.
type File struct {
	Form     Form
	Name     string // of the project, where the file says it
	Encoding string
	Comma    string // what separates the columns
	Order    DayOrder
	Columns  []Column
	Lines    int // of the table, its head left out
	Tasks    []Task
	Refused  []Note
	Remarks  []Note
	RefusedN int // all of them; Refused is cut off
	RemarksN int
}

// Options say how to read.
type Options struct {
	Day     schedule.Minutes // the length of a working day of the plan
	Fields  []Field          // of the columns, in their order; nil to find them out
	Order   DayOrder         // of dates; "" to find it out
	MaxDeep int              // levels of the outline
}

// Fault says why a file is not read at all.
type Fault struct {
	Key  string // of the text, after "planfile."
	Args map[string]any
}

// Error is for logs.
func (f *Fault) Error() string { return fmt.Sprintf("plan file: %s %v", f.Key, f.Args) }

func refuse(key string, pairs ...any) error { return &Fault{Key: key, Args: args(pairs)} }

func args(pairs []any) map[string]any {
	if len(pairs) == 0 {
		return nil
	}
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

// Text gives the text of a file, whatever its encoding.
func Text(data []byte) (text, encoding string, err error) {
	if len(data) > MaxBytes {
		return "", "", refuse("large", "max", MaxBytes>>20)
	}
	text, encoding = decode(data)
	if strings.TrimSpace(text) == "" {
		return "", "", refuse("empty")
	}
	if strings.HasPrefix(text, "PK\x03\x04") || bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")) {
		return "", "", refuse("binary")
	}
	return strings.ReplaceAll(text, "\x00", ""), encoding, nil
}

// Read reads the text of a file. The error is a *Fault when the file is none that can be read.
func Read(text string, o Options) (File, error) {
	if o.Day <= 0 {
		o.Day = 7 * schedule.Hour
	}
	if o.MaxDeep <= 0 {
		o.MaxDeep = 6
	}
	f := &File{}
	var err error
	if strings.HasPrefix(strings.TrimSpace(text), "<") {
		err = readProject(f, text, o)
	} else {
		err = readTable(f, text, o)
	}
	if err != nil {
		return *f, err
	}
	return *f, nil
}

func (f *File) refused(line int, key string, pairs ...any) {
	if f.RefusedN++; f.RefusedN <= maxNotes {
		f.Refused = append(f.Refused, Note{line, key, args(pairs)})
	}
}

func (f *File) remark(line int, key string, pairs ...any) {
	if f.RemarksN++; f.RemarksN <= maxNotes {
		f.Remarks = append(f.Remarks, Note{line, key, args(pairs)})
	}
}

// isFault reports whether the error is one of the file's.
func isFault(err error) bool { return errors.As(err, new(*Fault)) }

// clip shortens what a remark quotes.
func clip(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}

// raw is a task whose relations are still names.
type raw struct {
	Task
	aliases []string
	parent  string
	depth   int // in the outline, 0 at the top; -1 when parents are named
	after   []tie
	before  []tie
}

type tie struct {
	key  string
	kind LinkKind
	lag  int64
}

// settle turns names into places: it orders tasks as an outline, ties links, and leaves out, by name,
// what would run in a circle.
func (f *File) settle(list []raw, o Options) {
	index := map[string]int{}
	for i, t := range list {
		for _, k := range append([]string{t.Key}, t.aliases...) {
			if _, twice := index[k]; k != "" && !twice {
				index[k] = i
			}
		}
	}
	parents := f.parents(list, index, o.MaxDeep)
	order, place := outline(parents)
	f.Tasks = make([]Task, len(list))
	for at, i := range order {
		t := list[i].Task
		t.Parent = -1
		if parents[i] >= 0 {
			t.Parent = place[parents[i]]
			if p := &f.Tasks[t.Parent]; p.Kind == "milestone" {
				p.Kind = "task" // what has parts is none
			}
		}
		f.Tasks[at] = t
	}
	c := circle{next: make([][]int, len(list))}
	for at, i := range order {
		for _, x := range list[i].after {
			f.tie(&c, index, place, x, at, list[i].Line, true)
		}
		for _, x := range list[i].before {
			f.tie(&c, index, place, x, at, list[i].Line, false)
		}
	}
}

// parents gives the index of each task's parent, -1 at the top.
func (f *File) parents(list []raw, index map[string]int, deepest int) []int {
	parents := make([]int, len(list))
	var above []int // the last task of each level
	for i, t := range list {
		parents[i] = -1
		if t.depth >= 0 {
			d := min(t.depth, len(above))
			if d > 0 {
				parents[i] = above[d-1]
			}
			above = append(above[:d], i)
			continue
		}
		if t.parent == "" {
			continue
		}
		if p, ok := index[t.parent]; ok && p != i {
			parents[i] = p
		} else {
			f.remark(t.Line, "no_parent", "parent", clip(t.parent))
		}
	}
	for i := range list {
		seen := 0
		for p := parents[i]; p >= 0 && seen <= len(list); p = parents[p] {
			seen++
			if p == i {
				f.remark(list[i].Line, "parent_circle", "title", clip(list[i].Title))
				parents[i] = -1
				break
			}
		}
	}
	order, _ := outline(parents)
	depth := make([]int, len(list))
	for _, i := range order { // parents come first, so what hangs below a task that moves up moves with it
		if parents[i] < 0 {
			continue
		}
		if depth[i] = depth[parents[i]] + 1; depth[i] >= deepest {
			f.remark(list[i].Line, "deep", "max", deepest)
			parents[i] = parents[parents[i]]
			depth[i]--
		}
	}
	return parents
}

// outline gives the tasks with their parts behind them, and where each stands.
func outline(parents []int) (order, place []int) {
	parts := make([][]int, len(parents)+1)
	for i, p := range parents {
		parts[p+1] = append(parts[p+1], i)
	}
	place = make([]int, len(parents))
	stack := slices.Clone(parts[0])
	slices.Reverse(stack)
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		place[i] = len(order)
		order = append(order, i)
		for _, p := range slices.Backward(parts[i+1]) {
			stack = append(stack, p)
		}
	}
	return order, place
}

// tie makes a link of a name, at the task that stands at a place.
func (f *File) tie(c *circle, index map[string]int, place []int, x tie, at, line int, after bool) {
	i, ok := index[x.key]
	if !ok {
		f.remark(line, "no_task", "task", clip(x.key))
		return
	}
	from, to := place[i], at
	if !after {
		from, to = at, place[i]
	}
	t := &f.Tasks[to]
	switch {
	case from == to:
		f.remark(line, "self", "title", clip(t.Title))
		return
	case slices.ContainsFunc(t.Links, func(l Link) bool { return l.From == from }):
		return // told from both sides
	case f.under(from, to) || f.under(to, from):
		f.remark(line, "inside", "task", clip(f.Tasks[from].Title), "title", clip(t.Title))
		return
	}
	if way := c.path(to, from); way != nil {
		names := make([]string, 0, len(way)+1)
		for _, n := range append(way, to) {
			if len(names) == 10 {
				names = append(names, "…")
				break
			}
			names = append(names, clip(f.Tasks[n].Title))
		}
		f.remark(line, "circle", "tasks", strings.Join(names, " → "))
		return
	}
	c.next[from] = append(c.next[from], to)
	t.Links = append(t.Links, Link{From: from, Kind: x.kind, Lag: x.lag})
}

// under reports whether a task stands below another.
func (f *File) under(i, above int) bool {
	for p := f.Tasks[i].Parent; p >= 0; p = f.Tasks[p].Parent {
		if p == above {
			return true
		}
	}
	return false
}

// circle knows the links that stand.
type circle struct {
	next  [][]int
	steps int // of all searches: each link costs one, and a file may be made to make them long
}

// maxSteps bounds the search for circles; what is not found here is found when dates are computed.
const maxSteps = 50_000_000

// path gives the tasks from one to another along the links, nil when there is none.
func (c *circle) path(from, to int) []int {
	came := map[int]int{from: -1}
	for todo := []int{from}; len(todo) > 0; todo = todo[1:] {
		if todo[0] == to {
			var way []int
			for i := to; i >= 0; i = came[i] {
				way = append(way, i)
			}
			slices.Reverse(way)
			return way
		}
		for _, n := range c.next[todo[0]] {
			if c.steps++; c.steps > maxSteps {
				return nil
			}
			if _, seen := came[n]; !seen {
				came[n] = todo[0]
				todo = append(todo, n)
			}
		}
	}
	return nil
}
