package overview

import (
	"strings"

	"bassin/internal/programme"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/a-h/templ"
)

func (h home) url() string { return "/territories/" + string(h.Territory.ID) + "/home" }

func (h home) head(v *web.View) web.Head {
	head := web.Head{Title: h.Territory.Name, Crumbs: []web.Crumb{{Label: h.Region, URL: "/regions/" + string(h.Territory.Region)}, {Label: h.Territory.Name, URL: "/territories/" + string(h.Territory.ID)}, {Label: v.T("overview.home.title")}}}
	if h.Contract.ID == "" {
		return head
	}
	c := h.Contract
	contract := "/contracts/" + string(c.ID)
	head.State = web.State(web.Badge{Label: v.T("overview.home.contract_" + string(c.State)), Icon: "file-certificate", Tone: web.Run})
	if c.SignedOn != when.None {
		head.Facts = append(head.Facts, web.Text(v.T("overview.home.signed", "signed_on", c.SignedOn)))
	}
	head.Facts = append(head.Facts, web.Text(v.T("overview.home.actions", "count", len(h.Rows))))
	if c.StartsOn != when.None && c.EndsOn != when.None {
		head.Facts = append(head.Facts, web.Text(v.T("overview.home.horizon", "first_year", c.StartsOn.Year(), "last_year", c.EndsOn.Year())))
	}
	head.Facts = append(head.Facts, web.Text(v.T("overview.home.as_of", "today_on", v.Today())))
	head.Actions = []templ.Component{web.Button(web.Act{Label: v.T("overview.home.print"), URL: contract + "/print", Icon: "printer", NoPhone: true})}
	if h.MayEdit {
		head.Actions = append(head.Actions, web.Button(web.Act{Label: v.T("overview.home.new_action"), URL: contract + "/actions/new", Icon: "plus", Kind: web.Full}))
	}
	return head
}

func (h home) noContract(v *web.View) web.EmptyList {
	e := web.EmptyList{Title: v.T("overview.home.no_contract"), Text: v.T("overview.home.no_contract_text")}
	if h.MayEdit {
		e.Text = v.T("overview.home.first_text")
		e.Ways = append([]web.Way{{Title: v.T("overview.home.begin"), Detail: v.T("overview.home.begin_text"), Link: web.Link{Label: v.T("overview.home.begin"), URL: "/territories/" + string(h.Territory.ID) + "/contracts/new"}}}, h.alone(v)...)
	}
	return e
}

// todoNote counts what waits; nothing, in French, would be counted as one thing.
func (h home) todoNote(v *web.View) string {
	if len(h.Todos) == 0 {
		return ""
	}
	return v.T("overview.todo.count", "count", len(h.Todos))
}

// noActions says what comes first in a contract without sheets.
func (h home) noActions(v *web.View) web.EmptyList {
	e := web.EmptyList{Title: v.T("overview.actions.none"), Text: v.T("overview.actions.none_text")}
	if h.MayEdit {
		e.Text = v.T("overview.actions.first_text")
		e.Ways = append([]web.Way{{Title: v.T("overview.actions.write"), Detail: v.T("overview.actions.write_text"), Link: web.Link{Label: v.T("overview.actions.write_link"), URL: "/contracts/" + string(h.Contract.ID) + "/actions/new"}}}, h.alone(v)...)
	}
	return e
}

// alone is the way for who runs the territory and belongs to no organisation yet: without one they
// write contract and sheets, but begin no project of their own and invite no colleague.
func (h home) alone(v *web.View) []web.Way {
	if !h.Alone {
		return nil
	}
	return []web.Way{{Title: v.T("overview.home.alone"), Detail: v.T("overview.home.alone_text"), Link: web.Link{Label: v.T("overview.home.alone_link"), URL: "/organisations"}}}
}

func (h home) figures(v *web.View) []web.Figure {
	list := "/contracts/" + string(h.Contract.ID) + "/actions?"
	s := h.Sum
	count := func(n int) string { return v.Number(int64(n)) }
	return []web.Figure{
		{Number: count(len(s.Late)), Label: v.T("overview.figures.late", "count", len(s.Late)), Detail: named(v, s.Late, "overview.figures.none_late"), URL: list + "late=1", Icon: "clock-exclamation", Tone: tone(len(s.Late), web.Late)},
		{Number: count(len(s.Blocked)), Label: v.T("overview.figures.blocked", "count", len(s.Blocked)), Detail: named(v, s.Blocked, "overview.figures.none_blocked"), URL: list + "blocked=1", Icon: "ban", Tone: tone(len(s.Blocked), web.Stop)},
		{Number: count(len(s.Unfunded)), Label: v.T("overview.figures.unfunded"), Detail: h.toFind(v), URL: list + "unfunded=1", Icon: "coin-off"},
		{Number: count(len(s.Silent)), Label: v.T("overview.figures.silent"), Detail: named(v, s.Silent, "overview.figures.none_silent"), URL: list + "silent=1", Icon: "volume-off"},
	}
}

func tone(n int, t web.Tone) web.Tone {
	if n == 0 {
		return web.Plain
	}
	return t
}

// named lists the references of some rows, four at most.
func named(v *web.View, rows []programme.Row, none string) string {
	if len(rows) == 0 {
		return v.T(none)
	}
	var refs []string
	for i, r := range rows {
		if i == 4 {
			refs = append(refs, "…")
			break
		}
		refs = append(refs, r.Reference)
	}
	return strings.Join(refs, ", ")
}

func (h home) toFind(v *web.View) string {
	if len(h.Sum.Unfunded) == 0 {
		return v.T("overview.figures.none_unfunded")
	}
	return v.T("overview.figures.to_find", "amount", v.MoneyShort(h.Sum.Counts.ToFindCents), "which", named(v, h.Sum.Unfunded, "overview.figures.none_unfunded"))
}

func (h home) allTodos(v *web.View) web.Link {
	if len(h.Todos) <= 6 {
		return web.Link{}
	}
	return web.Link{Label: v.T("overview.todo.all"), URL: "/territories/" + string(h.Territory.ID) + "/todo"}
}

// todoItems shows at most n things to do; 0: all.
func todoItems(v *web.View, list []Todo, n int) []web.TodoItem {
	var items []web.TodoItem
	for i, t := range list {
		if n > 0 && i == n {
			break
		}
		item := web.TodoItem{Title: v.TArgs(t.Key, t.Args), URL: t.URL, Icon: t.Icon, Ref: t.Ref, Detail: v.TArgs(t.Why, t.WhyArgs), Late: t.Late}
		if t.On != when.None {
			item.Due, item.Left = v.DateNear(t.On), v.Days(t.On)
		}
		items = append(items, item)
	}
	return items
}

func (h home) funnel(v *web.View) web.Funnel {
	f, c := programme.ContractFunnel(v, h.Contract, h.Sum.Counts, h.Sum.Money, h.Sum.Counts.ToFindCents), h.Change
	f.Since = v.T("overview.money.since", "date", v.DateNear(h.Since))
	f.Changes = []int64{c.ForeseenCents, c.AskedCents, c.DecidedCents, c.ContractedCents, c.PaidCents, -c.PlanCents()}
	return f
}

// granted is the share of what was requested that was granted, as the page of the money has it. Its base is not the
// "asked" of the funnel, which leaves out what was refused and counts lines that began with their contract; so the
// page says the share, and the amounts stand where they are explained.
func (h home) granted(v *web.View) string {
	if s, ok := h.Requests.GrantedShare(); ok {
		return v.Percent(s)
	}
	return "–"
}

func share(v *web.View, part, whole int64) string {
	if whole == 0 {
		return "–"
	}
	return v.Percent(float64(part) / float64(whole))
}

// actionsTitle says how many actions there are.
func (h home) actionsTitle(v *web.View) string {
	if len(h.Rows) == 0 {
		return v.T("overview.actions.none")
	}
	return v.T("overview.actions.title", "count", len(h.Rows))
}

func legend() []web.MoneyPart {
	var parts []web.MoneyPart
	for _, s := range []web.Step{web.Paid, web.Contracted, web.Decided, web.Asked, web.Foreseen, web.ToFind} {
		parts = append(parts, web.MoneyPart{Step: s, Cents: 1})
	}
	return parts
}

func regionsTitle(v *web.View, regions []string) string {
	if len(regions) == 1 {
		if r, ok := territory.RegionByID(territory.RegionID(regions[0])); ok {
			return r.Name
		}
	}
	return v.T("overview.regions.title")
}

// waitIcons are the signs of what waits.
var waitIcons = map[WaitKind]string{WaitTask: "checkbox", WaitMeeting: "users", WaitMinutes: "clipboard-check", WaitGate: "flag", WaitRisk: "shield", WaitMention: "at"}

func waitItems(v *web.View, list []Wait) []web.TodoItem {
	items := make([]web.TodoItem, len(list))
	for i, w := range list {
		t := web.TodoItem{Title: w.Title, URL: w.URL, Icon: waitIcons[w.Kind], Ref: w.Ref, Detail: w.Project}
		switch w.Kind {
		case WaitTask:
			if w.State.Begun() {
				t.Detail += " · " + v.T(w.State.Key())
			}
		case WaitGate:
			t.Title = v.T("overview.day.gate", "phase_key", w.Phase.Key())
		case WaitMinutes:
			t.Title = v.T("overview.day.minutes", "title", w.Title)
		case WaitRisk:
			t.Title = v.T("overview.day.risk", "title", w.Title)
		case WaitMention:
			t.Detail = v.T("overview.day.mention", "name", w.Project)
		}
		if w.On != when.None {
			t.Due, t.Left = v.DateNear(w.On), v.Days(w.On)
		}
		if w.Kind == WaitMeeting {
			t.Left = v.Clock(w.At)
		}
		t.Late = w.Kind != WaitMention && w.Kind != WaitMeeting && w.On.Valid() && w.On < v.Today()
		items[i] = t
	}
	return items
}
