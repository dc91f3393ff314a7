package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/park"
	"bassin/internal/programme"
	"bassin/internal/project"
	"bassin/internal/talk"
	"bassin/internal/web"
	"bassin/internal/when"
)

// The demonstration's project: a pilot of "Think & Mate, smart Factory", carried by the school with
// a workshop and a design office. All of it is an example.

// demoPilot is the project with who plays in it; the files demo_*.go of the workspace's rooms add
// their parts to it.
type demoPilot struct {
	*story
	d       *db.DB // with the story's clock
	project project.Project
	files   file.Store
	url     string // of the server, for the links of its mails
	people  map[string]account.PersonID
	makers  map[string]park.MachineID  // by name
	parts   map[string]additive.PartID // by name of their file
}

// accounts is the part that tells people by mail.
func (p *demoPilot) accounts() *account.Service {
	return account.New(account.Options{DB: p.d, URL: p.url})
}

// actor reads somebody with what they hold now: access changes in the course of the story.
func (p *demoPilot) actor(name string) (account.Actor, error) {
	return actorOf(p.ctx, p.d, p.people[name])
}

// seedProject plays the pilot project.
func seedProject(ctx context.Context, d *db.DB, files file.Store, url string, people map[string]account.PersonID, today when.Date) error {
	s := &story{ctx: ctx, today: today}
	p := &demoPilot{story: s, people: people, files: files, url: url}
	p.d = d.Clocked(func() time.Time { s.now = s.now.Add(time.Millisecond); return s.now })
	action, err := p.action(demoShared)
	if err != nil {
		return err
	}
	svc := project.New(project.Options{DB: p.d, Account: p.accounts(), Origin: originOf})
	day := func(n int) when.Date { return today.AddDays(n) }
	by := func(name string, do func(by account.Actor) error) func() error {
		return func() error {
			a, err := p.actor(name)
			if err != nil {
				return err
			}
			return do(a)
		}
	}
	s.on(day(-150), by("ecole", func(by account.Actor) (err error) {
		draft := project.Draft{Project: project.Project{Title: "Préhenseur imprimé en métal", Code: "PREH", Kind: project.ProductDevelopment,
			Confidentiality: project.ForTerritory, OwnerID: by.Memberships[0].OrganisationID, OriginKind: project.FromAction, OriginID: string(action),
			StartsOn: day(-150), EndsOn: day(210), Demo: true,
			Summary: "Premier projet pilote de l’espace Think & Mate : alléger le préhenseur du robot de soudage de l’atelier par une pièce imprimée, conçue à l’école, contrôlée au bureau d’études, fabriquée sur une machine partagée. Exemple : tout y est inventé."}}
		draft.Stages = project.TemplateOf(web.NewView("fr"), draft.Kind)
		for i := range draft.Stages {
			draft.Stages[i].EndsOn = day([]int{-120, -85, -30, 25, 80, 150, 200, 0}[i])
		}
		draft.Stages[len(draft.Stages)-1].EndsOn = when.None
		p.project, err = svc.Create(p.ctx, by, draft)
		return err
	}))
	s.on(day(-148), by("ecole", func(by account.Actor) error { return p.gather(svc, by) }))
	s.on(day(-147), by("ecole", func(by account.Actor) error {
		_, err := svc.Move(p.ctx, by, p.project.ID, project.Running, p.project.Version)
		return err
	}))
	for i, gate := range []struct {
		on            int
		proof, reason string
	}{
		{-121, "Cahier des charges signé par l’atelier le jour du lancement", "Le besoin est clair : 30 % de masse en moins, même raideur."},
		{-84, "Comparaison de trois concepts, note de calcul jointe", "Le concept en treillis garde la raideur et se fabrique sur la machine de l’école."},
		{-28, "Compte rendu de la revue de conception, onze remarques closes", "Les remarques sont closes ; la pièce est vérifiée pour la fusion laser."},
	} {
		s.on(day(gate.on-2), by("ecole", func(by account.Actor) error { return p.prove(svc, by, i, gate.proof) }))
		s.on(day(gate.on), by("ecole", func(by account.Actor) error { return p.pass(svc, by, i, gate.reason, day(gate.on)) }))
	}
	s.on(day(-60), by("entreprise", func(by account.Actor) error {
		_, err := svc.AddRisk(p.ctx, by, project.Risk{ProjectID: p.project.ID, Title: "La poudre d’aluminium arrive en retard", Cause: "Un seul fournisseur qualifié",
			Effect: "La présérie glisse d’un mois", Response: "Commande d’un second lot, délai suivi chaque semaine", Probability: 4, Impact: 4, OwnerID: p.people["entreprise"], ReviewOn: day(10)})
		return err
	}))
	s.on(day(-58), by("ecole", func(by account.Actor) error {
		_, err := svc.AddRisk(p.ctx, by, project.Risk{ProjectID: p.project.ID, Title: "Les doigts du préhenseur marquent les pièces peintes", Cause: "État de surface après impression",
			Effect: "Reprise à la main", Response: "Essai de deux finitions", Probability: 3, Impact: 2, OwnerID: p.people["ecole"]})
		return err
	}))
	s.on(day(-40), by("ecole", func(by account.Actor) error {
		_, err := svc.Decide(p.ctx, by, project.Decision{ProjectID: p.project.ID, Title: "Fabriquer en AlSi10Mg plutôt qu’en titane", Reason: "Raideur suffisante, coût divisé par quatre, matière en stock à l’école.",
			Deciders: "École et atelier, réunion de conception", Outcome: project.Agreed, DecidedOn: day(-40)})
		return err
	}))
	s.on(day(-20), by("ecole", p.writeNotes))
	s.on(day(-9), by("entreprise", func(by account.Actor) error {
		_, err := svc.AddBlocker(p.ctx, by, project.Blocker{ProjectID: p.project.ID, Text: "Le certificat matière du second lot de poudre manque.", Unblock: "Le fournisseur doit l’envoyer ; sans lui, pas d’essai de traction.", SinceOn: day(-9)})
		return err
	}))
	p.plan()
	p.meet()
	p.costs()
	p.keepDocuments(files, by, day)
	p.fillPark(by, day)
	p.askBefore(by, day)
	if err := p.dropParts(files, by, day); err != nil {
		return err
	}
	s.on(day(-5), by("ecole", p.hooks))
	p.discuss(svc, by, day)
	return s.play()
}

// discuss lets three people of the project write to each other.
func (p *demoPilot) discuss(svc *project.Service, by func(string, func(account.Actor) error) func() error, day func(int) when.Date) {
	t := talk.New(talk.Options{DB: p.d})
	t.Subjects["project"] = svc.Subject
	for _, x := range []struct {
		who  string
		on   int
		text string
	}{
		{"entreprise", -8, "@Ingénieur conseil de l’école le second lot de poudre est arrivé sans certificat matière. Faut-il attendre pour lancer l’essai de traction ?"},
		{"ecole", -7, "Oui, sans certificat l’essai ne vaut rien. Je garde le créneau machine de la semaine prochaine."},
		{"invite", -6, "@Dirigeante d’entreprise nous pouvons déjà contrôler les cotes sur la première pièce, elle ne dépend pas de la poudre."},
	} {
		p.on(day(x.on), by(x.who, func(by account.Actor) error {
			_, err := t.Say(p.ctx, by, talk.Ref{Kind: "project", ID: string(p.project.ID)}, x.text)
			return err
		}))
	}
}

// action finds an action of the contract by its reference.
func (p *demoPilot) action(reference string) (id programme.ActionID, err error) {
	err = p.d.View(p.ctx, func(tx db.Tx) error {
		rows, _, err := programme.ListActions(tx, account.Demonstration(), programme.Filter{TerritoryID: demoHome}, 0, 0)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(rows, func(r programme.Row) bool { return r.Reference == reference })
		if i < 0 {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		id = rows[i].ID
		return nil
	})
	return id, err
}

// gather brings partners and people into the project; the design office's person is a guest.
func (p *demoPilot) gather(svc *project.Service, by account.Actor) error {
	return p.d.Do(p.ctx, func(tx db.Tx) error {
		for _, x := range []struct {
			name string
			role project.PartnerRole
		}{{shop, project.Client}, {ales, project.Backer}} {
			o, err := account.OrganisationNamed(tx, x.name)
			if err != nil {
				return fmt.Errorf("organisation %s: %w", x.name, err)
			}
			if err := project.SavePartnerIn(tx, by, project.Partner{ProjectID: p.project.ID, OrganisationID: o.ID, Role: x.role}); err != nil {
				return err
			}
		}
		for _, x := range []struct {
			who   string
			role  account.Role
			until when.Date
		}{{"entreprise", account.ProjectMember, when.None}, {"invite", account.ProjectGuest, p.today.AddDays(demoGuestDays)}} {
			if err := svc.AdmitIn(tx, by, p.project.ID, p.people[x.who], x.role, x.until); err != nil {
				return err
			}
		}
		return nil
	})
}

// stage reads the project's stage by its place, with its criteria.
func (p *demoPilot) stage(by account.Actor, i int) (st project.Stage, criteria []project.Criterion, err error) {
	err = p.d.View(p.ctx, func(tx db.Tx) error {
		a, err := project.Enter(tx, by, p.project.ID)
		if err != nil {
			return err
		}
		stages, err := project.StagesOfProject(tx, a)
		if err != nil {
			return err
		}
		st = stages[i]
		criteria, err = project.CriteriaOfStage(tx, a, st.ID)
		return err
	})
	return st, criteria, err
}

func (p *demoPilot) prove(svc *project.Service, by account.Actor, i int, proof string) error {
	_, criteria, err := p.stage(by, i)
	if err != nil {
		return err
	}
	for _, c := range criteria {
		if err := svc.MeetCriterion(p.ctx, by, p.project.ID, c.ID, proof, ""); err != nil {
			return err
		}
	}
	return nil
}

func (p *demoPilot) pass(svc *project.Service, by account.Actor, i int, reason string, on when.Date) error {
	st, _, err := p.stage(by, i)
	if err != nil {
		return err
	}
	v := web.NewView("fr")
	_, err = svc.Decide(p.ctx, by, project.Decision{ProjectID: p.project.ID, StageID: st.ID, Title: v.T("project.gate.title", "phase", v.T(st.Phase.Key())), Reason: reason,
		Deciders: "Comité de pilotage du projet", Outcome: project.Pass, DecidedOn: on})
	return err
}
