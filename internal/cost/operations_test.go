package cost

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/PuerkitoBio/goquery"
)

// today is a Wednesday.
const today when.Date = "2026-03-04"

// world is a project with a plan and people, whose pages are served; a header says who asks.
type world struct {
	t        *testing.T
	d        *db.DB
	accounts *account.Service
	projects *project.Service
	plan     *plan.Service
	s        *Service
	own      account.OrganisationID
	p        project.Project
	people   map[string]account.Actor
	srv      *httptest.Server
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	d = d.Clocked(func() time.Time { return today.Time().Add(12 * time.Hour) })
	a := account.New(account.Options{DB: d})
	w := &world{t: t, d: d, accounts: a, projects: project.New(project.Options{DB: d, Account: a}), people: map[string]account.Actor{}}
	w.plan = plan.New(plan.Options{DB: d, Project: w.projects})
	w.s = New(Options{DB: d, Project: w.projects, Plan: w.plan})
	w.plan.Panels = append(w.plan.Panels, w.s.TaskPanel)
	o, err := a.AddOrganisation(t.Context(), account.System("test"), account.Organisation{Kind: account.Company, Name: "Atelier"})
	must(t, err)
	w.own = o.ID
	w.person("manager")
	w.p, err = w.projects.Create(t.Context(), w.people["manager"], project.Draft{Project: project.Project{Title: "Robot", Kind: project.Other, Confidentiality: project.ForMembers,
		OwnerID: w.own, StartsOn: "2026-01-05"}, Stages: []project.DraftStage{{Phase: project.Design}}})
	must(t, err)
	w.again("manager")
	for who, role := range map[string]account.Role{"member": account.ProjectMember, "guest": account.ProjectGuest, "reader": account.ProjectReader} {
		w.person(who)
		until := when.None
		if role == account.ProjectGuest {
			until = today.AddDays(30)
		}
		_, err := w.projects.Invite(t.Context(), w.people["manager"], w.p.ID, project.Invitation{Email: who + "@exemple.fr", Role: role, UntilOn: until})
		must(t, err)
		w.again(who)
	}
	w.person("stranger")
	m := web.NewMux(web.Options{DB: d, Log: slog.New(slog.DiscardHandler), Viewer: account.Viewer,
		Authenticate: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(rw, r.WithContext(account.WithActor(r.Context(), w.people[r.Header.Get("X-Who")])))
			})
		}})
	w.plan.Pages(m)
	w.s.Pages(m)
	w.s.API(m)
	m.NotFound()
	w.srv = httptest.NewServer(m.Handler())
	t.Cleanup(w.srv.Close)
	return w
}

func (w *world) person(name string) {
	w.t.Helper()
	p, err := w.accounts.AddPerson(w.t.Context(), account.System("test"), account.Person{Email: name + "@exemple.fr", Name: name}, "")
	must(w.t, err)
	if name != "stranger" {
		must(w.t, w.accounts.Join(w.t.Context(), account.System("test"), account.Membership{PersonID: p.ID, OrganisationID: w.own, Role: account.Member}))
	}
	w.people[name] = account.Actor{ID: p.ID}
	w.again(name)
}

func (w *world) again(name string) {
	w.t.Helper()
	must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) { w.people[name], err = account.Load(tx, w.people[name].ID); return err }))
}

func (w *world) task(title string, who ...string) plan.Task {
	w.t.Helper()
	d := plan.Draft{Task: plan.Task{ProjectID: w.p.ID, Title: title, Work: 840}}
	for _, p := range who {
		d.People = append(d.People, w.people[p].ID)
	}
	t, err := w.plan.CreateTask(w.t.Context(), w.people["manager"], d)
	must(w.t, err)
	return t
}

func (w *world) ask(who, method, path, kind, body string) (int, string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.srv.URL+path, strings.NewReader(body))
	must(w.t, err)
	r.Header.Set("X-Who", who)
	r.Header.Set("Accept-Language", "fr")
	r.Header.Set("If-Match", "*")
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	must(w.t, err)
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	must(w.t, err)
	return res.StatusCode, string(b)
}

func (w *world) get(who, path string, status int) *goquery.Document {
	w.t.Helper()
	got, body := w.ask(who, "GET", w.at(path), "", "")
	if got != status {
		w.t.Fatalf("%s on %s: got %d, want %d", who, path, got, status)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	must(w.t, err)
	return doc
}

func (w *world) post(who, path string, status int, pairs ...string) string {
	w.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	got, body := w.ask(who, "POST", w.at(path), "application/x-www-form-urlencoded", v.Encode())
	if got != status {
		doc, _ := goquery.NewDocumentFromReader(strings.NewReader(body))
		w.t.Fatalf("%s posts %s: got %d, want %d: %s", who, path, got, status, doc.Find(".b-errors, .alert").Text())
	}
	return body
}

func (w *world) at(path string) string { return costURL(w.p.ID) + path }

// TestMoneyEndToEnd plays it as people do, on pages: rates, roles, a budget, hours, purchases, the sums.
func TestMoneyEndToEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		task := w.task("Souder le châssis", "member")
		w.post("manager", "/rates", http.StatusSeeOther, "rate.role", "Ingénieur", "rate.cents", "60", "rate.from_on", "2026-01-05")
		w.post("manager", "/staff/"+string(w.people["member"].ID), http.StatusSeeOther, "staff-"+string(w.people["member"].ID)+".role", "Ingénieur")
		w.post("manager", "/budget", http.StatusSeeOther, "line.title", "Études", "line.category", "labour", "line.role", "Ingénieur", "line.hours", "100")
		w.post("manager", "/purchases", http.StatusSeeOther, "purchase.title", "Poudre", "purchase.category", "material", "purchase.state", "ordered", "purchase.cents", "1 200,50", "purchase.on", "2026-03-02", "purchase.supplier", "Fondeur")

		cell := "." + string(task.ID) + ".2026-03-03"
		if page := w.get("member", "/hours", http.StatusOK); page.Find(`input[name="h`+cell+`"]`).Length() != 1 || page.Find(`input[name="h.`+string(task.ID)+`.2026-03-05"]`).Length() != 0 {
			t.Error("the week does not show the task on past days only")
		}
		w.post("member", "/hours", http.StatusSeeOther, "h"+cell, "1h30", "was"+cell, "0", "h.-.2026-03-03", "30 min", "was.-.2026-03-03", "0")
		page := w.get("member", "/hours", http.StatusOK)
		if got := page.Find(`input[name="h`+cell+`"]`).AttrOr("value", ""); got != "1h30" {
			t.Errorf("the week reads %q", got)
		}
		page = w.get("manager", "", http.StatusOK)
		text := page.Find("main").Text()
		for _, want := range []string{"6 000 €", "1 320,50 €", "120 € dépensés", "Souder le châssis", "1 h 30"} {
			if !strings.Contains(strings.ReplaceAll(strings.ReplaceAll(text, "\u00a0", " "), "\u202f", " "), want) {
				t.Errorf("the summary lacks %q:\n%s", want, text)
			}
		}
		// 2 h worked at 60 €, 1 200.50 € ordered; the task's two days of 7 h are left.
		code, body := w.ask("manager", "GET", "/api/v1/projects/"+string(w.p.ID)+"/costs", "", "")
		if code != http.StatusOK || !strings.Contains(body, `"budget_cents":600000,"committed_cents":132050,"spent_cents":12000,"to_come_cents":84000,"forecast_cents":216050`) {
			t.Errorf("sums: %d %s", code, body)
		}
		// Files hold numbers that a spreadsheet reads, under heads with their unit.
		for file, want := range map[string]string{"/purchases.csv": ";1200,50\r\n", "/hours.csv": ";90,00\r\n"} {
			code, body := w.ask("manager", "GET", "/projects/"+string(w.p.ID)+"/costs"+file, "", "")
			if code != http.StatusOK || !strings.Contains(body, "Montant hors taxes (€)") || !strings.Contains(body, want) {
				t.Errorf("%s: %d, no %q: %s", file, code, want, body)
			}
		}
		// Emptied, hours are gone.
		w.post("member", "/hours", http.StatusSeeOther, "h"+cell, "", "was"+cell, "90")
		if _, body := w.ask("member", "GET", "/api/v1/projects/"+string(w.p.ID)+"/hours", "", ""); strings.Count(body, `"person_id"`) != 1 {
			t.Errorf("hours: %s", body)
		}
	})
}

// TestWhoSeesCosts: amounts are for those who manage; others see hours, strangers nothing.
func TestWhoSeesCosts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx, m := t.Context(), w.people["manager"]
		_, err := w.s.SetRate(ctx, m, Rate{ProjectID: w.p.ID, Role: "Secret", FromOn: "2026-01-05", Cents: 98_765})
		must(t, err)
		p, err := w.s.AddPurchase(ctx, m, Purchase{ProjectID: w.p.ID, Title: "Achat confidentiel", Category: Material, State: Planned, Cents: 54_321})
		must(t, err)
		must(t, w.s.Assign(ctx, m, Staff{w.p.ID, m.ID, "Secret"}))
		must(t, w.s.Write(ctx, m, w.p.ID, []Cell{{OnDay: today, Minutes: 60}}))
		for who, want := range map[string]map[string]int{
			"manager":  {"": 200, "/hours": 200, "/purchases": 200, "/purchases.csv": 200, "/budget": 200, "/hours.csv": 200},
			"member":   {"": 200, "/hours": 200, "/purchases": 404, "/purchases.csv": 404, "/budget": 404, "/hours.csv": 200},
			"guest":    {"": 200, "/hours": 200, "/purchases": 404, "/budget": 404},
			"reader":   {"": 200, "/hours": 403, "/purchases": 404, "/budget": 404},
			"stranger": {"": 404, "/hours": 404, "/purchases": 404, "/budget": 404, "/hours.csv": 404},
		} {
			for path, status := range want {
				code, body := w.ask(who, "GET", w.at(path), "", "")
				if code != status {
					t.Errorf("%s on %q: got %d, want %d", who, path, code, status)
				}
				if who == "manager" {
					continue
				}
				for _, secret := range []string{"987,65", "543,21", "confidentiel", "Secret", "€"} {
					if strings.Contains(body, secret) {
						t.Errorf("%s reads %q on %q", who, secret, path)
					}
				}
			}
		}
		api := "/api/v1/projects/" + string(w.p.ID)
		for _, path := range []string{"/costs", "/purchases", "/budget", "/rates"} {
			for who, status := range map[string]int{"manager": 200, "member": 403, "stranger": 404} {
				if code, _ := w.ask(who, "GET", api+path, "", ""); code != status {
					t.Errorf("%s on the API %s: got %d, want %d", who, path, code, status)
				}
			}
		}
		for who, kind := range map[string]fault.Kind{"member": fault.Forbidden, "reader": fault.Forbidden, "stranger": fault.NotFound} {
			by := w.people[who]
			_, rate := w.s.SetRate(ctx, by, Rate{ProjectID: w.p.ID, Role: "x", FromOn: today, Cents: 1})
			_, buy := w.s.AddPurchase(ctx, by, Purchase{ProjectID: w.p.ID, Title: "x", Category: Material, State: Planned, Cents: 1})
			_, line := w.s.AddLine(ctx, by, Line{ProjectID: w.p.ID, Title: "x", Category: Other, Cents: 1})
			for i, err := range []error{rate, buy, line, w.s.RemovePurchase(ctx, by, w.p.ID, p.ID, true), w.s.Assign(ctx, by, Staff{w.p.ID, by.ID, ""})} {
				if !fault.Is(err, kind) {
					t.Errorf("%s, act %d: %v", who, i, err)
				}
			}
		}
		if err := w.s.Write(ctx, w.people["reader"], w.p.ID, []Cell{{OnDay: today, Minutes: 60}}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a reader writes hours: %v", err)
		}
	})
}

// TestHoursAreRefused: what cannot be, with what to do about it, and nothing of the form lost.
func TestHoursAreRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		task, other := w.task("Une", "member"), newTask(w)
		ctx, by := t.Context(), w.people["member"]
		cell := func(on when.Date, minutes, was int64) []Cell {
			return []Cell{{TaskID: task.ID, OnDay: on, Minutes: minutes, Was: was}}
		}
		must(t, w.s.Write(ctx, by, w.p.ID, cell(today, 600, 0)))
		for _, c := range []struct {
			name  string
			cells []Cell
			kind  fault.Kind
		}{
			{"to come", cell(today.AddDays(1), 60, 0), fault.Invalid},
			{"long ago", cell(today.AddDays(-800), 60, 0), fault.Invalid},
			{"the year 0", cell("0000-01-01", 60, 0), fault.Invalid},
			{"more than a day", cell(today, 1441, 600), fault.Invalid},
			{"negative", cell(today, -1, 600), fault.Invalid},
			{"more than a day in all", []Cell{{OnDay: today, Minutes: 900}}, fault.Invalid},
			{"seen as it no longer is", cell(today, 60, 0), fault.Conflict},
			{"a task of another project", []Cell{{TaskID: other, OnDay: today, Minutes: 60}}, fault.NotFound},
		} {
			if err := w.s.Write(ctx, by, w.p.ID, c.cells); !fault.Is(err, c.kind) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		name := "h." + string(task.ID) + ".2026-03-03"
		body := w.post("member", "/hours", http.StatusUnprocessableEntity, name, "sept heures", "was."+strings.TrimPrefix(name, "h."), "0")
		if !strings.Contains(body, "sept heures") || !strings.Contains(body, "Illisible") {
			t.Error("what was typed is lost, or not said to be wrong")
		}
		// One wrong cell: none is written.
		_ = w.s.Write(ctx, by, w.p.ID, append(cell(today.AddDays(-1), 60, 0), cell(today.AddDays(1), 60, 0)...))
		var n int64
		must(t, w.d.View(ctx, func(tx db.Tx) (err error) { n, err = db.Get[int64](tx, `select count(*) from cost_hours`); return err }))
		if n != 1 {
			t.Errorf("%d rows of hours, want 1", n)
		}
	})
}

// newTask makes a task in a project of its own.
func newTask(w *world) plan.TaskID {
	w.t.Helper()
	p, err := w.projects.Create(w.t.Context(), w.people["manager"], project.Draft{Project: project.Project{Title: "Autre projet", Kind: project.Other, Confidentiality: project.ForMembers, OwnerID: w.own}})
	must(w.t, err)
	w.again("manager")
	t, err := w.plan.CreateTask(w.t.Context(), w.people["manager"], plan.Draft{Task: plan.Task{ProjectID: p.ID, Title: "Ailleurs", Work: 420}})
	must(w.t, err)
	return t.ID
}

// TestAWeekIsWrittenAtOnce: a form of forty tasks takes as many statements as one of two; what is cleared
// is gone, what is noted anew is changed.
func TestAWeekIsWrittenAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		by := w.people["member"]
		var week []Cell
		for i := range 40 {
			task := w.task(fmt.Sprint("Tâche ", i), "member")
			for day := range 3 {
				week = append(week, Cell{TaskID: task.ID, OnDay: today.AddDays(-day), Minutes: 10})
			}
		}
		asked := func(cells []Cell) (n int) {
			t.Helper()
			must(t, d.Do(t.Context(), func(tx db.Tx) error {
				tx, count := db.Counted(tx)
				x, err := readDays(tx, by, w.p.ID, cells)
				for _, c := range cells {
					_, serr := x.set(by, w.p.ID, c, today)
					err = errors.Join(err, serr)
				}
				err = errors.Join(err, x.write(tx, ""))
				n = *count
				return err
			}))
			return n
		}
		must(t, w.s.Write(t.Context(), by, w.p.ID, week))
		note := "essai"
		next := slices.Clone(week)
		for i := range next {
			next[i].Was = 10
			switch i % 3 {
			case 0:
				next[i].Minutes = 0
			case 1:
				next[i].Minutes, next[i].Note = 25, &note
			}
		}
		few, many := asked(next[:6]), 0
		for i := range next[:6] {
			next[i].Was = next[i].Minutes
		}
		if many = asked(next); many > few+3 { // rows are inserted thirty by statement
			t.Errorf("%d statements for %d cells, %d for six", many, len(next), few)
		}
		var list []Hours
		must(t, d.View(t.Context(), func(tx db.Tx) (err error) {
			list, err = listHours(tx, w.p.ID, by.ID, today.AddDays(-6), today)
			return err
		}))
		sum, noted := int64(0), 0
		for _, h := range list {
			if sum += h.Minutes; h.Note == note {
				noted++
			}
		}
		if len(list) != 80 || sum != 40*(25+10) || noted != 40 {
			t.Errorf("%d rows, %d minutes, %d notes", len(list), sum, noted)
		}
	})
}

// TestTwoAtOnce: two windows write the same cell; one is told. Many people write their own: all succeed.
func TestTwoAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var wg sync.WaitGroup
		errs := make([]error, 16)
		for i := range errs {
			wg.Go(func() {
				errs[i] = w.s.Write(t.Context(), w.people["member"], w.p.ID, []Cell{{OnDay: today, Minutes: int64(60 + i)}})
			})
		}
		wg.Wait()
		good := 0
		for _, err := range errs {
			if err == nil {
				good++
			} else if !fault.Is(err, fault.Conflict) {
				t.Errorf("got %v", err)
			}
		}
		if good != 1 {
			t.Errorf("%d wrote the same cell, want 1", good)
		}
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = w.s.AddPurchase(t.Context(), w.people["manager"], Purchase{ProjectID: w.p.ID, Title: fmt.Sprint("Achat ", i), Category: Material, State: Planned, Cents: 100})
			})
		}
		wg.Wait()
		for _, err := range errs {
			must(t, err)
		}
	})
}

// TestPurchasesAndBudget: changed, overtaken, removed, brought back.
func TestPurchasesAndBudget(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx, m := t.Context(), w.people["manager"]
		p, err := w.s.AddPurchase(ctx, m, Purchase{ProjectID: w.p.ID, Title: "Poudre", Category: Material, State: Planned, Cents: 100_00, OnDay: "2026-04-01"})
		must(t, err)
		next := p
		next.State, next.OnDay = Ordered, today
		next, err = w.s.SavePurchase(ctx, m, next)
		must(t, err)
		if _, err := w.s.SavePurchase(ctx, m, p); !fault.Is(err, fault.Conflict) {
			t.Errorf("an old version is saved: %v", err)
		}
		next.OnDay = "2026-04-01"
		if _, err := w.s.SavePurchase(ctx, m, next); !fault.Is(err, fault.Invalid) {
			t.Errorf("ordered in the future: %v", err)
		}
		must(t, w.s.RemovePurchase(ctx, m, w.p.ID, p.ID, true))
		if w.get("manager", "/purchases", 200).Find(".b-list li").Length() != 0 {
			t.Error("the removed purchase is listed")
		}
		must(t, w.s.RemovePurchase(ctx, m, w.p.ID, p.ID, false))
		if w.get("manager", "/purchases", 200).Find(".b-list li").Length() != 1 {
			t.Error("the purchase does not come back")
		}
		if _, err := w.s.AddLine(ctx, m, Line{ProjectID: w.p.ID, Title: "Études", Category: Labour, Role: "Inconnu", Minutes: 600}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a role without a rate: %v", err)
		}
		if _, err := w.s.AddLine(ctx, m, Line{ProjectID: w.p.ID, Title: "Études", Category: Material, StageID: "ailleurs", Cents: 5}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a stage of nowhere: %v", err)
		}
		w.post("manager", "/budget", http.StatusUnprocessableEntity, "line.title", "x", "line.category", "material", "line.cents", "99999999999999999999")
		w.post("manager", "/purchases", http.StatusUnprocessableEntity, "purchase.title", "x", "purchase.category", "labour", "purchase.state", "paid", "purchase.cents", "-5", "purchase.on", "0000-00-00")
	})
}
