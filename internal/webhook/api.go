package webhook

import (
	"context"
	"net/http"
	"strings"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

// API registers the feature's operations.
func (s *Service) API(m *web.Mux) {
	tags := []string{"Webhooks"}
	const base, one = "/api/v1/projects/{project}/webhooks", "/api/v1/projects/{project}/webhooks/{webhook}"
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base, Tags: tags, Summary: "List webhooks",
		Description: "The addresses that are told of what happens in the project, without their secrets; for who manages the project."}, s.hooksAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base, Tags: tags, Summary: "Register a webhook", DefaultStatus: http.StatusCreated,
		Description: "The answer holds the secret that signs, once. An address that leads into a private network is refused."}, s.createAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: one, Tags: tags, Summary: "Read a webhook", Description: "With its ETag, for a change."}, s.hookAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: one, Tags: tags, Summary: "Change a webhook",
		Description: "Its address and its subjects."}, s.saveAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: one, Tags: tags, Summary: "Remove a webhook", DefaultStatus: http.StatusNoContent,
		Description: "Its deliveries are forgotten with it."}, s.removeAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/pause", Tags: tags, Summary: "Pause a webhook",
		Description: "What happens from then on is not told."}, s.pauseAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/resume", Tags: tags, Summary: "Turn a webhook on again",
		Description: "After a pause, or when the server switched it off."}, s.resumeAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/secret", Tags: tags, Summary: "Give a webhook another secret",
		Description: "The answer holds it, once. For a day the secret before signs too."}, s.rotateAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/test", Tags: tags, Summary: "Test a webhook", DefaultStatus: http.StatusAccepted,
		Description: "Sends a delivery of the operation webhook.test; the list of deliveries tells what came of it."}, s.testAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: one + "/deliveries", Tags: tags, Summary: "List deliveries",
		Description: "Of the last thirty days, the newest first."}, s.deliveriesAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/deliveries/{delivery}/resend", Tags: tags, Summary: "Send a delivery again",
		DefaultStatus: http.StatusAccepted, Description: "Under the same webhook-id."}, s.resendAPI)
}

// WebhookProjectIn is the project of an address; exported, or huma would not look into it.
type WebhookProjectIn struct {
	Project string `path:"project" maxLength:"40"`
}

// WebhookIn is the webhook of an address.
type WebhookIn struct {
	WebhookProjectIn
	Webhook string `path:"webhook" maxLength:"40"`
}

type webhookJSON struct {
	ID        ID         `json:"id"`
	URL       string     `json:"url"`
	Subjects  []Kind     `json:"subjects" doc:"Empty: all."`
	State     State      `json:"state" enum:"on,paused,off" doc:"off: switched off by the server."`
	OffReason string     `json:"off_reason,omitempty" enum:"failing,gone,access" doc:"Why the server switched it off."`
	Secret    string     `json:"secret,omitempty" doc:"Signs what is sent. Only in the answer that made it."`
	FailingAt *time.Time `json:"failing_since,omitempty" doc:"First failure since the last success; after five days the webhook is switched off."`
	CreatedAt time.Time  `json:"created_at"`
	Version   int64      `json:"version"`
}

func hookOut(h Hook) webhookJSON {
	j := webhookJSON{ID: h.ID, URL: h.URL, Subjects: h.List(), State: h.State, OffReason: h.OffReason, FailingAt: instant(h.FailingSince), CreatedAt: h.CreatedAt.Time().UTC(), Version: h.Version}
	if j.Subjects == nil {
		j.Subjects = []Kind{}
	}
	return j
}

func instant(t when.Time) *time.Time {
	if t == 0 {
		return nil
	}
	x := t.Time().UTC()
	return &x
}

type webhookDeliveryJSON struct {
	ID        DeliveryID    `json:"id" doc:"The webhook-id of each try."`
	Verb      string        `json:"verb" example:"plan.task.create"`
	State     DeliveryState `json:"state" enum:"waiting,sent,given_up,dropped"`
	Attempts  int64         `json:"attempts"`
	Code      int64         `json:"code" doc:"Status of the last answer; 0: none came."`
	TookMs    int64         `json:"took_ms" doc:"How long the last try took, in milliseconds."`
	Answer    string        `json:"answer" doc:"Beginning of the last answer, 1 kB at most."`
	Problem   string        `json:"problem,omitempty" doc:"Why no answer came, in the language of the caller."`
	CreatedAt time.Time     `json:"created_at"`
	TriedAt   *time.Time    `json:"tried_at,omitempty"`
	NextAt    *time.Time    `json:"next_at,omitempty" doc:"When the next try is due."`
}

func deliveryOut(v *web.View, d Delivery) webhookDeliveryJSON {
	j := webhookDeliveryJSON{ID: d.ID, Verb: d.Verb, State: d.State, Attempts: d.Attempts, Code: d.Code, TookMs: d.TookMs, Answer: d.Answer,
		CreatedAt: d.CreatedAt.Time().UTC(), TriedAt: instant(d.TriedAt), NextAt: instant(d.NextAt)}
	if d.Problem != "" {
		j.Problem = v.T(d.Problem)
	}
	return j
}

type webhooksOut struct {
	Body struct {
		Items []webhookJSON `json:"items"`
	}
}

func (s *Service) hooksAPI(ctx context.Context, in *WebhookProjectIn) (*webhooksOut, error) {
	out := &webhooksOut{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := enter(tx, account.ActorIn(ctx), project.ID(in.Project))
		if err != nil {
			return err
		}
		list, err := listHooks(tx, a.ID)
		out.Body.Items = make([]webhookJSON, len(list))
		for i, h := range list {
			out.Body.Items[i] = hookOut(h)
		}
		return err
	})
	return out, err
}

// webhookFieldsJSON are the fields of a webhook that one gives.
type webhookFieldsJSON struct {
	URL      string   `json:"url" minLength:"1" maxLength:"1000" example:"https://hooks.example.org/bassin"`
	Subjects []string `json:"subjects,omitempty" maxItems:"20" doc:"Of what to tell: task, plan, document, note, meeting, decision, stage, risk, talk, cost, people, project. Empty or absent: everything."`
}

func (b webhookFieldsJSON) hook(id string) Hook {
	return Hook{ProjectID: project.ID(id), URL: strings.TrimSpace(b.URL), Kinds: strings.Join(b.Subjects, ",")}
}

type webhookCreateIn struct {
	WebhookProjectIn
	Body webhookFieldsJSON
}

type webhookOut struct {
	ETag string `header:"ETag"`
	Body webhookJSON
}

// answer makes the answer about a hook; the secret goes with the two that make one.
func answer(h Hook, secret bool, err error) (*webhookOut, error) {
	if err != nil {
		return nil, err
	}
	out := &webhookOut{web.ETag(h.Version), hookOut(h)}
	if secret {
		out.Body.Secret = h.Secret
	}
	return out, nil
}

func (s *Service) createAPI(ctx context.Context, in *webhookCreateIn) (*webhookOut, error) {
	h, err := s.Create(ctx, account.ActorIn(ctx), in.Body.hook(in.Project))
	return answer(h, true, err)
}

func (s *Service) hookAPI(ctx context.Context, in *WebhookIn) (*webhookOut, error) {
	var h Hook
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		_, h, err = hookFor(tx, account.ActorIn(ctx), project.ID(in.Project), ID(in.Webhook))
		return err
	})
	return answer(h, false, err)
}

type webhookSaveIn struct {
	WebhookIn
	web.IfMatch
	Body webhookFieldsJSON
}

func (s *Service) saveAPI(ctx context.Context, in *webhookSaveIn) (*webhookOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	h := in.Body.hook(in.Project)
	h.ID, h.Version = ID(in.Webhook), version
	h, err = s.Save(ctx, account.ActorIn(ctx), h)
	return answer(h, false, err)
}

func (s *Service) removeAPI(ctx context.Context, in *WebhookIn) (*struct{}, error) {
	return nil, s.Remove(ctx, account.ActorIn(ctx), project.ID(in.Project), ID(in.Webhook))
}

func (s *Service) pauseAPI(ctx context.Context, in *WebhookIn) (*webhookOut, error) {
	h, err := s.Pause(ctx, account.ActorIn(ctx), project.ID(in.Project), ID(in.Webhook))
	return answer(h, false, err)
}

func (s *Service) resumeAPI(ctx context.Context, in *WebhookIn) (*webhookOut, error) {
	h, err := s.Resume(ctx, account.ActorIn(ctx), project.ID(in.Project), ID(in.Webhook))
	return answer(h, false, err)
}

func (s *Service) rotateAPI(ctx context.Context, in *WebhookIn) (*webhookOut, error) {
	h, err := s.Rotate(ctx, account.ActorIn(ctx), project.ID(in.Project), ID(in.Webhook))
	return answer(h, true, err)
}

type webhookDeliveryOut struct{ Body webhookDeliveryJSON }

func (s *Service) testAPI(ctx context.Context, in *WebhookIn) (*webhookDeliveryOut, error) {
	d, err := s.Test(ctx, account.ActorIn(ctx), project.ID(in.Project), ID(in.Webhook))
	if err != nil {
		return nil, err
	}
	return &webhookDeliveryOut{deliveryOut(web.ViewIn(ctx), d)}, nil
}

type webhookDeliveriesIn struct {
	WebhookIn
	web.Paging
}

type webhookDeliveriesOut struct {
	Body web.List[webhookDeliveryJSON]
}

func (s *Service) deliveriesAPI(ctx context.Context, in *webhookDeliveriesIn) (*webhookDeliveriesOut, error) {
	v, out := web.ViewIn(ctx), []webhookDeliveryJSON{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		_, h, err := hookFor(tx, account.ActorIn(ctx), project.ID(in.Project), ID(in.Webhook))
		if err != nil {
			return err
		}
		list, err := listDeliveries(tx, h.ID, DeliveryID(in.Cursor), in.Limit+1)
		out = out[:0]
		for _, d := range list {
			out = append(out, deliveryOut(v, d))
		}
		return err
	})
	return &webhookDeliveriesOut{web.PageOf(out, in.Limit, func(d webhookDeliveryJSON) string { return string(d.ID) })}, err
}

type webhookResendIn struct {
	WebhookIn
	Delivery string `path:"delivery" maxLength:"40"`
}

func (s *Service) resendAPI(ctx context.Context, in *webhookResendIn) (*webhookDeliveryOut, error) {
	d, err := s.Resend(ctx, account.ActorIn(ctx), project.ID(in.Project), ID(in.Webhook), DeliveryID(in.Delivery))
	if err != nil {
		return nil, err
	}
	return &webhookDeliveryOut{deliveryOut(web.ViewIn(ctx), d)}, nil
}
