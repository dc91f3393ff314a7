package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"bassin/internal/fault"
	"bassin/internal/when"

	"bytes"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	xlang "golang.org/x/text/language"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

//go:embed text/*.json
var textFiles embed.FS

// Languages are those of every text, the first is the default.
var Languages = []string{"fr", "en"}

// texts holds every text of both languages: plain ones as strings, since most are and a page
// says hundreds; those with values or plurals through go-i18n (CLDR plural rules).
type texts struct {
	plain     map[string]map[string]string   // language → key → text
	filled    map[string]map[string][]string // those with values and no plural: text, name, text, name, text
	localizer map[string]*i18n.Localizer
	keys      map[string]map[string]bool
}

var loadTexts = sync.OnceValue(func() *texts {
	t, err := readTexts(textFiles)
	if err != nil {
		panic(err) // the files are part of the program; a test reads them first
	}
	return t
})

func readTexts(files fs.FS) (*texts, error) {
	t := &texts{plain: map[string]map[string]string{}, filled: map[string]map[string][]string{}, localizer: map[string]*i18n.Localizer{}, keys: map[string]map[string]bool{}}
	bundle := i18n.NewBundle(xlang.French)
	for _, lang := range Languages {
		t.plain[lang], t.filled[lang], t.keys[lang] = map[string]string{}, map[string][]string{}, map[string]bool{}
	}
	names, err := fs.Glob(files, "text/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		lang := strings.TrimPrefix(path.Ext(strings.TrimSuffix(name, ".json")), ".")
		if !slices.Contains(Languages, lang) {
			return nil, fmt.Errorf("%s: language %q is not one of ours", name, lang)
		}
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		if err := t.add(bundle, lang, b); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, lang := range Languages {
		t.localizer[lang] = i18n.NewLocalizer(bundle, lang)
	}
	return t, nil
}

func (t *texts) add(bundle *i18n.Bundle, lang string, b []byte) error {
	var raw map[string]any
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	for key, val := range raw {
		if t.keys[lang][key] {
			return fmt.Errorf("key %q stands twice", key)
		}
		t.keys[lang][key] = true
		msg := &i18n.Message{ID: key}
		switch x := val.(type) {
		case string:
			if !strings.Contains(x, "{{") {
				t.plain[lang][key] = x
				continue
			}
			msg.Other = x
			if parts := cut(x); parts != nil {
				t.filled[lang][key] = parts
			}
		case map[string]any:
			msg.One, _ = x["one"].(string)
			msg.Other, _ = x["other"].(string)
			msg.Many = msg.Other // French has "many" for round millions; ours read alike
		default:
			return fmt.Errorf("key %q: neither a text nor plurals", key)
		}
		if err := bundle.AddMessages(xlang.Make(lang), msg); err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
	}
	return nil
}

// cut takes a text with values apart: text, name of a value, text and so on; nil when it does more
// than name values.
func cut(text string) (parts []string) {
	for {
		before, rest, found := strings.Cut(text, "{{")
		parts = append(parts, before)
		if !found {
			return parts
		}
		name, after, closed := strings.Cut(rest, "}}")
		if !closed || !strings.HasPrefix(name, ".") || strings.ContainsAny(name, " |()") {
			return nil
		}
		parts, text = append(parts, name[1:]), after
	}
}

// fill writes a text that was cut with its values; false when one is missing.
func (v *View) fill(parts []string, pairs []any) (string, bool) {
	var b strings.Builder
	for i, part := range parts {
		if i%2 == 0 {
			b.WriteString(part)
			continue
		}
		k := 0
		for k+1 < len(pairs) && pairs[k] != part {
			k += 2
		}
		if k+1 >= len(pairs) {
			return "", false
		}
		if s, ok := v.arg(part, pairs[k+1]).(string); ok {
			b.WriteString(s)
		} else {
			fmt.Fprint(&b, v.arg(part, pairs[k+1]))
		}
	}
	return b.String(), true
}

// Known reports whether the key has a text.
func Known(key string) bool { return loadTexts().keys[Languages[0]][key] }

// Keys lists every key of a language, sorted; for the test that none is missing.
func Keys(lang string) []string {
	return slices.Sorted(maps.Keys(loadTexts().keys[lang]))
}

// T gives a text. Pairs are names and values; "count" chooses the plural. A value whose name
// ends in _cents is written as money, in _bytes as a size, in _on as a date, in _at as date and
// time, in _days as a span of time, in _key as the text of that key; whole numbers with the
// language's separators.
func (v *View) T(key string, pairs ...any) string {
	if len(pairs) == 0 {
		if s, ok := loadTexts().plain[v.Lang][key]; ok {
			return s
		}
	} else if parts := loadTexts().filled[v.Lang][key]; parts != nil {
		if s, ok := v.fill(parts, pairs); ok {
			return s
		}
	}
	args := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return v.TArgs(key, args)
}

// TArgs is T with the values in a map.
func (v *View) TArgs(key string, args map[string]any) string {
	t := loadTexts()
	if s, ok := t.plain[v.Lang][key]; ok {
		return s
	}
	data := make(map[string]any, len(args))
	cfg := &i18n.LocalizeConfig{MessageID: key, TemplateData: data}
	for name, val := range args {
		if name == "count" {
			cfg.PluralCount = plural(val)
		}
		data[name] = v.arg(name, val)
	}
	loc := t.localizer[v.Lang]
	if loc == nil {
		return key
	}
	s, err := loc.Localize(cfg)
	if err != nil && s == "" {
		return key // a missing key is visible, and the key test fails
	}
	return s
}

func plural(v any) any {
	switch n := v.(type) {
	case int, int64, int32:
		return n
	case float64: // of a toast, read back from JSON; the plural rules take no floats
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return 2
}

func (v *View) arg(name string, val any) any {
	switch {
	case strings.HasSuffix(name, "_cents"):
		return v.Money(toInt(val))
	case strings.HasSuffix(name, "_on"):
		return v.Date(when.Date(fmt.Sprint(val)))
	case strings.HasSuffix(name, "_at"):
		return v.DateTime(when.Time(toInt(val)))
	case strings.HasSuffix(name, "_days"):
		return v.Span(int(toInt(val)))
	case strings.HasSuffix(name, "_bytes"):
		return v.Size(toInt(val))
	case strings.HasSuffix(name, "_key"):
		return v.T(fmt.Sprint(val))
	case strings.HasSuffix(name, "_keys"):
		return v.words(val)
	case strings.HasSuffix(name, "year"):
		return val
	}
	switch n := val.(type) {
	case int, int64, int32:
		return v.Number(toInt(n))
	case float64:
		return v.Decimal(n, 6)
	}
	return val
}

// words writes the texts of a list of keys one after the other.
func (v *View) words(val any) string {
	var out []string
	switch list := val.(type) {
	case []string:
		for _, key := range list {
			out = append(out, v.T(key))
		}
	case []any: // from JSON
		for _, key := range list {
			out = append(out, v.T(fmt.Sprint(key)))
		}
	}
	return strings.Join(out, ", ")
}

// toInt reads any whole number; values of a toast come back from JSON as float64.
func toInt(v any) int64 {
	switch n := v.(type) {
	case int:
		return int64(n)
	case int32:
		return int64(n)
	case int64:
		return n
	case float64:
		return int64(n)
	case when.Time:
		return int64(n)
	}
	return 0
}

// Fault gives the sentence of a fault in the view's language, for whoever reads the page.
func (v *View) Fault(f *fault.Fault) string {
	if f == nil || !Known(f.Key) {
		return v.T("fault.internal")
	}
	return v.TArgs(f.Key, f.Args)
}
