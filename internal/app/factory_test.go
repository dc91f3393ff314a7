package app

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/cputest"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/file"
)

// multiple is so many rows more that are one of the demonstration's but for some columns; the number of the copy, from 1, is n.i.
type multiple struct {
	table, where string
	times        int
	sets         map[string]string // column → expression
}

// The factory of a nation: machines that everybody may ask for, the parts of one large office among those of others, the orders and
// batches of one workshop, the days of one machine, and what could not be made.
var multiples = []multiple{
	{"park_machine", "name = 'Fil, plateau technique'", 1000, map[string]string{"id": "'machine' || n.i", "name": "t.name || n.i", "name_key": "t.name_key || n.i", "hour_cents": "t.hour_cents + n.i", "x_mm": "100 + n.i % 400"}},
	{"additive_part", "title = 'Bride de fixation'", 20_000, map[string]string{"id": "'part' || n.i", "number": "t.number + 100 + n.i", "title": "t.title || n.i", "title_key": "t.title_key || n.i"}},
	{"additive_part", "title = 'Bride de fixation'", 30_000, map[string]string{"id": "'elsewhere' || n.i", "holder_id": "'holder' || n.i % 100", "organisation_id": "'holder' || n.i % 100", "title": "t.title || n.i", "number": "n.i"}},
	{"making_order", "state = 'rated'", 20_000, map[string]string{"id": "'order' || n.i", "number": "t.number + 100 + n.i", "state": "case n.i % 4 when 0 then 'building' when 1 then 'accepted' when 2 then 'requested' else t.state end"}},
	{"batch_batch", "state = 'planned'", 1000, map[string]string{"id": "'batch' || n.i", "number": "t.number + 100 + n.i"}},
	{"park_slot", "order_id <> ''", 3000, map[string]string{"id": "'slot' || n.i", "from_at": "t.from_at + n.i * 7200000000", "to_at": "t.from_at + n.i * 7200000000 + 3600000000", "order_id": "'order' || n.i"}},
	{"calibration_run", "source <> ''", 5000, map[string]string{"id": "'run' || n.i", "trace": "'trace' || n.i"}},
	{"demand_outcome", "verdict = 'not' and reason <> ''", 50_000, map[string]string{"id": "'outcome' || n.i", "trace": "'trace' || n.i % 9000", "long_mm": "10 * (n.i % 60)"}},
}

// parted are rows that belong to such rows, one for each of theirs.
var parted = []struct{ table, where, column, of, id string }{
	{"park_stock", "machine_id = (select id from park_machine where name = 'Fil, plateau technique')", "machine_id", "park_machine", "machine"},
	{"additive_revision", "part_id = (select id from additive_part where title = 'Bride de fixation') and number = 2", "part_id", "additive_part", "part"},
	{"additive_revision", "part_id = (select id from additive_part where title = 'Bride de fixation') and number = 2", "part_id", "additive_part", "elsewhere"},
	{"making_step", "state = 'accepted' and order_id = (select id from making_order where state = 'rated' and id not like 'order%' limit 1)", "order_id", "making_order", "order"},
	{"batch_order", "batch_id not like 'batch%'", "batch_id", "batch_batch", "batch"},
}

// copied writes the rows of a multiple.
func copied(tx db.Tx, m multiple) error {
	var columns []string
	if err := tx.Rows(func(r *sql.Rows) (err error) { columns, err = r.Columns(); return err }, `select * from `+m.table+` where `+m.where+` limit 1`); err != nil {
		return err
	}
	values := make([]string, len(columns))
	for i, c := range columns {
		if values[i] = m.sets[c]; values[i] == "" {
			values[i] = "t." + c
		}
	}
	n, err := tx.Exec(fmt.Sprintf(`insert into %s (%s) with recursive n(i) as (select 1 union all select i + 1 from n where i < %d)
		select %s from n cross join (select * from %s where %s limit 1) t`, m.table, strings.Join(columns, ", "), m.times, strings.Join(values, ", "), m.table, m.where))
	if err == nil && n != int64(m.times) {
		err = fmt.Errorf("%d rows of %s", n, m.table)
	}
	return err
}

// factory makes the demonstration with many rows more.
func factory(b *testing.B, d *db.DB) (v visitor, paths map[string]string) {
	b.Helper()
	ctx := context.Background()
	files, err := file.NewFolder(b.TempDir())
	if err == nil {
		err = seedDemo(ctx, d, files, "http://bassin.example", time.Now())
	}
	if err != nil {
		b.Fatal(err)
	}
	people := map[string]account.Person{}
	paths = map[string]string{}
	if err := d.Do(ctx, func(tx db.Tx) error {
		for _, name := range []string{"entreprise", "ecole", "nation", "chef-de-projet"} {
			if people[name], err = account.PersonByEmail(tx, name+"@bassin.example"); err != nil {
				return err
			}
		}
		for of, query := range map[string]string{"part": `select id from additive_part where title = 'Bride de fixation'`, "machine": `select id from park_machine where name = 'Fil, plateau technique'`,
			"batch": `select id from batch_batch`, "order": `select id from making_order where state = 'rated'`} {
			if paths[of], err = db.Get[string](tx, query); err != nil {
				return err
			}
		}
		for _, m := range multiples {
			if err := copied(tx, m); err != nil {
				return fmt.Errorf("%s: %w", m.table, err)
			}
		}
		for _, p := range parted {
			times, err := db.Get[int](tx, `select count(*) from `+p.of+` where id like $1`, p.id+"%")
			if err == nil {
				err = copied(tx, multiple{p.table, p.where, times, map[string]string{p.column: "'" + p.id + "' || n.i"}})
			}
			if err != nil {
				return fmt.Errorf("%s: %w", p.table, err)
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	if err := d.Settle(ctx); err != nil {
		b.Fatal(err)
	}
	s, err := newSite(ctx, d, siteOptions{Version: "bench", Files: files, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	v = visitor{s.mux.Handler(), map[string]string{}}
	for name, p := range people {
		v.tokens[name] = tokenOf(b, s, p.ID)
	}
	return v, paths
}

// factoryPages are the pages of the rooms in which parts are made, each with who reads it.
var factoryPages = []struct{ name, person, path string }{
	{"parts", "entreprise", "/parts"},
	{"parts by words", "entreprise", "/parts?q=bride"},
	{"parts that wait", "entreprise", "/parts?state=waiting"},
	{"the last parts", "entreprise", "/parts?page=400"},
	{"a part", "entreprise", "/parts/{part}"},
	{"offers of all machines", "entreprise", "/parts/{part}/offers"},
	{"offers, the quickest", "entreprise", "/parts/{part}/offers?sort=ready&quantity=10"},
	{"an offer", "entreprise", "/parts/{part}/offers/{machine}/pla"},
	{"machines", "entreprise", "/machines"},
	{"a machine with its days", "ecole", "/machines/{machine}"},
	{"what runs of a machine took", "ecole", "/machines/{machine}/calibration"},
	{"materials", "entreprise", "/materials"},
	{"orders", "ecole", "/orders"},
	{"orders that are built", "ecole", "/orders?state=building"},
	{"an order", "ecole", "/orders/{order}"},
	{"an order on the floor", "ecole", "/orders/{order}/floor"},
	{"a certificate", "entreprise", "/orders/{order}/certificate"},
	{"batches", "ecole", "/batches"},
	{"a batch", "ecole", "/batches/{batch}"},
	{"what could not be made", "nation", "/demand"},
	{"what could not be made here", "chef-de-projet", "/demand"},
	{"parts by program", "entreprise", "/api/v1/parts?limit=100"},
	{"orders by program", "ecole", "/api/v1/orders?limit=100"},
	{"machines by program", "entreprise", "/api/v1/machines?limit=100"},
}

func benchFactory(b *testing.B, d *db.DB) {
	v, paths := factory(b, d)
	for _, p := range factoryPages {
		url := p.path
		for of, id := range paths {
			url = strings.ReplaceAll(url, "{"+of+"}", id)
		}
		b.Run(p.name, func(b *testing.B) {
			if w := v.get(p.person, url); w.Code != http.StatusOK {
				b.Fatalf("%s: %d %s", url, w.Code, w.Body.String()[:min(300, w.Body.Len())])
			}
			b.ReportAllocs()
			before := cputest.Used(b)
			for b.Loop() {
				v.get(p.person, url)
			}
			cputest.Report(b, before)
		})
	}
}

// The processor time is this process's: on PostgreSQL the database's own is not in it.
func BenchmarkFactorySQLite(b *testing.B) { benchFactory(b, dbtest.Open(b)) }

func BenchmarkFactoryPostgres(b *testing.B) {
	d, err := db.Open(context.Background(), db.Config{URL: dbtest.PostgresURL(b), Conns: 4})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = d.Close() })
	benchFactory(b, d)
}
