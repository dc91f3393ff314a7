package planfile

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bassin/internal/schedule"
)

var update = flag.Bool("update", false, "write the golden files anew")

func read(t testing.TB, data []byte) (File, error) {
	t.Helper()
	text, _, err := Text(data)
	if err != nil {
		return File{}, err
	}
	return Read(text, Options{Day: 7 * schedule.Hour})
}

// TestGolden reads files as the tools write them and compares what comes of them.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.[cx]*")
	if err != nil || len(files) < 6 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, ".golden") {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, encoding, err := Text(data)
		if err != nil {
			t.Fatal(name, err)
		}
		f, err := read(t, data)
		if err != nil {
			t.Fatal(name, err)
		}
		var got bytes.Buffer
		fmt.Fprintf(&got, "%s %s %q name %q order %s lines %d\n", f.Form, encoding, f.Comma, f.Name, f.Order, f.Lines)
		for i, x := range f.Tasks {
			line, err := json.Marshal(x)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&got, "%d %s\n", i, line)
		}
		for _, n := range f.Refused {
			fmt.Fprintf(&got, "refused %v\n", n)
		}
		for _, n := range f.Remarks {
			fmt.Fprintf(&got, "remark %v\n", n)
		}
		golden := name + ".golden"
		if *update {
			if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || !bytes.Equal(want, got.Bytes()) {
			t.Errorf("%s:\n%s\nwant:\n%s (%v)", name, got.Bytes(), want, err)
		}
	}
}

// TestHostileFiles refuses what was made to break a reader, by name and at once.
func TestHostileFiles(t *testing.T) {
	deep := strings.Repeat("<Tasks>", 100)
	for name, c := range map[string]struct{ text, key string }{
		"entities":  {`<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><Project><Name>&lol2;</Name></Project>`, "doctype"},
		"outside":   {`<!DOCTYPE Project SYSTEM "file:///etc/passwd"><Project></Project>`, "doctype"},
		"unknown":   {`<Project><Name>&lol;</Name></Project>`, "xml"},
		"cut":       {`<Project><Tasks><Task><UID>1</UID><Name>A`, "xml"},
		"no tasks":  {`<Project><Name>Vide</Name><Tasks></Tasks></Project>`, "no_tasks"},
		"a project": {`<Project><Name>Vide</Name><Tasks><Task><UID>0</UID><Name>Vide</Name><OutlineLevel>0</OutlineLevel></Task></Tasks></Project>`, "no_tasks"},
		"no lines":  {"id,title\n", "no_tasks"},
		"other":     {`<html><body>no</body></html>`, "no_project"},
		"deep":      {`<Project>` + deep, "xml"},
		"lines":     {"id,title\n" + strings.Repeat("1,a\n", 1_000_000), "lines"},
		"cell":      {"id,title\n1," + strings.Repeat("x", maxCell+1) + "\n", "cell"},
		"columns":   {"id,title\n" + strings.Repeat(",a", maxCols) + "\n", "columns"},
		"one word":  {"hello", "no_table"},
		"workbook":  {"PK\x03\x04 and so on", "binary"},
		"nothing":   {" \n ", "empty"},
		"large":     {strings.Repeat("x", MaxBytes+1), "large"},
		"bad head":  {"id,\"title\nx", "head"},
		"many":      {"id,title\n" + many(MaxTasks+1), "many"},
	} {
		_, err := read(t, []byte(c.text))
		f, ok := err.(*Fault)
		if !ok || f.Key != c.key {
			t.Errorf("%s: %v, want %s", name, err, c.key)
		}
	}
}

func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d,task\n", i)
	}
	return b.String()
}

// TestLongChains: ten thousand tasks one below the other, and each behind the next, end soon.
func TestLongChains(t *testing.T) {
	var b strings.Builder
	b.WriteString("id,title,parent,predecessors\n")
	for i := range MaxTasks {
		fmt.Fprintf(&b, "%d,task,%d,%d\n", i, i+1, i+1)
	}
	f, err := read(t, []byte(b.String()))
	if err != nil || len(f.Tasks) != MaxTasks {
		t.Fatal(len(f.Tasks), err)
	}
	for i := range f.Tasks {
		n := 0
		for p := f.Tasks[i].Parent; p >= 0; p = f.Tasks[p].Parent {
			if n++; n >= 6 || p >= i {
				t.Fatalf("task %d stands %d deep below %d", i, n, p)
			}
		}
	}
}

func TestDates(t *testing.T) {
	for text, want := range map[string]string{"2026-11-26": "2026-11-26", "26/11/2026": "2026-11-26", "26.11.26": "2026-11-26", "2026-11-26T08:00:00": "2026-11-26",
		"26/Nov/26 4:00 PM": "2026-11-26", "26/nov./26 4:00 PM": "2026-11-26", "Jeu 26/11/26": "2026-11-26", "26 novembre 2026 08:00": "2026-11-26", "1er février 2026": "2026-02-01",
		"November 26, 2026": "2026-11-26", "2026/1/2": "2026-01-02", "26 août 2026": "2026-08-26",
		"0000-00-00": "", "31/02/2026": "", "demain": "", "1/2": "", "99999/1/1": "", "26/nov/nov/26": "", "": ""} {
		got, ok := readDate(text, DayFirst)
		if string(got) != want && ok || ok != (want != "") {
			t.Errorf("%q is %q, %v, want %q", text, got, ok, want)
		}
	}
	if d, _ := readDate("11/26/2026", MonthFirst); d != "2026-11-26" {
		t.Error(d)
	}
}

// FuzzRead feeds the readers anything: they end, give an outline that holds, and links that run forward in it.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.[cx]*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("id;title;after\n1;a;\"2;1\"\n2;b;1FD-3 j"))
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := read(t, data)
		if err != nil {
			if !isFault(err) {
				t.Fatal(err)
			}
			return
		}
		for i, task := range x.Tasks {
			if task.Parent >= i || task.Parent < -1 || task.Title == "" || task.Work < 0 || task.Percent < 0 || task.Percent > 100 {
				t.Fatalf("task %d: %+v", i, task)
			}
			for _, l := range task.Links {
				if l.From < 0 || l.From >= len(x.Tasks) || l.From == i {
					t.Fatalf("task %d: %+v", i, l)
				}
			}
		}
	})
}
