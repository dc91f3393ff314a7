package webhook

import (
	"encoding/json"
	"strings"
	"time"

	"bassin/internal/account"
	"bassin/internal/project"
	"bassin/internal/when"
)

// DeliveryID names a delivery. It is the webhook-id of every try, by which receivers know one that
// came twice.
type DeliveryID string

// DeliveryState is where a delivery stands.
type DeliveryState string

// The states.
const (
	Waiting DeliveryState = "waiting" // for its first or its next try
	Sent    DeliveryState = "sent"    // the receiver answered 2xx
	GivenUp DeliveryState = "given_up"
	Dropped DeliveryState = "dropped" // the hook was not on any more when its turn came
)

// Key gives the text key of the state's name.
func (s DeliveryState) Key() string { return "webhook.delivery." + string(s) }

// tested is the operation of a delivery that a manager asked for to try the hook.
const tested = "webhook.test"

const (
	keepDeliveries = 30 * 24 * time.Hour
	readAnswer     = 4 << 10 // of the receiver's answer
	keepAnswer     = 1 << 10
	// stuckAfter is when a delivery whose next try is overdue may be sent again by hand: its job was lost.
	stuckAfter = time.Hour
)

// Delivery is one event for one hook.
type Delivery struct {
	ID        DeliveryID
	HookID    ID
	Verb      string
	Body      string
	State     DeliveryState
	Attempts  int64
	Code      int64 // of the last answer; 0: none came
	TookMs    int64
	Answer    string // its beginning
	Problem   string // text key of why no answer came
	CreatedAt when.Time
	TriedAt   when.Time
	NextAt    when.Time // when the next try is due
}

// Resendable reports whether it makes sense to ask for another sending.
func (d Delivery) Resendable(now when.Time) bool {
	return d.State != Waiting || now.Sub(max(d.NextAt, d.CreatedAt)) > stuckAfter
}

// outcome is what came of one try.
type outcome struct {
	Code    int64
	TookMs  int64
	Answer  string
	Problem string
}

func (o outcome) ok() bool { return o.Code >= 200 && o.Code < 300 }

// tried notes a try. The next one comes after the pause; without one it was the last.
func (d *Delivery) tried(o outcome, now when.Time, pause time.Duration) {
	d.Attempts++
	d.Code, d.TookMs, d.Answer, d.Problem, d.TriedAt, d.NextAt = o.Code, o.TookMs, o.Answer, o.Problem, now, 0
	switch {
	case o.ok():
		d.State = Sent
	case pause == 0:
		d.State = GivenUp
	default:
		d.NextAt = now.Add(pause)
	}
}

// payload is what is sent: what happened, to what, by whom, where to look. Never what stands in
// the thing itself: whoever wants that asks the API, with rights of their own.
type payload struct {
	ID      DeliveryID `json:"id"`
	At      time.Time  `json:"at"`
	Verb    string     `json:"verb"`
	Project project.ID `json:"project"`
	Object  object     `json:"object"`
	Actor   string     `json:"actor"`
	URL     string     `json:"url"`
}

type object struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// deliveryOf makes the delivery of an event for a hook.
func deliveryOf(h Hook, id DeliveryID, e account.Entry, base string) Delivery {
	b, err := json.Marshal(payload{ID: id, At: e.At.Time().UTC(), Verb: e.Verb, Project: h.ProjectID, Object: object{e.ObjectKind, e.ObjectID},
		Actor: e.ActorName, URL: base + h.ProjectID.URL() + subjectOf(e.Verb).page})
	if err != nil {
		panic(err) // strings and an instant always encode
	}
	return Delivery{ID: id, HookID: h.ID, Verb: e.Verb, Body: string(b), State: Waiting, CreatedAt: e.At, NextAt: e.At}
}

// answerOf keeps the beginning of an answer as text that both databases store.
func answerOf(b []byte) string {
	b = b[:min(len(b), keepAnswer)]
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(string(b), ""), "\x00", ""))
}
