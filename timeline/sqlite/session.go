package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// preparer is a connection or a transaction.
type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// session runs queries on one connection and prepares each only once. It is for
// one goroutine at a time. Read the rows of a query to their end before the same
// query is run again.
type session struct {
	conn       preparer
	statements map[string]*sql.Stmt
}

func newSession(conn preparer) *session {
	return &session{conn: conn, statements: make(map[string]*sql.Stmt)}
}

func (s *session) close() error {
	var errs []error
	for _, stmt := range s.statements {
		errs = append(errs, stmt.Close())
	}
	return errors.Join(errs...)
}

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

// write runs f in a transaction of its own and commits what it did, unless it
// fails or ctx ends meanwhile.
//
// The statements run without the cancellation of ctx: database/sql would roll
// the transaction back behind f's back, and what f did after that would be
// committed piece by piece. f looks at ctx itself where it goes through much.
func (r *Record) write(ctx context.Context, f func(ctx context.Context, s *session) error) error {
	if err := ctx.Err(); err != nil { // select would choose by chance
		return err
	}
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-r.turn }()
	whole := context.WithoutCancel(ctx)
	tx, err := r.conn.BeginTx(whole, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := f(whole, r.writer); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return tx.Commit()
}

// read runs f on the record as it is when f first looks.
func (r *Record) read(ctx context.Context, f func(s *session) error) error {
	tx, err := r.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // it wrote nothing
	s := newSession(tx)
	return errors.Join(f(s), s.close())
}
