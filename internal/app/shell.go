package app

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/overview"
	"bassin/internal/programme"
	"bassin/internal/talk"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// maxSwitch is how many territories the switcher lists; who has more finds them on their page.
const maxSwitch = 40

// countFor is how long the number of waiting things in the navigation may be old: it is asked for
// on every page.
const countFor = 20 * time.Second

type cookieKey struct{}

// rememberTerritory hands the territory that was looked at last to the shell.
func rememberTerritory(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie(overview.TerritoryCookie); err == nil {
			r = r.WithContext(context.WithValue(r.Context(), cookieKey{}, c.Value))
		}
		next.ServeHTTP(w, r)
	})
}

// surroundings is what the shell must know of one person on one page.
type surroundings struct {
	by       account.Actor
	choices  []territory.Territory
	current  territory.Territory
	contract programme.ContractID
	todo     int
	news     int // notices not seen
	follows  bool
}

// shell builds navigation and territories of the person who looks. A page stands without it: when
// it cannot be built, the page says nothing of it and the log does.
func (s *site) shell(ctx context.Context, v *web.View) web.Shell {
	by := account.ActorIn(ctx)
	if !by.Known() {
		return web.Shell{}
	}
	x := surroundings{by: by}
	err := s.db.View(ctx, func(tx db.Tx) error { return s.surround(tx, v, &x) })
	if err != nil {
		s.log.Warn("navigation", "error", err.Error())
	}
	shell := web.Shell{Groups: s.groups(v, x), Todo: x.todo}
	if len(by.Memberships) > 0 {
		shell.Organisation = by.Memberships[0].Organisation
	}
	for _, t := range x.choices {
		shell.Territories = append(shell.Territories, web.Choice{Value: string(t.ID), Label: t.Name, URL: homeOf(t.ID), Current: t.ID == x.current.ID})
	}
	if x.current.ID != "" {
		shell.Territory, shell.TerritoryURL = x.current.Name, homeOf(x.current.ID)
	}
	if x.follows {
		shell.TodoURL = "/territories/" + string(x.current.ID) + "/todo"
	}
	if s.has("GET /territories") && (len(x.choices) > 1 || len(x.choices) == 0 && len(by.Scoped(account.NationalObserver)) > 0) {
		shell.Territories = append(shell.Territories, web.Choice{Label: v.T("app.nav.all_territories"), URL: "/territories"})
	}
	return shell
}

func homeOf(id territory.ID) string { return "/territories/" + string(id) + "/home" }

func (s *site) surround(tx db.Tx, v *web.View, x *surroundings) error {
	var err error
	if x.news, err = talk.Unseen(tx, x.by.ID); err != nil {
		return err
	}
	own := append(x.by.Scoped(account.ProjectLead), x.by.Scoped(account.LeadPair)...)
	regions := append(x.by.Scoped(account.RegionSteering), x.by.Scoped(account.StateServices)...)
	ids := make([]territory.ID, 0, len(own))
	for _, id := range own {
		ids = append(ids, territory.ID(id))
	}
	if len(regions) > 0 {
		in := make([]territory.RegionID, len(regions))
		for i, r := range regions {
			in[i] = territory.RegionID(r)
		}
		more, err := territory.InRegions(tx, in)
		if err != nil {
			return err
		}
		ids = append(ids, more...)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	current, err := s.currentTerritory(tx, v, x.by, ids, own)
	if err != nil {
		return err
	}
	byID, err := territory.ByIDs(tx, append([]territory.ID{current}, ids[:min(len(ids), maxSwitch)]...))
	if err != nil {
		return err
	}
	for _, id := range ids {
		if t, ok := byID[id]; ok {
			x.choices = append(x.choices, t)
		}
	}
	slices.SortFunc(x.choices, func(a, b territory.Territory) int {
		return strings.Compare(account.Fold(a.Name), account.Fold(b.Name))
	})
	x.current = byID[current]
	if x.current.ID == "" {
		return nil
	}
	c, err := programme.TerritoryContract(tx, x.by, x.current.ID)
	if err != nil {
		return fault.IgnoreMissing(err)
	}
	x.contract = c.ID
	if x.follows = slices.Contains(ids, current) || x.by.Has(account.NationalObserver, ""); x.follows {
		x.todo, err = s.todoCount(tx, x.by, x.current.ID)
	}
	return err
}

// currentTerritory is that of the page's address, else the one looked at last, else one's own.
func (s *site) currentTerritory(tx db.Tx, v *web.View, by account.Actor, ids []territory.ID, own []string) (territory.ID, error) {
	kind, rest, _ := strings.Cut(strings.TrimPrefix(v.Path, "/"), "/")
	id, _, _ := strings.Cut(rest, "/")
	var found string
	var err error
	switch kind {
	case "territories":
		if t, ok := territory.ParseID(id); ok {
			return t, nil
		}
	case "actions":
		found, err = programme.TerritoryOfAction(tx, by, programme.ActionID(id))
	case "contracts":
		found, err = programme.TerritoryOfContract(tx, by, programme.ContractID(id))
	}
	if found != "" || fault.IgnoreMissing(err) != nil {
		return territory.ID(found), fault.IgnoreMissing(err)
	}
	last, _ := tx.Context().Value(cookieKey{}).(string)
	if t, ok := territory.ParseID(last); ok && (slices.Contains(ids, t) || by.Has(account.NationalObserver, "")) {
		return t, nil
	}
	if len(own) > 0 {
		return territory.ID(own[0]), nil
	}
	return "", nil
}

// groups lists the pages that exist, by subject.
func (s *site) groups(v *web.View, x surroundings) []web.NavGroup {
	var all []web.NavGroup
	group := func(title string, items ...web.NavItem) {
		var there []web.NavItem
		for _, i := range items {
			if i.URL != "" {
				there = append(there, i)
			}
		}
		if len(there) > 0 {
			all = append(all, web.NavGroup{Title: title, Items: there})
		}
	}
	// item is a link to a page of which the pattern is registered; an empty one otherwise.
	item := func(pattern, id, key, icon string) web.NavItem {
		if !s.has("GET "+pattern) || (strings.Contains(pattern, "{id}") && id == "") {
			return web.NavItem{}
		}
		url := strings.ReplaceAll(pattern, "{id}", id)
		return web.NavItem{Label: v.T(key), URL: url, Icon: icon, Current: v.Path == url}
	}
	home := item("/{$}", "", "app.nav.home", "home")
	home.URL = "/"
	home.Current = v.Path == "/" || (x.current.ID != "" && v.Path == homeOf(x.current.ID))
	todo := web.NavItem{}
	if x.follows {
		todo = item("/territories/{id}/todo", string(x.current.ID), "app.nav.todo", "checkbox")
		todo.Count, todo.Hot = x.todo, x.todo > 0
	}
	notices := item("/notices", "", "app.nav.notices", "bell")
	notices.Count, notices.Hot = x.news, x.news > 0
	day := web.NavItem{}
	if !overview.HomeIsDay(x.by) && slices.ContainsFunc(x.by.Grants, func(g account.Grant) bool { return g.ScopeKind == account.OverProject }) {
		day = item("/day", "", "app.nav.day", "checkbox")
	}
	group("", home, todo, day, notices)
	contract := string(x.contract)
	actions := item("/contracts/{id}/actions", contract, "app.nav.actions", "target-arrow")
	if contract == "" {
		actions = item("/actions", "", "app.nav.actions", "target-arrow")
	}
	if strings.HasPrefix(v.Path, "/actions/") {
		actions.Current = true
	}
	group(v.T("app.nav.programme"),
		item("/contracts/{id}", contract, "app.nav.contract", "file-certificate"), actions,
		item("/contracts/{id}/funding", contract, "app.nav.money", "coin-euro"))
	projects := item("/projects", "", "app.nav.projects", "folders")
	if strings.HasPrefix(v.Path, "/projects/") {
		projects.Current = true
	}
	shared := web.NavItem{}
	if slices.ContainsFunc(x.by.Grants, func(g account.Grant) bool { return g.Role == account.NoteGuest }) {
		shared = item("/notes", "", "note.as_guest", "note")
	}
	calendar := item("/calendar", "", "app.nav.calendar", "calendar")
	calendar.Current = strings.HasPrefix(v.Path, "/calendar")
	folders := web.NavItem{}
	if slices.ContainsFunc(x.by.Grants, func(g account.Grant) bool { return g.Role == account.FolderGuest }) {
		folders = item("/shared", "", "document.shared.title", "folder")
	}
	group(v.T("app.nav.workspace"), projects, calendar, folders, shared)
	parts := item("/parts", "", "app.nav.parts", "cube")
	parts.Current = strings.HasPrefix(v.Path, "/parts")
	machines := item("/machines", "", "app.nav.machines", "building-factory-2")
	machines.Current = strings.HasPrefix(v.Path, "/machines") || v.Path == "/demand"
	library := item("/materials", "", "app.nav.materials", "books")
	library.Current = strings.HasPrefix(v.Path, "/materials")
	orders := item("/orders", "", "app.nav.orders", "clipboard-check")
	orders.Current = strings.HasPrefix(v.Path, "/orders") || strings.HasPrefix(v.Path, "/batches")
	group(v.T("app.nav.making"), parts, orders, machines, library)
	group(v.T("app.nav.directory"),
		item("/territories", "", "app.nav.territories", "map-2"),
		item("/organisations", "", "app.nav.organisations", "building"))
	if x.by.Admin() {
		group(v.T("app.nav.administration"),
			item("/people", "", "app.nav.people", "users"),
			item("/territories/import", "", "app.nav.import", "file-import"),
			item("/jobs", "", "app.nav.jobs", "server"),
			item("/mails", "", "app.nav.mails", "mail"))
	}
	return all
}

// has reports whether a route is registered.
func (s *site) has(pattern string) bool { return s.patterns[pattern] }

// counts remembers how many things wait, for a moment.
type counts struct {
	mu   sync.Mutex
	kept map[string]count
}

type count struct {
	n  int
	at time.Time
}

func (s *site) todoCount(tx db.Tx, by account.Actor, id territory.ID) (int, error) {
	key := string(by.ID) + " " + string(id)
	now := tx.Now().Time()
	s.counts.mu.Lock()
	c, ok := s.counts.kept[key]
	s.counts.mu.Unlock()
	if age := now.Sub(c.at); ok && age >= 0 && age < countFor {
		return c.n, nil
	}
	n, err := s.overview.TodoCount(tx, by, id)
	if err != nil {
		return 0, err
	}
	s.counts.mu.Lock()
	defer s.counts.mu.Unlock()
	if s.counts.kept == nil || len(s.counts.kept) > 10_000 {
		s.counts.kept = map[string]count{}
	}
	s.counts.kept[key] = count{n, now}
	return n, nil
}
