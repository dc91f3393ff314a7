package note

import (
	"bassin/internal/project"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// tools are the buttons above the text, "" between groups.
func tools() []string {
	return []string{"undo", "redo", "", "strong", "em", "strike", "code", "link", "", "h1", "h2", "h3", "", "bullet_list", "ordered_list", "check_list", "blockquote", "code_block",
		"", "table", "row", "column", "drop_row", "drop_column", "", "mention"}
}

var toolIcons = map[string]string{"undo": "arrow-back-up", "redo": "arrow-forward-up", "strong": "bold", "em": "italic", "strike": "strikethrough", "code": "code", "link": "link",
	"h1": "h-2", "h2": "h-3", "h3": "h-4", "bullet_list": "list", "ordered_list": "list-numbers", "check_list": "list-check", "blockquote": "quote", "code_block": "source-code",
	"table": "table", "row": "row-insert-bottom", "column": "column-insert-right", "drop_row": "row-remove", "drop_column": "column-remove", "mention": "at"}

// invites reports whether one may let guests in and end their access.
func (x noteView) invites() bool { return x.Project.MayNow(project.Manage) && x.RemovedAt == 0 }

func noteHead(v *web.View, x noteView) web.Head {
	h := below(v, x.Frame, x.Entry, "")
	h.Title, h.Facts = x.Title, []templ.Component{web.Text(v.T("note.kind"))}
	if x.Standing == Reads {
		h.State = web.State(web.Badge{Label: v.T("note.reads"), Icon: "eye"})
	}
	return h
}

// below is the header of a page of the note: its text (title ""), its history.
func below(v *web.View, f project.Frame, e Entry, title string) web.Head {
	if !e.Inside {
		h := web.Head{Title: e.Title, Crumbs: []web.Crumb{{Label: v.T("note.as_guest"), URL: "/notes"}, {Label: e.Title}}}
		if title != "" {
			h.Title, h.Crumbs[1].URL = title, e.URL()
			h.Crumbs = append(h.Crumbs, web.Crumb{Label: title})
		}
		return h
	}
	if title == "" {
		return f.Below(v, e.Title)
	}
	return f.Below(v, title, web.Crumb{Label: e.Title, URL: e.URL()})
}

func versionHead(v *web.View, x versionsView) web.Head {
	h := below(v, x.Frame, x.Entry, v.T("note.version_title", "title", x.Title))
	if x.Standing != Reads {
		h.Actions = append(h.Actions, web.Button(web.Act{Label: v.T("note.back"), URL: x.URL() + "?restore=" + string(x.Reading.ID), Icon: "arrow-back-up", Kind: web.Full}))
	}
	return h
}

func noteDefs(v *web.View, x noteView) []web.Def {
	return []web.Def{
		{Term: v.T("note.created_by"), Value: v.T("note.by_at", "name", x.CreatedByName, "at", moment(v, x.CreatedAt))},
		{Term: v.T("note.changed"), Value: v.T("note.by_at", "name", x.UpdatedByName, "at", moment(v, x.UpdatedAt))},
	}
}

func newFields(v *web.View, rows []Row) []web.Field {
	parents := []web.Choice{{Label: v.T("note.top")}}
	for _, n := range rows {
		parents = append(parents, web.Choice{Value: string(n.ID), Label: n.Title})
	}
	return []web.Field{{Name: "new.title", Label: v.T("note.field.title")}, {Name: "new.parent_id", Label: v.T("note.field.parent_id"), Choices: parents, Optional: true}}
}

func editFields(v *web.View, x noteView) []web.Field {
	return []web.Field{{Name: "edit.title", Label: v.T("note.field.title")}, {Name: "edit.parent_id", Label: v.T("note.field.parent_id"), Choices: x.Parents, Optional: true}}
}

func guestFields(v *web.View) []web.Field {
	return []web.Field{
		{Name: "guest.email", Label: v.T("note.field.email"), Type: "email"},
		{Name: "guest.name", Label: v.T("note.field.name"), Optional: true, Hint: v.T("note.field.name_hint")},
		{Name: "guest.until_on", Label: v.T("note.field.until_on"), Min: string(v.Today())},
	}
}
