package demand

import (
	"bassin/internal/db"
	"bassin/internal/fault"
)

func getSecret(tx db.Tx) (string, error) {
	return db.Get[string](tx, `select secret from demand_secret where id = 1`)
}

// insertSecret keeps the first secret: of two who make one at the same moment both take that.
func insertSecret(tx db.Tx, secret string) (string, error) {
	if _, err := tx.Exec(`insert into demand_secret (id, secret) values (1, $1) on conflict do nothing`, secret); err != nil {
		return "", err
	}
	return getSecret(tx)
}

// insertOutcomes appends outcomes of one part or order; those that stood before them stand no more.
func insertOutcomes(tx db.Tx, list []Outcome) error {
	for _, o := range list {
		if _, err := tx.Exec(`update demand_outcome set until_month = $1 where trace = $2 and process = $3 and until_month = ''`, o.Month, o.Trace, o.Process); err != nil {
			return err
		}
	}
	rows := make([][]any, len(list))
	for i, o := range list {
		rows[i] = []any{o.ID, o.Month, o.Kind, o.Trace, o.Asker, o.TerritoryID, o.Process, o.Verdict, o.Reason, o.Alone, o.LongMM, o.MiddleMM, o.ShortMM, o.LackMM}
	}
	return db.InsertMany(tx, `demand_outcome (id, month, kind, trace, asker, territory_id, process, verdict, reason, alone, long_mm, middle_mm, short_mm, lack_mm)`, rows, "")
}

// lastReason is why a part could not be made, as it stands.
func lastReason(tx db.Tx, trace string) (Reason, error) {
	r, err := db.Get[Reason](tx, `select reason from demand_outcome where trace = $1 and process = '' order by id desc limit 1`, trace)
	return r, fault.IgnoreMissing(err)
}

// firstMonth is the one from which on something is known; "" when nothing is.
func firstMonth(tx db.Tx) (string, error) {
	return db.Get[string](tx, `select coalesce(min(month), '') from demand_outcome`)
}

// where is the condition of the outcomes of a time, as they stood at its end: of a part the last one counts.
func (f Filter) where() *db.Where {
	w := &db.Where{}
	w.And("d.month >= ? and d.month <= ?", f.From, f.To)
	w.And("d.until_month = '' or d.until_month > ?", f.To)
	switch {
	case f.Ours:
		w.And("d.asker in "+db.In(len(f.Askers)), db.Anys(f.Askers)...)
	case f.Territories != nil:
		w.And("d.territory_id in "+db.In(len(f.Territories)), db.Anys(f.Territories)...)
	}
	return w
}

// counted is a count, with the first and the last of who asked: that is all one must know to tell one from several.
type counted struct {
	Month    string
	Process  string
	Verdict  Verdict
	Reason   Reason
	Parts    int64
	Alone    int64
	First    string
	Last     string
	LackMost int64 `db:"lack_most"`
}

// listMonths counts parts by month and verdict: as a whole, or of one process.
func listMonths(tx db.Tx, f Filter) ([]counted, error) {
	w := f.where()
	w.And("d.kind = 'part' and d.process = ?", f.Process)
	return db.List[counted](tx, `select d.month, '' as process, d.verdict, '' as reason, count(*) as parts, 0 as alone, min(d.asker) as first, max(d.asker) as last, 0 as lack_most
		from demand_outcome d where `+w.String()+` group by d.month, d.verdict order by d.month, d.verdict`, w.Args()...)
}

// listReasons counts what could not be made by process and reason; the process "" is the part as a whole.
func listReasons(tx db.Tx, f Filter, kind Kind) ([]counted, error) {
	w := f.where()
	w.And("d.kind = ? and d.verdict = 'not'", kind)
	if f.Process != "" {
		w.And("d.process = ?", f.Process)
	}
	return db.List[counted](tx, `select '' as month, d.process, d.verdict, d.reason, count(*) as parts, sum(case when d.alone then 1 else 0 end) as alone,
		min(d.asker) as first, max(d.asker) as last, max(d.lack_mm) as lack_most from demand_outcome d where `+w.String()+` group by d.process, d.verdict, d.reason order by d.process, d.reason`, w.Args()...)
}

// box is how many parts have sides of a class, and by how much they were too large.
type box struct {
	Process string
	Reason  Reason
	Long    int64
	Middle  int64
	Short   int64
	Lack    int64
	Parts   int64
}

// listBoxes gives the sizes of what no machine of a process held, the largest first.
func listBoxes(tx db.Tx, f Filter) ([]box, error) {
	w := f.where()
	w.And("d.kind = 'part' and d.process <> '' and d.reason in ('too_large', 'no_machine') and d.long_mm > 0")
	if f.Process != "" {
		w.And("d.process = ?", f.Process)
	}
	return db.List[box](tx, `select d.process, d.reason, d.long_mm as long, d.middle_mm as middle, d.short_mm as short, d.lack_mm as lack, count(*) as parts
		from demand_outcome d where `+w.String()+` group by d.process, d.reason, d.long_mm, d.middle_mm, d.short_mm, d.lack_mm
		order by d.process, d.long_mm desc, d.middle_mm desc, d.short_mm desc, d.lack_mm, d.reason`, w.Args()...)
}
