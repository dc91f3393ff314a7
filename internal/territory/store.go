package territory

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/when"
)

// insertRegions writes those that are missing; overview joins them.
func insertRegions(tx db.Tx) error {
	have, err := db.List[RegionID](tx, `select id from territory_region`)
	if err != nil || len(have) == len(Regions()) {
		return err
	}
	var rows [][]any
	for _, r := range Regions() {
		rows = append(rows, []any{r.ID, r.Name})
	}
	return db.InsertMany(tx, `territory_region (id, name)`, rows, `on conflict do nothing`)
}

// lockImports makes other imports wait until this transaction ends: on PostgreSQL two at once would
// both find a territory missing.
func lockImports(tx db.Tx) error {
	_, err := tx.Exec(`update territory_region set name = name where id = '01'`)
	return err
}

const territoryColumns = `id, name, region_id, summary, jobs, latitude, longitude, source, updated_at, version`

func getTerritory(tx db.Tx, id ID) (Territory, error) {
	return db.Get[Territory](tx, `select `+territoryColumns+` from territory_territory where id = $1`, id)
}

func (f Filter) where(w *db.Where) {
	if f.Region != "" {
		w.And("id in (select territory_id from territory_span where region_id = ?)", f.Region)
	}
	if f.IDs != nil {
		w.And("id in "+db.In(len(f.IDs)), db.Anys(f.IDs)...)
	}
	if f.After != "" {
		w.And("id > ?", f.After)
	}
	if f.Text == "" {
		return
	}
	like := db.Like("%", account.Fold(f.Text), "%")
	cond, args := `name_key like ? escape '\' or id like ? escape '\'`, []any{like, like}
	if len(f.groupings) > 0 {
		cond += " or id in (select territory_id from territory_grouping where organisation_id in " + db.In(len(f.groupings)) + ")"
		args = append(args, db.Anys(f.groupings)...)
	}
	w.And(cond, args...)
}

// orders are the columns a list may be sorted by.
var orders = map[Order]string{
	ByID: "id", ByName: "name_key, id", ByNameDown: "name_key desc, id desc",
	ByJobs: "jobs, name_key, id", ByJobsDown: "jobs desc, name_key, id", ByRegion: "region_id, name_key, id", ByRegionDown: "region_id desc, name_key, id",
}

func listTerritories(tx db.Tx, f Filter) ([]Territory, error) {
	var w db.Where
	f.where(&w)
	if f.Limit <= 0 {
		f.Limit = math.MaxInt32
	}
	order, ok := orders[f.Order]
	if !ok {
		order = orders[ByID]
	}
	query := `select ` + territoryColumns + ` from territory_territory where ` + w.String() + ` order by ` + order
	query += ` limit ` + w.Arg(f.Limit) + ` offset ` + w.Arg(f.Offset)
	return db.List[Territory](tx, query, w.Args()...)
}

func countTerritories(tx db.Tx, f Filter) (int, error) {
	var w db.Where
	f.where(&w)
	return db.Get[int](tx, `select count(*) from territory_territory where `+w.String(), w.Args()...)
}

func insertTerritories(tx db.Tx, list []Territory) error {
	rows := make([][]any, len(list))
	for i, t := range list {
		rows[i] = []any{t.ID, t.Name, account.Fold(t.Name), t.Region, FromList, tx.Now(), tx.Now()}
	}
	return db.InsertMany(tx, `territory_territory (id, name, name_key, region_id, source, created_at, updated_at)`, rows, "")
}

func saveTerritory(tx db.Tx, t Territory) error {
	return db.Changed(tx.Exec(`update territory_territory set name = $1, name_key = $2, summary = $3, jobs = $4, latitude = $5, longitude = $6,
		source = $7, updated_at = $8, version = version + 1 where id = $9 and version = $10`,
		t.Name, account.Fold(t.Name), t.Summary, t.Jobs, t.Latitude, t.Longitude, t.Source, tx.Now(), t.ID, t.Version))
}

// locateTerritory sets the place of a territory that has none.
func locateTerritory(tx db.Tx, t Territory) error {
	_, err := tx.Exec(`update territory_territory set latitude = $1, longitude = $2, updated_at = $3, version = version + 1
		where id = $4 and latitude = 0 and longitude = 0`, t.Latitude, t.Longitude, tx.Now(), t.ID)
	return err
}

func listSpans(tx db.Tx, ids []ID) ([]Span, error) {
	var w db.Where
	if ids != nil {
		w.And("territory_id in "+db.In(len(ids)), db.Anys(ids)...)
	}
	return db.List[Span](tx, `select territory_id, region_id from territory_span where `+w.String()+` order by territory_id, region_id`, w.Args()...)
}

func insertSpans(tx db.Tx, list []Span) error {
	rows := make([][]any, len(list))
	for i, s := range list {
		rows[i] = []any{s.Territory, s.Region}
	}
	return db.InsertMany(tx, `territory_span (territory_id, region_id)`, rows, `on conflict do nothing`)
}

func deleteSpans(tx db.Tx, id ID) error {
	_, err := tx.Exec(`delete from territory_span where territory_id = $1`, id)
	return err
}

func listIDsInRegions(tx db.Tx, regions []RegionID) ([]ID, error) {
	var w db.Where
	w.And("region_id in "+db.In(len(regions)), db.Anys(regions)...)
	return db.List[ID](tx, `select distinct territory_id from territory_span where `+w.String()+` order by territory_id`, w.Args()...)
}

func listRegionCounts(tx db.Tx) ([]RegionCount, error) {
	return db.List[RegionCount](tx, `select region_id, count(*) as territories from territory_span group by region_id order by region_id`)
}

// listGroupings gives the organisations of territories, without names; nil is of all.
func listGroupings(tx db.Tx, ids []ID) ([]Grouping, error) {
	var w db.Where
	if ids != nil {
		w.And("territory_id in "+db.In(len(ids)), db.Anys(ids)...)
	}
	return db.List[Grouping](tx, `select territory_id, organisation_id from territory_grouping where `+w.String()+`
		order by territory_id, organisation_id`, w.Args()...)
}

func listTerritoriesOfGrouping(tx db.Tx, id account.OrganisationID) ([]ID, error) {
	return db.List[ID](tx, `select territory_id from territory_grouping where organisation_id = $1 order by territory_id`, id)
}

func insertGroupings(tx db.Tx, list []Grouping) error {
	rows := make([][]any, len(list))
	for i, g := range list {
		rows[i] = []any{g.Territory, g.Organisation, tx.Now()}
	}
	return db.InsertMany(tx, `territory_grouping (territory_id, organisation_id, created_at)`, rows, "")
}

// listCommunes gives those of one territory by name, or of all.
func listCommunes(tx db.Tx, id ID) ([]Commune, error) {
	return db.List[Commune](tx, `select territory_id, code, name from territory_commune
		where ($1 = '' or territory_id = $1) order by name, code`, id)
}

func insertCommunes(tx db.Tx, list []Commune) error {
	rows := make([][]any, len(list))
	for i, c := range list {
		rows[i] = []any{c.Territory, c.Code, c.Name}
	}
	return db.InsertMany(tx, `territory_commune (territory_id, code, name)`, rows, "")
}

func saveCommune(tx db.Tx, c Commune) error {
	_, err := tx.Exec(`update territory_commune set name = $1 where territory_id = $2 and code = $3`, c.Name, c.Territory, c.Code)
	return err
}

func insertImport(tx db.Tx, by account.PersonID, r Report) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	t := r.Total()
	_, err = tx.Exec(`insert into territory_import (id, file_name, file_hash, person_id, added, changed, unchanged, rejected, report, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		r.ID, r.FileName, r.FileHash, by, t.Added, t.Changed, t.Unchanged, r.RejectedCount, string(b), r.At)
	return err
}

func getImport(tx db.Tx, id ImportID) (Report, error) {
	text, err := db.Get[string](tx, `select report from territory_import where id = $1`, id)
	if err != nil {
		return Report{}, err
	}
	var r Report
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return Report{}, err
	}
	for _, list := range [][]Note{r.Rejected, r.Remarks} {
		for _, n := range list {
			wholeNumbers(n.Args)
		}
	}
	return r, nil
}

// wholeNumbers undoes JSON's floats, so that a count chooses its plural and shows its thousands.
func wholeNumbers(args map[string]any) {
	for k, v := range args {
		if f, ok := v.(float64); ok && f == math.Trunc(f) {
			args[k] = int64(f)
		}
	}
}

// importRow is a line of the list of imports.
type importRow struct {
	ID                                  ImportID
	FileName                            string
	Added, Changed, Unchanged, Rejected int
	CreatedAt                           when.Time
}

func listImports(tx db.Tx, limit int) ([]importRow, error) {
	return db.List[importRow](tx, `select id, file_name, added, changed, unchanged, rejected, created_at
		from territory_import order by created_at desc, id desc limit $1`, limit)
}

// named fills in SIREN and name of groupings from their organisations and orders them by name.
func named(list []Grouping, orgs []account.Organisation) []Grouping {
	byID := make(map[account.OrganisationID]account.Organisation, len(orgs))
	for _, o := range orgs {
		byID[o.ID] = o
	}
	for i, g := range list {
		list[i].SIREN, list[i].Name = byID[g.Organisation].SIREN, byID[g.Organisation].Name
	}
	slices.SortFunc(list, func(a, b Grouping) int {
		if a.Territory != b.Territory {
			return strings.Compare(string(a.Territory), string(b.Territory))
		}
		return strings.Compare(byID[a.Organisation].NameKey, byID[b.Organisation].NameKey)
	})
	return list
}
