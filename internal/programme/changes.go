package programme

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// Changed is one field that an operation changed, for the history: values in short.
type Changed struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// changes compares two values of the same struct field by field, embedded ones too, and leaves out
// what every save changes.
func changes(before, after any) []Changed {
	var list []Changed
	compareFields(reflect.ValueOf(before), reflect.ValueOf(after), &list)
	return list
}

var silent = []string{"ID", "Version", "UpdatedAt", "CreatedAt", "SponsorPersonID"}

func compareFields(a, b reflect.Value, list *[]Changed) {
	t := a.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		switch {
		case f.Anonymous && f.Type.Kind() == reflect.Struct:
			compareFields(a.Field(i), b.Field(i), list)
		case slices.Contains(silent, f.Name) || !f.IsExported():
		case !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()):
			*list = append(*list, Changed{snake(f.Name), brief(a.Field(i).Interface()), brief(b.Field(i).Interface())})
		}
	}
}

func brief(v any) string {
	s, ok := v.(string)
	if names, list := namesIn(v); list {
		s, ok = strings.Join(names, " ; "), true
	}
	if !ok {
		b, err := json.Marshal(v)
		if err != nil {
			return ""
		}
		s = string(b)
		if len(s) > 1 && s[0] == '"' {
			_ = json.Unmarshal(b, &s)
		}
	}
	const most = 200 // characters kept of a value; the sheet holds the whole
	if utf8.RuneCountInString(s) > most {
		return string([]rune(s)[:most]) + "…"
	}
	return s
}

// namesIn lists the people or organisations of a list of the sheet, as the history tells them.
func namesIn(v any) ([]string, bool) {
	var out []string
	switch list := v.(type) {
	case []Owner:
		for _, x := range list {
			out = append(out, x.OrganisationName)
		}
	case []Partner:
		for _, x := range list {
			out = append(out, named(x.OrganisationName, x.Role))
		}
	case []Pilot:
		for _, x := range list {
			out = append(out, named(x.Name, x.Title))
		}
	default:
		return nil, false
	}
	return out, true
}

// named is a name with what one is.
func named(name, title string) string {
	if title == "" {
		return name
	}
	return name + ", " + title
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
