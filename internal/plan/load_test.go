package plan

import (
	"net/http"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"

	"github.com/PuerkitoBio/goquery"
)

func TestLoad(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx, id := t.Context(), w.p.ID
		ana := w.invited(t, "ana", account.ProjectMember)
		give := func(x Task) {
			_, err := w.s.SaveTask(ctx, w.manager, Draft{Task: w.read(t, x), People: []account.PersonID{ana.ID}})
			must(t, err)
		}
		a, b := w.task(t, "Plans", 3), w.task(t, "Calcul", 2) // both from Monday: three days and two
		give(a)
		give(b)
		printer, err := w.s.AddResource(ctx, w.manager, Resource{ProjectID: id, Name: "  Machine  laser ", Units: 100, Hours: 14 * 60})
		must(t, err)
		for _, x := range []Task{a, b} {
			must(t, w.s.Book(ctx, w.manager, Booking{TaskID: x.ID, ProjectID: id, ResourceID: printer.ID, Units: 100}))
		}
		load := func() map[string]Loaded {
			out := map[string]Loaded{}
			must(t, w.d.View(ctx, func(tx db.Tx) error {
				acc, p := w.access(t, tx)
				list, _, err := w.s.loadOf(tx, acc, p, today)
				for _, l := range list {
					out[l.Name] = l
				}
				return err
			}))
			return out
		}
		got := load()["ana"]
		if x := got.Weeks[0]; x.Need != 5*420 || x.Have != 5*420 || !x.Over || got.Weeks[1].Need != 0 || got.Weeks[1].Over {
			t.Errorf("the week of somebody booked twice on two days: %+v", x)
		}
		if len(got.Conflicts) != 1 || got.Conflicts[0].From != today || got.Conflicts[0].To != "2026-03-03" || got.Conflicts[0].Over != 2*420 || len(got.Conflicts[0].Tasks) != 2 {
			t.Errorf("conflicts: %+v", got.Conflicts)
		}
		if m := load()["Machine laser"]; m.Weeks[0].Have != 5*840 || m.Weeks[0].Need != 5*420 || m.Weeks[0].Over || len(m.Conflicts) != 0 {
			t.Errorf("a machine that runs as long as both tasks: %+v", m)
		}
		must(t, w.s.SetCapacity(ctx, w.manager, id, Capacity{PersonID: ana.ID, Units: 50}))
		if x := load()["ana"].Weeks[0]; x.Have != 5*210 {
			t.Errorf("half a week is %d minutes", x.Have)
		}
		_, err = w.s.MoveTask(ctx, w.manager, id, b.ID, Done)
		must(t, err)
		if x := load()["ana"].Weeks[0]; x.Need != 3*420 {
			t.Errorf("what is done still asks: %d", x.Need)
		}
		for name, err := range map[string]error{
			"too much":           w.s.SetCapacity(ctx, w.manager, id, Capacity{PersonID: ana.ID, Units: 101}),
			"a stranger":         w.s.SetCapacity(ctx, w.manager, id, Capacity{PersonID: "nobody", Units: 50}),
			"no machine":         w.s.Book(ctx, w.manager, Booking{TaskID: a.ID, ProjectID: id, ResourceID: "none", Units: 100}),
			"a rate of nothing":  w.s.Book(ctx, w.manager, Booking{TaskID: a.ID, ProjectID: id, ResourceID: printer.ID}),
			"a machine unnamed":  w.s.SaveResource(ctx, w.manager, Resource{ID: printer.ID, ProjectID: id, Units: 100, Version: 1}),
			"a day of 25 hours":  w.s.SaveResource(ctx, w.manager, Resource{ID: printer.ID, ProjectID: id, Name: "x", Units: 100, Hours: 25 * 60, Version: 1}),
			"a million machines": w.s.SaveResource(ctx, w.manager, Resource{ID: printer.ID, ProjectID: id, Name: "x", Units: 1e8, Version: 1}),
		} {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: got %v", name, err)
			}
		}
		if err := w.s.SetCapacity(ctx, ana, id, Capacity{PersonID: ana.ID, Units: 50}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a member decides of capacity: %v", err)
		}
		must(t, w.s.SaveResource(ctx, w.manager, Resource{ID: printer.ID, ProjectID: id, Name: "Laser", Units: 200, Version: 1}))
		if err := w.s.SaveResource(ctx, w.manager, Resource{ID: printer.ID, ProjectID: id, Name: "Autre", Units: 200, Version: 1}); !fault.Is(err, fault.Conflict) {
			t.Errorf("overtaken: %v", err)
		}
		_, err = w.s.RemoveResource(ctx, w.manager, id, printer.ID)
		must(t, err)
		if _, there := load()["Laser"]; there {
			t.Errorf("a machine that was removed is still there")
		}
		_, err = w.s.RestoreResource(ctx, w.manager, id, printer.ID)
		must(t, err)
		if m := load()["Laser"]; m.Weeks[0].Need != 3*420 {
			t.Errorf("its bookings are gone: %+v", m)
		}
		must(t, w.s.Unbook(ctx, w.manager, Booking{TaskID: a.ID, ProjectID: id, ResourceID: printer.ID}))
		if m := load()["Laser"]; m.Weeks[0].Need != 0 {
			t.Errorf("still booked: %+v", m)
		}
	})
}

func TestLoadPages(t *testing.T) {
	w := serve(t, dbtest.Open(t))
	a := w.task(t, "Plans", 3)
	base := planURL(w.p.ID)
	w.post("manager", base+"/resources", http.StatusSeeOther, "resource.name", "Laser", "resource.count", "1", "resource.hours", "3,5")
	w.post("manager", base+"/resources", http.StatusUnprocessableEntity, "resource.name", "Laser", "resource.count", "x", "resource.hours", "99")
	task := w.get("manager", a.URL(), http.StatusOK)
	machine, _ := task.Find("#f-booking-resource option").Attr("value")
	w.post("manager", a.URL()+"/bookings", http.StatusSeeOther, "booking.resource", machine, "booking.units", "100")
	w.post("manager", a.URL()+"/bookings", http.StatusUnprocessableEntity, "booking.resource", machine, "booking.units", "0")
	w.post("manager", base+"/capacity", http.StatusSeeOther, "capacity.person", string(w.manager.ID), "capacity.units", "60")
	w.post("reader", base+"/capacity", http.StatusForbidden, "capacity.person", string(w.manager.ID), "capacity.units", "60")
	page := w.get("reader", base+"/load", http.StatusOK)
	if page.Find("#conflicts li a").Length() != 1 || page.Find(".b-load td.over").Length() != 1 {
		t.Errorf("a machine of half a day under a task of whole days is no conflict: %s", page.Find("#conflicts").Text())
	}
	if page.Find("form[method=post]").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(s.AttrOr("action", ""), "/plan/") }).Length() > 0 {
		t.Errorf("a reader is offered forms")
	}
	for _, from := range []string{"1900-01-01", "2200-12-31", "x", "2026-02-30"} {
		w.get("reader", base+"/load?from="+from, http.StatusOK)
	}
	w.get("stranger", base+"/load", http.StatusNotFound)
	w.post("manager", a.URL()+"/bookings/"+machine+"/remove", http.StatusSeeOther)
	w.post("manager", base+"/resources/"+machine+"/remove", http.StatusSeeOther)
	w.post("manager", base+"/resources/"+machine+"/restore", http.StatusSeeOther)
}
