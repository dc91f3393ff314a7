package programme

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/a-h/templ"
)

func (s *Service) indicatorPages(m *web.Mux) {
	m.Open("GET /actions/{id}/indicators", s.indicatorsPage)
	m.Page("POST /actions/{id}/indicators", s.addIndicatorPage)
	m.Page("GET /actions/{id}/indicators/{indicator}", s.indicatorPage)
	m.Page("POST /actions/{id}/indicators/{indicator}", s.saveIndicatorPage)
	m.Page("POST /actions/{id}/indicators/{indicator}/values", s.recordValuePage)
	m.Page("POST /actions/{id}/indicators/{indicator}/remove", s.removeIndicatorPage)
	m.Page("POST /actions/{id}/indicators/{indicator}/restore", s.restoreIndicatorPage)
}

func (s *Service) indicatorsPage(w http.ResponseWriter, r *http.Request) error {
	return s.showIndicators(w, r, http.StatusOK, nil)
}

func (s *Service) showIndicators(w http.ResponseWriter, r *http.Request, status int, f web.Forms) error {
	var x sheetView
	var docs []Document
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x, err = readSheet(tx, account.ActorOf(r), ActionID(r.PathValue("id"))); err != nil {
			return err
		}
		if x.Inside() {
			docs, err = listDocuments(tx, x.Action.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, indicatorsTemplate(web.ViewOf(r), x, docs, f))
}

// readIndicatorForm reads an indicator whose fields begin with a prefix ("" or "indicator.").
func readIndicatorForm(f *web.Form, prefix string, id ActionID) Indicator {
	i := Indicator{ActionID: id, Name: f.Text(prefix + "name"), Unit: f.Text(prefix + "unit"), Direction: Direction(f.Text(prefix + "direction")),
		BaselineOn: f.Date(prefix + "baseline_on"), TargetOn: f.Date(prefix + "target_on"), Source: f.Text(prefix + "source"),
		Weight: int(f.Int(prefix+"weight", 0, 100))}
	i.Baseline = readMeasure(f, prefix+"baseline", i.BaselineOn != when.None)
	i.Target = readMeasure(f, prefix+"target", i.TargetOn != when.None)
	if f.Text(prefix+"weight") == "" {
		i.Weight = 1
	}
	return i
}

// readMeasure reads a number as people type it: "1 200,5", "-3". Nothing is zero, or wrong where
// the number is needed.
func readMeasure(f *web.Form, name string, needed bool) float64 {
	s := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '\u202f', '\t':
			return -1
		case ',':
			return '.'
		case '−':
			return '-'
		}
		return r
	}, f.Text(name))
	if s == "" {
		if needed {
			f.Wrong(name, "programme.wrong.required")
		}
		return 0
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || strings.Trim(s, "0123456789.-") != "" || math.Abs(x) > maxMeasure {
		f.Wrong(name, "programme.wrong.measure")
		return 0
	}
	return x
}

func (s *Service) addIndicatorPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	i := readIndicatorForm(f, "indicator.", ActionID(r.PathValue("id")))
	return s.submit(w, r, f, small{name: "indicator", page: s.showIndicators, rule: i.validate(web.ViewOf(r).Today()), to: actionURL(i.ActionID, tabIndicators),
		toast: "programme.done.indicator_added", args: []any{"name", i.Name},
		do: func() error {
			_, err := s.AddIndicator(r.Context(), account.ActorOf(r), i)
			return err
		}})
}

func (s *Service) readIndicator(r *http.Request) (x sheetView, i Indicator, err error) {
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x, err = readSheet(tx, account.ActorOf(r), ActionID(r.PathValue("id"))); err != nil {
			return err
		}
		if i, err = indicatorOf(tx, x.Action.ID, IndicatorID(r.PathValue("indicator"))); err != nil {
			return err
		}
		return x.mayEdit()
	})
	return x, i, err
}

func (s *Service) indicatorPage(w http.ResponseWriter, r *http.Request) error {
	x, i, err := s.readIndicator(r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	f := web.NewForm(web.NewOnce(), "name", i.Name, "unit", i.Unit, "direction", string(i.Direction), "weight", strconv.Itoa(i.Weight), "source", i.Source,
		"baseline_on", string(i.BaselineOn), "target_on", string(i.TargetOn), "version", number(i.Version))
	if i.BaselineOn != when.None || i.Baseline != 0 {
		f.Values.Set("baseline", v.Decimal(i.Baseline, 6))
	}
	if i.TargetOn != when.None || i.Target != 0 {
		f.Values.Set("target", v.Decimal(i.Target, 6))
	}
	return web.Render(w, r, http.StatusOK, indicatorTemplate(v, x, i, f, nil))
}

func (s *Service) saveIndicatorPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	mine := readIndicatorForm(f, "", ActionID(r.PathValue("id")))
	mine.ID, mine.Version = IndicatorID(r.PathValue("indicator")), f.Seen()
	err = both(f, mine.validate(v.Today()))
	if err == nil {
		err = s.SaveIndicator(r.Context(), account.ActorOf(r), mine)
	}
	if err == nil {
		return web.SeeOther(w, r, actionURL(mine.ActionID, tabIndicators), "programme.done.saved")
	}
	if !f.Fail(v, err) {
		return err
	}
	x, now, rerr := s.readIndicator(r)
	if rerr != nil {
		return rerr
	}
	var c *clash
	if fault.Stale(err) {
		if c, rerr = s.clashOf(r, x.Action.ID, now.UpdatedAt, indicatorFacts(v, now), indicatorFacts(v, mine)); rerr != nil {
			return rerr
		}
		f.Values.Set("version", number(now.Version))
	}
	return web.Render(w, r, web.Status(err), indicatorTemplate(v, x, now, f, c))
}

func indicatorFacts(v *web.View, i Indicator) []fact {
	label := func(field string) string { return v.T("programme.field." + field) }
	return []fact{{label("name"), i.Name}, {label("unit"), i.Unit}, {label("direction"), v.T(i.Direction.Key())},
		{label("baseline"), v.Decimal(i.Baseline, 6)}, {label("baseline_on"), v.Date(i.BaselineOn)},
		{label("target"), v.Decimal(i.Target, 6)}, {label("target_on"), v.Date(i.TargetOn)},
		{label("weight"), strconv.Itoa(i.Weight)}, {label("source"), i.Source}}
}

func valueForm(id IndicatorID) string { return "value." + string(id) }

func (s *Service) recordValuePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	x := Value{ActionID: ActionID(r.PathValue("id")), IndicatorID: IndicatorID(r.PathValue("indicator"))}
	name := valueForm(x.IndicatorID)
	x.On, x.Source, x.Note, x.DocumentID = f.Date(name+".on"), f.Text(name+".source"), f.Text(name+".note"), f.Text(name+".document_id")
	x.CorrectsID, x.Cancelled = ValueID(f.Text(name+".corrects_id")), f.Is(name+".cancelled", "1")
	if !x.Cancelled {
		x.Value = readMeasure(f, name+".value", true)
	} else if x.On == when.None {
		x.On = web.ViewOf(r).Today() // the operation takes those of the measure that it takes away
	}
	return s.submit(w, r, f, small{name: name, page: s.showIndicators, rule: x.validate(web.ViewOf(r).Today()), to: actionURL(x.ActionID, tabIndicators) + "#i-" + string(x.IndicatorID),
		toast: "programme.done.value_recorded",
		do: func() error {
			_, err := s.RecordValue(r.Context(), account.ActorOf(r), x)
			return err
		}})
}

func (s *Service) removeIndicatorPage(w http.ResponseWriter, r *http.Request) error {
	id, indicator := ActionID(r.PathValue("id")), IndicatorID(r.PathValue("indicator"))
	if err := s.RemoveIndicator(r.Context(), account.ActorOf(r), id, indicator); err != nil {
		return err
	}
	return web.SeeOtherUndo(w, r, actionURL(id, tabIndicators), actionURL(id, "indicators", string(indicator), "restore"), "programme.done.indicator_removed")
}

func (s *Service) restoreIndicatorPage(w http.ResponseWriter, r *http.Request) error {
	id, indicator := ActionID(r.PathValue("id")), IndicatorID(r.PathValue("indicator"))
	if err := s.RestoreIndicator(r.Context(), account.ActorOf(r), id, indicator); err != nil {
		return err
	}
	return web.SeeOther(w, r, actionURL(id, tabIndicators), "programme.done.indicator_restored")
}

// track is an indicator over time: what was measured, and the way from baseline to target.
type track struct {
	Indicator Indicator
	Values    []Value // by day, the last of a day only
	From, To  when.Date
	Low, High float64
}

// trackOf gathers what the drawing needs; ok is false when there is nothing to draw: fewer than
// two days.
func trackOf(i Indicator, values []Value) (track, bool) {
	c := track{Indicator: i}
	for _, v := range Counting(values) { // by day, then by recording: the store's order
		if n := len(c.Values); n > 0 && c.Values[n-1].On == v.On {
			c.Values[n-1] = v
		} else if v.On.Valid() {
			c.Values = append(c.Values, v)
		}
	}
	var days []when.Date
	var at []float64
	for _, v := range c.Values {
		days, at = append(days, v.On), append(at, v.Value)
	}
	if i.BaselineOn.Valid() {
		days, at = append(days, i.BaselineOn), append(at, i.Baseline)
	}
	if i.TargetOn.Valid() {
		days, at = append(days, i.TargetOn), append(at, i.Target)
	}
	if len(days) < 2 {
		return c, false
	}
	c.From, c.To = slices.Min(days), slices.Max(days)
	c.Low, c.High = min(0, slices.Min(at)), max(0, slices.Max(at))
	if c.High == c.Low {
		c.High = c.Low + 1
	}
	return c, c.From < c.To
}

const trackWidth, trackHeight = 600.0, 160.0

func (c track) at(on when.Date, x float64) string {
	px := trackWidth * float64(on.Sub(c.From)) / float64(c.To.Sub(c.From))
	py := trackHeight * (c.High - x) / (c.High - c.Low)
	return fmt.Sprintf("%.1f %.1f", px, py)
}

// drawing is the lines alone; words stand around them in HTML, so that they keep their size.
func (c track) drawing() templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		fmt.Fprintf(&b, `<svg viewBox="0 0 %.0f %.0f" preserveAspectRatio="none" aria-hidden="true"><path class="l-grid" d="M0 .5H600M0 80H600M0 159.5H600"></path>`, trackWidth, trackHeight)
		if i := c.Indicator; i.BaselineOn.Valid() && i.TargetOn.Valid() {
			fmt.Fprintf(&b, `<path class="l-2" d="M%sL%s"></path>`, c.at(i.BaselineOn, i.Baseline), c.at(i.TargetOn, i.Target))
		}
		var d strings.Builder
		for n, v := range c.Values {
			pen := "L"
			if n == 0 {
				pen = "M"
			}
			d.WriteString(pen + c.at(v.On, v.Value))
		}
		if len(c.Values) == 1 { // a line of no length is a dot under a round cap
			d.WriteString("h.1")
		}
		if d.Len() > 0 {
			fmt.Fprintf(&b, `<path class="l-1" d="%s"></path>`, d.String())
		}
		b.WriteString(`</svg>`)
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// valueChoices are the measures that a later one may correct, the latest first.
func valueChoices(v *web.View, i Indicator, values []Value) []web.Choice {
	var out []web.Choice
	for _, m := range slices.Backward(Counting(values)) {
		out = append(out, web.Choice{Value: string(m.ID), Label: v.Date(m.On) + v.T("web.form.colon") + " " + measureText(v, m.Value, i.Unit)})
	}
	return out
}

// documentChoices are the proofs that a value may point to.
func documentChoices(docs []Document) []web.Choice {
	out := make([]web.Choice, len(docs))
	for i, d := range docs {
		out[i] = web.Choice{Value: string(d.ID), Label: d.Label()}
	}
	return out
}

// documentOf finds a document by its ID.
func documentOf(docs []Document, id string) (Document, bool) {
	for _, d := range docs {
		if string(d.ID) == id {
			return d, true
		}
	}
	return Document{}, false
}
