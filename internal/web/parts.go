package web

import (
	"context"
	"io"
	"strconv"
	"strings"

	"bassin/internal/web/assets"
	"bassin/internal/when"

	"github.com/a-h/templ"
)

// Tone is the meaning of a colour. There are four; anything else is ink, and a new meaning gets a word.
type Tone string

// The tones. Each goes with a sign and a word, never alone.
const (
	Plain Tone = ""     // ink
	Run   Tone = "run"  // petrol: under way, here
	Late  Tone = "late" // ochre: waits, late, now
	Stop  Tone = "stop" // brick: blocked, refused, wrong
	Done  Tone = "done" // moss: done, kept
	Line  Tone = "line" // an outline: a quality, not a state
)

// word gives the class of a word in the tone.
func (t Tone) word() string {
	switch t {
	case Late:
		return "late"
	case Stop:
		return "bad"
	case Done:
		return "good"
	}
	return ""
}

// note gives the class and the icon of a note in the tone.
func (t Tone) note() (class, icon string) {
	switch t {
	case Stop:
		return "b-note stop", "alert-circle"
	case Late:
		return "b-note wait", "alert-triangle"
	case Done:
		return "b-note ok", "circle-check"
	}
	return "b-note", "info-circle"
}

// Kind of a button. One page has one full button.
type Kind string

// The kinds of button.
const (
	Full       Kind = "btn-primary" // the one act of the page
	Ordinary   Kind = "btn-plain"
	Quiet      Kind = "btn-quiet" // among others, in a row
	Dangerous  Kind = "btn-stop"  // takes something away
	smallClass      = " btn-sm"
)

// Act is a button that leads somewhere, or a form of one button.
type Act struct {
	Label, URL, Icon string
	Kind             Kind // Ordinary when empty
	Small            bool
	NoPhone          bool // not worth the room on a phone
	Download         bool

	// For PostButton: what is sent with it, as name and value pairs, and what is asked before.
	Values                []string
	Once                  string
	Confirm, ConfirmText  string
	OnlyIcon              bool // the label is read out, not shown
	Dialog                string
	Disabled, CurrentPage bool
}

func (a Act) class() string {
	c := "btn " + string(Ordinary)
	if a.Kind != "" {
		c = "btn " + string(a.Kind)
	}
	if a.Small {
		c += smallClass
	}
	if a.NoPhone {
		c += " no-phone"
	}
	if a.OnlyIcon {
		c += " btn-only-icon"
	}
	return c
}

// action is the address of a form, with the key that makes sending it again harmless.
func action(url, once string) templ.SafeURL {
	if once == "" {
		return templ.URL(url)
	}
	sep := "?"
	if strings.Contains(url, "?") {
		sep = "&"
	}
	return templ.URL(url + sep + OnceParam + "=" + once)
}

// Link is a word that leads somewhere.
type Link struct{ Label, URL string }

// Sec is a section: a rule, a title, its content.
type Sec struct {
	ID    string // of the section, for links to it; its title is ID-h
	Title string
	Note  string // small, beside the title
	More  Link   // at the right end
	Class string // "c8" in a grid, "b-gap" to keep a distance
}

// Figure is one number that answers the page's question and opens its list.
type Figure struct {
	Number, Label, Detail string
	URL, Icon             string
	Tone                  Tone
}

// TodoItem is one thing that waits: verb first, object and amount below, due at the right.
type TodoItem struct {
	Title, URL, Icon string
	Ref, Detail      string // "ALES-03", "Think & Mate : il manque 420 000 €"
	Due, Left        string // "11 juin", "dans 7 jours"
	Late             bool
}

// Badge is a state: a sign, a word, a tint.
type Badge struct {
	Label, Icon string
	Tone        Tone
}

// icon of a badge that names none.
func (b Badge) icon() string {
	if b.Icon != "" {
		return b.Icon
	}
	switch b.Tone {
	case Run:
		return "player-play"
	case Late:
		return "clock-exclamation"
	case Stop:
		return "ban"
	case Done:
		return "check"
	}
	return "point"
}

// Tab is a link of Tabs or Views.
type Tab struct {
	Label, URL, Icon string
	Count            int // shown when over 0
	Current          bool
}

// Pager is where one stands in a long list. Pages count from 1.
type Pager struct{ Page, Size, Total int }

// Pages is how many there are.
func (p Pager) Pages() int {
	if p.Size <= 0 {
		return 1
	}
	return max(1, (p.Total+p.Size-1)/p.Size)
}

// From and To number the rows shown.
func (p Pager) From() int { return min(p.Total, (p.Page-1)*p.Size+1) }

// To is the last row shown.
func (p Pager) To() int { return min(p.Total, p.Page*p.Size) }

// Offset is the first row to read.
func (p Pager) Offset() int { return (p.Page - 1) * p.Size }

// PagerOf reads the page of the address ("page=3") and keeps it in range.
func PagerOf(v *View, size, total int) Pager {
	p := Pager{1, size, total}
	if n, err := strconv.Atoi(v.Query.Get("page")); err == nil {
		p.Page = min(max(1, n), p.Pages())
	}
	return p
}

// near lists the pages worth a link: the first, the last, those around; 0 is a gap.
func (p Pager) near() []int {
	var out []int
	for n := 1; n <= p.Pages(); n++ {
		if n == 1 || n == p.Pages() || (n >= p.Page-1 && n <= p.Page+1) {
			out = append(out, n)
		} else if out[len(out)-1] != 0 {
			out = append(out, 0)
		}
	}
	return out
}

// SortOf reads the order of a list from the address: "sort=-cost" is by cost, highest first. A column that is
// not allowed gives the first allowed one.
func SortOf(v *View, allowed ...string) (column string, descending bool) {
	column, descending = strings.CutPrefix(v.Query.Get("sort"), "-")
	for _, a := range allowed {
		if a == column {
			return column, descending
		}
	}
	first, desc := strings.CutPrefix(allowed[0], "-")
	return first, desc
}

// Column is the head of a column that sorts.
type Column struct {
	Key, Label string
	Number     bool   // right-aligned, and highest first at the first click
	Class      string // "no-tab", "no-phone"
	Default    string // the order when the address names none: "name" or "-cost"
}

// state tells how the list is ordered by this column and where a click leads.
func (c Column) state(v *View) (aria, icon, url string) {
	now := v.Query.Get("sort")
	if now == "" {
		now = c.Default
	}
	up, down := c.Key, "-"+c.Key
	switch {
	case now == up:
		return "ascending", "arrow-up", v.With("sort", down, "page", "")
	case now == down:
		return "descending", "arrow-down", v.With("sort", up, "page", "")
	case c.Number:
		return "none", "arrows-sort", v.With("sort", down, "page", "")
	}
	return "none", "arrows-sort", v.With("sort", up, "page", "")
}

// Way is one way out of an empty list.
type Way struct {
	Title, Detail string
	Link          Link
}

// EmptyList says why a list is empty and how to fill it.
type EmptyList struct {
	Title, Text string
	Ways        []Way
}

// Entry is one line of a history: date, sign, sentence, source. Newest first.
type Entry struct {
	On     when.Date
	At     when.Time // instead of On when the hour matters
	Icon   string    // or
	Step   Step      // the sign of a step of money
	Text   templ.Component
	Detail string // small, below: who, where, why
}

// Def is a term and its value.
type Def struct {
	Term, Value string
	Body        templ.Component // instead of Value
}

// PersonLine is a person by role first, then name.
type PersonLine struct{ Role, Name, Initials, URL string }

// Initials gives two letters for the round sign of a person.
func Initials(name string) string {
	var out []rune
	for _, word := range strings.Fields(name) {
		for _, r := range word {
			out = append(out, r)
			break
		}
	}
	if len(out) > 2 {
		out = []rune{out[0], out[len(out)-1]}
	}
	return strings.ToUpper(string(out))
}

// JobLine is long work: how far it is, or how it ended.
type JobLine struct {
	ID, Title   string
	Done, Total int64  // Total 0: nobody knows
	Detail      string // what it is at, and the time left; or the result
	Badge       Badge  // once it has ended
	Link        Link   // to the result
	StopURL     string // a POST there stops it
	Refresh     string // address of this line alone; asked every two seconds while it runs
}

// Running reports whether the work goes on.
func (j JobLine) Running() bool { return j.Badge.Label == "" }

// Condition is one of the things that must hold, with its reason.
type Condition struct {
	Title string
	Met   bool
	Text  string
	Link  Link // to what is missing
}

// AsOf is the choice of a past date.
type AsOf struct {
	Date  when.Date
	Label string // "Plan tel que connu le"
	Picks []Tab  // the dates that matter: today, the last committee
	Param string // query parameter; "as_of" when empty
	Past  string // what to say while a past date is shown; empty when today is

	KnownLabel string // offers to leave out what was recorded after the date (known=1); no choice when empty
	Known      bool
}

func (a AsOf) param() string {
	if a.Param == "" {
		return "as_of"
	}
	return a.Param
}

// Lane is a column of a board.
type Lane struct {
	Title string
	Badge Badge
	Cards []Card
}

// Card is one thing on a board.
type Card struct {
	Ref, Title, URL string
	Badge           Badge
	Facts           []templ.Component
	Late            bool
}

// FilterField is a choice or a word in the bar above a list.
type FilterField struct {
	Name, Label string
	Choices     []Choice // a select; without, a search field
	All         string   // first choice: "Tous les axes"
}

// IconURL is the address of a sign in the sprite.
func IconURL(name string) string { return assets.URL("icons.svg") + "#" + name }

// Icon draws a sign beside its word; readers who listen hear the word only.
func Icon(name string) templ.Component { return icon("i", name, "") }

// SmallIcon is Icon in the size of small text.
func SmallIcon(name string) templ.Component { return icon("i i-sm", name, "") }

// NamedIcon draws a sign that stands alone and so is read out.
func NamedIcon(name, label string) templ.Component { return icon("i", name, label) }

func icon(class, name, label string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		hidden := `aria-hidden="true"`
		if label != "" {
			hidden = `role="img" aria-label="` + templ.EscapeString(label) + `"`
		}
		_, err := io.WriteString(w, `<svg class="`+class+`" `+hidden+`><use href="`+templ.EscapeString(IconURL(name))+`"></use></svg>`)
		return err
	})
}

// Text is a component of plain text: a fact of a header, a sentence of a history.
func Text(s string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, templ.EscapeString(s))
		return err
	})
}

func (p PersonLine) initials() string {
	if p.Initials != "" {
		return p.Initials
	}
	return Initials(p.Name)
}

// Filtered reports whether one of the filters is set.
func (v *View) Filtered(filters ...string) bool {
	for _, f := range filters {
		if v.Query.Get(f) != "" {
			return true
		}
	}
	return false
}

// without gives this page's address without the filters, at its first page.
func (v *View) without(filters ...string) string {
	pairs := []string{"page", ""}
	for _, f := range filters {
		pairs = append(pairs, f, "")
	}
	return v.With(pairs...)
}

// foldedFrom is how many lists of choices a bar of filters shows before a phone folds them.
const foldedFrom = 2

func countChoices(fields []FilterField) int {
	n := 0
	for _, f := range fields {
		if len(f.Choices) > 0 {
			n++
		}
	}
	return n
}

// chosen counts the lists of choices in which something is chosen.
func chosen(v *View, fields []FilterField) int {
	n := 0
	for _, f := range fields {
		if len(f.Choices) > 0 && v.Query.Get(f.Name) != "" {
			n++
		}
	}
	return n
}
