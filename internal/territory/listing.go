package territory

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"bassin/internal/account"
	"bassin/internal/fault"
)

// Limits of a listing. The largest real one (every commune of every territory) has about 16,000
// lines and 1 MB.
const (
	MaxListingBytes = 20 << 20
	MaxListingLines = 200_000
	MaxNotes        = 1000 // of each kind that are kept; all are counted
	maxName         = 200  // characters, as an organisation’s
	maxList         = 20_000
)

// Form is the shape of an official file.
type Form string

// The two official forms.
const (
	ByCommune  Form = "communes"  // insee_com, lib_com, id_ti, lib_ti: one row per commune
	ByGrouping Form = "groupings" // id_ti, lib_ti, siren_epci, nom_epci: one row per territory or per grouping
)

// Listing is an official file as it was read: what it names, in its order and each thing once,
// what was refused in it and what was changed or is doubtful.
type Listing struct {
	Form        Form
	Encoding    string
	Lines       int // rows of data read, blank ones not counted
	Territories []Territory
	Groupings   []Grouping // only from the form ByGrouping
	Communes    []Commune  // only from the form ByCommune

	Rejected      []Note // at most MaxNotes
	RejectedCount int
	Remarks       []Note // at most MaxNotes
	RemarkCount   int

	lines map[string]int // line where a territory ("ti-7602") or its member ("ti-7602 200066918") first stands
}

// Line gives the line where a territory, or a member of it (SIREN or INSEE code), first stands; 0 when it does not.
func (l Listing) Line(id ID, member string) int {
	if member == "" {
		return l.lines[string(id)]
	}
	return l.lines[string(id)+" "+member]
}

// Note is one thing to say about a place of a file, by text key. Line counts from 1 with the
// header, as a spreadsheet does; Line 0 and Column "" are the file as a whole.
type Note struct {
	Line   int
	Column string // as written in the file's header
	Value  string // shortened
	Key    string
	Args   fault.Args
}

// ReadListing reads either official form, with the variants that real files show: other
// encodings, separators, order and spelling of columns, numbers passed through a spreadsheet.
// Wrong lines are rejected one by one and all told. The error is Invalid when the file as a whole
// cannot be read as a listing, TooLarge when it passes the limits.
func ReadListing(r io.Reader) (Listing, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxListingBytes+1))
	if err != nil {
		return Listing{}, fmt.Errorf("read listing: %w", err)
	}
	if len(data) > MaxListingBytes {
		return Listing{}, fault.New(fault.TooLarge, "territory.listing.too_large", "max", MaxListingBytes>>20)
	}
	data, encoding, err := decode(data)
	if err != nil {
		return Listing{}, err
	}
	t := newTable(data)
	h, err := t.header()
	if err != nil {
		return Listing{}, err
	}
	read := &listingReader{
		columns: h.columns, names: h.names,
		list:      Listing{Form: h.form, Encoding: encoding},
		territory: map[ID]int{}, member: map[string]int{}, named: map[string]namedAt{}, told: map[string]bool{},
	}
	if encoding != "UTF-8" {
		read.remark(Note{Key: "territory.listing.encoding", Args: fault.Args{"encoding": encoding}})
	}
	for _, c := range h.unknown {
		read.remark(Note{Line: h.line, Column: c, Key: "territory.listing.column_ignored", Args: fault.Args{"column": c}})
	}
	for _, c := range h.twice {
		read.remark(Note{Line: h.line, Column: c, Key: "territory.listing.column_twice", Args: fault.Args{"column": c}})
	}
	for {
		rec, ok := t.next()
		if !ok {
			break
		}
		if read.list.Lines++; read.list.Lines > MaxListingLines {
			return Listing{}, fault.New(fault.TooLarge, "territory.listing.too_many_lines", "max", MaxListingLines)
		}
		read.row(rec, len(h.names))
	}
	if read.list.Lines == 0 {
		return Listing{}, fault.New(fault.Invalid, "territory.listing.empty")
	}
	read.list.lines = read.member
	for id := range read.territory {
		read.list.lines[string(id)] = read.named[string(id)].line
	}
	return read.list, nil
}

// listingReader gathers the listing row by row.
type listingReader struct {
	columns   [columnCount]int // place of each known column in a row, -1 when absent
	names     []string         // header as written
	list      Listing
	territory map[ID]int         // place in list.Territories
	member    map[string]int     // line where "territory member" was first seen
	named     map[string]namedAt // what each id, SIREN or commune was called first, and where it belongs
	told      map[string]bool    // contradictions already told
}

type namedAt struct {
	name      string
	line      int
	territory ID
}

func (l *listingReader) row(rec record, width int) {
	if rec.fail != "" {
		l.reject(Note{Line: rec.line, Value: shorten(strings.Join(rec.fields, " ")), Key: rec.fail})
		return
	}
	if n := filled(rec.fields); n > width {
		l.reject(Note{Line: rec.line, Key: "territory.listing.too_many_fields", Args: fault.Args{"count": n, "columns": width}})
		return
	}
	if at := max(l.columns[colTerritoryName], l.columns[colCommune], l.columns[colGrouping]); len(rec.fields) <= at {
		l.reject(Note{
			Line: rec.line, Value: shorten(strings.Join(rec.fields, " ")), Key: "territory.listing.too_few_fields",
			Args: fault.Args{"count": len(rec.fields), "columns": width},
		})
		return
	}
	// The territory is read first, then its member; all that is wrong in the row is told.
	id, ok := l.id(rec)
	name, okName := l.text(rec, colTerritoryName, true)
	if l.list.Form == ByCommune {
		c, okMember := l.commune(rec)
		if ok && okName && okMember {
			l.addTerritory(rec, Territory{ID: id, Name: name, Region: id.Region()})
			c.Territory = id
			l.addCommune(rec, c)
		}
		return
	}
	if ok && okName {
		l.addTerritory(rec, Territory{ID: id, Name: name, Region: id.Region()})
		l.groupings(rec, id)
	}
}

func (l *listingReader) id(rec record) (ID, bool) {
	raw := l.field(rec, colTerritory)
	if raw == "" {
		return "", l.rejectAt(rec, colTerritory, "", "territory.listing.missing", nil)
	}
	id, ok := ParseID(raw)
	if ok {
		return id, true
	}
	if low := strings.ToLower(raw); len(low) == 7 && strings.HasPrefix(low, "ti-") && strings.Trim(low[3:], "0123456789") == "" {
		return "", l.rejectAt(rec, colTerritory, raw, "territory.listing.region", fault.Args{"region": low[3:5]})
	}
	return "", l.rejectAt(rec, colTerritory, raw, "territory.listing.id", nil)
}

// elision is the typewriter's apostrophe between two letters.
var elision = regexp.MustCompile(`(\pL)'(\pL)`)

// printed writes the apostrophe of "d'Alès" as print does: lists are typed on keyboards that have no other.
func printed(name string) string { return elision.ReplaceAllString(name, "$1’$2") }

// text reads a name. Long ones and those with control characters are refused: they are not names.
func (l *listingReader) text(rec record, col column, required bool) (string, bool) {
	s := l.field(rec, col)
	switch {
	case s == "" && required:
		return "", l.rejectAt(rec, col, "", "territory.listing.missing", nil)
	case strings.ContainsFunc(s, unicode.IsControl):
		return "", l.rejectAt(rec, col, s, "territory.listing.control", nil)
	case utf8.RuneCountInString(s) > maxName:
		return "", l.rejectAt(rec, col, s, "territory.listing.long", fault.Args{"max": maxName})
	}
	return printed(s), true
}

// commune reads the INSEE code and name. A spreadsheet loses the zero of "01004" and adds ".0".
func (l *listingReader) commune(rec record) (Commune, bool) {
	name, okName := l.text(rec, colCommuneName, true)
	raw := l.field(rec, colCommune)
	if raw == "" {
		l.rejectAt(rec, colCommune, "", "territory.listing.missing", nil)
		return Commune{}, false
	}
	code := strings.ToUpper(strings.TrimSuffix(strings.ReplaceAll(raw, " ", ""), ".0"))
	if len(code) == 4 && strings.Trim(code, "0123456789") == "" {
		code = "0" + code
	}
	if !communeCode(code) {
		l.rejectAt(rec, colCommune, raw, "territory.listing.commune", nil)
		return Commune{}, false
	}
	if okName && code != raw {
		l.cleaned(rec, colCommune, raw, code)
	}
	return Commune{Code: code, Name: name}, okName
}

// communeCode: two digits of the department (or 2A, 2B) and three more; overseas the department
// has three digits and the commune two, which gives the same form.
func communeCode(s string) bool {
	if len(s) != 5 || strings.Trim(s[2:], "0123456789") != "" {
		return false
	}
	return s[:2] == "2A" || s[:2] == "2B" || strings.Trim(s[:2], "0123456789") == "" && s[:2] != "00"
}

// groupings reads the SIRENs of a row, one or a list, and the names that go with them. A wrong
// SIREN is rejected alone: its neighbours are no less right.
func (l *listingReader) groupings(rec record, id ID) {
	raw, rawNames := l.field(rec, colGrouping), printed(l.field(rec, colGroupingName))
	if raw == "" && rawNames == "" {
		l.remark(Note{Line: rec.line, Column: l.column(colGrouping), Key: "territory.listing.no_grouping", Args: fault.Args{"territory": string(id)}})
		return
	}
	switch {
	case strings.Trim(raw, "|/; ") == "":
		l.rejectAt(rec, colGrouping, raw, "territory.listing.missing", nil)
		return
	case len(raw) > maxList:
		l.rejectAt(rec, colGrouping, raw, "territory.listing.long", fault.Args{"max": maxList})
		return
	case strings.ContainsFunc(rawNames, unicode.IsControl):
		l.rejectAt(rec, colGroupingName, rawNames, "territory.listing.control", nil)
		return
	case len(rawNames) > maxList:
		l.rejectAt(rec, colGroupingName, rawNames, "territory.listing.long", fault.Args{"max": maxList})
		return
	}
	sirens := strings.FieldsFunc(raw, func(r rune) bool { return r == '|' || r == '/' || r == ';' })
	names, how := groupingNames(rawNames, len(sirens))
	switch how {
	case namesJoined:
		l.remark(Note{Line: rec.line, Column: l.column(colGroupingName), Value: shorten(rawNames), Key: "territory.listing.names_joined"})
	case namesUnclear:
		l.remark(Note{
			Line: rec.line, Column: l.column(colGroupingName), Value: shorten(rawNames),
			Key: "territory.listing.names_unclear", Args: fault.Args{"count": len(sirens)},
		})
	}
	for i, s := range sirens {
		s = strings.TrimSpace(s)
		siren, err := account.ParseSIREN(s)
		if err != nil {
			f := fault.As(err)
			l.rejectAt(rec, colGrouping, s, f.Key, f.Args)
			continue
		}
		if utf8.RuneCountInString(names[i]) > maxName {
			l.rejectAt(rec, colGroupingName, names[i], "territory.listing.long", fault.Args{"max": maxName})
			continue
		}
		if string(siren) != s {
			l.cleaned(rec, colGrouping, s, string(siren))
		}
		l.addGrouping(rec, Grouping{Territory: id, SIREN: siren, Name: names[i]})
	}
}

func (l *listingReader) addTerritory(rec record, t Territory) {
	if i, ok := l.territory[t.ID]; ok {
		l.differs(rec, colTerritoryName, string(t.ID), t.Name, l.list.Territories[i].Name)
		return
	}
	l.territory[t.ID] = len(l.list.Territories)
	l.named[string(t.ID)] = namedAt{t.Name, rec.line, t.ID}
	l.list.Territories = append(l.list.Territories, t)
}

func (l *listingReader) addGrouping(rec record, g Grouping) {
	if l.seen(rec, colGrouping, colGroupingName, g.Territory, string(g.SIREN), g.Name) {
		l.list.Groupings = append(l.list.Groupings, g)
	}
}

func (l *listingReader) addCommune(rec record, c Commune) {
	if l.seen(rec, colCommune, colCommuneName, c.Territory, c.Code, c.Name) {
		l.list.Communes = append(l.list.Communes, c)
	}
}

// seen notes a member of a territory and reports whether it is new there. The same member twice
// in a territory, under two names, or in two territories is told.
func (l *listingReader) seen(rec record, col, nameCol column, id ID, member, name string) (isNew bool) {
	if first, ok := l.named[member]; !ok || first.name == "" && first.territory == id {
		l.named[member] = namedAt{name, rec.line, id}
	} else {
		l.differs(rec, nameCol, member, name, first.name)
		if first.territory != id {
			l.remark(Note{
				Line: rec.line, Column: l.column(col), Value: member, Key: "territory.listing.two_territories",
				Args: fault.Args{"member": member, "first": string(first.territory), "second": string(id), "line": first.line},
			})
		}
	}
	key := string(id) + " " + member
	if line, ok := l.member[key]; ok {
		l.remark(Note{
			Line: rec.line, Column: l.column(col), Value: member, Key: "territory.listing.duplicate",
			Args: fault.Args{"member": member, "line": line},
		})
		return false
	}
	l.member[key] = rec.line
	return true
}

// differs tells, once for each pair of names, that an id already known has another name here.
// The first one is kept.
func (l *listingReader) differs(rec record, col column, id, name, first string) {
	if name == first || name == "" || l.told[id+"\x00"+name] {
		return
	}
	l.told[id+"\x00"+name] = true
	l.remark(Note{
		Line: rec.line, Column: l.column(col), Value: shorten(name), Key: "territory.listing.two_names",
		Args: fault.Args{"id": id, "kept": shorten(first), "other": shorten(name), "line": l.named[id].line},
	})
}

func (l *listingReader) cleaned(rec record, col column, from, to string) {
	l.remark(Note{
		Line: rec.line, Column: l.column(col), Value: shorten(from), Key: "territory.listing.cleaned",
		Args: fault.Args{"from": shorten(from), "to": to},
	})
}

// field gives a cell, its spaces made one, its letters composed (a Mac writes e and an accent).
func (l *listingReader) field(rec record, col column) string {
	at := l.columns[col]
	if at < 0 || at >= len(rec.fields) {
		return ""
	}
	s := rec.fields[at]
	return norm.NFC.String(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' }), " "))
}

func (l *listingReader) column(col column) string {
	if at := l.columns[col]; at >= 0 {
		return l.names[at]
	}
	return string(columnNames[col][0])
}

func (l *listingReader) rejectAt(rec record, col column, value, key string, args fault.Args) bool {
	all := fault.Args{"column": l.column(col), "value": shorten(value)}
	for k, v := range args {
		all[k] = v
	}
	l.reject(Note{Line: rec.line, Column: l.column(col), Value: shorten(value), Key: key, Args: all})
	return false
}

func (l *listingReader) reject(n Note) {
	if l.list.RejectedCount++; l.list.RejectedCount <= MaxNotes {
		l.list.Rejected = append(l.list.Rejected, n)
	}
}

func (l *listingReader) remark(n Note) {
	if l.list.RemarkCount++; l.list.RemarkCount <= MaxNotes {
		l.list.Remarks = append(l.list.Remarks, n)
	}
}

// filled counts the fields up to the last that holds something: spreadsheets add empty ones.
func filled(fields []string) int {
	n := len(fields)
	for n > 0 && strings.TrimSpace(fields[n-1]) == "" {
		n--
	}
	return n
}

func shorten(s string) string {
	const most = 80
	s = strings.ToValidUTF8(s, "\uFFFD")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

func isBlank(line []byte) bool { return len(bytes.Trim(line, " \t\r\n;,\"\u00a0\ufeff")) == 0 }
