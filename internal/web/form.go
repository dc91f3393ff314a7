package web

import (
	"math/big"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/when"
)

// maxForm bounds a form without files, in bytes; maxLongForm one of long texts, so wide that a text
// pasted by mistake comes back with its fault beside it instead of being cut off with the rest.
const (
	maxForm     = 1 << 20
	maxLongForm = 16 << 20
)

// Form is what a person typed, with what is wrong with it. The same value renders an empty
// form, one filled from what is stored, and one that came back: nothing typed is lost.
type Form struct {
	Values url.Values
	Errors map[string]string // field → sentence
	Top    string            // sentence above the form, when the fault has no field
	Once   string            // makes a resubmission harmless
	Typed  bool              // it holds typing that is not saved: rows were added, a choice is open
	wrong  fault.Fields
}

// NewForm makes a form from pairs of field and value.
func NewForm(once string, pairs ...string) *Form {
	f := &Form{Values: url.Values{}, Once: once}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Values.Set(pairs[i], pairs[i+1])
	}
	return f
}

// ReadForm reads the fields of a posted form.
func ReadForm(w http.ResponseWriter, r *http.Request) (*Form, error) { return readForm(w, r, maxForm) }

// ReadLongForm reads a form of long texts.
func ReadLongForm(w http.ResponseWriter, r *http.Request) (*Form, error) {
	return readForm(w, r, maxLongForm)
}

// maxFileForm bounds a form with files; each file has its own limit where it is kept.
const maxFileForm = 64 << 20

// ReadFileForm reads a form that may hold files: r.FormFile gives them. What is over a megabyte
// waits on the disk, and is removed with the request.
func ReadFileForm(w http.ResponseWriter, r *http.Request) (*Form, error) {
	return readForm(w, r, maxFileForm)
}

func readForm(w http.ResponseWriter, r *http.Request, most int64) (*Form, error) {
	r.Body = http.MaxBytesReader(w, r.Body, most)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var err error
	if kind == "multipart/form-data" {
		err = r.ParseMultipartForm(min(most, maxForm)) // the rest of a file waits on the disk
	} else {
		err = r.ParseForm()
	}
	if err != nil {
		if strings.Contains(err.Error(), "too large") {
			return nil, fault.Wrap(err, fault.TooLarge, "fault.too_large", "max", ViewOf(r).Size(most))
		}
		return nil, fault.Wrap(err, fault.Invalid, "fault.form")
	}
	values := url.Values{}
	for k, list := range r.PostForm {
		for _, s := range list {
			values.Add(k, clean(s))
		}
	}
	return &Form{Values: values, Once: r.URL.Query().Get(OnceParam)}, nil
}

// clean makes what was typed fit to be kept: storable, without signs that are not seen. A text of
// which nothing else is left is empty.
func clean(s string) string { return fault.Seen(storable(s)) }

// storable makes text storable on both databases: valid UTF-8, no NUL, one kind of line end.
func storable(s string) string {
	s = strings.ToValidUTF8(s, "�")
	s = strings.ReplaceAll(s, "\x00", "")
	return strings.ReplaceAll(s, "\r\n", "\n")
}

// Text gives a field without surrounding space.
func (f *Form) Text(name string) string { return strings.TrimSpace(f.Values.Get(name)) }

// All gives the values of a field that may stand several times, without empty ones.
func (f *Form) All(name string) []string {
	var out []string
	for _, s := range f.Values[name] {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Is reports whether the field holds the value.
func (f *Form) Is(name, value string) bool {
	for _, s := range f.Values[name] {
		if s == value {
			return true
		}
	}
	return false
}

// Date reads a day, None when empty; an unreadable one is noted as wrong.
func (f *Form) Date(name string) when.Date {
	s := f.Text(name)
	if s == "" {
		return when.None
	}
	d, err := ParseDay(s)
	if err != nil {
		f.wrong.Add(name, "fault.date", "min_year", when.MinYear, "max_year", when.MaxYear)
		return when.None
	}
	return d
}

// ParseDay reads 2026-05-21, and 21/05/2026 as people type it in France.
func ParseDay(s string) (when.Date, error) {
	s = strings.TrimSpace(s)
	if p := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '.' }); len(p) == 3 && len(p[2]) == 4 {
		s = p[2] + "-" + pad2(p[1]) + "-" + pad2(p[0])
	}
	return when.ParseDate(s)
}

func pad2(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// MaxCents bounds every amount: 10 billion euros, more than the whole programme.
const MaxCents int64 = 1_000_000_000_000

// Cents reads an amount in euros as people type it; 0 when empty. See ParseCents.
func (f *Form) Cents(name string) int64 {
	s := f.Text(name)
	if s == "" {
		return 0
	}
	c, key := ParseCents(s)
	if key != "" {
		f.wrong.Add(name, key, "max_cents", MaxCents)
	}
	return c
}

// ParseCents reads "1 200,50 €", "1200.5", "1,200.50", "1.200,50" as cents. Key is the text key
// of what is wrong, empty when nothing is: not a number, negative, more than two decimals, or
// above MaxCents.
func ParseCents(s string) (cents int64, key string) {
	if len(s) > 60 {
		return 0, "fault.amount"
	}
	s = strings.Map(func(r rune) rune {
		switch r {
		case '\u00a0', '\u202f', '\t', '\'', '’':
			return ' '
		case '€':
			return -1
		case '−':
			return '-'
		}
		return r
	}, s)
	s = decimalPoint(strings.TrimSpace(s))
	if s == "" || strings.Trim(s, "0123456789.-+") != "" {
		return 0, "fault.amount"
	}
	x, ok := new(big.Rat).SetString(s)
	if !ok {
		return 0, "fault.amount"
	}
	x.Mul(x, big.NewRat(100, 1))
	switch {
	case x.Sign() < 0:
		return 0, "fault.amount_negative"
	case !x.IsInt():
		return 0, "fault.amount_decimals"
	case x.Cmp(new(big.Rat).SetInt64(MaxCents)) > 0:
		return 0, "fault.amount_large"
	}
	return x.Num().Int64(), ""
}

// decimalPoint tells thousands from decimals: the last of '.' and ',' is the decimal mark when it
// stands once, unless what is around it reads as thousands only ("1,200"). Empty when marks
// separate other than groups of three digits.
func decimalPoint(s string) string {
	tight := strings.ReplaceAll(s, " ", "")
	last := strings.LastIndexAny(tight, ".,")
	if last < 0 {
		return tight
	}
	whole, decimals := tight[:last], tight[last+1:]
	if strings.Count(tight, tight[last:last+1]) > 1 || tight == s && len(decimals) == 3 && thousands(whole) {
		whole, decimals = tight, ""
	}
	parts := strings.FieldsFunc(strings.TrimLeft(whole, "+-"), func(r rune) bool { return r == '.' || r == ',' })
	for i, p := range parts {
		if len(parts) > 1 && len(p) != 3 && (i > 0 || len(p) > 3) {
			return ""
		}
	}
	return strings.NewReplacer(".", "", ",", "").Replace(whole) + "." + decimals
}

// thousands reports whether digits may stand before a mark of thousands: one to three, without a
// mark of their own nor a nought ahead.
func thousands(whole string) bool {
	whole = strings.TrimLeft(whole, "+-")
	return len(whole) >= 1 && len(whole) <= 3 && whole[0] != '0'
}

// Int reads a whole number between the bounds; 0 when empty.
func (f *Form) Int(name string, lowest, highest int64) int64 {
	s := strings.Map(func(r rune) rune {
		if r == ' ' || r == '\u00a0' || r == '\u202f' {
			return -1
		}
		return r
	}, f.Text(name))
	if s == "" {
		return 0
	}
	n, ok := new(big.Int).SetString(s, 10)
	if !ok || len(s) > 30 || n.Cmp(big.NewInt(lowest)) < 0 || n.Cmp(big.NewInt(highest)) > 0 {
		f.wrong.Add(name, "fault.number", "min", lowest, "max", highest)
		return 0
	}
	return n.Int64()
}

// Decimal reads a number as people type it, with a comma or a point; 0 when empty.
func (f *Form) Decimal(name string) float64 {
	s := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '\u202f':
			return -1
		case ',':
			return '.'
		case '−':
			return '-'
		}
		return r
	}, f.Text(name))
	if s == "" {
		return 0
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || len(s) > 30 || strings.Trim(s, "0123456789.-+") != "" {
		f.wrong.Add(name, "fault.decimal")
		return 0
	}
	return x
}

// Choose reads one of the given values; another is noted as wrong.
func (f *Form) Choose(name string, allowed ...string) string {
	s := f.Text(name)
	for _, a := range allowed {
		if s == a {
			return s
		}
	}
	f.wrong.Add(name, "fault.choice")
	return ""
}

// Wrong notes a wrong field. Arguments are name, value pairs.
func (f *Form) Wrong(name, key string, pairs ...any) { f.wrong.Add(name, key, pairs...) }

// Err gives the fault of what could not be read, nil when everything could.
func (f *Form) Err() error { return f.wrong.Err() }

// Fail takes over what is wrong so that the form can be shown again, and reports whether the
// form can show it: faults of fields, conflicts and refusals do; a missing thing or our own
// mistake has its own page.
func (f *Form) Fail(v *View, err error) bool {
	x := fault.As(err)
	if x == nil {
		return false
	}
	switch x.Kind {
	case fault.Invalid, fault.Conflict, fault.Forbidden, fault.TooLarge, fault.TooMany, fault.Unavailable:
	default:
		return false
	}
	f.Errors = map[string]string{}
	for _, field := range x.Fields {
		if _, ok := f.Errors[field.Name]; !ok {
			f.Errors[field.Name] = v.TArgs(field.Key, field.Args)
		}
	}
	f.Top = v.Fault(x)
	return true
}
