package db

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"
)

// Role says what the value of a column means outside of its database, where identifiers, accounts
// and organisations are others.
type Role int

// The roles. A column without one is a plain value.
const (
	Own          Role = iota + 1 // the row's own identifier: a fresh one is given
	Ref                          // another row's identifier: without that row the row is refused
	Loose                        // another row's identifier: emptied when that row does not travel
	Project                      // the project's identifier
	Scope                        // the project's scope, "project:ID"
	Person                       // an account: the one of the same address, or empty
	PersonKey                    // an account in a unique key: without one of the same address, somebody whom nobody knows
	Witness                      // an account whose word counts: never taken from outside
	Organisation                 // an organisation, or empty; a row whose key needs one is left out
	Hash                         // the name of a file's content, which must come along
	Size                         // the size of that content
	Type                         // the type of that content, as it is found to be
	PDF                          // Hash, of a PDF
	Links                        // text in which addresses of the project's pages stand
	Blank                        // does not travel: gets the column's default
)

// Slice is the part of a table that belongs to a project, as the table's package declares it.
type Slice struct {
	Table string
	Where string // condition; $1 is the project's identifier
	Order string // columns, so that the same rows always come in the same order
	Roles map[string]Role
	Wide  []string // columns that may hold more text than a person types at once
}

// Row is one row of a table, by columns: string, int64, bool, float64 or nil.
type Row map[string]any

// kind is the type of a column as both databases have it.
type kind string

const (
	kindText  kind = "text"
	kindInt   kind = "integer"
	kindLong  kind = "bigint"
	kindBool  kind = "boolean"
	kindFloat kind = "double precision"
)

type column struct {
	Name    string
	Kind    kind
	Default bool // may be absent
}

func columnsOf(tx Tx, table string) ([]column, error) {
	query := `select name, lower(type) as kind, dflt_value is not null or "notnull" = 0 as "default" from pragma_table_info($1) order by cid`
	if tx.pg {
		query = `select a.attname as name, format_type(a.atttypid, a.atttypmod) as kind, a.atthasdef or not a.attnotnull as "default" from pg_attribute a
			where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum`
	}
	list, err := List[column](tx, query, table)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("there is no table %s", table)
	}
	return list, err
}

// ReadSlice calls fn with each row of the slice as a JSON object. The order of its fields is that of
// their names.
func ReadSlice(tx Tx, s Slice, project string, fn func(row []byte) error) error {
	columns, err := columnsOf(tx, s.Table)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(columns))
	var kept []column
	for _, c := range columns {
		if s.Roles[c.Name] != Blank {
			names, kept = append(names, c.Name), append(kept, c)
		}
	}
	values, refs := make([]any, len(kept)), make([]any, len(kept))
	for i := range values {
		refs[i] = &values[i]
	}
	return tx.Rows(func(r *sql.Rows) error {
		if err := r.Scan(refs...); err != nil {
			return err
		}
		row := make(Row, len(kept))
		for i, c := range kept {
			v, err := plain(values[i], c.Kind)
			if err != nil {
				return fmt.Errorf("%s.%s: %w", s.Table, c.Name, err)
			}
			row[c.Name] = v
		}
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(row); err != nil {
			return err
		}
		return fn(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
	}, "select "+list(names)+" from "+quote(s.Table)+" where "+s.Where+" order by "+s.Order, project)
}

// plain makes a scanned value that of its column's kind.
func plain(v any, k kind) (any, error) {
	switch x := v.(type) {
	case nil, string, float64, bool:
		return x, nil
	case []byte:
		return string(x), nil
	case int64:
		if k == kindBool {
			return x != 0, nil
		}
		if k == kindFloat {
			return float64(x), nil
		}
		return x, nil
	}
	return nil, fmt.Errorf("a value of type %T cannot be written", v)
}

// A RowFault is a row that cannot be taken in.
type RowFault struct {
	Table, Column string
	Newer         bool // this program does not know the column
	Why           string
}

// Error says what is wrong.
func (f *RowFault) Error() string {
	if f.Newer {
		return fmt.Sprintf("%s.%s is a column that this program does not know: a newer one wrote it", f.Table, f.Column)
	}
	return fmt.Sprintf("%s.%s: %s", f.Table, f.Column, f.Why)
}

// Inserter takes rows of a slice into its table.
type Inserter struct {
	tx      Tx
	slice   Slice
	columns []column
	rows    [][]any
	names   string // of the columns of the rows that wait
}

// NewInserter reads the types of the slice's columns.
func NewInserter(tx Tx, s Slice) (*Inserter, error) {
	columns, err := columnsOf(tx, s.Table)
	return &Inserter{tx: tx, slice: s, columns: columns}, err
}

// Parse reads a JSON object as a row: every field must be a column and have its type.
func (in *Inserter) Parse(data []byte) (Row, error) {
	bad := func(column, why string) error { return &RowFault{Table: in.slice.Table, Column: column, Why: why} }
	var raw map[string]any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&raw); err != nil || raw == nil {
		return nil, bad("*", "is no JSON object")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, bad("*", "something stands after the object")
	}
	row := make(Row, len(raw))
	for _, c := range in.columns {
		v, there := raw[c.Name]
		delete(raw, c.Name)
		if in.slice.Roles[c.Name] == Blank {
			continue
		}
		if !there || v == nil {
			if !c.Default {
				return nil, bad(c.Name, "is missing")
			}
			continue
		}
		x, why := typed(v, c.Kind)
		if why != "" {
			return nil, bad(c.Name, why)
		}
		row[c.Name] = x
	}
	for name := range raw {
		return nil, &RowFault{Table: in.slice.Table, Column: clip(name), Newer: true}
	}
	return row, nil
}

// clip shortens a name that came from outside for a message.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// typed gives a JSON value the type of a column, or says why it cannot.
func typed(v any, k kind) (any, string) {
	switch k {
	case kindText:
		s, ok := v.(string)
		if !ok {
			return nil, "is no text"
		}
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return nil, "holds a character that no text has"
		}
		return s, ""
	case kindInt, kindLong:
		n, ok := v.(json.Number)
		if !ok {
			return nil, "is no number"
		}
		i, err := n.Int64()
		if err != nil || k == kindInt && (i > math.MaxInt32 || i < math.MinInt32) {
			return nil, "is no whole number of its size"
		}
		return i, ""
	case kindBool:
		b, ok := v.(bool)
		if !ok {
			return nil, "is neither true nor false"
		}
		return b, ""
	case kindFloat:
		n, ok := v.(json.Number)
		if !ok {
			return nil, "is no number"
		}
		f, err := n.Float64()
		if err != nil {
			return nil, "is no number"
		}
		return f, ""
	}
	return nil, "has a type that does not travel"
}

// Insert takes a row that Parse gave; Flush must follow the last.
func (in *Inserter) Insert(row Row) error {
	var names []string
	var values []any
	for _, c := range in.columns {
		if v, ok := row[c.Name]; ok {
			names, values = append(names, c.Name), append(values, v)
		}
	}
	if key := list(names); key != in.names {
		if err := in.Flush(); err != nil {
			return err
		}
		in.names = key
	}
	in.rows = append(in.rows, values)
	if len(in.rows) >= 100 {
		return in.Flush()
	}
	return nil
}

// Flush writes the rows that wait.
func (in *Inserter) Flush() error {
	rows := in.rows
	in.rows = nil
	if len(rows) == 0 {
		return nil
	}
	return InsertMany(in.tx, quote(in.slice.Table)+" ("+in.names+")", rows, "")
}
