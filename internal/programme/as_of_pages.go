package programme

import (
	"strconv"

	"bassin/internal/web"
	"bassin/internal/when"
)

// moment is the day that a page shows money as of, from its address: on=2026-03-12, and known=1 for
// what had been recorded by the end of that day. The zero value is the money as it stands.
type moment struct {
	On    when.Date
	Known bool
	Wrong bool // the address holds no day, or one to come: today is shown instead
}

func momentOf(v *web.View) moment {
	typed := v.Query.Get("on")
	if typed == "" {
		return moment{}
	}
	day, err := web.ParseDay(typed)
	switch {
	case err != nil || day > v.Today():
		return moment{Wrong: true}
	case day == v.Today():
		return moment{}
	}
	return moment{On: day, Known: v.Query.Get("known") == "1"}
}

// past reports whether another day than today is shown: nothing may be changed then.
func (m moment) past() bool { return m.On != when.None }

// asOf is the choice for the sums.
func (m moment) asOf() AsOf {
	at := AsOf{On: m.On}
	if m.Known {
		at.KnownBy = EndOf(m.On)
	}
	return at
}

// takes reports whether an entry counts at this moment.
func (m moment) takes(s Step) bool {
	return !m.past() || s.EffectiveOn <= m.On && (!m.Known || s.RecordedAt <= EndOf(m.On))
}

// title says of which day a list or table is.
func (m moment) title(v *web.View) string {
	if m.past() {
		return v.T("programme.as_of.on", "on_on", m.On)
	}
	return v.T("programme.as_of.today", "on_on", v.Today())
}

// bar is the choice of the day, with those that matter: today, the signature, the end of last year.
func (m moment) bar(v *web.View, c Contract) web.AsOf {
	a := web.AsOf{Date: m.On, Label: v.T("programme.as_of.label"), Param: "on", KnownLabel: v.T("programme.as_of.known"), Known: m.Known}
	if !m.past() {
		a.Date = v.Today()
	}
	pick := func(label string, on when.Date) {
		tab := web.Tab{Label: label, URL: v.With("on", string(on)), Current: on == m.On}
		if on == when.None {
			tab.URL = v.With("on", "", "known", "")
		}
		a.Picks = append(a.Picks, tab)
	}
	pick(v.T("programme.as_of.pick_today"), when.None)
	last := v.Today().Year() - 1
	pick(v.T("programme.as_of.pick_year", "year", strconv.Itoa(last)), when.Day(last, 12, 31))
	if c.SignedOn != when.None && c.SignedOn < v.Today() {
		pick(v.T("programme.as_of.pick_signed"), c.SignedOn)
	}
	switch {
	case m.Known:
		a.Past = v.T("programme.as_of.past_known", "on_on", m.On)
	case m.past():
		a.Past = v.T("programme.as_of.past", "on_on", m.On)
	}
	return a
}
