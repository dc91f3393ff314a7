package app

import (
	"bytes"
	"strings"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/when"
)

// dropParts lets the school and the company drop parts: one that is fine, with an earlier revision, one of several bodies,
// one that is open and in metres, one of exact surfaces, which wants Node. The server checks them once it runs.
func (p *demoPilot) dropParts(files file.Store, by func(string, func(account.Actor) error) func() error, day func(int) when.Date) error {
	if files == nil {
		return nil
	}
	queue, err := job.New(p.ctx, p.d, job.Options{InsertOnly: true})
	if err != nil {
		return err
	}
	svc := additive.New(additive.Options{DB: p.d, Files: files})
	svc.Jobs(queue)
	keep := func(name string, content []byte) (additive.Dropped, error) {
		return svc.Keep(p.ctx, bytes.NewReader(content), name)
	}
	drop := func(name string, content []byte) func(account.Actor) error {
		return func(by account.Actor) error {
			f, err := keep(name, content)
			if err != nil {
				return err
			}
			list, err := svc.Drop(p.ctx, by, by.Memberships[0].OrganisationID, []additive.Dropped{f})
			if err != nil {
				return err
			}
			p.parts[name] = list[0].ID
			if strings.HasSuffix(name, ".step") { // the server reads it, once it runs
				return nil
			}
			return svc.CheckNow(p.ctx, list[0].ID)
		}
	}
	p.parts = map[string]additive.PartID{}
	p.on(day(-45), by("ecole", drop("doigt_du_prehenseur.stl", demoFinger())))
	p.on(day(-12), by("entreprise", drop("capot.stl", demoCover())))
	p.on(day(-8), by("entreprise", drop("axe.step", demoShaft("axe", shaftPiece{6, 12}, shaftPiece{9, 25}, shaftPiece{6, 18}, shaftPiece{4, 8}))))
	p.on(day(-7), by("entreprise", func(by account.Actor) error {
		first, err := keep("bride_de_fixation_a.stl", demoBracket(4))
		if err != nil {
			return err
		}
		list, err := svc.Drop(p.ctx, by, by.Memberships[0].OrganisationID, []additive.Dropped{first})
		if err != nil {
			return err
		}
		if _, err := svc.Rename(p.ctx, by, list[0].ID, "Bride de fixation"); err != nil {
			return err
		}
		second, err := keep("bride_de_fixation_b.stl", demoBracket(6))
		if err != nil {
			return err
		}
		if _, err = svc.Revise(p.ctx, by, list[0].ID, second); err != nil {
			return err
		}
		p.parts["bride"] = list[0].ID
		return svc.CheckNow(p.ctx, list[0].ID)
	}))
	p.orderParts(files, by, day)
	return nil
}

// demoBracket is an angle of 60 by 40 mm, 30 mm wide, of some thickness: its profile, pulled along X.
func demoBracket(thick float64) []byte {
	outline := [][2]float64{{0, 0}, {60, 0}, {60, thick}, {thick, thick}, {thick, 40}, {0, 40}}
	at := func(i int, x float64) point { return point{x, outline[i%len(outline)][0], outline[i%len(outline)][1]} }
	m := &solid{}
	for i := 2; i < len(outline); i++ { // the first corner sees all others
		m.points = append(m.points, at(0, 30), at(i-1, 30), at(i, 30), at(0, 0), at(i, 0), at(i-1, 0))
	}
	for i := range outline {
		m.points = append(m.points, at(i, 0), at(i+1, 0), at(i+1, 30), at(i, 0), at(i+1, 30), at(i, 30))
	}
	return m.stl()
}

// demoCover is a box without its floor, drawn in metres.
func demoCover() []byte {
	m := &solid{}
	m.bar(point{0, 0, 0}, point{0.08, 0, 0}, 0.05, 0.03)
	m.points = m.points[6:] // the first face is that of the near end
	return m.stl()
}
