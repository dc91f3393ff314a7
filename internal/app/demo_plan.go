package app

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/talk"
	"bassin/internal/when"
)

// demoTask is a task of the demonstration's plan: the days on which it was begun and finished count
// from today, 0 for not yet.
type demoTask struct {
	title      string
	under      int // index of its summary, -1 at the top
	days       int64
	who        string
	stage      int // of the project, by its place
	begun, end int
	after      []int // finish–start
	labels     string
}

var demoTasks = []demoTask{
	{title: "Cadrage", under: -1, days: 1},
	{title: "Relever le préhenseur en service", under: 0, days: 5, who: "entreprise", begun: -146, end: -139},
	{title: "Écrire le cahier des charges", under: 0, days: 11, who: "ecole", begun: -138, end: -122, after: []int{1}},
	{title: "Besoin validé", under: 0, who: "ecole", end: -121, after: []int{2}},
	{title: "Concept", under: -1, days: 1},
	{title: "Comparer trois concepts", under: 4, days: 16, who: "ecole", stage: 1, begun: -119, end: -96, after: []int{3}},
	{title: "Note de calcul en raideur", under: 4, days: 6, who: "invite", stage: 1, begun: -95, end: -86, after: []int{5}, labels: ",calcul,"},
	{title: "Concept choisi", under: 4, stage: 1, end: -84, after: []int{6}},
	{title: "Conception", under: -1, days: 1},
	{title: "Modèle et plans", under: 8, days: 22, who: "ecole", stage: 2, begun: -83, end: -45, after: []int{7}},
	{title: "Vérifier la pièce pour la fusion laser", under: 8, days: 8, who: "invite", stage: 2, begun: -50, end: -38, after: []int{7}, labels: ",impression,"},
	{title: "Revue de conception", under: 8, days: 2, who: "ecole", stage: 2, begun: -35, end: -30, after: []int{9, 10}},
	{title: "Conception validée", under: 8, stage: 2, end: -28, after: []int{11}},
	{title: "Prototype", under: -1, days: 1},
	{title: "Approvisionner la poudre d’aluminium", under: 13, days: 12, who: "entreprise", stage: 3, begun: -27, end: -4, after: []int{12}, labels: ",achat,"},
	{title: "Préparer la fabrication", under: 13, days: 8, who: "ecole", stage: 3, begun: -26, end: -12, after: []int{12}, labels: ",impression,"},
	{title: "Imprimer deux préhenseurs", under: 13, days: 6, who: "ecole", stage: 3, begun: -2, after: []int{14, 15}, labels: ",impression,"},
	{title: "Certificat matière du second lot", under: 13, days: 10, who: "entreprise", stage: 3, begun: -9, after: []int{12}, labels: ",achat,"},
	{title: "Essais de traction", under: 13, days: 5, who: "invite", stage: 3, after: []int{16, 17}, labels: ",essai,"},
	{title: "Essai sur le robot de soudage", under: 13, days: 8, who: "entreprise", stage: 3, after: []int{16}, labels: ",essai,"},
	{title: "Prototype validé", under: 13, stage: 3, after: []int{18, 19}},
	{title: "Industrialisation", under: -1, days: 1},
	{title: "Figer les paramètres de la machine", under: 21, days: 10, who: "ecole", stage: 4, after: []int{20}, labels: ",impression,"},
	{title: "Présérie de dix pièces", under: 21, days: 15, who: "ecole", stage: 4, after: []int{22}},
	{title: "Former les opérateurs", under: 21, days: 5, who: "ecole", stage: 4, after: []int{20}},
	{title: "Industrialisation validée", under: 21, stage: 4, after: []int{23, 24}},
	{title: "Production", under: -1, days: 1},
	{title: "Première série", under: 26, days: 25, who: "entreprise", stage: 5, after: []int{25}},
	{title: "Mise en service sur l’îlot de soudage", under: 26, days: 6, who: "entreprise", stage: 5, after: []int{27}},
	{title: "Production validée", under: 26, stage: 5, after: []int{28}},
	{title: "Contrôler le filtre de la machine de fusion laser", under: -1, days: 1, who: "ecole", stage: 3, end: -8, labels: ",impression,"},
}

// demoPlanFile is a plan of a supplier that waits for somebody to take it over; one of its lines cannot be read.
const demoPlanFile = `Repère;Nom de la tâche;Durée;Prédécesseurs;Noms ressources
1;Recevoir les éprouvettes;1 j;;Ingénieur conseil de l’école
2;Essais de fatigue;10 j;1;Laboratoire du fournisseur
3;Rapport d’essais;-2 j;2;Laboratoire du fournisseur
4;Rapport remis;0 j;2FD+3 j;
`

// plan plays the project's plan: written at the start, agreed as a baseline, then lived.
func (p *demoPilot) plan() {
	svc := plan.New(plan.Options{DB: p.d})
	var tasks []plan.Task
	as := func(name string, do func(by account.Actor) error) func() error {
		return func() error {
			by, err := p.actor(name)
			if err != nil {
				return err
			}
			return do(by)
		}
	}
	p.on(p.today.AddDays(-146), as("ecole", func(by account.Actor) error {
		drafts, parents, ties, err := p.drafts(by)
		if err != nil {
			return err
		}
		return p.d.Do(p.ctx, func(tx db.Tx) (err error) {
			tasks, err = svc.CreateTasksIn(tx, by, p.project.ID, drafts, parents, ties)
			return err
		})
	}))
	p.on(p.today.AddDays(-145), as("ecole", func(by account.Actor) error {
		if _, err := svc.AddClosure(p.ctx, by, plan.Closure{ProjectID: p.project.ID, FromOn: p.today.AddDays(30), ToOn: p.today.AddDays(34), Name: "Arrêt de l’atelier"}); err != nil {
			return err
		}
		_, err := svc.TakeBaseline(p.ctx, by, p.project.ID, "Plan de lancement")
		return err
	}))
	p.on(p.today.AddDays(-144), as("ecole", func(by account.Actor) error { return p.machines(svc, by, tasks) }))
	p.on(p.today.AddDays(-38), as("ecole", func(by account.Actor) error {
		_, err := svc.Repeat(p.ctx, by, p.project.ID, tasks[len(tasks)-1].ID, plan.Rule{Every: plan.EveryMonth, Interval: 1})
		return err
	}))
	p.on(p.today.AddDays(-143), as("ecole", func(by account.Actor) error { return p.fields(svc, by, tasks) }))
	p.on(p.today.AddDays(-2), as("ecole", func(by account.Actor) error {
		_, err := svc.BeginImport(p.ctx, by, p.project.ID, "essais-du-fournisseur.csv", []byte(demoPlanFile))
		return err
	}))
	for i, t := range demoTasks {
		for _, step := range []struct {
			on int
			to plan.State
		}{{t.begun, plan.Doing}, {t.end, plan.Done}} {
			if step.on != 0 {
				p.on(p.today.AddDays(max(step.on, -144)), as("ecole", func(by account.Actor) error {
					_, err := svc.MoveTask(p.ctx, by, p.project.ID, tasks[i].ID, step.to)
					return err
				}))
			}
		}
	}
	p.on(p.today.AddDays(-3), as("ecole", func(by account.Actor) error {
		for n, text := range []string{"Piège d’air purgé", "Support de plateau contrôlé", "Éprouvettes placées à côté des pièces", "Paramètres relevés"} {
			item, err := svc.AddItem(p.ctx, by, p.project.ID, tasks[16].ID, text)
			if err != nil {
				return err
			}
			if n < 2 {
				if err := svc.TickItem(p.ctx, by, p.project.ID, tasks[16].ID, item.ID, true); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	for _, x := range []struct{ who, text string }{
		{"entreprise", "Le plateau est libre à partir de demain matin."},
		{"ecole", "@Dirigeante d’entreprise bien reçu, les éprouvettes partent sur le même plateau."},
	} {
		p.on(p.today.AddDays(-3), as(x.who, func(by account.Actor) error {
			talks := talk.New(talk.Options{DB: p.d})
			talks.Subjects["task"] = svc.Subject
			_, err := talks.Say(p.ctx, by, talk.Ref{Kind: "task", ID: string(tasks[16].ID)}, x.text)
			return err
		}))
	}
}

// fields are what the project notes of its tasks beside what all tasks have.
func (p *demoPilot) fields(svc *plan.Service, by account.Actor, tasks []plan.Task) error {
	var ids []plan.FieldID
	for _, f := range []plan.Field{{Name: "Fait à", Kind: plan.ChoiceField, Choices: "École\nEntreprise\nSous-traitant", Listed: true}, {Name: "Pièces", Kind: plan.NumberField, Unit: "pièces", Listed: true}, {Name: "Essai destructif", Kind: plan.YesNoField}, {Name: "Lot de poudre", Kind: plan.TextField}} {
		f.ProjectID = p.project.ID
		f, err := svc.AddField(p.ctx, by, f)
		if err != nil {
			return err
		}
		ids = append(ids, f.ID)
	}
	for _, x := range []struct {
		task int
		held []string
	}{{9, []string{"École"}}, {10, []string{"École"}}, {16, []string{"École", "2", "", "AL-0412"}}, {17, []string{"Entreprise"}}, {18, []string{"École", "6", "yes", "AL-0412"}},
		{19, []string{"Entreprise", "1", "no"}}, {23, []string{"École", "10"}}, {27, []string{"Entreprise", "40"}}, {30, []string{"École"}}} {
		d := plan.Draft{Values: map[plan.FieldID]string{}}
		for k, value := range x.held {
			d.Values[ids[k]] = value
		}
		if err := p.d.View(p.ctx, func(tx db.Tx) (err error) {
			d.Task, err = plan.Get(tx, by, p.project.ID, tasks[x.task].ID)
			return err
		}); err != nil {
			return err
		}
		if _, err := svc.SaveTask(p.ctx, by, d); err != nil {
			return err
		}
	}
	return nil
}

// machines are what the school prints and tests on; two tasks of the prototype want the furnace at once.
func (p *demoPilot) machines(svc *plan.Service, by account.Actor, tasks []plan.Task) error {
	for _, m := range []struct {
		name  string
		hours int64
		tasks []int
	}{{"Machine de fusion laser", 16 * 60, []int{16, 22, 23}}, {"Banc de traction", 0, []int{18}}, {"Four de détente", 0, []int{16, 17}}} {
		r, err := svc.AddResource(p.ctx, by, plan.Resource{ProjectID: p.project.ID, Name: m.name, Units: 100, Hours: m.hours})
		if err != nil {
			return err
		}
		for _, i := range m.tasks {
			if err := svc.Book(p.ctx, by, plan.Booking{TaskID: tasks[i].ID, ProjectID: p.project.ID, ResourceID: r.ID, Units: 100}); err != nil {
				return err
			}
		}
	}
	return svc.SetCapacity(p.ctx, by, p.project.ID, plan.Capacity{PersonID: p.people["ecole"], Units: 80})
}

// drafts are the tasks as the school writes them down.
func (p *demoPilot) drafts(by account.Actor) (drafts []plan.Draft, parents []int, ties []plan.Tie, err error) {
	var stages []project.Stage
	err = p.d.View(p.ctx, func(tx db.Tx) error {
		a, err := project.Enter(tx, by, p.project.ID)
		if err != nil {
			return err
		}
		stages, err = project.StagesOfProject(tx, a)
		return err
	})
	if err != nil {
		return nil, nil, nil, err
	}
	for i, t := range demoTasks {
		d := plan.Draft{Task: plan.Task{Title: t.title, Work: t.days * 420, StageID: stages[t.stage].ID, Labels: t.labels}}
		if t.days == 0 {
			d.Kind = plan.Milestone
		}
		if t.title == "Prototype validé" {
			d.Deadline = p.today.AddDays(25)
		}
		if t.who != "" {
			d.People = []account.PersonID{p.people[t.who]}
		}
		if d.Deadline == when.None && t.title == "Production validée" {
			d.Deadline = p.today.AddDays(150)
		}
		drafts, parents = append(drafts, d), append(parents, t.under)
		for _, from := range t.after {
			ties = append(ties, plan.Tie{From: from, To: i, Kind: plan.FinishStart})
		}
	}
	return drafts, parents, ties, nil
}
