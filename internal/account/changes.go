package account

import (
	"encoding/json"
	"reflect"
	"slices"
	"unicode/utf8"
)

// Changed is one field that an operation changed, for the history: values in short.
type Changed struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// Changes compares two values of the same struct field by field, embedded ones too, for an event's
// data; what every save changes is left out. Words writes values that people should read in other
// words than as JSON.
func Changes(before, after any, words ...func(any) (string, bool)) []Changed {
	var list []Changed
	compareFields(reflect.ValueOf(before), reflect.ValueOf(after), words, &list)
	return list
}

var silent = []string{"ID", "Version", "UpdatedAt", "CreatedAt", "ProjectID", "SponsorPersonID"}

func compareFields(a, b reflect.Value, words []func(any) (string, bool), list *[]Changed) {
	t := a.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		switch {
		case f.Anonymous && f.Type.Kind() == reflect.Struct:
			compareFields(a.Field(i), b.Field(i), words, list)
		case slices.Contains(silent, f.Name) || !f.IsExported():
		case !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()):
			*list = append(*list, Changed{snake(f.Name), brief(a.Field(i).Interface(), words), brief(b.Field(i).Interface(), words)})
		}
	}
}

// brief writes a value for the history, cut where it is long: the thing itself holds the whole.
func brief(v any, words []func(any) (string, bool)) string {
	const most = 200 // characters
	s := written(v, words)
	if utf8.RuneCountInString(s) > most {
		return string([]rune(s)[:most]) + "…"
	}
	return s
}

func written(v any, words []func(any) (string, bool)) string {
	for _, f := range words {
		if s, ok := f(v); ok {
			return s
		}
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	s := string(b)
	if s[0] == '"' {
		_ = json.Unmarshal(b, &s)
	}
	return s
}

// snake gives the field's name as in tables and JSON.
func snake(name string) string {
	var out []rune
	runes := []rune(name)
	for i, r := range runes {
		upper := r >= 'A' && r <= 'Z'
		if upper && i > 0 && (runes[i-1] < 'A' || runes[i-1] > 'Z') {
			out = append(out, '_')
		}
		if upper {
			r += 'a' - 'A'
		}
		out = append(out, r)
	}
	return string(out)
}

// Brief writes a text for an event's data, cut where it is long.
func Brief(text string) string { return brief(text, nil) }
