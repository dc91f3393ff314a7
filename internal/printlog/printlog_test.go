package printlog

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

const moonraker = `{"result": {"count": 4, "jobs": [
	{"job_id": "000001", "exists": true, "end_time": 1615768000.5, "filament_used": 7830.1, "filename": "secret/part.gcode", "metadata": {"estimated_time": 3000, "filament_total": 7700.5}, "print_duration": 3300.25, "status": "completed", "start_time": 1615764496.6, "total_duration": 3500},
	{"job_id": "000002", "end_time": null, "metadata": {"estimated_time": 3000}, "print_duration": 100, "status": "in_progress", "start_time": 1615764496.6},
	{"job_id": "000003", "end_time": 1615768000, "metadata": {}, "print_duration": 3000, "status": "completed", "start_time": 1615764496.6},
	{"job_id": "000004", "end_time": 1615769000, "metadata": {"estimated_time": 900}, "print_duration": 400, "status": "cancelled", "start_time": 1615764496.6}]}}`

const octoprint = `{"files": [
	{"name": "nut.gcode", "path": "nut.gcode", "type": "machinecode", "gcodeAnalysis": {"estimatedPrintTime": 700.5, "filament": {"tool0": {"length": 810, "volume": 5.36}}},
		"prints": {"failure": 4, "success": 3, "last": {"date": 1743702683.2, "printTime": 809.25, "success": true}}, "statistics": {"averagePrintTime": {"_default": 887}, "lastPrintTime": {"_default": 809.25}}},
	{"name": "folder", "path": "folder", "type": "folder", "children": [
		{"name": "b.gcode", "path": "folder/b.gcode", "gcodeAnalysis": {"estimatedPrintTime": 1000}, "prints": {"failure": 1, "success": 2, "last": {"date": 1743702000, "success": "False"}}, "statistics": {"averagePrintTime": {"a": 1100, "b": 1300}}},
		{"name": "never.gcode", "path": "folder/never.gcode", "gcodeAnalysis": {"estimatedPrintTime": 1000}}]}],
	"free": 1, "total": 2}`

func TestRead(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want Log
	}{
		"Moonraker": {moonraker, Log{Kind: Moonraker, Seen: 4, Whole: true, Jobs: []Job{{"000001@1615764497", 1615768000.5, 3000, 3300.25, 7700.5, 7830.1}}}},
		"Moonraker, saved without its wrapping": {`{"count":1,"jobs":[{"job_id":7,"status":"completed","start_time":100,"end_time":"900","print_duration":600,"metadata":{"estimated_time":"500"}}]}`,
			Log{Kind: Moonraker, Seen: 1, Whole: true, Jobs: []Job{{"7@100", 900, 500, 600, 0, 0}}}},
		"OctoPrint":   {octoprint, Log{Kind: OctoPrint, Seen: 3, Whole: true, Jobs: []Job{{"nut.gcode@1743702683", 1743702683.2, 700.5, 809.25, 0, 0}, {"folder/b.gcode@1743702000", 1743702000, 1000, 1200, 0, 0}}}},
		"nothing yet": {`{"files": []}`, Log{Kind: OctoPrint, Whole: true}},
	} {
		got, err := Read(strings.NewReader(c.in))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"something else": {`{"printers": []}`, ErrUnknown}, "a list": {`[1]`, ErrUnknown}, "text": {"G28", ErrUnknown}, "empty": {"", ErrUnknown}, "cut": {moonraker[:200], ErrUnknown},
		"too large": {`{"files":[` + strings.Repeat(" ", MaxBytes) + `]}`, ErrLarge},
	} {
		if _, err := Read(strings.NewReader(c.in)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLimits(t *testing.T) {
	deep := strings.Repeat(`{"children":[`, 60) + `{"path":"x","gcodeAnalysis":{"estimatedPrintTime":100},"prints":{"success":1,"last":{"date":5,"printTime":100,"success":true}}}` + strings.Repeat(`]}`, 60)
	log, err := Read(strings.NewReader(`{"files":[` + deep + `]}`))
	if err != nil || len(log.Jobs) != 0 || log.Whole {
		t.Errorf("folders in folders: %+v, %v", log, err)
	}
	var b strings.Builder
	for i := range MaxJobs + 50 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"job_id":"%d","status":"completed","start_time":5,"end_time":9,"print_duration":100,"metadata":{"estimated_time":100}}`, i)
	}
	if log, err = Read(strings.NewReader(`{"jobs":[` + b.String() + `]}`)); err != nil || len(log.Jobs) != MaxJobs || log.Whole {
		t.Errorf("%d jobs of very many, %v", len(log.Jobs), err)
	}
}

// A list of millions of entries that say nothing is as long as one that is read, and must not take a hundred times its length.
func TestBombs(t *testing.T) {
	long := func(begin, one, end string) string {
		return begin + strings.Repeat(one+",", (MaxBytes-100-len(one))/(len(one)+1)) + one + end
	}
	folder := `{"children":[` + strings.Repeat("{},", 9000) + "{}]}"
	for name, in := range map[string]string{"jobs": long(`{"jobs":[`, "{}", "]}"), "files": long(`{"files":[`, "{}", "]}"), "no jobs": long(`{"result":{"jobs":[`, "0", "]}}"),
		"folders": long(`{"files":[`, folder, "]}"), "elsewhere": long(`{"files":[],"x":[`, "{}", "]}"), "deep": `{"files":[` + strings.Repeat(`{"children":[`, 9000) + strings.Repeat("]}", 9000) + "]}"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		log, err := Read(strings.NewReader(in))
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 16*MaxBytes || len(log.Jobs) > 0 || err != nil && !errors.Is(err, ErrUnknown) {
			t.Errorf("%s: %d bytes allocated, %v", name, took, err)
		}
	}
}

// FuzzRead: whatever comes, what is read is within its limits.
func FuzzRead(f *testing.F) {
	for _, s := range []string{moonraker, octoprint, `{"files":[{"children":[{"children":[]}]}]}`, `{"result":{"jobs":[{"job_id":1e400}]}}`, `{"jobs":null,"files":null}`, `{"result":{"jobs":[{"print_duration":-1,"metadata":null}]}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		log, err := Read(strings.NewReader(string(b)))
		if err != nil {
			return
		}
		for _, j := range log.Jobs {
			for _, x := range []float64{j.EndedAt, j.EstimatedSeconds, j.RealSeconds, j.EstimatedMM, j.UsedMM} {
				if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
					t.Fatalf("%+v", j)
				}
			}
			if j.EstimatedSeconds < least || j.RealSeconds > most || (j.EstimatedMM > 0) != (j.UsedMM > 0) {
				t.Fatalf("%+v", j)
			}
		}
	})
}
