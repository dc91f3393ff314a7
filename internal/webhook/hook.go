package webhook

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/when"
)

// ID names a hook.
type ID string

// State is whether a hook is told of events.
type State string

// The states.
const (
	On     State = "on"
	Paused State = "paused" // by a manager
	Off    State = "off"    // by the server: OffReason says why
)

// Key gives the text key of the state's name.
func (s State) Key() string { return "webhook.state." + string(s) }

// Why the server switches a hook off.
const (
	offFailing = "failing" // for five days
	offGone    = "gone"    // the receiver answered 410
	offAccess  = "access"  // who answers for it manages the project no more
)

const (
	maxHooks = 20                 // of a project: each makes a delivery of each event
	failFor  = 5 * 24 * time.Hour // then it is switched off
	overlap  = 24 * time.Hour     // how long the secret before signs after a rotation
	maxURL   = 1000
)

// Hook is an address that is told of a project's events.
type Hook struct {
	ID           ID
	ProjectID    project.ID
	URL          string
	Kinds        string // subjects, with commas; empty: all
	Secret       string
	OldSecret    string
	OldUntil     when.Time
	State        State
	OffReason    string
	FailingSince when.Time        // of the first failure after the last success; 0: none
	OwnerID      account.PersonID // who answers for it: made it, or changed it last
	CreatedAt    when.Time
	UpdatedAt    when.Time
	Version      int64
}

// Host is the address without what may be secret in it: its path and query.
func (h Hook) Host() string {
	u, err := url.Parse(h.URL)
	if err != nil {
		return ""
	}
	return u.Host
}

// page is its page in the project.
func (h Hook) page() string { return h.ProjectID.URL() + "/webhooks/" + string(h.ID) }

// List gives the subjects; none means all.
func (h Hook) List() []Kind {
	var list []Kind
	for _, k := range strings.Split(h.Kinds, ",") {
		if k != "" {
			list = append(list, Kind(k))
		}
	}
	return list
}

// hears reports whether the hook is told of an operation.
func (h Hook) hears(verb string) bool {
	list := h.List()
	k, ok := KindOf(verb)
	return ok && h.State == On && (len(list) == 0 || slices.Contains(list, k))
}

// check gathers what is wrong with a hook. Plain http is for loopback addresses, where the server allows them.
func (h Hook) check(loopback bool) error {
	var wrong fault.Fields
	wrong.Text("url", h.URL, 1, maxURL)
	u, err := url.Parse(h.URL)
	switch {
	case h.URL == "":
	case err != nil || u.Host == "" || u.Hostname() == "" || u.User != nil || u.Fragment != "" || strings.ContainsAny(h.URL, " \t\r\n"):
		wrong.Add("url", "webhook.wrong.url")
	case u.Scheme == "http" && loopback && isLoopback(u.Hostname()):
	case u.Scheme != "https":
		wrong.Add("url", "webhook.wrong.https")
	}
	for _, k := range h.List() {
		if !slices.Contains(Kinds(), k) {
			wrong.Add("kinds", "fault.choice")
			break
		}
	}
	return wrong.Err()
}

// tried notes what came of a try, and gives why the hook has to be switched off now: "" when it has not.
func (h *Hook) tried(o outcome, now when.Time) string {
	if o.ok() {
		h.FailingSince = 0
		return ""
	}
	if h.FailingSince == 0 {
		h.FailingSince = now
	}
	switch {
	case o.Code == http.StatusGone:
		return offGone
	case now.Sub(h.FailingSince) >= failFor:
		return offFailing
	}
	return ""
}

// secrets are those that sign now, the newest first.
func (h Hook) secrets(now when.Time) []string {
	if h.OldSecret != "" && now < h.OldUntil {
		return []string{h.Secret, h.OldSecret}
	}
	return []string{h.Secret}
}

// newSecret makes a key of 256 bits, written as the standard says.
func newSecret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return "whsec_" + base64.StdEncoding.EncodeToString(b)
}
