package app

import (
	"time"

	"bassin/internal/account"
	"bassin/internal/batch"
	"bassin/internal/file"
	"bassin/internal/making"
	"bassin/internal/talk"
	"bassin/internal/when"
)

// orderParts has the company's bracket made on the school's machine, up to the certificate, and the school ask for its
// finger in metal.
func (p *demoPilot) orderParts(files file.Store, by func(string, func(account.Actor) error) func() error, day func(int) when.Date) {
	svc := making.New(making.Options{DB: p.d, Files: files, Talk: talk.New(talk.Options{DB: p.d, Account: p.accounts()})})
	var bracket making.Order
	steps := func(list ...func(account.Actor) error) func(account.Actor) error {
		return func(by account.Actor) error {
			for _, do := range list {
				if err := do(by); err != nil {
					return err
				}
			}
			return nil
		}
	}
	p.on(day(-6), by("entreprise", steps(func(by account.Actor) (err error) {
		bracket, err = svc.Request(p.ctx, by, making.Order{PartID: p.parts["bride"], MachineID: p.makers["Fil, plateau technique"], MaterialID: "petg", Quantity: 4, Shows: making.File,
			Tolerance: "ISO 2768-m", Note: "Deux brides pour l’essai, deux de rechange."}, nil)
		return err
	}, func(by account.Actor) error {
		if bracket.State != making.Quoted {
			return nil
		}
		_, err := svc.Accept(p.ctx, by, bracket.ID, 0)
		return err
	})))
	p.on(day(-5), by("ecole", func(by account.Actor) error { _, err := svc.Start(p.ctx, by, bracket.ID); return err }))
	p.on(day(-4), by("ecole", steps(func(by account.Actor) error {
		_, err := svc.Finish(p.ctx, by, bracket.ID, making.Build{Lot: "PETG-0417", Operator: "Opérateur du plateau technique", Settings: "Couche de 0,2 mm, remplissage de 40 %, à plat."})
		return err
	}, func(by account.Actor) error {
		for _, m := range []making.Measure{{Name: "Grand côté", NominalMM: 60, MeasuredMM: 60.05}, {Name: "Petit côté", NominalMM: 40, MeasuredMM: 39.94}, {Name: "Épaisseur", NominalMM: 6, MeasuredMM: 6.04}} {
			m.OrderID, m.LowerMM, m.UpperMM = bracket.ID, -0.2, 0.2
			if err := svc.AddMeasure(p.ctx, by, m); err != nil {
				return err
			}
		}
		_, err := svc.Inspect(p.ctx, by, bracket.ID, false)
		return err
	})))
	p.on(day(-3), by("ecole", func(by account.Actor) error {
		_, err := svc.Deliver(p.ctx, by, bracket.ID, "Remises à l’atelier")
		return err
	}))
	p.on(day(-3), by("ecole", func(by account.Actor) error {
		_, err := svc.Request(p.ctx, by, making.Order{PartID: p.parts["doigt_du_prehenseur.stl"], MachineID: p.makers["Fusion laser, atelier"], MaterialID: "316l", Quantity: 2, Shows: making.Picture,
			Tolerance: "Faces de contact à 0,1 mm", Note: "Pour la tenue à chaud ; usinage des faces par nos soins."}, nil)
		return err
	}))
	p.on(day(-2), by("entreprise", func(by account.Actor) error {
		_, err := svc.Rate(p.ctx, by, bracket.ID, 5, "Montées sans reprise.")
		return err
	}))
	p.together(svc, files, by, day)
}

// together has the school build the company's axle and its own finger on one plate.
func (p *demoPilot) together(svc *making.Service, files file.Store, by func(string, func(account.Actor) error) func() error, day func(int) when.Date) {
	var waiting []making.OrderID
	ask := func(part string, n int) func(account.Actor) error {
		return func(by account.Actor) error {
			o, err := svc.Request(p.ctx, by, making.Order{PartID: p.parts[part], MachineID: p.makers["Fil, plateau technique"], MaterialID: "pla", Quantity: n, Shows: making.File, Note: "Pièces d’essai."}, nil)
			if err != nil || o.State != making.Quoted {
				return err
			}
			waiting = append(waiting, o.ID)
			_, err = svc.Accept(p.ctx, by, o.ID, 0)
			return err
		}
	}
	p.on(day(-2), by("entreprise", ask("bride", 3)))
	p.on(day(-2), by("ecole", ask("doigt_du_prehenseur.stl", 4)))
	p.on(day(-1), by("ecole", func(by account.Actor) error {
		if len(waiting) < 2 {
			return nil
		}
		batches := batch.New(batch.Options{DB: p.d, Files: files, Making: svc, Within: 3 * time.Second})
		b, err := batches.Plan(p.ctx, by, waiting)
		if err != nil {
			return err
		}
		return batches.LayNow(p.ctx, by, b.ID)
	}))
}
