package territory

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"bassin/internal/web"
	"bassin/internal/web/assets"

	"github.com/a-h/templ"
)

// outlinesPath is where the outline of France is served; browsers keep it, so that a list of
// territories does not carry it each time.
const outlinesPath = "/regions/outlines.svg"

// outline is metropolitan France in the coordinates of assets.Place: its box and its picture.
type outline struct {
	x, y, width, height float64
	svg                 string
}

var france = sync.OnceValue(func() *outline {
	var b strings.Builder
	x, y, right, bottom := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg"><g id="france">`)
	for _, r := range Regions() {
		o, ok := assets.RegionOf(string(r.ID))
		if !ok {
			continue
		}
		x, y, right, bottom = min(x, o.X), min(y, o.Y), max(right, o.X+o.Width), max(bottom, o.Y+o.Height)
		for _, d := range o.Departments {
			b.WriteString(`<path d="` + templ.EscapeString(d.Path) + `"/>`)
		}
	}
	if right < x {
		return nil // assets are not built: the table stands alone
	}
	b.WriteString(`</g></svg>`)
	return &outline{x, y, right - x, bottom - y, b.String()}
})

func outlines(w http.ResponseWriter, r *http.Request) {
	o := france()
	if o == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	_, _ = io.WriteString(w, o.svg) // the browser may have left
}

// franceMap draws places on metropolitan France; a place overseas is left out, which the page says.
// The table beside it says the same in words.
func franceMap(v *web.View, label string, points []web.MapPoint) templ.Component {
	o := france()
	if o == nil {
		return templ.NopComponent
	}
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		const width = 600.0
		k := width / o.width
		var b strings.Builder
		fmt.Fprintf(&b, `<figure class="b-mapbox"><svg class="b-map" viewBox="0 0 %s %s" role="img" aria-label="%s">`,
			coordinate(width), coordinate(o.height*k), templ.EscapeString(label))
		fmt.Fprintf(&b, `<use class="map-land" href="%s#france" transform="scale(%s) translate(%s %s)"></use>`,
			outlinesPath, coordinate(k), coordinate(-o.x), coordinate(-o.y))
		for _, p := range points {
			x, y := assets.Place(p.Lat, p.Lon)
			radius := 5.0
			if p.Amount > 0 {
				radius = 5 + 9*math.Sqrt(p.Amount)
			}
			fmt.Fprintf(&b, `<circle class="map-c" cx="%s" cy="%s" r="%s"><title>%s</title></circle>`,
				coordinate((x-o.x)*k), coordinate((y-o.y)*k), coordinate(radius), templ.EscapeString(p.Label))
		}
		fmt.Fprintf(&b, `</svg><figcaption class="xsmall softer">%s</figcaption></figure>`, templ.EscapeString(v.T("web.map.source")))
		_, err := io.WriteString(w, b.String())
		return err
	})
}

func coordinate(f float64) string {
	return strconv.FormatFloat(math.Round(f*1000)/1000, 'f', -1, 64)
}

// metropolitan reports whether a region is on the map of France.
func (id RegionID) metropolitan() bool { return id > "10" }

// places makes points of located territories; jobs are told by the area of the circle, as a share
// of the largest. Numbered, they are the rows of the table beside the map, from first on.
func places(list []Territory, numbered bool) []web.MapPoint {
	most := 0
	for _, t := range list {
		most = max(most, t.Jobs)
	}
	var points []web.MapPoint
	for i, t := range list {
		if !t.Located() {
			continue
		}
		p := web.MapPoint{Label: t.Name, Lat: t.Latitude, Lon: t.Longitude}
		if most > 0 {
			p.Amount = float64(t.Jobs) / float64(most)
		}
		if numbered {
			p.Number = i + 1
		}
		points = append(points, p)
	}
	return points
}
