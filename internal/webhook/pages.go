package webhook

import (
	"context"
	"net/http"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/a-h/templ"
)

// Pages registers the routes of the browser.
func (s *Service) Pages(m *web.Mux) {
	const base, one = "/projects/{project}/webhooks", "/projects/{project}/webhooks/{webhook}"
	m.Page("GET "+base, s.hooksPage)
	m.Page("POST "+base, s.createPage)
	m.Page("GET "+one, s.hookPage)
	m.Page("POST "+one, s.savePage)
	m.Page("POST "+one+"/pause", s.pausePage)
	m.Page("POST "+one+"/resume", s.resumePage)
	m.Page("POST "+one+"/secret", s.rotatePage)
	m.Page("POST "+one+"/test", s.testPage)
	m.Page("POST "+one+"/remove", s.removePage)
	m.Page("POST "+one+"/deliveries/{delivery}/resend", s.resendPage)
}

func listURL(id project.ID) string { return id.URL() + "/webhooks" }

// shown is how many deliveries the page of a hook shows; the API gives them all.
const shown = 50

// hooksView is the list of a project's hooks.
type hooksView struct {
	project.Frame
	Hooks []Hook
	Forms web.Forms
}

// hookView is a hook with its log.
type hookView struct {
	project.Frame
	Hook       Hook
	Owner      string
	Deliveries []Delivery
	Now        when.Time
	Secret     string // shown once, right after it was made
	Forms      web.Forms
}

func (s *Service) hooksPage(w http.ResponseWriter, r *http.Request) error {
	return s.showHooks(w, r, http.StatusOK, nil)
}

func (s *Service) showHooks(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	f, err := s.project.Enter(r, "people")
	if err != nil {
		return err
	}
	x := hooksView{Frame: f, Forms: forms}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if _, err = enter(tx, f.By, f.ID); err != nil {
			return err
		}
		x.Hooks, err = listHooks(tx, f.ID)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, hooksTemplate(web.ViewOf(r), x))
}

func (s *Service) hookPage(w http.ResponseWriter, r *http.Request) error {
	return s.showHook(w, r, http.StatusOK, ID(r.PathValue("webhook")), "", nil)
}

// showHook shows a hook; with a secret right after that was made: it stands in no address, and in
// no answer but this one.
func (s *Service) showHook(w http.ResponseWriter, r *http.Request, status int, id ID, secret string, forms web.Forms) error {
	f, err := s.project.Enter(r, "people")
	if err != nil {
		return err
	}
	x := hookView{Frame: f, Secret: secret, Forms: forms}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		x.Now = tx.Now()
		if _, x.Hook, err = hookFor(tx, f.By, f.ID, id); err != nil {
			return err
		}
		if x.Owner, _, err = account.AddressOf(tx, x.Hook.OwnerID); err != nil {
			return err
		}
		x.Deliveries, err = listDeliveries(tx, id, "", shown)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, hookTemplate(web.ViewOf(r), x))
}

func readHook(f *web.Form, r *http.Request) Hook {
	return Hook{ID: ID(r.PathValue("webhook")), ProjectID: project.ID(r.PathValue("project")), URL: f.Text("hook.url"), Kinds: strings.Join(f.All("hook.kinds"), ",")}
}

// createPage answers with the page itself, not with a redirect: the secret is shown now and never
// again.
func (s *Service) createPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	h := readHook(f, r)
	if err = f.Err(); err == nil {
		h, err = s.Create(r.Context(), account.ActorOf(r), h)
		err = web.Prefixed(err, "hook")
	}
	if err != nil {
		if !f.Fail(web.ViewOf(r), err) {
			return err
		}
		return s.showHooks(w, r, web.Status(err), web.Forms{"hook": f})
	}
	return s.showHook(w, r, http.StatusCreated, h.ID, h.Secret, nil)
}

func (s *Service) savePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	h := readHook(f, r)
	h.Version = -1
	if n := f.Int("hook.version", 1, 1<<53); n > 0 {
		h.Version = n
	}
	page := func(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
		return s.showHook(w, r, status, h.ID, "", forms)
	}
	return f.Submit(w, r, web.Small{Name: "hook", Page: page, To: h.page(), Toast: "webhook.saved", Do: func() error {
		_, err := s.Save(r.Context(), account.ActorOf(r), h)
		return err
	}})
}

// act is a button on the page of a hook.
func act(w http.ResponseWriter, r *http.Request, toast string, do func(by account.Actor, id project.ID, hook ID) error) error {
	id, hook := project.ID(r.PathValue("project")), ID(r.PathValue("webhook"))
	if err := do(account.ActorOf(r), id, hook); err != nil {
		return err
	}
	return web.SeeOther(w, r, Hook{ID: hook, ProjectID: id}.page(), toast)
}

func (s *Service) pausePage(w http.ResponseWriter, r *http.Request) error {
	return act(w, r, "webhook.paused", func(by account.Actor, id project.ID, hook ID) error {
		_, err := s.Pause(r.Context(), by, id, hook)
		return err
	})
}

func (s *Service) resumePage(w http.ResponseWriter, r *http.Request) error {
	return act(w, r, "webhook.resumed", func(by account.Actor, id project.ID, hook ID) error {
		_, err := s.Resume(r.Context(), by, id, hook)
		return err
	})
}

func (s *Service) rotatePage(w http.ResponseWriter, r *http.Request) error {
	h, err := s.Rotate(r.Context(), account.ActorOf(r), project.ID(r.PathValue("project")), ID(r.PathValue("webhook")))
	if err != nil {
		return err
	}
	return s.showHook(w, r, http.StatusOK, h.ID, h.Secret, nil)
}

func (s *Service) testPage(w http.ResponseWriter, r *http.Request) error {
	return act(w, r, "webhook.tested", func(by account.Actor, id project.ID, hook ID) error {
		_, err := s.Test(r.Context(), by, id, hook)
		return err
	})
}

func (s *Service) removePage(w http.ResponseWriter, r *http.Request) error {
	id := project.ID(r.PathValue("project"))
	if err := s.Remove(r.Context(), account.ActorOf(r), id, ID(r.PathValue("webhook"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, listURL(id), "webhook.removed")
}

func (s *Service) resendPage(w http.ResponseWriter, r *http.Request) error {
	return act(w, r, "webhook.resent", func(by account.Actor, id project.ID, hook ID) error {
		_, err := s.Resend(r.Context(), by, id, hook, DeliveryID(r.PathValue("delivery")))
		return err
	})
}

// PeoplePanel leads from a project's page of people to the programs that are told of it.
func (s *Service) PeoplePanel(ctx context.Context, v *web.View, a project.Access) (templ.Component, error) {
	if !a.May(project.Manage) {
		return nil, nil
	}
	n := 0
	err := s.db.View(ctx, func(tx db.Tx) error {
		list, err := listHooks(tx, a.ID)
		n = len(list)
		return err
	})
	return hooksPanel(v, a.ID, n), err
}
