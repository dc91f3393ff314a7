package app

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/meeting"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/when"
)

// meet plays the pilot's meetings: one that was held and closed, one that comes.
func (p *demoPilot) meet() {
	accounts := p.accounts()
	svc := meeting.New(meeting.Options{DB: p.d, Files: p.files, Account: accounts, Plan: plan.New(plan.Options{DB: p.d}), URL: p.url})
	at := func(day when.Date, hour int) when.Time { return meeting.Moment(day, hour*60, db.Paris) }
	as := func(name string, do func(by account.Actor) error) func() error {
		return func() error {
			by, err := p.actor(name)
			if err != nil {
				return err
			}
			return do(by)
		}
	}
	var past meeting.Meeting
	p.on(p.today.AddDays(-19), as("ecole", func(by account.Actor) (err error) {
		past, err = p.callMeeting(svc, by, meeting.Meeting{Title: "Revue d’avancement du prototype", StartsAt: at(p.today.AddDays(-13), 9), Minutes: 90, Place: "École, salle des machines",
			Purpose: "Où en est la fabrication des deux préhenseurs, et que faut-il pour les essais ?"}, demoAgenda)
		return err
	}))
	p.on(p.today.AddDays(-13), as("ecole", func(by account.Actor) error { return p.hold(svc, by, past) }))
	p.on(p.today.AddDays(-5), as("ecole", func(by account.Actor) error {
		_, err := p.callMeeting(svc, by, meeting.Meeting{Title: "Préparation des essais de traction", StartsAt: at(p.today.AddDays(6), 14), Minutes: 60, Place: "Atelier, salle de réunion",
			Link: "https://visio.bassin.example/preh-essais", Purpose: "Arrêter le plan d’essais et la date."}, demoNextAgenda)
		return err
	}))
}

// demoItem is an item of an agenda with what was said on it.
type demoItem struct {
	title, speaker, text string
	minutes              int64
}

var (
	demoAgenda = []demoItem{
		{"Fabrication des deux préhenseurs", "Ingénieur conseil de l’école", "Le premier préhenseur sort de la machine en fin de semaine. Le support du doigt gauche a été repris : l’angle passe de 40° à 48°.\nLe second attend la poudre.", 30},
		{"Approvisionnement de la poudre", "Dirigeante d’entreprise", "Le second lot est annoncé sous dix jours. Le fournisseur n’a pas encore envoyé le certificat matière.", 20},
		{"Moyens d’essai", "", "La machine de traction du laboratoire est libre deux semaines par mois. L’extensomètre doit être étalonné avant.", 30},
	}
	demoNextAgenda = []demoItem{
		{"Actions de la dernière réunion", "Ingénieur conseil de l’école", "", 10},
		{"Plan d’essais", "", "", 35},
		{"Date et présents", "", "", 15},
	}
)

// callMeeting plans a meeting with everybody of the project and one address outside, and invites them.
func (p *demoPilot) callMeeting(svc *meeting.Service, by account.Actor, m meeting.Meeting, agenda []demoItem) (meeting.Meeting, error) {
	m.ProjectID = p.project.ID
	m, err := svc.Create(p.ctx, by, m)
	if err != nil {
		return m, err
	}
	for _, i := range agenda {
		if _, err := svc.AddItem(p.ctx, by, m.ProjectID, m.ID, meeting.Item{Title: i.title, Speaker: i.speaker, Minutes: i.minutes}); err != nil {
			return m, err
		}
	}
	for _, x := range []meeting.Participant{{PersonID: p.people["entreprise"]}, {PersonID: p.people["invite"]}, {Name: "Laboratoire d’essais", Email: "essais@labo.example"}} {
		if _, err := svc.Add(p.ctx, by, m.ProjectID, m.ID, x); err != nil {
			return m, err
		}
	}
	_, err = svc.Invite(p.ctx, by, m.ProjectID, m.ID)
	return m, err
}

// hold takes the minutes of a meeting, decides, agrees on what is to be done, and closes it.
func (p *demoPilot) hold(svc *meeting.Service, by account.Actor, m meeting.Meeting) error {
	in, id := m.ProjectID, m.ID
	if err := svc.Begin(p.ctx, by, in, id); err != nil {
		return err
	}
	var w meeting.Whole
	if err := p.d.View(p.ctx, func(tx db.Tx) (err error) {
		_, w, err = meeting.Read(tx, by, in, id)
		return err
	}); err != nil {
		return err
	}
	who := map[meeting.ParticipantID]meeting.Presence{}
	for _, x := range w.Participants {
		if who[x.ID] = meeting.Present; x.Outside() {
			who[x.ID] = meeting.Excused
		}
	}
	if err := svc.NotePresence(p.ctx, by, in, id, who); err != nil {
		return err
	}
	for n, i := range w.Items {
		if _, err := svc.Write(p.ctx, by, in, id, meeting.Item{ID: i.ID, Text: demoAgenda[n].text, Version: i.Version}); err != nil {
			return err
		}
	}
	for _, d := range []project.Decision{
		{Title: "Essayer d’abord le premier préhenseur seul", Reason: "La poudre du second lot ne doit pas retarder les cotes ni l’essai sur le robot.", Outcome: project.Agreed, Deciders: "Les participants de la réunion n° 1"},
		{Title: "Faire étalonner l’extensomètre par le laboratoire", Reason: "Sans étalonnage, l’essai de traction ne prouve rien.", Outcome: project.Agreed, Deciders: "Les participants de la réunion n° 1"},
	} {
		if _, err := svc.Decide(p.ctx, by, in, id, d); err != nil {
			return err
		}
	}
	for _, t := range []meeting.Task{
		{Title: "Réserver la machine de traction", PersonID: p.people["invite"], Deadline: p.today.AddDays(3)},
		{Title: "Relancer le fournisseur pour le certificat matière", PersonID: p.people["entreprise"], Deadline: p.today.AddDays(-2)},
	} {
		if _, err := svc.Agree(p.ctx, by, in, id, t); err != nil {
			return err
		}
	}
	return svc.Close(p.ctx, by, in, id)
}
