package account

import (
	"strings"

	"bassin/internal/db"
	"bassin/internal/web"
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
		who = v.T("account.history.system", "name", e.ActorName)
	}
	return web.Entry{On: e.At.Date(db.Paris), Icon: verbIcon(e.Verb), Text: web.Text(HistoryText(v, e)), Detail: v.Clock(e.At) + ", " + who}
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
	case "add", "create", "give", "enable", "invite", "attach", "join":
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
	case "record", "note":
		return "note"
	case "import":
		return "file-import"
	}
	return "point"
}
