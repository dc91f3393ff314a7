// Package printlog reads what printers tell of the jobs they did: how long each was estimated to take and took, and
// how much filament. It knows the history of Moonraker (GET /server/history/list, moonraker.readthedocs.io, Job
// History) and the list of files of OctoPrint (GET /api/files?recursive=true, docs.octoprint.org, File operations).
// It is a library: it imports nothing of ours.
package printlog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
)

// Kind is a program that runs printers.
type Kind string

// The kinds.
const (
	Moonraker Kind = "moonraker"
	OctoPrint Kind = "octoprint"
)

// Kinds lists them in the order of forms.
func Kinds() []Kind { return []Kind{Moonraker, OctoPrint} }

// Key is the text key of the kind's name.
func (k Kind) Key() string { return "calibration.kind." + string(k) }

// Job is one that was done to its end. What is not known is 0.
type Job struct {
	Key              string  // what the program calls it; the same when it is read again
	EndedAt          float64 // seconds since 1970
	EstimatedSeconds float64
	RealSeconds      float64 // without pauses
	EstimatedMM      float64 // of filament
	UsedMM           float64
}

// Limits of what is read.
const (
	MaxBytes = 16 << 20
	MaxJobs  = 20_000
	maxDepth = 32 // of folders
)

// What may be wrong with a file as a whole.
var (
	ErrLarge   = errors.New("printlog: larger than what is read")
	ErrUnknown = errors.New("printlog: neither a history of Moonraker nor files of OctoPrint")
)

// Log is what was read.
type Log struct {
	Kind  Kind
	Jobs  []Job
	Seen  int  // entries, those that did not end or say no estimate too
	Whole bool // all entries were read
}

// number takes what is no number for none: exports of plugins write null, or text.
type number float64

// UnmarshalJSON reads a number, or one that is written as text.
func (n *number) UnmarshalJSON(b []byte) error {
	x, err := strconv.ParseFloat(string(bytes.Trim(b, `"`)), 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
		x = 0
	}
	*n = number(x)
	return nil
}

// flag takes "True" for true, as some exports write it.
type flag bool

// UnmarshalJSON reads a truth.
func (f *flag) UnmarshalJSON(b []byte) error {
	*f = flag(bytes.EqualFold(bytes.Trim(b, `"`), []byte("true")))
	return nil
}

// text takes what is no text for none; job IDs that are numbers are kept as they are written.
type text string

// UnmarshalJSON reads a text, or a number as text.
func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*t = text(s)
		return nil
	}
	if len(b) > 0 && (b[0] == '-' || b[0] >= '0' && b[0] <= '9') {
		*t = text(b)
	}
	return nil
}

// record is a job of Moonraker's history.
type record struct {
	ID       text   `json:"job_id"`
	Status   text   `json:"status"`
	Start    number `json:"start_time"`
	End      number `json:"end_time"`
	Print    number `json:"print_duration"`
	Used     number `json:"filament_used"`
	Metadata struct {
		Estimated number `json:"estimated_time"`
		Filament  number `json:"filament_total"`
	} `json:"metadata"`
}

// entry is a file of OctoPrint's, or a folder of them.
type entry struct {
	Path, Name text
	Analysis   struct {
		Estimated number `json:"estimatedPrintTime"`
	}
	Statistics struct {
		Average map[string]number `json:"averagePrintTime"`
	}
	Prints struct {
		Success number `json:"success"`
		Last    struct {
			Date    number `json:"date"`
			Seconds number `json:"printTime"`
			Success flag   `json:"success"`
		} `json:"last"`
	}
	folder bool
}

// errEnough ends the reading of a list that is longer than what is kept.
var errEnough = errors.New("printlog: enough")

// Read reads an answer of one of these programs, or a file in which one was saved. Entries are read one by one: a list of
// millions of empty ones must take no memory.
func Read(r io.Reader) (Log, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	switch {
	case err != nil:
		return Log{}, err
	case len(b) > MaxBytes:
		return Log{}, ErrLarge
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if !json.Valid(b) {
		return Log{}, ErrUnknown
	}
	log := Log{Whole: true}
	d := json.NewDecoder(bytes.NewReader(b))
	switch err := log.answer(d, true); {
	case errors.Is(err, errEnough):
		log.Whole = false
	case err != nil:
		return Log{}, fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	if log.Kind == "" {
		return Log{}, ErrUnknown
	}
	return log, nil
}

// members reads an object, calling do at the value of each name; null is an empty one.
func members(d *json.Decoder, do func(name string) error) error {
	switch t, err := d.Token(); {
	case err != nil || t == nil:
		return err
	case t != json.Delim('{'):
		return fmt.Errorf("%v where an object should begin", t)
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string)
		if err := do(name); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// elements reads a list, calling do at each value; null is none at all.
func elements(d *json.Decoder, do func() error) (ok bool, err error) {
	switch t, err := d.Token(); {
	case err != nil || t == nil:
		return false, err
	case t != json.Delim('['):
		return false, fmt.Errorf("%v where a list should begin", t)
	}
	for d.More() {
		if err := do(); err != nil {
			return true, err
		}
	}
	_, err = d.Token()
	return true, err
}

func skip(d *json.Decoder) error {
	var x json.RawMessage
	return d.Decode(&x)
}

// answer reads the first list there is, which Moonraker wraps into a result.
func (log *Log) answer(d *json.Decoder, wrapped bool) error {
	list := func(kind Kind, one func() error) error {
		before := log.Kind
		log.Kind = kind
		ok, err := elements(d, one)
		if !ok {
			log.Kind = before
		}
		return err
	}
	return members(d, func(name string) error {
		switch {
		case log.Kind != "":
			return skip(d)
		case name == "result" && wrapped:
			return log.answer(d, false)
		case name == "jobs":
			return list(Moonraker, func() error { return log.job(d) })
		case name == "files" && wrapped:
			return list(OctoPrint, func() error { return log.file(d, 0) })
		}
		return skip(d)
	})
}

// job reads one of Moonraker's.
func (log *Log) job(d *json.Decoder) error {
	if log.Seen++; log.Seen > MaxJobs {
		return errEnough
	}
	var x record
	if err := d.Decode(&x); err != nil {
		return err
	}
	ended := x.End
	if ended == 0 {
		ended = x.Start
	}
	if x.Status == "completed" && x.ID != "" {
		log.keep(Job{string(x.ID) + "@" + strconv.FormatFloat(float64(x.Start), 'f', 0, 64), float64(ended), float64(x.Metadata.Estimated), float64(x.Print), float64(x.Metadata.Filament), float64(x.Used)})
	}
	return nil
}

// file reads one of OctoPrint's, or a folder. Of a file the last print is taken, or the mean of all where the last did not
// succeed: OctoPrint tells no other.
func (log *Log) file(d *json.Decoder, depth int) error {
	var f entry
	err := members(d, func(name string) error {
		switch name {
		case "path":
			return d.Decode(&f.Path)
		case "name":
			return d.Decode(&f.Name)
		case "gcodeAnalysis":
			return d.Decode(&f.Analysis)
		case "statistics":
			return d.Decode(&f.Statistics)
		case "prints":
			return d.Decode(&f.Prints)
		case "children":
			if depth >= maxDepth {
				log.Whole, f.folder = false, true
				return skip(d)
			}
			_, err := elements(d, func() error { f.folder = true; return log.file(d, depth+1) })
			return err
		}
		return skip(d)
	})
	if err != nil || f.folder {
		return err
	}
	if log.Seen++; log.Seen > MaxJobs {
		return errEnough
	}
	took := f.Prints.Last.Seconds
	if !f.Prints.Last.Success || took == 0 {
		took = mean(f.Statistics.Average)
	}
	name := f.Path
	if name == "" {
		name = f.Name
	}
	if f.Prints.Success > 0 {
		log.keep(Job{string(name) + "@" + strconv.FormatFloat(float64(f.Prints.Last.Date), 'f', 0, 64), float64(f.Prints.Last.Date), float64(f.Analysis.Estimated), float64(took), 0, 0})
	}
	return nil
}

// mean is that over the profiles of a printer: each stands for the prints that were made with it.
func mean(list map[string]number) number {
	sum := number(0)
	for _, x := range list {
		sum += x
	}
	if len(list) == 0 {
		return 0
	}
	return sum / number(len(list))
}

// least and most are the seconds between which a job tells something: shorter ones are purges and tests.
const (
	least = 60
	most  = 90 * 24 * 3600
)

// keep takes a job that says both its estimate and its time.
func (log *Log) keep(j Job) {
	if j.EstimatedSeconds < least || j.EstimatedSeconds > most || j.RealSeconds < least || j.RealSeconds > most || j.EndedAt <= 0 || j.EndedAt > 1e11 {
		return
	}
	if !(j.EstimatedMM > 0 && j.UsedMM > 0 && j.EstimatedMM < 1e9 && j.UsedMM < 1e9) {
		j.EstimatedMM, j.UsedMM = 0, 0
	}
	log.Jobs = append(log.Jobs, j)
}
