package programme

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/when"
)

// exported is one action in an export: its row in lists, its whole sheet, what names it.
type exported struct {
	Row
	Sheet
	briefs
	Place    string
	Contract string // its title
}

// Kinds of value in a column, besides text, whole number, date and yes or no: they decide how a
// spreadsheet reads the cell.
type (
	inEuros int64   // cents, written in euros
	ratio   float64 // 0 to 1
)

// column is one column of the action plan.
type column struct {
	key   string // text key of its head
	width float64
	value func(v *web.View, x exported) any // string, int, bool, when.Date, inEuros, ratio, nil
}

// exportColumns are the columns that people ask for, in the order of the sheet.
func exportColumns() []column {
	var list []column
	add := func(key string, width float64, value func(v *web.View, x exported) any) {
		list = append(list, column{"programme.export.column." + key, width, value})
	}
	field := func(key string, width float64, value func(a Action) any) {
		add(key, width, func(_ *web.View, x exported) any { return value(x.Sheet.Action) })
	}
	word := func(key string, width float64, value func(a Action) string) {
		add(key, width, func(v *web.View, x exported) any { return v.T(value(x.Sheet.Action)) })
	}
	field("reference", 11, func(a Action) any { return a.Reference })
	field("title", 40, func(a Action) any { return a.Title })
	add("territory", 24, func(_ *web.View, x exported) any { return x.Place })
	add("contract", 30, func(_ *web.View, x exported) any { return x.Contract })
	add("axes", 24, func(v *web.View, x exported) any { return strings.Join(x.axes(v, x.Sheet.Action), ", ") })
	field("description", 60, func(a Action) any { return a.Content.Description })
	word("status", 12, func(a Action) string { return a.Status.Key() })
	add("late_days", 9, func(v *web.View, x exported) any { return x.LateDays(v.Today()) })
	add("progress", 11, func(_ *web.View, x exported) any {
		if x.ProgressPercent < 0 {
			return nil
		}
		return ratio(float64(x.ProgressPercent) / 100)
	})
	add("outlook", 12, func(v *web.View, x exported) any {
		if x.Row.Outlook == "" {
			return ""
		}
		return v.T(x.Row.Outlook.Key())
	})
	add("ready", 9, func(_ *web.View, x exported) any { return x.Met() })
	add("missing", 40, func(v *web.View, x exported) any { return missingText(v, x.Sheet) })
	word("priority", 10, func(a Action) string { return a.Priority.Key() })
	word("commitment", 12, func(a Action) string { return a.Commitment.Key() })
	word("confidentiality", 16, func(a Action) string { return a.Confidentiality.Key() })
	add("owner", 26, func(_ *web.View, x exported) any { return x.LeadName })
	field("owners", 26, func(a Action) any { return joined(coOwners(a), func(o Owner) string { return o.OrganisationName }) })
	field("contact", 26, func(a Action) any {
		return joined(a.Pilots, func(p Pilot) string { return withTitle(p.Title, p.Name) })
	})
	field("sponsor", 24, func(a Action) any { return withTitle(a.SponsorTitle, a.SponsorName) })
	field("partners", 30, func(a Action) any {
		return joined(a.Partners, func(p Partner) string { return withTitle(p.OrganisationName, p.Role) })
	})
	field("starts_on", 12, func(a Action) any { return a.StartsOn })
	field("ends_on", 12, func(a Action) any { return a.EndsOn })
	field("ended_on", 12, func(a Action) any { return a.EndedOn })
	add("next", 28, func(_ *web.View, x exported) any { return x.NextTitle })
	add("next_on", 12, func(_ *web.View, x exported) any { return x.NextDueOn })
	add("blocker", 30, func(_ *web.View, x exported) any {
		if x.Inside[x.Row.ID] {
			return blockersText(x.Sheet)
		}
		return ""
	})
	add("cost", 15, func(_ *web.View, x exported) any { return inEuros(x.CostCents) })
	for _, k := range FunnelKinds() {
		add(string(k), 15, func(_ *web.View, x exported) any { return inEuros(x.Plan.Totals.Funnel(k)) })
	}
	add("to_find", 15, func(_ *web.View, x exported) any { return inEuros(x.ToFindCents) })
	add("lines", 60, func(v *web.View, x exported) any {
		return joined(x.Lines, func(l Funded) string { return lineText(v, l) })
	})
	add("indicators", 40, func(v *web.View, x exported) any {
		return joined(x.Indicators, func(i Indicator) string { return indicatorText(v, x.Sheet, i) })
	})
	field("jobs_created_planned", 11, func(a Action) any { return a.JobsCreatedPlanned })
	field("jobs_created_actual", 11, func(a Action) any { return a.JobsCreatedActual })
	field("jobs_kept_planned", 11, func(a Action) any { return a.JobsKeptPlanned })
	field("jobs_kept_actual", 11, func(a Action) any { return a.JobsKeptActual })
	add("news_on", 12, func(_ *web.View, x exported) any { return x.NewsOn })
	field("demo", 10, func(a Action) any { return a.Demo })
	return list
}

func coOwners(a Action) []Owner {
	return slices.DeleteFunc(slices.Clone(a.Owners), func(o Owner) bool { return o.Leads })
}

// exportBatch is how many sheets are in memory at once.
const exportBatch = 200

// eachExported calls fn for each action that the filter takes and the actor may see, in the order of
// the list, on one snapshot; a few hundred are in memory at a time however many there are.
func (s *Service) eachExported(r *http.Request, f Filter, fn func(exported) error) error {
	by := account.ActorOf(r)
	return s.db.View(r.Context(), func(tx db.Tx) error {
		ids, err := listIDs(tx, by, f)
		if err != nil {
			return err
		}
		names := exportNames{places: map[string]string{}, contracts: map[ContractID]string{}}
		for part := range slices.Chunk(ids, exportBatch) {
			rows, err := listRowsAmong(tx, part)
			if err != nil {
				return err
			}
			sheets, b, err := readBriefs(tx, by, part)
			if err != nil {
				return err
			}
			if err := names.read(tx, rows); err != nil {
				return err
			}
			for i, sheet := range sheets {
				if err := fn(exported{rows[i], sheet, b, names.places[rows[i].TerritoryID], names.contracts[rows[i].ContractID]}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

type exportNames struct {
	places    map[string]string
	contracts map[ContractID]string
}

// read learns the names that the rows need and that are not known yet.
func (n exportNames) read(tx db.Tx, rows []Row) error {
	var places []territory.ID
	var contracts []ContractID
	for _, r := range rows {
		if _, ok := n.places[r.TerritoryID]; !ok {
			n.places[r.TerritoryID] = ""
			places = append(places, territory.ID(r.TerritoryID))
		}
		if _, ok := n.contracts[r.ContractID]; !ok {
			n.contracts[r.ContractID] = ""
			contracts = append(contracts, r.ContractID)
		}
	}
	if len(places) > 0 {
		found, err := territory.ByIDs(tx, places)
		if err != nil {
			return err
		}
		for id, t := range found {
			n.places[string(id)] = t.Name
		}
	}
	if len(contracts) > 0 {
		found, err := listContractsAmong(tx, contracts)
		if err != nil {
			return err
		}
		for _, c := range found {
			n.contracts[c.ID] = c.Title
		}
	}
	return nil
}

// download makes a file beside and then sends it, so that a fault in the middle is an error page
// and not half a file, and a slow reader holds nothing of the database.
func (s *Service) download(w http.ResponseWriter, r *http.Request, name, kind string, fill func(io.Writer) error) error {
	select {
	case s.exports <- struct{}{}:
		defer func() { <-s.exports }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	tmp, err := os.CreateTemp("", "bassin-export-*")
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "programme.export.no_room")
	}
	defer func() { _ = tmp.Close(); _ = os.Remove(tmp.Name()) }()
	buf := bufio.NewWriterSize(tmp, 64<<10)
	if err := fill(buf); err != nil {
		return err
	}
	if err := buf.Flush(); err != nil {
		return fault.Wrap(err, fault.Unavailable, "programme.export.no_room")
	}
	size, err := tmp.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err := tmp.Seek(0, io.SeekStart); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s"`, name))
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	if _, err = io.Copy(w, tmp); err != nil {
		s.log.Info("export not read to its end", "error", err.Error())
	}
	return nil
}

// exportFilter reads the filter of a list, and the contract of a contract's list, from the address.
func exportFilter(v *web.View) Filter {
	watched(v.Query)
	f := filterOf(v.Query)
	f.ContractID = ContractID(v.Query.Get("contract"))
	return f
}

func exportName(v *web.View, ending string) string { return "actions-" + string(v.Today()) + ending }

// exportCSV gives the list as CSV: UTF-8 with a byte-order mark, since that is how Excel recognises
// it. In French fields stand between semicolons and decimals after a comma, as a French Excel reads
// and writes them; in English between commas, after a point.
func (s *Service) exportCSV(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	return s.download(w, r, exportName(v, ".csv"), "text/csv; charset=utf-8", func(out io.Writer) error {
		if _, err := io.WriteString(out, "\ufeff"); err != nil {
			return err
		}
		c := csv.NewWriter(out)
		c.UseCRLF = true
		if v.Lang == "fr" {
			c.Comma = ';'
		}
		columns := exportColumns()
		line := make([]string, len(columns))
		for i, x := range columns {
			line[i] = v.T(x.key)
		}
		if err := c.Write(line); err != nil {
			return err
		}
		err := s.eachExported(r, exportFilter(v), func(x exported) error {
			for i, col := range columns {
				line[i] = plainCell(v, col.value(v, x))
			}
			return c.Write(line)
		})
		c.Flush()
		if err == nil {
			err = c.Error()
		}
		return err
	})
}

// plainCell writes a value for CSV.
func plainCell(v *web.View, value any) string {
	switch x := value.(type) {
	case string:
		return harmless(x)
	case int:
		return strconv.Itoa(x)
	case inEuros:
		return v.CellEuros(int64(x))
	case ratio:
		return v.CellNumber(math.Round(float64(x)*100), 0)
	case when.Date:
		return string(x)
	case bool:
		return yesNo(v, x)
	}
	return ""
}

func yesNo(v *web.View, yes bool) string {
	if yes {
		return v.T("programme.export.yes")
	}
	return v.T("programme.export.no")
}

// harmless keeps a spreadsheet from taking a text for a formula: what somebody typed must not run
// on the machine of who opens the file. The apostrophe is how spreadsheets themselves mark a text.
func harmless(s string) string {
	first := strings.TrimLeft(s, " \u00a0\u202f")
	if first != "" && strings.ContainsAny(first[:1], "=+-@\t\r\n") || strings.HasPrefix(first, "＝") || strings.HasPrefix(first, "＋") || strings.HasPrefix(first, "－") || strings.HasPrefix(first, "＠") {
		return "'" + s
	}
	return s
}
