package app

import (
	"bassin/internal/account"
	"bassin/internal/cost"
	"bassin/internal/db"
	"bassin/internal/plan"
	"bassin/internal/when"
)

// costs plays the pilot's money: what an hour costs, a budget by stage, purchases, and the hours of
// three people, so that the summary has something to say. Amounts are invented.
func (p *demoPilot) costs() {
	svc := cost.New(cost.Options{DB: p.d})
	day := func(n int) when.Date { return p.today.AddDays(n) }
	school := func(do func(by account.Actor) error) func() error {
		return func() error {
			by, err := p.actor("ecole")
			if err != nil {
				return err
			}
			return do(by)
		}
	}
	p.on(day(-144), school(func(by account.Actor) error {
		for _, r := range []cost.Rate{{Role: "Ingénieur", Cents: 68_00}, {Role: "Opérateur", Cents: 42_00}, {Role: "Bureau d’études", Cents: 75_00}} {
			r.ProjectID, r.FromOn = p.project.ID, day(-150)
			if _, err := svc.SetRate(p.ctx, by, r); err != nil {
				return err
			}
		}
		for _, x := range []struct{ who, role string }{{"ecole", "Ingénieur"}, {"entreprise", "Opérateur"}, {"invite", "Bureau d’études"}} {
			if err := svc.Assign(p.ctx, by, cost.Staff{ProjectID: p.project.ID, PersonID: p.people[x.who], Role: x.role}); err != nil {
				return err
			}
		}
		return p.budget(svc, by)
	}))
	for _, x := range []struct {
		on, stage int
		cost.Purchase
	}{
		{-80, 2, cost.Purchase{Title: "Licence du logiciel de calcul, six mois", Supplier: "Éditeur de calcul", Category: cost.Equipment, State: cost.Paid, Cents: 1_800_00, Reference: "F-2031"}},
		{-33, 2, cost.Purchase{Title: "Contrôle tomographique des premières éprouvettes", Supplier: "Laboratoire de contrôle", Category: cost.Subcontract, State: cost.Paid, Cents: 960_00, Reference: "F-118"}},
		{-26, 3, cost.Purchase{Title: "Poudre d’aluminium AlSi10Mg, premier lot", Supplier: "Fondeur de poudres", Category: cost.Material, State: cost.Invoiced, Cents: 2_340_00, Reference: "BC-0412"}},
		{-12, 3, cost.Purchase{Title: "Poudre d’aluminium AlSi10Mg, second lot", Supplier: "Fondeur de poudres", Category: cost.Material, State: cost.Ordered, Cents: 2_480_00, Reference: "BC-0437"}},
		{-5, 3, cost.Purchase{Title: "Mors de traction pour éprouvettes plates", Category: cost.Equipment, State: cost.Planned, Cents: 720_00}},
	} {
		p.on(day(x.on), school(func(by account.Actor) error {
			st, _, err := p.stage(by, x.stage)
			if err != nil {
				return err
			}
			buy := x.Purchase
			buy.ProjectID, buy.StageID, buy.OnDay = p.project.ID, st.ID, day(x.on)
			_, err = svc.AddPurchase(p.ctx, by, buy)
			return err
		}))
	}
	for monday := cost.Monday(day(-150)); monday < p.today; monday = monday.AddDays(7) {
		last := min(monday.AddDays(4), day(-1))
		p.on(last, func() error { return p.work(svc, monday, last) })
	}
}

// budget writes the lines that the partners agreed on at the start.
func (p *demoPilot) budget(svc *cost.Service, by account.Actor) error {
	for _, l := range []struct {
		stage int
		cost.Line
	}{
		{0, cost.Line{Title: "Cadrage", Category: cost.Labour, Role: "Ingénieur", Minutes: 90 * 60}},
		{1, cost.Line{Title: "Concepts et note de calcul", Category: cost.Labour, Role: "Ingénieur", Minutes: 140 * 60}},
		{2, cost.Line{Title: "Conception", Category: cost.Labour, Role: "Ingénieur", Minutes: 230 * 60}},
		{3, cost.Line{Title: "Fabrication et essais", Category: cost.Labour, Role: "Opérateur", Minutes: 320 * 60}},
		{4, cost.Line{Title: "Mise au point de la série", Category: cost.Labour, Role: "Ingénieur", Minutes: 210 * 60}},
		{3, cost.Line{Title: "Poudre", Category: cost.Material, Cents: 5_000_00}},
		{3, cost.Line{Title: "Contrôles", Category: cost.Subcontract, Cents: 2_500_00}},
		{2, cost.Line{Title: "Logiciel de calcul", Category: cost.Equipment, Cents: 1_800_00}},
	} {
		st, _, err := p.stage(by, l.stage)
		if err != nil {
			return err
		}
		l.Line.ProjectID, l.Line.StageID = p.project.ID, st.ID
		if _, err := svc.AddLine(p.ctx, by, l.Line); err != nil {
			return err
		}
	}
	return nil
}

// work writes one week's hours of the people to whom tasks were given, a few on each working day of
// each task that was begun.
func (p *demoPilot) work(svc *cost.Service, monday, last when.Date) error {
	for _, who := range []string{"ecole", "entreprise", "invite"} {
		by, err := p.actor(who)
		if err != nil {
			return err
		}
		var tasks []plan.Task
		if err := p.d.View(p.ctx, func(tx db.Tx) (err error) {
			tasks, _, err = plan.List(tx, by, p.project.ID, plan.Filter{PersonID: by.ID, Leaves: true}, 100, 0)
			return err
		}); err != nil {
			return err
		}
		var cells []cost.Cell
		for _, t := range tasks {
			if !t.BegunOn.Valid() || t.Kind == plan.Milestone {
				continue
			}
			for d := max(monday, t.BegunOn); d <= last && (t.FinishedOn == when.None || d <= t.FinishedOn); d = d.AddDays(1) {
				minutes := []int64{180, 240, 120, 210, 90}[d.Sub(t.BegunOn)%5]
				cells = append(cells, cost.Cell{TaskID: t.ID, OnDay: d, Minutes: minutes})
			}
		}
		if len(cells) == 0 {
			continue
		}
		if err := svc.Write(p.ctx, by, p.project.ID, cells); err != nil {
			return err
		}
	}
	return nil
}
