package account

import (
	"encoding/json"
	"strconv"
	"strings"

	"bassin/internal/db"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/a-h/templ"
)

// HistoryText says in a sentence what an entry of the audit trail tells: the text audit.VERB with
// the values that were recorded.
func HistoryText(v *web.View, e Entry) string {
	key := "audit." + e.Verb
	args := e.Fields()
	if !web.Known(key) { // written by a version that knew more, or less
		key = "account.history.unknown"
		args = map[string]any{"verb": e.Verb}
	}
	return strings.ReplaceAll(v.TArgs(key, args), "<no value>", "–") // a value that older entries lack
}

// historyLine makes an entry of the audit trail one of web's log.
func historyLine(v *web.View, e Entry) web.Entry {
	who := e.ActorName
	switch e.ActorID {
	case "":
		who = v.T("account.history.stranger")
	case system:
		if e.ActorName == demonstration {
			who = v.T("account.history.demonstration")
			break
		}
		who = v.T("account.history.system", "name", e.ActorName)
	}
	return web.Entry{On: e.At.Date(db.Paris), Icon: verbIcon(e.Verb), Text: historySentence(HistoryText(v, e), changesOf(v, e)), Detail: v.Clock(e.At) + ", " + who}
}

// historyChange is one field that an entry tells of, in the reader's words.
type historyChange struct{ Label, From, To string }

// changesOf reads the entry's "changes": field by field, from and to. A field's label is the text
// FEATURE.field.NAME; fields without one are the program's own and are left out.
func changesOf(v *web.View, e Entry) []historyChange {
	var data struct {
		Changes []struct{ Field, From, To string }
	}
	if json.Unmarshal([]byte(e.Data), &data) != nil {
		return nil
	}
	feature, _, _ := strings.Cut(e.Verb, ".")
	var out []historyChange
	for _, c := range data.Changes {
		if key := feature + ".field." + c.Field; web.Known(key) {
			out = append(out, historyChange{v.T(key), changeValue(v, feature, c.Field, c.From), changeValue(v, feature, c.Field, c.To)})
		}
	}
	return out
}

// changeValue writes a stored value as people read it: dates, amounts and numbers in their
// language, the words of a choice (FEATURE.FIELD.VALUE) by their text.
func changeValue(v *web.View, feature, field, value string) string {
	if d := when.Date(value); d.Valid() {
		return v.Date(d)
	}
	if key := feature + "." + field + "." + value; value != "" && web.Known(key) {
		return v.T(key)
	}
	n, err := strconv.ParseInt(value, 10, 64)
	switch {
	case err == nil && strings.HasSuffix(field, "_cents"):
		return v.Money(n)
	case err == nil && field != "year" && field != "number" && field != "phase":
		return v.Number(n)
	}
	switch value {
	case "", "null", "[]":
		return v.T("account.history.nothing")
	case "true":
		return v.T("account.history.yes")
	case "false":
		return v.T("account.history.no")
	}
	return value
}

// HistoryOver shows events of several scopes: where each took place is said with who did it.
func HistoryOver(v *web.View, list []Entry, where func(scope string) string) templ.Component {
	out := historyLines(v, list)
	for i, e := range list {
		out[i].Detail += ", " + where(e.Scope)
	}
	return web.Log(v, out...)
}

func historyLines(v *web.View, list []Entry) []web.Entry {
	out := make([]web.Entry, len(list))
	for i, e := range list {
		out[i] = historyLine(v, e)
	}
	return out
}

// verbIcon gives the sign of an operation by its last word.
func verbIcon(verb string) string {
	switch verb[strings.LastIndex(verb, ".")+1:] {
	case "add", "create", "give", "enable", "invite", "attach", "join", "restore":
		return "plus"
	case "save", "edit", "change", "rename", "move":
		return "pencil"
	case "remove", "revoke", "withdraw", "detach", "leave", "delete":
		return "trash"
	case "sign_in":
		return "login-2"
	case "end", "sign_out":
		return "logout"
	case "password", "reset":
		return "key"
	case "disable", "block":
		return "ban"
	case "reach":
		return "flag"
	case "resolve":
		return "check"
	case "record", "note":
		return "note"
	case "import":
		return "file-import"
	}
	return "point"
}
