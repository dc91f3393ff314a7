package territory

import (
	"bytes"
	"encoding/csv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"bassin/internal/fault"
)

// column is a column that a listing may have.
type column int

const (
	colTerritory column = iota
	colTerritoryName
	colCommune
	colCommuneName
	colGrouping
	colGroupingName
	columnCount
)

// columnNames are the spellings met, as foldHeader leaves them; the first is the official one
// with its underscore.
var columnNames = [columnCount][]string{
	colTerritory:     {"id_ti", "idti", "tiid", "codeti", "identifiantti", "idterritoire"},
	colTerritoryName: {"lib_ti", "libti", "libelleti", "libellti", "nomti", "libterritoire", "nomterritoire", "libelleterritoire"},
	colCommune:       {"insee_com", "inseecom", "codeinsee", "codecommune", "codgeo", "insee", "codeinseecommune"},
	colCommuneName:   {"lib_com", "libcom", "libellecom", "libellecommune", "libgeo", "nomcom", "nomcommune"},
	colGrouping:      {"siren_epci", "sirenepci", "siren", "codeepci", "epcisiren", "nsiren", "numerosiren"},
	colGroupingName:  {"nom_epci", "nomepci", "libepci", "libelleepci", "libellepci", "epcinom"},
}

// record is one row of a table: its fields, or why it could not be cut into fields.
type record struct {
	line   int // of its first character, from 1
	fields []string
	fail   string // text key
}

// table cuts a text into records, line by line, so that one broken line costs itself alone: a
// quote that is never closed would swallow the rest of the file otherwise.
type table struct {
	rest  []byte
	line  int
	comma rune
}

// A line over maxLine bytes is not cut into fields (a line of separators would take ten times the
// memory of the file); a quoted field may run over maxJoined lines.
const (
	maxLine   = 64 << 10
	maxJoined = 20
)

func newTable(data []byte) *table { return &table{rest: data, comma: ','} }

// next gives the next record that is not blank.
func (t *table) next() (record, bool) {
	for {
		raw, ok := t.cut()
		if !ok {
			return record{}, false
		}
		if !isBlank(raw) {
			return t.record(raw), true
		}
	}
}

// cut takes one line, ended by LF, CR LF or CR, without its end.
func (t *table) cut() ([]byte, bool) {
	if len(t.rest) == 0 {
		return nil, false
	}
	t.line++
	i := bytes.IndexAny(t.rest, "\r\n")
	if i < 0 {
		raw := t.rest
		t.rest = nil
		return raw, true
	}
	raw, after := t.rest[:i], t.rest[i+1:]
	if t.rest[i] == '\r' && len(after) > 0 && after[0] == '\n' {
		after = after[1:]
	}
	t.rest = after
	return raw, true
}

func (t *table) record(raw []byte) record {
	rec := record{line: t.line}
	if len(raw) > maxLine {
		return record{line: t.line, fields: []string{string(raw[:100])}, fail: "territory.listing.long_line"}
	}
	if bytes.IndexByte(raw, '"') < 0 {
		rec.fields = strings.Split(string(raw), string(t.comma))
	} else {
		raw = t.joined(raw)
		r := csv.NewReader(bytes.NewReader(raw))
		r.Comma, r.FieldsPerRecord = t.comma, -1
		fields, err := r.Read()
		if err != nil {
			return record{line: rec.line, fields: []string{string(raw)}, fail: "territory.listing.quotes"}
		}
		rec.fields = fields
	}
	if !utf8.Valid(raw) {
		rec.fail = "territory.listing.broken_text"
	}
	return rec
}

// joined adds the following lines while a quote is open. When it stays open the line is alone.
func (t *table) joined(raw []byte) []byte {
	if bytes.Count(raw, []byte{'"'})%2 == 0 {
		return raw
	}
	at := *t
	whole := bytes.Clone(raw)
	for range maxJoined {
		more, ok := t.cut()
		if !ok || len(whole)+len(more) > maxLine {
			break
		}
		whole = append(append(whole, '\n'), more...)
		if bytes.Count(more, []byte{'"'})%2 == 1 {
			return whole
		}
	}
	*t = at
	return raw
}

// heading is the header row understood.
type heading struct {
	form    Form
	line    int
	names   []string // as written
	columns [columnCount]int
	unknown []string
	twice   []string
}

// header reads the first row, finding the separator that gives the most known columns.
func (t *table) header() (heading, error) {
	raw, ok := t.cut()
	for ok && (isBlank(raw) || bytes.HasPrefix(bytes.ToLower(raw), []byte("sep="))) {
		raw, ok = t.cut()
	}
	if !ok {
		return heading{}, fault.New(fault.Invalid, "territory.listing.empty")
	}
	var best heading
	most := -1
	for _, comma := range []rune{',', ';', '\t'} {
		try := *t
		try.comma = comma
		h := newHeading(try.record(raw))
		if known := len(h.names) - len(h.unknown); known > most {
			best, most, t.comma = h, known, comma
		}
	}
	t.record(raw) // once more, to pass over the lines that a quoted heading may run over
	has := func(cols ...column) bool {
		for _, c := range cols {
			if best.columns[c] < 0 {
				return false
			}
		}
		return true
	}
	switch {
	case has(colTerritory, colTerritoryName, colGrouping, colGroupingName):
		best.form = ByGrouping
	case has(colTerritory, colTerritoryName, colCommune, colCommuneName):
		best.form = ByCommune
	default:
		return heading{}, best.missing()
	}
	return best, nil
}

func newHeading(rec record) heading {
	h := heading{line: rec.line}
	for c := range h.columns {
		h.columns[c] = -1
	}
	for i, name := range rec.fields {
		name = strings.TrimSpace(strings.Trim(strings.TrimSpace(name), "\ufeff"))
		h.names = append(h.names, shorten(name))
		c, ok := knownColumn(name)
		switch {
		case !ok && name == "":
			// Spreadsheets add empty columns; there is nothing to say about them.
		case !ok:
			h.unknown = append(h.unknown, shorten(name))
		case h.columns[c] >= 0:
			h.twice = append(h.twice, shorten(name))
		default:
			h.columns[c] = i
		}
	}
	return h
}

// missing names the columns that are wanted, for the form that the file resembles most.
func (h heading) missing() error {
	member := []column{colGrouping, colGroupingName}
	if h.columns[colCommune] >= 0 || h.columns[colCommuneName] >= 0 {
		member = []column{colCommune, colCommuneName}
	}
	var lacking []string
	for _, c := range append([]column{colTerritory, colTerritoryName}, member...) {
		if h.columns[c] < 0 {
			lacking = append(lacking, columnNames[c][0])
		}
	}
	found := h.names
	if len(found) > 20 {
		found = found[:20]
	}
	return fault.New(fault.Invalid, "territory.listing.columns",
		"missing", strings.Join(lacking, ", "), "found", strings.Join(found, ", "), "count", len(lacking))
}

func knownColumn(name string) (column, bool) {
	folded := foldHeader(name)
	for c, names := range columnNames {
		for _, n := range names[1:] {
			if folded == n {
				return column(c), true
			}
		}
	}
	return 0, false
}

// foldHeader keeps the letters and digits of a heading, lower case and without accents, so that
// "Libellé TI*" and "lib_ti" are recognised.
func foldHeader(s string) string {
	return strings.Map(func(r rune) rune {
		switch r = unicode.ToLower(r); {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, norm.NFD.String(s))
}
