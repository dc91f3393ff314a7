package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/cputest"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/file"
	"bassin/internal/programme"
	"bassin/internal/web"
	"bassin/internal/when"
)

// The national size: what every figure of docs/scale.md is measured on.
const (
	nationTerritories = 200
	nationActions     = 100 // a territory: 20,000
	nationLines       = 10  // an action: 200,000
	nationSteps       = 5   // a line: 1,000,000
)

// nation opens the database of national size: made once and kept in BASSIN_BENCH (a folder), since
// making it takes minutes. The address is what bassin serve is told.
func nation(b *testing.B, postgres bool) (*db.DB, []string) {
	b.Helper()
	ctx := context.Background()
	dir := nationDir(b)
	cfg, address := db.Config{Dir: dir}, []string{"--data", dir}
	if postgres {
		at := filepath.Join(dir, "postgres")
		if err := os.MkdirAll(at, 0o755); err != nil {
			b.Fatal(err)
		}
		cfg = db.Config{URL: dbtest.KeptServer(b, at).URL("postgres"), Conns: 8}
		address = []string{"--data", b.TempDir(), "--database", cfg.URL}
	}
	d, err := db.Open(ctx, cfg)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = d.Close() })
	n := rowsOf(b, d, "programme_contract")
	switch {
	case n == 0:
		start := time.Now()
		if err := fillNation(ctx, d); err != nil {
			b.Fatal(err)
		}
		b.Logf("made the nation in %s", time.Since(start).Round(time.Second))
	case n < nationTerritories:
		b.Fatalf("the database in %s was not finished: remove it", dir)
	}
	return d, address
}

func rowsOf(b *testing.B, d *db.DB, table string) int64 {
	b.Helper()
	var n int64
	if err := d.View(context.Background(), func(tx db.Tx) (err error) {
		n, err = db.Get[int64](tx, `select count(*) from `+table)
		return err
	}); err != nil {
		b.Fatal(err)
	}
	return n
}

func nationDir(b *testing.B) string {
	b.Helper()
	dir := os.Getenv("BASSIN_BENCH")
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "bassin-bench")
	}
	// PostgreSQL, which is another user, has a folder below it.
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	return dir
}

// bulk writes rows of one table, many a statement.
type bulk struct {
	tx    db.Tx
	head  string
	width int
	args  []any
	err   error
}

func newBulk(tx db.Tx, table, columns string) *bulk {
	return &bulk{tx: tx, head: "insert into " + table + " (" + columns + ") values ", width: strings.Count(columns, ",") + 1}
}

func (b *bulk) add(args ...any) {
	if len(args) != b.width {
		panic(fmt.Sprintf("%d values for %d columns: %s", len(args), b.width, b.head))
	}
	b.args = append(b.args, args...)
}

// bulkArgs bounds the arguments of a statement: SQLite looks names such as $7 up one by one, so
// that a statement of thousands takes milliseconds to parse.
const bulkArgs = 240

// flush writes the rows, as many a statement as both databases take. Tables are flushed in the
// order of their references.
func (b *bulk) flush() {
	for rest := b.args; len(rest) > 0 && b.err == nil; {
		n := min(len(rest), bulkArgs/b.width*b.width)
		b.write(rest[:n])
		rest = rest[n:]
	}
	b.args = b.args[:0]
}

func (b *bulk) write(args []any) {
	var q strings.Builder
	q.WriteString(b.head)
	for i := range args {
		switch {
		case i == 0:
			q.WriteString("(")
		case i%b.width == 0:
			q.WriteString("), (")
		default:
			q.WriteString(", ")
		}
		fmt.Fprintf(&q, "$%d", i+1)
	}
	q.WriteString(")")
	_, b.err = b.tx.Exec(q.String(), args...)
}

var nationStatuses = []programme.Status{programme.UnderWay, programme.UnderWay, programme.UnderWay, programme.Planned, programme.Done, programme.Blocked, programme.ToDiscuss}

// fillNation writes the national size in bulk. The amounts of lines and the money table are
// computed by the programme's own rules, so that the pages read what they would in life.
func fillNation(ctx context.Context, d *db.DB) error {
	r := rand.New(rand.NewPCG(1, 2))
	if err := d.Do(ctx, func(tx db.Tx) error { return fillPlaces(tx) }); err != nil {
		return err
	}
	for t := range nationTerritories {
		if err := d.Do(ctx, func(tx db.Tx) error { return fillTerritory(tx, r, t) }); err != nil {
			return err
		}
	}
	return d.Settle(ctx)
}

func nationID(t int) string {
	return fmt.Sprintf("ti-%02d%02d", []int{76, 75, 84, 93, 11, 24, 27, 28, 32, 44}[t%10], t/10+1)
}

const nationFunders = 60

func fillPlaces(tx db.Tx) error {
	ts := newBulk(tx, "territory_territory", "id, name, name_key, region_id, created_at, updated_at")
	sp := newBulk(tx, "territory_span", "territory_id, region_id")
	for t := range nationTerritories {
		id := nationID(t)
		ts.add(id, "Territoire "+id, "territoire "+id, id[3:5], 0, 0)
		sp.add(id, id[3:5])
	}
	og := newBulk(tx, "account_organisation", "id, kind, name, name_key, created_at, updated_at")
	for i := range nationFunders {
		og.add(fmt.Sprintf("org%02d", i), "operator", fmt.Sprintf("Financeur %02d", i), fmt.Sprintf("financeur %02d", i), 0, 0)
	}
	pe := newBulk(tx, "account_person", "id, email, name, created_at")
	gr := newBulk(tx, "account_grant", "id, person_id, role, scope_kind, scope_id, created_at")
	pe.add("lead", "lead@example.org", "Chef de projet", 0)
	gr.add("g1", "lead", "project_lead", "territory", nationID(0), 0)
	pe.add("nation", "nation@example.org", "Observateur national", 0)
	gr.add("g2", "nation", "national_observer", "nation", "", 0)
	pe.add("admin", "admin@example.org", "Administration", 0)
	gr.add("g3", "admin", "admin", "server", "", 0)
	for _, b := range []*bulk{ts, sp, og, pe, gr} {
		if b.flush(); b.err != nil {
			return b.err
		}
	}
	return nil
}

type nationTables struct {
	action, content, axis, party, line, step, money, milestone, cost *bulk
}

func (n nationTables) flush() error {
	for _, b := range []*bulk{n.action, n.content, n.axis, n.party, n.line, n.step, n.money, n.milestone, n.cost} {
		if b.flush(); b.err != nil {
			return b.err
		}
	}
	return nil
}

const amountList = "foreseen_cents, asked_cents, decided_cents, contracted_cents, paid_cents, closed_cents, refused_cents, withdrawn_cents, held_foreseen_cents, held_asked_cents, held_decided_cents, held_contracted_cents"

func amounts(a programme.Amounts) []any {
	return []any{a.ForeseenCents, a.AskedCents, a.DecidedCents, a.ContractedCents, a.PaidCents, a.ClosedCents, a.RefusedCents, a.WithdrawnCents,
		a.HeldForeseenCents, a.HeldAskedCents, a.HeldDecidedCents, a.HeldContractedCents}
}

func fillTerritory(tx db.Tx, r *rand.Rand, t int) error {
	contract := fmt.Sprintf("contract%03d", t)
	if _, err := tx.Exec(`insert into programme_contract (id, territory_id, code, title, phase, state, signed_on, starts_on, ends_on, announced_cents, created_at, updated_at)
		values ($1, $2, $3, $4, 1, 'signed', '2019-12-09', '2021-01-01', '2027-12-31', 4000000000, 0, 0)`, contract, nationID(t), fmt.Sprintf("T%03d", t), "Contrat "+nationID(t)); err != nil {
		return err
	}
	for i, a := range programme.PhaseAxes(1) {
		if _, err := tx.Exec(`insert into programme_axis (id, contract_id, code, label_fr, label_en, position) values ($1, $2, $3, $4, $5, $6)`,
			fmt.Sprintf("axis%03d%d", t, i), contract, a.Code, a.LabelFR, a.LabelEN, i); err != nil {
			return err
		}
	}
	n := nationTables{
		newBulk(tx, "programme_action", `id, contract_id, territory_id, reference, title, title_key, commitment, priority, confidentiality, starts_on, ends_on, status, outlook,
			created_at, updated_at, ready_mask, lead_id, lead_name, cost_cents, next_due_on, next_title, late_on, open_blockers, progress, news_on, plan_cents, to_find_cents,
			asked_cents, decided_cents, contracted_cents, paid_cents`),
		newBulk(tx, "programme_content", "action_id, context, description, stakes"),
		newBulk(tx, "programme_action_axis", "action_id, axis_id"),
		newBulk(tx, "programme_party", "action_id, organisation_id, organisation_name, kind, leads"),
		newBulk(tx, "programme_line", "id, action_id, contract_id, funder_id, funder_name, scheme, nature, year, created_at, updated_at, stage, stage_on, "+amountList),
		newBulk(tx, "programme_step", "id, line_id, action_id, kind, effective_on, amount_cents, reference, recorded_at, recorded_by, recorded_name"),
		newBulk(tx, "programme_money", "step_id, line_id, action_id, contract_id, effective_on, recorded_at, "+amountList),
		newBulk(tx, "programme_milestone", "id, action_id, title, due_on, reached_on, created_at, updated_at"),
		newBulk(tx, "programme_cost", "id, action_id, year, kind, planned_cents, actual_cents, updated_at"),
	}
	long := strings.Repeat("Le besoin est partagé par plusieurs entreprises du territoire. ", 20)
	for a := range nationActions {
		fillAction(n, r, t, a, contract, long)
	}
	return n.flush()
}

func fillAction(n nationTables, r *rand.Rand, t, a int, contract, long string) {
	id := fmt.Sprintf("action%03d%03d", t, a)
	var money programme.Amounts
	funders := map[int]bool{}
	for l := range nationLines {
		funder := r.IntN(nationFunders)
		funders[funder] = true
		money = money.Plus(fillLine(n, r, id, contract, l, funder))
	}
	plan := money.PlanCents()
	cost := plan + int64(r.IntN(3))*10_000_000
	status := nationStatuses[r.IntN(len(nationStatuses))]
	due := when.Day(2026, 1, 1).AddDays(r.IntN(900))
	level := []string{"public", "contract", "contract", "restricted"}[min(3, r.IntN(8)/2)]
	n.action.add(id, contract, nationID(t), fmt.Sprintf("T%03d-%02d", t, a+1), fmt.Sprintf("Action %d du territoire %d", a+1, t), fmt.Sprintf("action %d du territoire %d", a+1, t),
		"firm", "normal", level, "2022-01-10", when.Day(2027, 1, 1).AddDays(r.IntN(700)), status, "sun", 0, 0, r.IntN(32), "org00", "Financeur 00", cost, due, "Jalon suivant", due,
		r.IntN(10)/9, r.IntN(101), when.Day(2026, 1, 1).AddDays(r.IntN(320)), plan, max(0, cost-plan),
		money.AskedCents, money.DecidedCents, money.ContractedCents, money.PaidCents)
	n.content.add(id, long, long, long)
	n.axis.add(id, fmt.Sprintf("axis%03d%d", t, r.IntN(4)))
	n.party.add(id, "org00", "Financeur 00", "owner", true)
	for f := range funders {
		n.party.add(id, fmt.Sprintf("org%02d", f), fmt.Sprintf("Financeur %02d", f), "funder", false)
	}
	for m := range 3 {
		n.milestone.add(fmt.Sprintf("%sm%d", id, m), id, "Jalon", due.AddDays(m*90), "", 0, 0)
	}
	n.cost.add(id+"c", id, 2024, "investment", cost, 0, 0)
}

// fillLine writes a line with its steps and gives what it amounts to.
func fillLine(n nationTables, r *rand.Rand, action, contract string, l, funder int) programme.Amounts {
	id := fmt.Sprintf("%sl%02d", action, l)
	cents := int64(1+r.IntN(400)) * 1_000_000
	day := when.Day(2020, 1, 1).AddDays(r.IntN(1500))
	kinds := []programme.Kind{programme.Asked, programme.Decided, programme.Contracted, programme.Paid, programme.Paid}
	var steps []programme.Step
	for i, k := range kinds[:nationSteps] {
		day = day.AddDays(20 + r.IntN(120))
		amount := cents
		if k == programme.Paid {
			amount = cents / 2
		}
		steps = append(steps, programme.Step{ID: programme.StepID(fmt.Sprintf("%ss%d", id, i)), LineID: programme.LineID(id), Kind: k, EffectiveOn: day, AmountCents: amount, RecordedAt: when.At(day.AddDays(2).Time())})
	}
	s := programme.Fold(steps, programme.AsOf{})
	n.line.add(append([]any{id, action, contract, fmt.Sprintf("org%02d", funder), fmt.Sprintf("Financeur %02d", funder), "Dispositif", "grant", 2021 + r.IntN(7), 0, 0, s.Stage, s.StageOn}, amounts(s.Amounts)...)...)
	for _, x := range steps {
		n.step.add(x.ID, x.LineID, action, x.Kind, x.EffectiveOn, x.AmountCents, "Acte", x.RecordedAt, "lead", "Chef de projet")
	}
	for _, x := range programme.Deltas(steps) {
		n.money.add(append([]any{x.StepID, x.LineID, action, contract, x.EffectiveOn, x.RecordedAt}, amounts(x.Amounts)...)...)
	}
	return s.Amounts
}

// tokenOf gives a personal token of a person of the nation.
func tokenOf(b *testing.B, s *site, person account.PersonID) string {
	b.Helper()
	_, secret, err := s.account.AddToken(context.Background(), account.System("bench"), account.Token{PersonID: person, Name: "bench", Scopes: "read write"})
	if err != nil {
		b.Fatal(err)
	}
	return secret
}

func nationPages() []struct{ name, person, url string } {
	return []struct{ name, person, url string }{
		{"contract", "lead", "/contracts/contract000"},
		{"actions-filtered", "lead", "/contracts/contract000/actions?status=under_way&late=1&sort=-cost"},
		{"actions-nation", "nation", "/actions?status=under_way&late=1&sort=-cost"},
		{"territory-home", "lead", "/territories/" + nationID(0) + "/home"},
		{"money-as-of", "lead", "/contracts/contract000/funding?on=2023-06-30"},
		{"money-as-known", "lead", "/contracts/contract000/funding?on=2023-06-30&known=1"},
		{"action-funding", "lead", "/actions/action000000/funding"},
	}
}

// visitor reads pages as the people of the nation.
type visitor struct {
	h      http.Handler
	tokens map[string]string
}

func newVisitor(b *testing.B, d *db.DB) visitor {
	b.Helper()
	files, err := file.NewFolder(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	s, err := newSite(context.Background(), d, siteOptions{Version: "bench", Files: files, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	v := visitor{s.mux.Handler(), map[string]string{}}
	for _, p := range []string{"lead", "nation", "admin"} {
		v.tokens[p] = tokenOf(b, s, account.PersonID(p))
	}
	return v
}

// get asks for one page. A stream of news, which has no end, is left after two seconds.
func (v visitor) get(person, url string) *httptest.ResponseRecorder {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	w := httptest.NewRecorder()
	q := httptest.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	q.Header.Set("Authorization", "Bearer "+v.tokens[person])
	v.h.ServeHTTP(w, q)
	return w
}

func benchPages(b *testing.B, postgres bool) {
	d, _ := nation(b, postgres)
	v := newVisitor(b, d)
	for _, p := range nationPages() {
		b.Run(p.name, func(b *testing.B) {
			if w := v.get(p.person, p.url); w.Code != http.StatusOK {
				b.Fatalf("%s: %d %s", p.url, w.Code, w.Body.String()[:min(300, w.Body.Len())])
			}
			b.ReportAllocs()
			before := cputest.Used(b)
			for b.Loop() {
				v.get(p.person, p.url)
			}
			cputest.Report(b, before)
		})
	}
}

// The processor time is this process's: on PostgreSQL the database's own is not in it.
func BenchmarkNationSQLite(b *testing.B)   { benchPages(b, false) }
func BenchmarkNationPostgres(b *testing.B) { benchPages(b, true) }

// everyPage gives each route that is read, with what stands in its braces, and lists in the shapes
// that read most.
func everyPage(routes []web.Route) []string {
	urls := []string{"/actions?sort=-late", "/actions?sort=title", "/actions?sort=-next", "/actions?view=board", "/actions?view=sheet", "/actions?q=territoire",
		"/actions?ready=no", "/actions?watch=late", "/actions?watch=silent", "/actions?watch=unfunded", "/actions?page=400", "/actions?region=76", "/actions?funder=org00", "/actions?axis=A",
		"/contracts/contract000/actions?view=board", "/contracts/contract000/funding?by=axis&on=2023-06-30", "/search?q=territoire"}
	in := strings.NewReplacer("{line}", "action000000l00", "{step}", "action000000l00s4", "{milestone}", "action000000m0", "{section}", "identity", "{$}", "")
	for _, r := range routes {
		path, ok := strings.CutPrefix(r.Pattern, "GET ")
		if !ok || strings.HasPrefix(path, "/api/") || strings.Contains(path, ".csv") || strings.Contains(path, ".xlsx") || strings.Contains(path, "oidc") {
			continue
		}
		id := map[string]string{"actions": "action000000", "contracts": "contract000", "territories": nationID(0), "regions": "76",
			"organisations": "org00", "people": "lead"}[strings.Split(path, "/")[1]]
		if path = in.Replace(path); id != "" {
			path = strings.ReplaceAll(path, "{id}", id)
		}
		if !strings.Contains(path, "{") {
			urls = append(urls, path)
		}
	}
	return urls
}

func isStream(w *httptest.ResponseRecorder) bool {
	return strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream")
}

// BenchmarkEveryPage reads each page that has an address at national size, as whoever may: the
// project lead, the observer of the nation or the administrator. One name for each address.
func BenchmarkEveryPage(b *testing.B) {
	d, _ := nation(b, false)
	v := newVisitor(b, d)
	s, err := newSite(context.Background(), d, siteOptions{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	for _, url := range everyPage(s.mux.Routes()) {
		for _, person := range []string{"nation", "lead", "admin"} {
			if w := v.get(person, url); w.Code != http.StatusOK || isStream(w) {
				continue
			}
			b.Run(strings.ReplaceAll(url, "/", "|"), func(b *testing.B) {
				before := cputest.Used(b)
				for b.Loop() {
					v.get(person, url)
				}
				cputest.Report(b, before)
			})
			break
		}
	}
}

// BenchmarkCreate32 creates actions through the API with 32 clients at once on SQLite: each
// creation is a transaction of its own. It fails when one creation does.
func BenchmarkCreate32(b *testing.B) {
	for _, full := range []bool{false, true} {
		name := "sync-normal"
		if full {
			name = "sync-full"
		}
		b.Run(name, func(b *testing.B) {
			d, err := db.Open(context.Background(), db.Config{Dir: b.TempDir(), FullSync: full})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = d.Close() }()
			if err := d.Do(context.Background(), func(tx db.Tx) error {
				if err := fillPlaces(tx); err != nil {
					return err
				}
				_, err := tx.Exec(`insert into programme_contract (id, territory_id, code, title, phase, state, created_at, updated_at) values ('c', $1, 'T000', 'Contrat', 1, 'preparation', 0, 0)`, nationID(0))
				return err
			}); err != nil {
				b.Fatal(err)
			}
			s, err := newSite(context.Background(), d, siteOptions{Version: "bench", Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				b.Fatal(err)
			}
			server := httptest.NewServer(s.mux.Handler())
			defer server.Close()
			token := tokenOf(b, s, "lead")
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}
			var next atomic.Int64
			var failed atomic.Int64
			var wg sync.WaitGroup
			before, start := cputest.Used(b), time.Now()
			b.ResetTimer()
			for range 32 {
				wg.Go(func() {
					for {
						i := next.Add(1)
						if i > int64(b.N) {
							return
						}
						body := fmt.Sprintf(`{"contract_id":"c","reference":"T%03d-%04d","title":"Action %d"}`, i/9999, i%9999, i)
						q, _ := http.NewRequest(http.MethodPost, server.URL+"/api/v1/actions", strings.NewReader(body))
						q.Header.Set("Authorization", "Bearer "+token)
						q.Header.Set("Content-Type", "application/json")
						res, err := client.Do(q)
						if err != nil {
							failed.Add(1)
							continue
						}
						if res.StatusCode != http.StatusCreated {
							if failed.Add(1) == 1 {
								out, _ := io.ReadAll(res.Body)
								b.Logf("%d %s", res.StatusCode, out)
							}
						}
						_, _ = io.Copy(io.Discard, res.Body)
						_ = res.Body.Close()
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "creations/s")
			cputest.Report(b, before)
			if n := failed.Load(); n > 0 {
				b.Errorf("%d of %d creations failed", n, b.N)
			}
		})
	}
}
