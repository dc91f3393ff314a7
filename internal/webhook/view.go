package webhook

import (
	"strconv"
	"strings"

	"bassin/internal/project"
	"bassin/internal/web"
)

// hookFields are the fields of a hook's form.
func hookFields(v *web.View) []web.Field {
	return []web.Field{
		{Name: "hook.url", Label: v.T("webhook.field.url"), Hint: v.T("webhook.url_hint"), Type: "url", Complete: "off"},
		{Name: "hook.kinds", Label: v.T("webhook.field.kinds"), Hint: v.T("webhook.kinds_hint"), Choices: web.Keyed(v, Kinds()), Optional: true},
	}
}

// hookForm is the form that came back, or one filled from the hook.
func hookForm(forms web.Forms, h Hook) *web.Form {
	f := forms.Get("hook", "hook.url", h.URL, "hook.version", strconv.FormatInt(h.Version, 10))
	if !forms.Back("hook") {
		for _, k := range h.List() {
			f.Values.Add("hook.kinds", string(k))
		}
	}
	return f
}

func stateBadge(v *web.View, h Hook) web.Badge {
	b := web.Badge{Label: v.T(h.State.Key()), Tone: web.Run}
	switch {
	case h.State == Paused:
		b.Tone, b.Icon = web.Late, "player-pause"
	case h.State == Off:
		b.Tone = web.Stop
	case h.FailingSince != 0:
		b.Label, b.Tone, b.Icon = v.T("webhook.failing"), web.Late, "alert-triangle"
	}
	return b
}

func deliveryBadge(v *web.View, d Delivery) web.Badge {
	b := web.Badge{Label: v.T(d.State.Key())}
	switch {
	case d.State == Sent:
		b.Tone = web.Done
	case d.State == GivenUp:
		b.Tone = web.Stop
	case d.State == Waiting && d.Attempts > 0:
		b.Tone, b.Icon = web.Late, "clock"
	}
	return b
}

// kindsText names what a hook hears of.
func kindsText(v *web.View, h Hook) string {
	list := h.List()
	if len(list) == 0 {
		return v.T("webhook.everything")
	}
	names := make([]string, len(list))
	for i, k := range list {
		names[i] = v.T(k.Key())
	}
	return strings.Join(names, ", ")
}

// happened is the subject of a delivery, in words.
func happened(v *web.View, d Delivery) string {
	if d.Verb == tested {
		return v.T("webhook.test_event")
	}
	return v.T(subjectOf(d.Verb).kind.Key())
}

// answered says what came back: the code, or why none came.
func answered(v *web.View, d Delivery) string {
	switch {
	case d.Problem != "":
		return v.T(d.Problem)
	case d.Code != 0:
		return v.T("webhook.code", "code", strconv.FormatInt(d.Code, 10), "count", d.TookMs)
	}
	return v.T("webhook.no_answer")
}

// label names the button that sends a delivery again, for who hears it read out.
func (x hookView) label(v *web.View, d Delivery) string {
	return v.T("webhook.resend_of", "at", v.DateTime(d.CreatedAt))
}

// mayResend reports whether the button stands beside a delivery.
func (x hookView) mayResend(d Delivery) bool {
	return x.MayNow(project.Manage) && d.Resendable(x.Now) && (x.Hook.State == On || d.Verb == tested)
}
