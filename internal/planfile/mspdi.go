package planfile

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// The elements of Microsoft Project's XML that are read; the rest is passed over.
type (
	xmlLink struct {
		UID     string `xml:"PredecessorUID"`
		Type    string `xml:"Type"`
		Cross   string `xml:"CrossProject"`
		Lag     string `xml:"LinkLag"` // tenths of a minute
		LagForm string `xml:"LagFormat"`
	}
	xmlTask struct {
		UID        string    `xml:"UID"`
		Name       string    `xml:"Name"`
		IsNull     string    `xml:"IsNull"`
		Active     string    `xml:"Active"`
		Level      string    `xml:"OutlineLevel"`
		Milestone  string    `xml:"Milestone"`
		Manual     string    `xml:"Manual"`
		Start      string    `xml:"Start"`
		Finish     string    `xml:"Finish"`
		Duration   string    `xml:"Duration"`
		Form       string    `xml:"DurationFormat"`
		Percent    string    `xml:"PercentComplete"`
		Begun      string    `xml:"ActualStart"`
		Finished   string    `xml:"ActualFinish"`
		Constraint string    `xml:"ConstraintType"`
		Day        string    `xml:"ConstraintDate"`
		Deadline   string    `xml:"Deadline"`
		Notes      string    `xml:"Notes"`
		Links      []xmlLink `xml:"PredecessorLink"`
		Baselines  []struct {
			Number string `xml:"Number"`
		} `xml:"Baseline"`
		Own []struct {
			ID string `xml:"FieldID"`
		} `xml:"ExtendedAttribute"`
	}
	xmlResource struct {
		UID, Name string
		Type      string // 0 material, 1 work, 2 cost
		Email     string `xml:"EmailAddress"`
	}
	xmlAssignment struct {
		Task     string `xml:"TaskUID"`
		Resource string `xml:"ResourceUID"`
	}
	xmlCalendar struct {
		Name       string
		Exceptions []struct{ Name string } `xml:"Exceptions>Exception"`
		Days       []struct {
			Type string `xml:"DayType"`
		} `xml:"WeekDays>WeekDay"`
	}
)

// reading is a file of Microsoft Project being read.
type reading struct {
	f         *File
	o         Options
	day       float64 // minutes of a working day there
	list      []raw
	resources map[string]xmlResource
	given     map[string][]string // resources by task
	left      [4]int              // what is not taken over: exceptions, baselines, fields, materials
}

// readProject reads the XML of Microsoft Project. Entities that a file declares are not known to the
// reader, so nothing can be made to grow; a file that declares some is refused.
func readProject(f *File, text string, o Options) error {
	f.Form = Project
	r := &reading{f: f, o: o, day: 480, resources: map[string]xmlResource{}, given: map[string][]string{}}
	in := xml.NewDecoder(strings.NewReader(text))
	in.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil } // it is text already
	if err := r.document(in); err != nil {
		var syntax *xml.SyntaxError
		if isFault(err) {
			return err
		}
		if errors.As(err, &syntax) {
			return refuse("xml", "line", syntax.Line)
		}
		line, _ := in.InputPos()
		return refuse("xml", "line", line)
	}
	if len(r.list)+f.RefusedN == 0 {
		return refuse("no_tasks")
	}
	for i := range r.list {
		t := &r.list[i]
		for _, uid := range r.given[t.Key] {
			if x, ok := r.resources[uid]; ok && x.Name != "" && (x.Type == "1" || x.Type == "") {
				t.People = append(t.People, Person{Name: strings.TrimSpace(x.Name), Email: strings.TrimSpace(x.Email)})
			} else if ok && x.Name != "" {
				r.left[3]++
			}
		}
	}
	for i, key := range []string{"left_exceptions", "left_baselines", "left_fields", "left_materials"} {
		if r.left[i] > 0 {
			f.remark(0, key, "count", r.left[i])
		}
	}
	f.Lines = len(r.list) + f.RefusedN
	f.settle(r.list, o)
	return nil
}

// document walks through the file; what it does not know it skips, so that it stays near the top.
func (r *reading) document(in *xml.Decoder) error {
	path := make([]string, 0, 8)
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.Directive:
			return refuse("doctype")
		case xml.StartElement:
			if len(path) == 0 && t.Name.Local != "Project" {
				return refuse("no_project")
			}
			taken, err := r.element(in, t, path)
			if err != nil {
				return err
			}
			if !taken {
				path = append(path, t.Name.Local)
			}
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
}

// element reads an element whole when it is one of those that are wanted, or skips one that is not.
func (r *reading) element(in *xml.Decoder, e xml.StartElement, path []string) (taken bool, err error) {
	line, _ := in.InputPos()
	switch where := strings.Join(append(path[min(1, len(path)):len(path):len(path)], e.Name.Local), "/"); where {
	case "Project", "Tasks", "Resources", "Assignments", "Calendars":
		return false, nil
	case "Tasks/Task":
		var t xmlTask
		if err := in.DecodeElement(&t, &e); err != nil {
			return true, err
		}
		if len(r.list) > MaxTasks {
			return true, refuse("many", "max", MaxTasks)
		}
		r.task(t, line)
	case "Resources/Resource":
		var x xmlResource
		err = in.DecodeElement(&x, &e)
		r.resources[x.UID] = x
	case "Assignments/Assignment":
		var x xmlAssignment
		err = in.DecodeElement(&x, &e)
		if len(r.given[x.Task]) < 50 {
			r.given[x.Task] = append(r.given[x.Task], x.Resource)
		}
	case "Calendars/Calendar":
		var x xmlCalendar
		err = in.DecodeElement(&x, &e)
		n := len(x.Exceptions)
		if n == 0 {
			for _, d := range x.Days {
				if d.Type == "0" {
					n++
				}
			}
		}
		r.left[0] += n
	case "Title", "Name":
		var s string
		err = in.DecodeElement(&s, &e)
		if s = strings.TrimSpace(s); s != "" && (where == "Title" || r.f.Name == "") {
			r.f.Name = clip(s)
		}
	case "MinutesPerDay":
		var s string
		err = in.DecodeElement(&s, &e)
		if n, bad := strconv.Atoi(strings.TrimSpace(s)); bad == nil && n > 0 && n <= 1440 {
			r.day = float64(n)
		}
	default:
		err = in.Skip()
	}
	return true, err
}

// elapsed are the formats of durations by the clock: 3 days are 72 hours.
func elapsed(format string) bool {
	switch format {
	case "4", "6", "8", "10", "12":
		return true
	}
	return false
}

// minutes turns minutes of there into those of a day of the plan, so that two days stay two days.
func (r *reading) minutes(n float64, format string) int64 {
	day := r.day
	if elapsed(format) {
		day = 1440
	}
	x := n * float64(r.o.Day) / day
	if x < 0 {
		return int64(x - 0.5)
	}
	return int64(x + 0.5)
}

var duration = regexp.MustCompile(`^(-?)P(?:(\d{1,9}(?:\.\d+)?)D)?T?(?:(\d{1,9}(?:\.\d+)?)H)?(?:(\d{1,9}(?:\.\d+)?)M)?(?:(\d{1,9}(?:\.\d+)?)S)?$`)

// isoMinutes reads PT16H30M0S.
func isoMinutes(s string) (float64, bool) {
	m := duration.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return 0, false
	}
	total := 0.0
	for i, unit := range []float64{1440, 60, 1, 1.0 / 60} {
		if m[i+2] == "" {
			continue
		}
		n, err := strconv.ParseFloat(m[i+2], 64)
		if err != nil {
			return 0, false
		}
		total += n * unit
	}
	if m[1] != "" {
		total = -total
	}
	return total, true
}

// task reads a task of the file.
func (r *reading) task(t xmlTask, line int) {
	level, err := strconv.Atoi(strings.TrimSpace(t.Level))
	if err != nil || level < 0 {
		level = 1
	}
	if t.IsNull == "1" || level == 0 {
		return // an empty line, or the project itself
	}
	r.left[1] += len(t.Baselines)
	r.left[2] += len(t.Own)
	x := raw{Task: Task{Key: strings.TrimSpace(t.UID), Line: line, Title: strings.Join(strings.Fields(t.Name), " "), Body: strings.TrimSpace(strings.ReplaceAll(t.Notes, "\r\n", "\n")),
		Kind: "task", State: "todo", Manual: t.Manual == "1"}, depth: level - 1}
	if x.Title == "" {
		r.f.refused(line, "title")
		return
	}
	if t.Active == "0" {
		r.f.refused(line, "inactive", "title", clip(x.Title))
		return
	}
	if t.Milestone == "1" {
		x.Kind = "milestone"
	}
	if !r.length(&x, t) || !r.days(&x, t) {
		return
	}
	n, err := strconv.Atoi("0" + strings.TrimSpace(t.Percent))
	if err != nil || n > 100 {
		r.f.refused(line, "percent", "column", "PercentComplete", "value", clip(t.Percent))
		return
	}
	x.Percent = int64(n)
	switch {
	case n == 100:
		x.State = "done"
	case n > 0 || x.Begun != "":
		x.State = "doing"
	}
	if x.State != "done" {
		x.Finished = ""
	}
	for _, l := range t.Links {
		r.link(&x, l)
	}
	x.Bound = x.Bound || len(x.after) == 0
	r.list = append(r.list, x)
}

func (r *reading) length(x *raw, t xmlTask) bool {
	if strings.TrimSpace(t.Duration) == "" {
		return true
	}
	n, ok := isoMinutes(t.Duration)
	work := r.minutes(n, t.Form)
	switch {
	case !ok || work > 10*366*24*60:
		r.f.refused(x.Line, "work", "column", "Duration", "value", clip(t.Duration))
		return false
	case n < 0:
		r.f.refused(x.Line, "negative", "column", "Duration", "value", clip(t.Duration))
		return false
	case work == 0:
		x.Kind = "milestone"
	}
	x.Work = work
	return true
}

// days reads the dates of a task. The constraints are those of the file format: 2 begins on, 3 ends
// on, 4 not before, 5 ends not before, 6 begins not after, 7 ends not after; 0 and 1 are none.
func (r *reading) days(x *raw, t xmlTask) bool {
	for _, d := range []struct {
		name, text string
		to         *string
	}{
		{"Start", t.Start, (*string)(&x.Start)}, {"Finish", t.Finish, (*string)(&x.Finish)}, {"ActualStart", t.Begun, (*string)(&x.Begun)},
		{"ActualFinish", t.Finished, (*string)(&x.Finished)}, {"Deadline", t.Deadline, (*string)(&x.Deadline)},
	} {
		if text := strings.TrimSpace(d.text); text != "" && text != "NA" {
			on, ok := readDate(text, DayFirst)
			if !ok {
				r.f.refused(x.Line, "date", "column", d.name, "value", clip(text))
				return false
			}
			*d.to = string(on)
		}
	}
	on, ok := readDate(t.Day, DayFirst)
	if c := strings.TrimSpace(t.Constraint); ok && c != "0" && c != "1" && c != "" {
		switch c {
		case "2":
			x.Fixed, x.Start = true, on
		case "4":
			x.Bound, x.Start = true, on
		case "7":
			if x.Deadline == "" {
				x.Deadline = on
			}
		default:
			r.f.remark(x.Line, "constraint", "title", clip(x.Title))
		}
	}
	return true
}

func (r *reading) link(x *raw, l xmlLink) {
	kind, ok := map[string]LinkKind{"0": FinishFinish, "1": FinishStart, "": FinishStart, "2": StartFinish, "3": StartStart}[strings.TrimSpace(l.Type)]
	lag, err := strconv.ParseFloat("0"+strings.TrimPrefix(strings.TrimSpace(l.Lag), "-"), 64)
	if strings.HasPrefix(strings.TrimSpace(l.Lag), "-") {
		lag = -lag
	}
	minutes := int64(0)
	switch {
	case !ok || l.Cross == "1":
		r.f.remark(x.Line, "no_task", "task", clip(l.UID))
		return
	case l.LagForm == "19" || l.LagForm == "20" || err != nil || lag > 1e9 || lag < -1e9:
		r.f.remark(x.Line, "lag", "column", "LinkLag", "value", clip(l.Lag))
	default:
		minutes = r.minutes(lag/10, l.LagForm)
	}
	x.after = append(x.after, tie{strings.TrimSpace(l.UID), kind, minutes})
}
