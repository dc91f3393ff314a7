package assets

import (
	"strconv"
	"strings"
	"testing"
)

// TestPlace looks whether towns lie in their department, drawn and projected by different people.
func TestPlace(t *testing.T) {
	if _, ok := RegionOf("76"); !ok {
		t.Skip("assets are not built: make assets")
	}
	for _, c := range []struct {
		town, region, department string
		lat, lon                 float64
	}{
		{"Alès", "76", "30", 44.125, 4.081},
		{"Le Vigan", "76", "30", 43.991, 3.606},
		{"Ganges", "76", "34", 43.934, 3.709},
		{"Figeac", "76", "46", 44.609, 2.033},
		{"Decazeville", "76", "12", 44.560, 2.256},
		{"Tarbes", "76", "65", 43.233, 0.078},
		{"Dunkerque", "32", "59", 51.034, 2.377},
		{"Brest", "53", "29", 48.390, -4.486},
		{"Strasbourg", "44", "67", 48.573, 7.752},
		{"Paris", "11", "75", 48.857, 2.352},
		{"Lyon", "84", "69", 45.764, 4.836},
		{"Corte", "94", "2B", 42.306, 9.149},
	} {
		x, y := Place(c.lat, c.lon)
		r, _ := RegionOf(c.region)
		if x < r.X || x > r.X+r.Width || y < r.Y || y > r.Y+r.Height {
			t.Errorf("%s is not in the box of region %s", c.town, c.region)
		}
		for _, d := range r.Departments {
			if in := inside(t, d.Path, x, y); in != (d.Code == c.department) {
				t.Errorf("%s in department %s: %t", c.town, d.Code, in)
			}
		}
	}
}

// inside counts the sides of the path left of the point; odd is inside.
func inside(t *testing.T, path string, px, py float64) bool {
	t.Helper()
	in := false
	for ring := range strings.SplitSeq(strings.TrimSuffix(path, "z"), "z") {
		var pts [][2]float64
		text := strings.NewReplacer("M", " ", "l", " ", "-", " -").Replace(ring)
		nums := strings.Fields(text)
		var x, y float64
		for i := 0; i+1 < len(nums); i += 2 {
			dx, err := strconv.ParseFloat(nums[i], 64)
			if err != nil {
				t.Fatal(err)
			}
			dy, err := strconv.ParseFloat(nums[i+1], 64)
			if err != nil {
				t.Fatal(err)
			}
			x, y = x+dx, y+dy
			pts = append(pts, [2]float64{x, y})
		}
		for i, a := range pts {
			b := pts[(i+1)%len(pts)]
			if (a[1] > py) != (b[1] > py) && px < (b[0]-a[0])*(py-a[1])/(b[1]-a[1])+a[0] {
				in = !in
			}
		}
	}
	return in
}
