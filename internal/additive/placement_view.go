package additive

import (
	"slices"
	"strings"

	"bassin/internal/park"
	"bassin/internal/web"
)

// title says how the part is turned.
func (p Placement) title(v *web.View) string {
	axes := []string{"X", "Y", "Z"}
	for i, axis := range axes {
		switch {
		case i == 2 && p.AsFile():
			return v.T("additive.lying.as_file")
		case i == 2 && p.Up[i] < -0.9999:
			return v.T("additive.lying.upside_down")
		case p.Up[i] > 0.9999:
			return v.T("additive.lying.on_side", "side", "−"+axis)
		case p.Up[i] < -0.9999:
			return v.T("additive.lying.on_side", "side", "+"+axis)
		}
	}
	return v.T("additive.lying.tilted", "degrees", v.Decimal(p.Tilt(), 0))
}

// placementRow is a placement in millimetres, and what it takes by the process that was chosen.
type placementRow struct {
	Placement
	Picture int // its place in the picture of all
	Best    bool
	Share   float64 // of the time as it lies in its file
}

// laying is the part of a page that shows placements side by side, for one process.
type laying struct {
	Views []web.Tab
	Rows  []placementRow
	Sheet string // address of the picture of all, one below the other
	Count int    // in that picture
}

// laying gives the best placements for the process that was asked for, else for the first that can make the part and lays it on
// a plate; none when no process does.
func (x partView) laying(v *web.View) (l laying) {
	var processes []park.Process
	for _, j := range x.Judged {
		if _, ok := layingRates(j.Process); ok && j.Verdict != NotSo {
			processes = append(processes, j.Process)
		}
	}
	if len(processes) == 0 || len(x.Placements) == 0 {
		return l
	}
	chosen := processes[max(0, slices.Index(processes, x.Laid))]
	for _, p := range processes {
		l.Views = append(l.Views, web.Tab{Label: v.T(p.Key()), URL: x.Revision.url() + "?lay=" + string(p) + "#lying", Current: p == chosen})
	}
	if x.Revision.LyingHash != "" {
		l.Sheet, l.Count = x.Revision.url()+"/lying", len(x.Placements)
	}
	rates, _ := layingRates(chosen)
	list := make([]Placement, len(x.Placements))
	var asFile Placement
	for i, p := range x.Placements {
		list[i] = p.scaled(x.Measures.Unit.Millimetres())
		if p.AsFile() {
			list[i].Size = x.Measures.SizeMM // placements are found on a coarser mesh: the box of the file is known
			asFile = list[i]
		}
	}
	for n, i := range bestOf(list, rates, x.Measures.VolumeMM3) {
		l.Rows = append(l.Rows, placementRow{list[i], i, n == 0, list[i].timeShare(rates, x.Measures.VolumeMM3, asFile)})
	}
	return l
}

// up is the direction that the part has upward, for the view.
func (p placementRow) up() string {
	list := make([]string, len(p.Up))
	for i, c := range p.Up {
		list[i] = plain(c)
	}
	return strings.Join(list, " ")
}

func (p placementRow) facts(v *web.View) []web.Def {
	sides := make([]string, len(p.Size))
	for i, side := range p.Size {
		if sides[i] = v.Decimal(side, 1); p.AsFile() {
			sides[i] = Length(v, side)
		}
	}
	return []web.Def{
		{Term: v.T("additive.lying.height"), Value: strings.Join(sides, " × ") + " mm"},
		{Term: v.T("additive.lying.time"), Value: v.Decimal(100*p.Share, 0) + "\u00a0%"},
		{Term: v.T("additive.lying.support"), Value: cubic(v, p.Support)},
		{Term: v.T("additive.lying.contact"), Value: square(v, p.Contact)},
		{Term: v.T("additive.lying.bed"), Value: square(v, p.Bed)},
		{Term: v.T("additive.lying.stairs"), Value: square(v, p.Stairs)},
	}
}
