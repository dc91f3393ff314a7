package app

import (
	"bassin/internal/account"
	"bassin/internal/project"
	"bassin/internal/webhook"
)

// hooks registers an address on this very machine, where no program listens, and pauses it: the
// reader sees what a webhook is, and nothing leaves a demonstration.
func (p *demoPilot) hooks(by account.Actor) error {
	svc := webhook.New(webhook.Options{DB: p.d, Project: project.New(project.Options{DB: p.d}), Loopback: true})
	h, err := svc.Create(p.ctx, by, webhook.Hook{ProjectID: p.project.ID, URL: "http://127.0.0.1:9000/bassin", Kinds: "task,decision"})
	if err != nil {
		return err
	}
	_, err = svc.Pause(p.ctx, by, p.project.ID, h.ID)
	return err
}
