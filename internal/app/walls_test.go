package app

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/bits"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/programme"

	"github.com/PuerkitoBio/goquery"
	"pgregory.net/rapid"
)

// TestWalls makes random worlds and asks, for everybody and every action, the rule in Go, the gate
// in front of each sheet and everything that lists, counts or sums (decision 11). Operations are
// asked for everybody, the pages and the API for one person a world.
func TestWalls(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		_ = f.Value.Set("25") // a world asks some hundred pages; ask for more when a wall is moved
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		noon := wallToday.Time().Add(12 * time.Hour)
		s, err := newSite(context.Background(), d.Clocked(func() time.Time { return noon }), siteOptions{Version: "test", Log: discard, NoJobs: true})
		if err != nil {
			t.Fatal(err)
		}
		h := s.mux.Handler()
		rapid.Check(t, func(t *rapid.T) {
			w := drawWorld(t)
			x := walls{t, s, h, w}
			if err := s.db.Do(context.Background(), w.write); err != nil {
				t.Fatal(err)
			}
			if _, err := s.search.Rebuild(context.Background(), func(_, _ int64) {}); err != nil { // the world was written without operations
				t.Fatal(err)
			}
			for person := range len(w.People) {
				x.operations(person)
			}
			x.operations(public)
			x.pages(rapid.IntRange(public, len(w.People)-1).Draw(t, "reader"))
		})
	})
}

// walls compares one world with its rules.
type walls struct {
	t    *rapid.T
	site *site
	h    http.Handler
	wallWorld
}

func (x walls) fatal(person int, format string, args ...any) {
	x.t.Helper()
	who := "the public"
	if person != public {
		who = wallPersonID(person)
	}
	x.t.Fatalf("%s, %s%s", who, fmt.Sprintf(format, args...), x.wallWorld)
}

// same fails unless a list holds what the rule lets through.
func (x walls) same(person int, what string, got, want wallSet) {
	x.t.Helper()
	if got != want {
		x.fatal(person, "%s: got %s, the rule says %s", what, got, want)
	}
}

// operations asks the operations below pages and API.
func (x walls) operations(person int) {
	x.t.Helper()
	group := rapid.SampledFrom(programme.Bys()).Draw(x.t, "money by")
	err := x.site.db.View(context.Background(), func(tx db.Tx) error {
		var by account.Actor
		if person != public {
			var err error
			if by, err = account.Load(tx, account.PersonID(wallPersonID(person))); err != nil {
				return err
			}
		}
		listed, opened := x.listed(person), x.opened(person)
		for i := range x.Actions {
			_, err := programme.TerritoryOfAction(tx, by, wallActionID(i))
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			if (err == nil) != opened.has(i) {
				x.fatal(person, "%s: the gate gives %v, the rule says %v", wallActionID(i), err, opened.has(i))
			}
		}
		for _, f := range x.filters(listed) {
			if err := x.lists(tx, by, person, f.name, f.Filter, f.want); err != nil {
				return err
			}
		}
		return x.contracts(tx, by, person, group)
	})
	if err != nil {
		x.t.Fatal(err)
	}
}

type wallFilter struct {
	name string
	programme.Filter
	want wallSet
}

// filters are ways to ask for a part of what is listed.
func (x walls) filters(listed wallSet) []wallFilter {
	list := []wallFilter{{"all", programme.Filter{}, listed}, {"by text", programme.Filter{Text: "mur"}, listed}}
	for _, r := range []string{"76", "93", "84"} {
		list = append(list, wallFilter{"of region " + r, programme.Filter{RegionID: r}, listed & x.ofRegion(r)})
	}
	for i := range x.Regions {
		list = append(list, wallFilter{"of " + wallTerritory(i), programme.Filter{TerritoryID: wallTerritory(i)}, listed & x.ofTerritory(i)})
	}
	for i := range x.Contracts {
		list = append(list, wallFilter{"of contract " + string(wallContractID(i)), programme.Filter{ContractID: wallContractID(i)}, listed & x.ofContract(i)})
	}
	return list
}

func (x walls) lists(tx db.Tx, by account.Actor, person int, what string, f programme.Filter, want wallSet) error {
	rows, n, err := programme.ListActions(tx, by, f, 0, 0)
	if err != nil {
		return err
	}
	var got wallSet
	for _, r := range rows {
		got |= wallSet(r.PlanCents)
	}
	x.same(person, what, got, want)
	page, total, err := programme.ListActions(tx, by, f, 0, 1)
	if err != nil || n != total || len(page) != min(1, len(rows)) {
		x.fatal(person, "%s: %d in all, %d on pages, %v", what, n, total, err)
	}
	counts, err := programme.CountActions(tx, by, f)
	if err != nil {
		return err
	}
	x.same(person, what+", summed", wallSet(counts.PlanCents), want)
	if int(counts.All) != len(rows) || int(counts.Blocked) != len(rows) || counts.CostCents != 2*int64(want) {
		x.fatal(person, "%s: counts %+v over %d rows", what, counts, len(rows))
	}
	return nil
}

// contracts compares the gate of each contract and the money behind it.
func (x walls) contracts(tx db.Tx, by account.Actor, person int, group programme.By) error {
	for i := range x.Contracts {
		id, want := wallContractID(i), x.listed(person)&x.ofContract(i)
		_, err := programme.TerritoryOfContract(tx, by, id)
		if (err == nil) != x.seesContract(person, i) {
			x.fatal(person, "%s: the gate gives %v, the rule says %v", id, err, x.seesContract(person, i))
		}
		if err != nil {
			continue
		}
		for _, at := range []programme.AsOf{{}, {On: wallToday.AddDays(-1)}} {
			m, err := programme.ContractMoney(tx, by, id, at, group)
			if err != nil {
				return err
			}
			var groups wallSet
			for _, g := range m.Groups {
				groups += wallSet(g.PaidCents)
			}
			what := fmt.Sprintf("money of %s by %s as of %q", id, group, at.On)
			x.same(person, what, wallSet(m.Total.PaidCents), want)
			x.same(person, what+", groups", groups, want)
			x.same(person, what+", costs", wallSet(m.CostCents/2), want)
		}
	}
	return nil
}

var (
	wallMark     = regexp.MustCompile(`WALL-(\d\d)`)
	contractMark = regexp.MustCompile(`CONTRACT-(\d\d)`)
)

func marked(mark *regexp.Regexp, body string) (s wallSet) {
	for _, m := range mark.FindAllStringSubmatch(body, -1) {
		i, _ := strconv.Atoi(m[1])
		s |= 1 << i
	}
	return s
}

// pages asks every page and operation of the API that lists actions.
func (x walls) pages(person int) {
	x.t.Helper()
	token := ""
	if person != public {
		var err error
		if _, token, err = x.site.account.AddToken(context.Background(), account.System("test"), account.Token{PersonID: account.PersonID(wallPersonID(person)), Name: "test", Scopes: "read"}); err != nil {
			x.t.Fatal(err)
		}
	}
	get := func(path string, statuses ...int) string {
		x.t.Helper()
		r := httptest.NewRequest(http.MethodGet, path, nil)
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		w := httptest.NewRecorder()
		x.h.ServeHTTP(w, r)
		for _, s := range statuses {
			if w.Code == s {
				return w.Body.String()
			}
		}
		x.fatal(person, "GET %s: got %d, want %v", path, w.Code, statuses)
		return ""
	}
	// exact is a page that shows all that its reader may see; it answers 404 where it is not there.
	exact := func(path string, there bool, want wallSet) {
		x.t.Helper()
		status := http.StatusOK
		if !there {
			status, want = http.StatusNotFound, 0
		}
		x.same(person, "GET "+path, marked(wallMark, get(path, status)), want)
	}
	// within is a page that shows some of it.
	within := func(path string, all wallSet, statuses ...int) {
		x.t.Helper()
		if got := marked(wallMark, get(path, statuses...)); got&^all != 0 {
			x.fatal(person, "GET %s: shows %s of which the rule hides %s", path, got, got&^all)
		}
	}
	listed, opened := x.listed(person), x.opened(person)
	for _, path := range []string{"/actions", "/actions?view=board", "/actions?view=sheet", "/actions.csv", "/actions/print", "/search?q=mur"} {
		exact(path, true, listed)
	}
	x.same(person, "GET /actions.xlsx", marked(wallMark, unzipped(x.t, get("/actions.xlsx", 200))), listed)
	within("/", listed, 200, 303)
	for i := range x.Actions {
		within("/actions/"+string(wallActionID(i)), opened, map[bool]int{true: 200, false: 404}[opened.has(i)])
		if opened.has(i) {
			within("/actions/"+string(wallActionID(i))+"/access", opened, 200, 303, 403)
		} else {
			within("/actions/"+string(wallActionID(i))+"/access", 0, 303, 404)
		}
	}
	contracts := wallSet(0)
	for i := range x.Contracts {
		there, want := x.seesContract(person, i), listed&x.ofContract(i)
		if there {
			contracts |= 1 << i
		}
		for _, below := range []string{"", "/actions", "/actions?view=board", "/print"} {
			exact("/contracts/"+string(wallContractID(i))+below, there, want)
		}
	}
	list := get("/contracts", 200)
	x.same(person, "GET /contracts", marked(contractMark, list), contracts)
	x.counted(person, list, listed)
	for i := range x.Regions {
		shown := wallSet(0) // of the contract that the home shows: the last that the reader sees
		for k, c := range x.Contracts {
			if c.Territory == i && contracts.has(k) {
				shown = listed & x.ofContract(k)
			}
		}
		exact("/territories/"+wallTerritory(i)+"/home", true, shown)
		within("/territories/"+wallTerritory(i)+"/todo", listed, 200, 404)
		within("/territories/"+wallTerritory(i)+"/access", listed, 200, 303, 403)
		if person != public {
			within("/territories/"+wallTerritory(i), listed, 200)
		}
	}
	if person == public {
		get("/api/v1/actions", 401)
		return
	}
	x.totals(person, get("/", 200, 303), listed)
	x.api(person, get, listed, opened)
}

// counted compares the number of actions of each contract in the list of contracts.
func (x walls) counted(person int, body string, listed wallSet) {
	doc := parse(x.t, body)
	for i := range x.Contracts {
		row := doc.Find(`main tr:has(th a[href="/contracts/` + string(wallContractID(i)) + `"])`)
		want := bits.OnesCount64(uint64(listed & x.ofContract(i)))
		if got := strings.TrimSpace(row.Find("td").Eq(2).Text()); row.Length() > 0 && got != strconv.Itoa(want) {
			x.fatal(person, "GET /contracts: %q actions of %s, want %d", got, wallContractID(i), want)
		}
	}
}

func parse(t *rapid.T, body string) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// totals compares the table of the homes of nation and regions, which counts the levels that their
// readers follow.
func (x walls) totals(person int, body string, listed wallSet) {
	doc := parse(x.t, body)
	for i := range x.Regions {
		row := doc.Find(`main tr:has(th a[href="/territories/` + wallTerritory(i) + `/home"])`)
		if row.Length() == 0 {
			continue
		}
		latest := 0
		for _, c := range x.Contracts {
			if c.Territory == i {
				latest = max(latest, c.Phase)
			}
		}
		open := x.where(func(a wallAction, c wallContract) bool {
			return c.Territory == i && c.Phase == latest && !a.Removed && a.Level != programme.Restricted
		})
		if open&^listed != 0 {
			x.fatal(person, "home counts %s of %s, the rule hides %s", open, wallTerritory(i), open&^listed)
		}
		want := bits.OnesCount64(uint64(open))
		if got := strings.TrimSpace(row.Find("td").First().Text()); got != strconv.Itoa(want) {
			x.fatal(person, "home: %s actions in %s, want %d", got, wallTerritory(i), want)
		}
	}
}

func (x walls) api(person int, get func(string, ...int) string, listed, opened wallSet) {
	x.t.Helper()
	var got wallSet
	for cursor := ""; ; {
		var page struct {
			Items []struct {
				PlanCents wallSet `json:"plan_cents"`
			}
			NextCursor string `json:"next_cursor"`
		}
		x.decode(get("/api/v1/actions?limit=2&cursor="+cursor, 200), &page)
		for _, a := range page.Items {
			got |= a.PlanCents
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	x.same(person, "GET /api/v1/actions", got, listed)
	for i := range x.Actions {
		status := map[bool]int{true: 200, false: 404}[opened.has(i)]
		get("/api/v1/lines/l"+strconv.Itoa(i), status)
		for _, below := range []string{"", "/lines", "/money"} {
			get("/api/v1/actions/"+string(wallActionID(i))+below, status)
		}
	}
	for i := range x.Contracts {
		if !x.seesContract(person, i) {
			get("/api/v1/contracts/"+string(wallContractID(i))+"/money", 404)
			continue
		}
		var money struct {
			CostCents wallSet `json:"cost_cents"`
		}
		x.decode(get("/api/v1/contracts/"+string(wallContractID(i))+"/money", 200), &money)
		x.same(person, "GET /api/v1/contracts/"+string(wallContractID(i))+"/money", money.CostCents/2, listed&x.ofContract(i))
	}
}

func (x walls) decode(body string, to any) {
	x.t.Helper()
	if err := json.Unmarshal([]byte(body), to); err != nil {
		x.t.Fatalf("%v in %s", err, body)
	}
}

func unzipped(t *rapid.T, file string) string {
	z, err := zip.NewReader(bytes.NewReader([]byte(file)), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, r); err != nil {
			t.Fatal(err)
		}
		_ = r.Close()
	}
	return all.String()
}
