package additive

import (
	"strings"

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

// placementRow is a placement in millimetres, and what it takes by the processes that can make the part.
type placementRow struct {
	Placement
	Best   bool
	Shares []web.Def
}

// placementRows are the placements of a part by the processes of its verdict that lay it on a plate.
func (x partView) placementRows(v *web.View) []placementRow {
	f := x.Measures.Unit.Millimetres()
	var list []placementRow
	var asFile Placement
	for i, p := range x.Report.Placements {
		list = append(list, placementRow{Placement: p.scaled(f), Best: i == 0})
		if p.AsFile() {
			asFile = p.scaled(f)
		}
	}
	for i := range list {
		for _, j := range x.Judged {
			if rates, ok := layingRates(j.Process); ok && j.Verdict != NotSo {
				share := list[i].timeShare(rates, x.Measures.VolumeMM3, asFile)
				list[i].Shares = append(list[i].Shares, web.Def{Term: v.T(j.Process.Key()), Value: v.Decimal(100*share, 0) + "\u00a0%"})
			}
		}
	}
	return list
}

func (p placementRow) facts(v *web.View) []web.Def {
	sides := []string{Length(v, p.Size[0]), Length(v, p.Size[1]), Length(v, p.Size[2])}
	list := []web.Def{
		{Term: v.T("additive.lying.height"), Value: strings.Join(sides, " × ") + " mm"},
		{Term: v.T("additive.lying.bed"), Value: square(v, p.Bed)},
		{Term: v.T("additive.lying.support"), Value: cubic(v, p.Support)},
		{Term: v.T("additive.lying.contact"), Value: square(v, p.Contact)},
	}
	for _, s := range p.Shares {
		list = append(list, web.Def{Term: v.T("additive.lying.time", "process", s.Term), Value: s.Value})
	}
	return list
}
