package db

import (
	"database/sql"
	"fmt"
	"strings"

	"bassin/internal/fault"

	"github.com/georgysavva/scany/v2/sqlscan"
)

// Exec runs a statement and gives how many rows it touched.
func (tx Tx) Exec(query string, args ...any) (int64, error) {
	res, err := tx.q.ExecContext(tx.ctx, query, args...)
	if err != nil {
		return 0, translate(err)
	}
	n, err := res.RowsAffected()
	return n, translate(err)
}

// Rows runs a query and calls fn for each row; fn scans.
func (tx Tx) Rows(fn func(*sql.Rows) error, query string, args ...any) error {
	rows, err := tx.q.QueryContext(tx.ctx, query, args...)
	if err != nil {
		return translate(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return translate(rows.Err())
}

// Get gives the one row of a query as a struct or a scalar; fault.NotFound when there is none.
func Get[T any](tx Tx, query string, args ...any) (T, error) {
	var v T
	list, err := List[T](tx, query, args...)
	switch {
	case err != nil:
		return v, err
	case len(list) == 0:
		return v, fault.New(fault.NotFound, "fault.not_found")
	case len(list) > 1:
		return v, fmt.Errorf("query gave %d rows where one was expected", len(list))
	}
	return list[0], nil
}

// List gives all rows of a query as structs or scalars. Columns are matched with fields by
// name in snake case or by `db` tags.
func List[T any](tx Tx, query string, args ...any) ([]T, error) {
	rows, err := tx.q.QueryContext(tx.ctx, query, args...)
	if err != nil {
		return nil, translate(err)
	}
	var list []T
	if err := sqlscan.ScanAll(&list, rows); err != nil { // closes rows
		return nil, translate(err)
	}
	return list, nil
}

// Changed turns "no row touched" into a fault: of an update that carries the version the
// person saw, it means that somebody else saved first.
func Changed(n int64, err error) error {
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "fault.stale")
	}
	return nil
}

// Where builds the condition of a list from optional filters. A question mark in a condition
// stands for the next argument; String numbers them $1 $2 in order.
type Where struct {
	conds []string
	args  []any
}

// And adds a condition: w.And("status = ?", s).
func (w *Where) And(cond string, args ...any) {
	w.conds = append(w.conds, w.Expr(cond, args...))
}

// Expr gives an expression in which each ? stands for an argument, for use elsewhere in the query.
func (w *Where) Expr(text string, args ...any) string {
	var b strings.Builder
	i := 0
	for _, r := range text {
		if r != '?' {
			b.WriteRune(r)
			continue
		}
		b.WriteString(w.Arg(args[i]))
		i++
	}
	return b.String()
}

// Arg adds an argument and gives its placeholder.
func (w *Where) Arg(v any) string {
	w.args = append(w.args, v)
	return fmt.Sprintf("$%d", len(w.args))
}

// String gives "true" or the conditions joined by and, for use after "where".
func (w *Where) String() string {
	if len(w.conds) == 0 {
		return "1 = 1"
	}
	return "(" + strings.Join(w.conds, ") and (") + ")"
}

// Args gives the arguments in order.
func (w *Where) Args() []any { return w.args }

// In gives "(?, ?, …)" for n values, and "(null)", which matches nothing, for none.
func In(n int) string {
	if n == 0 {
		return "(null)"
	}
	return "(" + strings.TrimSuffix(strings.Repeat("?, ", n), ", ") + ")"
}

// Anys converts a list of any type of value to arguments.
func Anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// InsertMany inserts rows, dozens by statement, which saves the round trips of a national list. Into is "table (a, b)"; tail what follows the values, such as "on conflict do nothing".
func InsertMany(tx Tx, into string, rows [][]any, tail string) error {
	for len(rows) > 0 {
		n := min(len(rows), max(1, 400/len(rows[0]))) // SQLite looks each $1 up in a list: long ones cost their square
		var b strings.Builder
		var args []any
		for i, row := range rows[:n] {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString("(")
			for j, v := range row {
				if j > 0 {
					b.WriteString(", ")
				}
				args = append(args, v)
				fmt.Fprintf(&b, "$%d", len(args))
			}
			b.WriteString(")")
		}
		if _, err := tx.Exec("insert into "+into+" values "+b.String()+" "+tail, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// likeBytes is what is looked for of a text: more than any name or title holds, and less than the
// 50 000 bytes of a pattern that SQLite takes.
const likeBytes = 10_000

// Like makes the pattern of "like … escape '\'" for a text that is taken literally.
func Like(before, text, after string) string {
	if len(text) > likeBytes {
		text = strings.ToValidUTF8(text[:likeBytes], "")
	}
	return before + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + after
}
