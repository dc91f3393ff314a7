package db

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Tables travel between databases as PostgreSQL's COPY text: a line a row, tabs between values,
// \N for null, backslash escapes. Both databases write and read it here.

// queueTables are River's own. Its tables differ between the databases, so its queue travels
// only between two of a kind.
const queueTables = "river_"

// queueVersions is River's list of the versions of its tables. It tells of the database that it is
// in, so it never travels: without it, or with another's, the queue would make its tables again.
const queueVersions = "river_migration"

// tables lists tables and columns in an order in which a row's references come before it.
func (d *DB) tables(tx Tx) ([]Table, error) {
	query := `select m.name as "table", p.name as "column" from sqlite_schema m join pragma_table_info(m.name) p
		where m.type = 'table' and m.name not like 'sqlite_%' and m.name not like 'goose_%' and m.name not like 'search_%' order by m.name, p.cid`
	edges := `select m.name as "table", f."table" as "to" from sqlite_schema m join pragma_foreign_key_list(m.name) f where m.type = 'table'`
	if d.pool != nil {
		query = `select c.relname as "table", a.attname as "column" from pg_class c
			join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
			where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace and c.relname not like 'goose\_%' and c.relname not like 'search\_%'
			order by c.relname, a.attnum`
		edges = `select a.relname as "table", b.relname as "to" from pg_constraint k join pg_class a on a.oid = k.conrelid
			join pg_class b on b.oid = k.confrelid where k.contype = 'f' and a.relnamespace = current_schema()::regnamespace`
	}
	columns, err := List[struct{ Table, Column string }](tx, query)
	if err != nil {
		return nil, err
	}
	refs, err := List[struct{ Table, To string }](tx, edges)
	if err != nil {
		return nil, err
	}
	var all []Table
	for _, c := range columns {
		if len(all) == 0 || all[len(all)-1].Name != c.Table {
			all = append(all, Table{Name: c.Table})
		}
		t := &all[len(all)-1]
		t.Columns = append(t.Columns, c.Column)
	}
	needs := map[string][]string{}
	for _, r := range refs {
		needs[r.Table] = append(needs[r.Table], r.To)
	}
	return ordered(all, needs), nil
}

// ordered puts each table after those that it needs; a circle is cut where it is met.
func ordered(all []Table, needs map[string][]string) []Table {
	byName := map[string]Table{}
	for _, t := range all {
		byName[t.Name] = t
	}
	var out []Table
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		t, ok := byName[name]
		if !ok || seen[name] {
			return
		}
		seen[name] = true
		for _, n := range needs[name] {
			visit(n)
		}
		out = append(out, t)
	}
	for _, t := range all {
		visit(t.Name)
	}
	return out
}

// Transfer copies every table of one database into another whose tables have the same version,
// replacing what is there, in one transaction. The queue of jobs stays behind between different kinds of database.
func Transfer(ctx context.Context, from, to *DB) error {
	if from.pool != nil {
		return errors.New("transfer: only from SQLite; PostgreSQL gives a snapshot")
	}
	return from.View(ctx, func(tx Tx) error {
		tables, err := from.tables(tx)
		if err != nil {
			return err
		}
		return to.Load(ctx, tables, func(name string) (io.Reader, error) {
			i := slices.IndexFunc(tables, func(t Table) bool { return t.Name == name })
			r, w := io.Pipe()
			go func() { w.CloseWithError(writeTable(tx, tables[i], w)) }()
			return r, nil
		}, !to.Postgres())
	})
}

// writeTable writes the rows of a SQLite table as COPY text.
func writeTable(tx Tx, t Table, w io.Writer) error {
	b := bufio.NewWriterSize(w, 64<<10)
	values := make([]any, len(t.Columns))
	refs := make([]any, len(t.Columns))
	for i := range values {
		refs[i] = &values[i]
	}
	err := tx.Rows(func(r *sql.Rows) error {
		if err := r.Scan(refs...); err != nil {
			return err
		}
		for i, v := range values {
			if i > 0 {
				_ = b.WriteByte('\t')
			}
			if err := writeValue(b, v); err != nil {
				return fmt.Errorf("%s.%s: %w", t.Name, t.Columns[i], err)
			}
		}
		return b.WriteByte('\n')
	}, "select "+list(t.Columns)+" from "+quote(t.Name))
	if err != nil {
		return err
	}
	return b.Flush()
}

var copyEscapes = strings.NewReplacer("\\", "\\\\", "\t", "\\t", "\n", "\\n", "\r", "\\r", "\b", "\\b", "\f", "\\f", "\v", "\\v")

func writeValue(b *bufio.Writer, v any) error {
	var err error
	switch v := v.(type) {
	case nil:
		_, err = b.WriteString("\\N")
	case int64:
		_, err = b.WriteString(strconv.FormatInt(v, 10))
	case float64:
		_, err = b.WriteString(strconv.FormatFloat(v, 'g', -1, 64))
	case bool:
		_, err = b.WriteString(strconv.FormatBool(v)[:1])
	case string:
		_, err = copyEscapes.WriteString(b, v)
	case []byte:
		_, err = b.WriteString("\\\\x" + hex.EncodeToString(v))
	case time.Time:
		_, err = b.WriteString(v.UTC().Format("2006-01-02 15:04:05.999999Z07"))
	default:
		err = fmt.Errorf("a value of type %T cannot be copied", v)
	}
	return err
}

// Load replaces the content of every table by what open gives for it, in one transaction:
// everything arrives or nothing does. With queue, River's tables too.
func (d *DB) Load(ctx context.Context, from []Table, open func(table string) (io.Reader, error), queue bool) error {
	var into []Table
	err := d.View(ctx, func(tx Tx) (err error) {
		into, err = d.tables(tx)
		return err
	})
	if err != nil {
		return err
	}
	from = slices.Clone(from)
	stays := func(t Table) bool {
		return t.Name == queueVersions || !queue && strings.HasPrefix(t.Name, queueTables)
	}
	from = slices.DeleteFunc(from, stays)
	into = slices.DeleteFunc(into, stays)
	for _, t := range from {
		i := slices.IndexFunc(into, func(o Table) bool { return o.Name == t.Name })
		if i < 0 {
			return fmt.Errorf("this program has no table %s", t.Name)
		}
		for _, c := range t.Columns {
			if !slices.Contains(into[i].Columns, c) {
				return fmt.Errorf("this program has no column %s.%s", t.Name, c)
			}
		}
	}
	// The order is the target's: tables that others refer to first.
	slices.SortStableFunc(from, func(a, b Table) int { return position(into, a.Name) - position(into, b.Name) })
	if d.pool != nil {
		return d.loadPostgres(ctx, into, from, open)
	}
	return d.loadSQLite(ctx, into, from, open)
}

func position(all []Table, name string) int {
	return slices.IndexFunc(all, func(t Table) bool { return t.Name == name })
}

func (d *DB) loadPostgres(ctx context.Context, into, from []Table, open func(string) (io.Reader, error)) error {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return translate(err)
	}
	defer conn.Release()
	return translate(pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		names := make([]string, len(into))
		for i, t := range into {
			names[i] = quote(t.Name)
		}
		if _, err := tx.Exec(ctx, "truncate table "+strings.Join(names, ", ")); err != nil {
			return err
		}
		for _, t := range from {
			r, err := open(t.Name)
			if err != nil {
				return err
			}
			tag, err := tx.Conn().PgConn().CopyFrom(ctx, r, "copy "+quote(t.Name)+" ("+list(t.Columns)+") from stdin")
			if err != nil {
				return fmt.Errorf("table %s: %w", t.Name, err)
			}
			if t.Rows > 0 && tag.RowsAffected() != t.Rows {
				return fmt.Errorf("table %s: %d rows arrived, %d were announced", t.Name, tag.RowsAffected(), t.Rows)
			}
		}
		return resetSequences(ctx, tx)
	}))
}

// resetSequences lets numbers go on after the highest one that was loaded.
func resetSequences(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `select c.relname, a.attname, pg_get_serial_sequence(quote_ident(c.relname), a.attname) from pg_class c
		join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
		where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace and pg_get_serial_sequence(quote_ident(c.relname), a.attname) is not null
		and c.relname not like 'goose\_%'`)
	if err != nil {
		return err
	}
	type serial struct{ Table, Column, Sequence string }
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[serial])
	if err != nil {
		return err
	}
	for _, s := range all {
		if _, err := tx.Exec(ctx, fmt.Sprintf("select setval($1::regclass, (select coalesce(max(%s), 0) + 1 from %s), false)", quote(s.Column), quote(s.Table)), s.Sequence); err != nil {
			return err
		}
	}
	return nil
}

func (d *DB) loadSQLite(ctx context.Context, into, from []Table, open func(string) (io.Reader, error)) error {
	return d.Do(ctx, func(tx Tx) error {
		if _, err := tx.Exec("pragma defer_foreign_keys = on"); err != nil {
			return err
		}
		for _, t := range slices.Backward(into) {
			if _, err := tx.Exec("delete from " + quote(t.Name)); err != nil {
				return err
			}
		}
		for _, t := range from {
			r, err := open(t.Name)
			if err != nil {
				return err
			}
			n, err := readTable(ctx, tx, t, r)
			if err != nil {
				return fmt.Errorf("table %s, row %d: %w", t.Name, n+1, err)
			}
			if t.Rows > 0 && n != t.Rows {
				return fmt.Errorf("table %s: %d rows arrived, %d were announced", t.Name, n, t.Rows)
			}
		}
		return nil
	})
}

// readTable inserts the rows of COPY text into a SQLite table.
func readTable(ctx context.Context, tx Tx, t Table, r io.Reader) (n int64, err error) {
	kinds, err := List[struct{ Name, Type string }](tx, `select name, lower(type) as type from pragma_table_info($1)`, t.Name)
	if err != nil {
		return 0, err
	}
	types := map[string]string{}
	for _, k := range kinds {
		types[k.Name] = k.Type
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(t.Columns)), ", ")
	stmt, err := tx.sqlTx.PrepareContext(ctx, "insert into "+quote(t.Name)+" ("+list(t.Columns)+") values ("+marks+")")
	if err != nil {
		return 0, translate(err)
	}
	defer func() { _ = stmt.Close() }()
	in := bufio.NewReaderSize(r, 256<<10)
	args := make([]any, len(t.Columns))
	for {
		line, err := in.ReadBytes('\n')
		if len(line) == 0 && err == io.EOF {
			return n, nil
		}
		if err != nil && err != io.EOF {
			return n, err
		}
		fields := bytes.Split(bytes.TrimSuffix(line, []byte("\n")), []byte("\t"))
		if len(fields) != len(args) {
			return n, fmt.Errorf("%d values, %d columns", len(fields), len(args))
		}
		for i, f := range fields {
			if args[i], err = readValue(string(f), types[t.Columns[i]]); err != nil {
				return n, fmt.Errorf("column %s: %w", t.Columns[i], err)
			}
		}
		if _, err := stmt.ExecContext(ctx, args...); err != nil {
			return n, translate(err)
		}
		n++
	}
}

var copyUnescapes = strings.NewReplacer("\\\\", "\\", "\\t", "\t", "\\n", "\n", "\\r", "\r", "\\b", "\b", "\\f", "\f", "\\v", "\v")

func readValue(s, kind string) (any, error) {
	if s == "\\N" {
		return nil, nil
	}
	switch kind {
	case "boolean":
		return s == "t" || s == "1", nil
	case "integer", "bigint":
		return strconv.ParseInt(s, 10, 64)
	case "double precision", "real":
		return strconv.ParseFloat(s, 64)
	case "blob":
		return hex.DecodeString(strings.TrimPrefix(s, "\\\\x"))
	}
	return copyUnescapes.Replace(s), nil
}

// pieces cuts COPY text into pieces of whole rows.
func pieces(r io.Reader, put func(i int, size int64, piece io.Reader) error) error {
	in := bufio.NewReaderSize(r, 256<<10)
	var buf bytes.Buffer
	for i := 0; ; {
		line, err := in.ReadSlice('\n')
		buf.Write(line)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) && err != io.EOF {
			return err
		}
		end := err == io.EOF
		if rowEnds := err == nil; (rowEnds && buf.Len() >= chunkBytes) || (end && buf.Len() > 0) {
			if err := put(i, int64(buf.Len()), &buf); err != nil {
				return err
			}
			buf.Reset()
			i++
		}
		if end {
			return nil
		}
	}
}

// quote writes a name of a table or column; all of ours are plain words.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func list(names []string) string {
	q := make([]string, len(names))
	for i, n := range names {
		q[i] = quote(n)
	}
	return strings.Join(q, ", ")
}
