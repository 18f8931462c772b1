package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// session runs queries on a connection of its own, which it opens when it first
// needs it, and prepares each only once. It is for one goroutine at a time. Read
// the rows of a query to their end before the same query is run again.
type session struct {
	db         *sql.DB
	conn       *sql.Conn // nil: not opened yet
	statements map[string]*sql.Stmt
	publishers map[string]int64 // rows of publishers that were looked up
	feeds      map[string]int64 // and of feeds
	empty      map[string]bool  // tables that were found to have no rows, or some, in this transaction
	sums       pointSums
	room       factRoom
}

// maxStatements is how many prepared statements a session keeps at most: many
// more than a running daemon has, whereas the queries of pages are combined out
// of many conditions.
const maxStatements = 200

func newSession(db *sql.DB) *session {
	return &session{db: db, statements: make(map[string]*sql.Stmt), publishers: make(map[string]int64), feeds: make(map[string]int64), empty: make(map[string]bool), sums: newPointSums()}
}

func (s *session) close() error {
	err := s.forget()
	if s.conn != nil {
		err = errors.Join(err, s.conn.Close())
	}
	return err
}

// forget closes the prepared statements.
func (s *session) forget() error {
	var errs []error
	for _, stmt := range s.statements {
		errs = append(errs, stmt.Close())
	}
	clear(s.statements)
	return errors.Join(errs...)
}

// forgetRows forgets the rows that were looked up, and what waits to be added to
// some.
func (s *session) forgetRows() {
	clear(s.publishers)
	clear(s.feeds)
	s.sums.forget()
}

// begin begins a transaction by the statement, on which nothing else is open.
func (s *session) begin(ctx context.Context, statement string) (err error) {
	if s.conn == nil {
		if s.conn, err = s.db.Conn(ctx); err != nil {
			return err
		}
	}
	if len(s.statements) > maxStatements {
		if err := s.forget(); err != nil {
			return err
		}
	}
	clear(s.empty)
	_, err = s.exec(ctx, statement)
	return err
}

// isEmpty reports whether a table has no rows. Some hardly ever have any, and are
// asked for each article: once a transaction will do. What inserts the first says
// so by fill.
func (s *session) isEmpty(ctx context.Context, table string) (bool, error) {
	empty, asked := s.empty[table]
	if asked {
		return empty, nil
	}
	if err := s.get(ctx, `SELECT NOT EXISTS (SELECT 1 FROM `+table+`)`, nil, &empty); err != nil {
		return false, err
	}
	s.empty[table] = empty
	return empty, nil
}

// fill says that a table has rows from now on.
func (s *session) fill(table string) { s.empty[table] = false }

func (s *session) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := s.statements[query]; ok {
		return stmt, nil
	}
	stmt, err := s.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, query)
	}
	s.statements[query] = stmt
	return stmt, nil
}

// exec runs a statement and gives the number of rows it changed.
func (s *session) exec(ctx context.Context, query string, args ...any) (changed int64, err error) {
	stmt, err := s.prepare(ctx, query) //nolint:sqlclosecheck // the session keeps it
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// get scans the first row of a query; sql.ErrNoRows when there is none.
func (s *session) get(ctx context.Context, query string, args []any, into ...any) error {
	stmt, err := s.prepare(ctx, query) //nolint:sqlclosecheck // the session keeps it
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(ctx, args...).Scan(into...)
}

// tuples gives the placeholders of so many rows of so many values. What inserts
// several, itself or by triggers, and is undone with its transaction when it goes
// wrong, says INSERT OR FAIL: SQLite would else keep a copy of each page that it
// changes, to undo that statement alone.
func tuples(rows, values int) string {
	tuple := "(?" + strings.Repeat(", ?", values-1) + ")"
	return tuple + strings.Repeat(", "+tuple, rows-1)
}

// scanner is a row.
type scanner interface{ Scan(into ...any) error }

// all reads every row of a query.
func all[T any](ctx context.Context, s *session, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	stmt, err := s.prepare(ctx, query) //nolint:sqlclosecheck // the session keeps it
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []T{}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// column scans a row of one column.
func column[T any](row scanner) (v T, err error) {
	return v, row.Scan(&v)
}
