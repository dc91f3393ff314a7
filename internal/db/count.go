package db

import (
	"context"
	"database/sql"
)

// Counted gives the transaction with a count of the statements that it runs, by which tests see that
// an operation on many things does not ask for them one by one.
func Counted(tx Tx) (Tx, *int) {
	c := &counting{querier: tx.q}
	tx.q = c
	return tx, &c.n
}

type counting struct {
	querier
	n int
}

// ExecContext counts.
func (c *counting) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	c.n++
	return c.querier.ExecContext(ctx, query, args...)
}

// QueryContext counts.
func (c *counting) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	c.n++
	return c.querier.QueryContext(ctx, query, args...)
}
