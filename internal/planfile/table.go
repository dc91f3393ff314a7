package planfile

import (
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/schedule"
	"bassin/internal/when"
)

// row is a line of a table.
type row struct {
	line  int
	cells []string
}

// readTable reads a CSV.
func readTable(f *File, text string, o Options) error {
	text, comma := separator(text)
	head, rows, err := f.rows(text, comma)
	if err != nil {
		return err
	}
	f.Comma, f.Lines, f.Form = string(comma), len(rows), formOf(head)
	f.Columns = columns(f.Form, head)
	for i := range f.Columns {
		for _, r := range rows {
			if i < len(r.cells) && r.cells[i] != "" {
				f.Columns[i].First = clip(r.cells[i])
				break
			}
		}
		if i < len(o.Fields) {
			f.Columns[i].Field = o.Fields[i]
		}
	}
	if !slices.ContainsFunc(f.Columns, func(c Column) bool { return c.Field == Title }) {
		f.remark(0, "no_title")
		return nil // people choose the column
	}
	if f.Lines+f.RefusedN == 0 {
		return refuse("no_tasks")
	}
	f.order(rows, o.Order)
	list := make([]raw, 0, len(rows))
	seen := map[string]bool{}
	for _, r := range rows {
		t, ok := f.task(r, o)
		if !ok {
			continue
		}
		if t.Key != "" && seen[t.Key] {
			f.refused(r.line, "twice", "key", clip(t.Key))
			continue
		}
		seen[t.Key] = true
		list = append(list, t)
	}
	if len(list) > MaxTasks {
		return refuse("many", "max", MaxTasks)
	}
	if (f.Form == Redmine || f.Form == Jira) && len(list) > 1 && trailing(list[0].Key) > trailing(list[len(list)-1].Key) {
		slices.Reverse(list) // they write the newest first
	}
	f.settle(list, o)
	return nil
}

// trailing is the number at the end of a key.
func trailing(key string) int {
	n, err := strconv.Atoi(key[strings.LastIndexFunc(key, func(r rune) bool { return r < '0' || r > '9' })+1:])
	if err != nil {
		return 0
	}
	return n
}

// separator finds what separates the columns: what a spreadsheet says in a line "sep=;", else what
// stands most often in the head, outside of quotes.
func separator(text string) (rest string, comma rune) {
	if after, ok := strings.CutPrefix(text, "sep="); ok && len(after) > 1 {
		if line, rest, ok := strings.Cut(after, "\n"); ok && len(strings.TrimRight(line, "\r")) == 1 && strings.ContainsAny(line[:1], ",;\t|") {
			return "\n" + rest, rune(line[0])
		}
	}
	count, quoted := map[rune]int{}, false
	for _, r := range text {
		if r == '"' {
			quoted = !quoted
		} else if !quoted && (r == '\n' || r == '\r') {
			break
		} else if !quoted {
			count[r]++
		}
	}
	comma = ','
	for _, r := range ";\t|" {
		if count[r] > count[comma] {
			comma = r
		}
	}
	return text, comma
}

// rows takes the table apart. A line that cannot be read is refused; one that has too many is not read on.
func (f *File) rows(text string, comma rune) (head []string, rows []row, err error) {
	in := csv.NewReader(strings.NewReader(text))
	in.Comma, in.FieldsPerRecord = comma, -1
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			if head == nil {
				return nil, nil, refuse("head")
			}
			f.refused(bad.StartLine, "quotes")
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		line, _ := in.FieldPos(0)
		for i, c := range cells {
			if len(c) > maxCell {
				return nil, nil, refuse("cell", "line", line, "max", maxCell)
			}
			cells[i] = plain(c)
		}
		switch {
		case len(cells) > maxCols:
			return nil, nil, refuse("columns", "max", maxCols)
		case head == nil && empty(cells):
		case head == nil:
			head = cells
		case empty(cells):
		case len(rows) == MaxLines:
			return nil, nil, refuse("lines", "max", MaxLines)
		default:
			rows = append(rows, row{line, cells})
		}
	}
	if len(head) < 2 && len(rows) == 0 {
		return nil, nil, refuse("no_table")
	}
	return head, rows, nil
}

func empty(cells []string) bool {
	return !slices.ContainsFunc(cells, func(s string) bool { return strings.TrimSpace(s) != "" })
}

// plain takes away the sign by which exports keep spreadsheets from computing a cell. What looks like
// a formula stays the text that it is.
func plain(s string) string {
	if rest := strings.TrimLeft(s, "'"); len(rest) < len(s) && rest != "" && strings.ContainsRune("=+-@\t\r", rune(rest[0])) {
		s = s[1:]
	}
	return strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), " \t\n\u00a0")
}

// order finds out how the table writes dates.
func (f *File) order(rows []row, said DayOrder) {
	if f.Order = said; said != "" {
		return
	}
	var dates []string
	for i, c := range f.Columns {
		if !slices.Contains([]Field{Start, Finish, Earliest, Deadline, Begun, Finished}, c.Field) {
			continue
		}
		for _, r := range rows {
			if i < len(r.cells) && r.cells[i] != "" {
				dates = append(dates, r.cells[i])
			}
		}
	}
	order, sure := dayOrder(dates)
	if !sure && f.Form == Redmine && slices.ContainsFunc(f.Columns, func(c Column) bool { return c.Name == "Subject" }) {
		order = MonthFirst // as Redmine writes dates in English
	}
	f.Order = order
}

// has reports whether a column says something.
func (f *File) has(x Field) bool {
	return slices.ContainsFunc(f.Columns, func(c Column) bool { return c.Field == x })
}

// line reads one line of a table.
type line struct {
	raw
	f    *File
	o    Options
	no   int
	good bool
}

// task reads a line. It reports whether it makes a task.
func (f *File) task(r row, o Options) (raw, bool) {
	x := &line{f: f, o: o, no: r.line, good: true}
	x.Line, x.Kind, x.State, x.depth = r.line, "task", "todo", -1
	stated := false
	for i, c := range f.Columns {
		if i >= len(r.cells) {
			break
		}
		if c.Field == Title && f.Form == Bassin {
			x.depth = (len(r.cells[i]) - len(strings.TrimLeft(r.cells[i], " "))) / 2
		}
		cell := strings.TrimSpace(r.cells[i])
		if cell == "" || c.Field == None {
			continue
		}
		stated = stated || c.Field == State
		x.take(c, cell)
	}
	x.Title = strings.Join(strings.Fields(x.Title), " ")
	if x.Title == "" {
		f.refused(r.line, "title")
		return raw{}, false
	}
	if !stated && x.Percent > 0 {
		x.State = "doing"
		if x.Percent == 100 {
			x.State = "done"
		}
	}
	if x.State != "done" {
		x.Finished = when.None
	} else if x.Finished == when.None && x.Finish.Valid() && f.Form != Jira {
		x.Finished = x.Finish
	}
	if f.Form == Redmine && x.Start.Valid() && x.Deadline.Valid() {
		x.Finish, x.Work = x.Deadline, 0 // from and to are the bar; an estimate is the work of people
	}
	x.Bound = len(x.after) == 0 && !f.has(Earliest) // else links say when, or another column
	return x.raw, x.good
}

func (x *line) refuse(key string, c Column, cell string) {
	if x.good {
		x.f.refused(x.no, key, "column", c.Name, "value", clip(cell))
	}
	x.good = false
}

// take reads one cell.
func (x *line) take(c Column, cell string) {
	switch c.Field {
	case Key:
		x.Key = strings.TrimPrefix(cell, "#")
	case Alias:
		x.aliases = append(x.aliases, cell)
	case Title:
		x.Title = cell
	case Body:
		x.Body = cell
	case Kind:
		x.word(&x.Kind, kinds, "kind", cell)
	case State:
		x.word(&x.State, states, "state", cell)
	case Percent:
		x.percent(c, cell)
	case Work, Hours, Seconds:
		x.work(c, cell)
	case Mode:
		mode := ""
		x.word(&mode, modes, "mode", cell)
		x.Fixed, x.Manual = mode == "fixed", mode == "manual"
	case Start, Finish, Earliest, Deadline, Begun, Finished:
		d, ok := readDate(cell, x.f.Order)
		if !ok {
			x.refuse("date", c, cell)
		}
		*map[Field]*when.Date{Start: &x.Start, Finish: &x.Finish, Earliest: &x.Earliest, Deadline: &x.Deadline, Begun: &x.Begun, Finished: &x.Finished}[c.Field] = d
	case People:
		x.People = append(x.People, people(cell)...)
	case Labels:
		x.Labels = append(x.Labels, splitComma(cell)...)
	case Parent:
		if x.parent == "" {
			x.parent = strings.TrimPrefix(cell, "#")
		}
	case Level:
		if n, err := strconv.Atoi(cell); err != nil || n < 1 || n > 100 {
			x.refuse("level", c, cell)
		} else {
			x.depth = n - 1
		}
	case Number:
		x.depth = strings.Count(strings.Trim(cell, "."), ".")
		x.aliases = append(x.aliases, cell)
	case After:
		x.links(&x.after, c, cell)
	case Before:
		x.links(&x.before, c, cell)
	case Related:
		x.relations(cell)
	case None:
	}
}

func (x *line) word(to *string, known map[string]string, what, cell string) {
	if w, ok := known[fold(cell)]; ok {
		*to = w
	} else {
		x.f.remark(x.no, "unknown_"+what, "value", clip(cell))
	}
}

func (x *line) percent(c Column, cell string) {
	n, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(strings.TrimSuffix(cell, "%")), ",", ".", 1), 64)
	if err != nil || !(n >= 0 && n <= 100) {
		x.refuse("percent", c, cell)
		return
	}
	x.Percent = int64(n + 0.5)
}

func (x *line) work(c Column, cell string) {
	if c.Field != Work {
		n, err := strconv.ParseFloat(strings.Replace(cell, ",", ".", 1), 64)
		if err == nil && c.Field == Hours {
			cell = strconv.FormatFloat(n, 'f', -1, 64) + "h"
		} else if err == nil {
			cell = strconv.FormatFloat(n/60, 'f', 0, 64) + "min"
		}
	}
	cell = strings.TrimSuffix(cell, "?") // an estimate of Microsoft Project
	n, err := schedule.ParseWork(cell, x.o.Day)
	switch {
	case err != nil:
		x.refuse("work", c, cell)
	case n < 0:
		x.refuse("negative", c, cell)
	case n == 0 && c.Field == Work && x.f.Form != Jira:
		x.Kind = "milestone"
	default:
		x.Work = int64(n)
	}
}

// people takes names apart. A comma parts them only when no semicolon does: "Martin, Anne; Petit, Jean".
func people(cell string) (out []Person) {
	separator := ","
	if strings.Contains(cell, ";") {
		separator = ";"
	}
	for _, s := range strings.Split(cell, separator) {
		s = strings.Join(strings.Fields(s), " ")
		if i := strings.LastIndex(s, "["); i > 0 && strings.HasSuffix(s, "]") {
			s = strings.TrimSpace(s[:i]) // "Anne Martin[50%]"
		}
		p := Person{Name: s}
		if name, mail, ok := strings.Cut(strings.TrimSuffix(s, ">"), "<"); ok {
			p = Person{strings.TrimSpace(name), strings.TrimSpace(mail)}
		} else if strings.Contains(s, "@") && !strings.Contains(s, " ") {
			p.Email = s
		}
		if s != "" && len(out) < 50 {
			out = append(out, p)
		}
	}
	return out
}

func splitComma(s string) (out []string) {
	for _, x := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' }) {
		if x = strings.TrimSpace(x); x != "" {
			out = append(out, x)
		}
	}
	return out
}

// linkForms are "12FD+2 j", "ROB-12 FS + 2 d", "12+3d": a key, which ends are tied, the lag.
var (
	linkForm    = regexp.MustCompile(`(?i)^(?:(\S*\d)\s*|(\S+)\s+)(FS|SS|FF|SF|FD|DD|DF)\s*([+\-−].+)?$`)
	lagForm     = regexp.MustCompile(`^(\S*\d)\s*(\+.+)$`)
	numbersForm = regexp.MustCompile(`^\d+(,\d+)+$`)
	linkSplit   = regexp.MustCompile(`;|,\s+`)
	linkKinds   = map[string]LinkKind{"FS": FinishStart, "FD": FinishStart, "SS": StartStart, "DD": StartStart, "FF": FinishFinish, "SF": StartFinish, "DF": StartFinish}
)

func (x *line) links(to *[]tie, c Column, cell string) {
	for _, s := range linkSplit.Split(cell, 201) {
		s = strings.TrimSpace(strings.Map(func(r rune) rune {
			if r == '\u00a0' || r == '\u202f' {
				return ' '
			}
			return r
		}, s))
		if s == "" {
			continue
		}
		if numbersForm.MatchString(s) {
			for _, k := range strings.Split(s, ",") {
				*to = append(*to, tie{k, FinishStart, 0})
			}
			continue
		}
		one, lag := tie{key: strings.TrimPrefix(s, "#"), kind: FinishStart}, ""
		if m := linkForm.FindStringSubmatch(s); m != nil {
			one.key, one.kind, lag = strings.TrimPrefix(m[1]+m[2], "#"), linkKinds[strings.ToUpper(m[3])], m[4]
		} else if m := lagForm.FindStringSubmatch(s); m != nil {
			one.key, lag = m[1], m[2]
		}
		if lag != "" {
			n, err := schedule.ParseWork(strings.TrimPrefix(lag, "+"), x.o.Day)
			if err != nil {
				x.f.remark(x.no, "lag", "column", c.Name, "value", clip(s))
			}
			one.lag = int64(n)
		}
		*to = append(*to, one)
	}
}

// relation is one of Redmine's: "Blocked by #3", "Follows #4 (2 days)".
var relation = regexp.MustCompile(`^(.*?)#(\d+)(?:\s*\((\d+)\s*(?:days?|jours?|d|j)\))?$`)

func (x *line) relations(cell string) {
	for _, s := range splitComma(cell) {
		m := relation.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		days, err := strconv.ParseInt("0"+m[3], 10, 32)
		if err != nil || days > 3650 {
			days = 0
		}
		one, word := tie{m[2], FinishStart, days * int64(x.o.Day)}, fold(m[1])
		switch {
		case begins(word, "blocked by", "bloque par", "follows", "suit", "successeur"):
			x.after = append(x.after, one)
		case begins(word, "blocks", "bloque", "precedes", "precede", "predecesseur"):
			x.before = append(x.before, one)
		}
	}
}

func begins(s string, list ...string) bool {
	return slices.ContainsFunc(list, func(w string) bool { return strings.HasPrefix(s, w) })
}
