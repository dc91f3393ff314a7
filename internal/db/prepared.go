package db

import (
	"context"
	"database/sql/driver"
	"strings"

	"modernc.org/sqlite"
)

// keptStatements is how many prepared statements a SQLite connection keeps. A page runs some
// twenty; the rest are pages before it.
const keptStatements = 120

// preparing opens SQLite connections that keep the statements they have prepared, by their text:
// SQLite takes longer to prepare most of ours than to run them. pgx does the same by itself.
type preparing struct{ driver.Connector }

func openPreparing(dsn string) (driver.Connector, error) {
	c, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return preparing{c}, nil
}

// Connect opens a connection.
func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &preparedConn{liteConn: c.(liteConn), kept: map[string]*keptStmt{}}, nil
}

// liteConn is what database/sql makes use of in SQLite's connection.
type liteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type liteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// preparedConn is a connection with its statements. One goroutine uses it at a time, as
// database/sql promises.
type preparedConn struct {
	liteConn
	kept map[string]*keptStmt
	uses int64
}

type keptStmt struct {
	liteStmt
	busy bool  // its rows are being read
	used int64 // when, in uses of the connection
}

// ExecContext runs a statement.
func (c *preparedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.liteConn.ExecContext(ctx, query, args)
	}
	res, err := s.ExecContext(ctx, args)
	if err != nil {
		c.drop(query)
	}
	return res, err
}

// QueryContext runs a query; its statement is free again when the rows are closed.
func (c *preparedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.liteConn.QueryContext(ctx, query, args)
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		c.drop(query)
		return nil, err
	}
	s.busy = true
	return &keptRows{rows.(liteRows), s}, nil
}

// Close lets go of the statements, then of the connection.
func (c *preparedConn) Close() error {
	for query := range c.kept {
		c.drop(query)
	}
	return c.liteConn.Close()
}

// statement gives the prepared statement of a text; nil when the text is not to be kept, or the
// statement is being read from further up.
func (c *preparedConn) statement(ctx context.Context, query string) (*keptStmt, error) {
	if !keepable(query) {
		return nil, nil
	}
	c.uses++
	s := c.kept[query]
	if s == nil {
		p, err := c.PrepareContext(ctx, query)
		if err != nil {
			return nil, err
		}
		if len(c.kept) >= keptStatements {
			c.dropOldest()
		}
		s = &keptStmt{liteStmt: p.(liteStmt)}
		c.kept[query] = s
	}
	if s.busy {
		return nil, nil
	}
	s.used = c.uses
	return s, nil
}

// keepable reports whether a text is one statement on rows. Pragmas and what changes tables are
// run as they come, and so are texts too long to come again.
func keepable(query string) bool {
	if len(query) > 8<<10 || strings.Contains(query, ";") {
		return false
	}
	word, _, _ := strings.Cut(strings.TrimSpace(query), " ")
	switch strings.ToLower(word) {
	case "select", "insert", "update", "delete", "with", "savepoint", "release", "rollback":
		return true
	}
	return false
}

func (c *preparedConn) drop(query string) {
	_ = c.kept[query].Close()
	delete(c.kept, query)
}

func (c *preparedConn) dropOldest() {
	oldest, at := "", c.uses
	for query, s := range c.kept {
		if !s.busy && s.used < at {
			oldest, at = query, s.used
		}
	}
	if oldest != "" {
		c.drop(oldest)
	}
}

type liteRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// keptRows frees its statement when it is closed.
type keptRows struct {
	liteRows
	stmt *keptStmt
}

// Close ends the reading.
func (r *keptRows) Close() error {
	r.stmt.busy = false
	return r.liteRows.Close()
}
