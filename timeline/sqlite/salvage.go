package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
)

// Salvaged says what came of a damaged record.
type Salvaged struct {
	Tables []SalvagedTable // those that could not be read whole, by name
	// Articles is how many articles were read and LostArticles how many the feeds' own
	// counts have besides.
	Articles, LostArticles int
}

// SalvagedTable is a table that could not be read whole.
type SalvagedTable struct {
	Name string
	Rows int   // that were read
	Gaps []Gap // between them; none where rows have no numbers
}

// Gap is rows that could not be read, by their numbers, both included. A number in
// it need not have been a row's.
type Gap struct{ First, Last int64 }

// Salvage copies what can be read of the damaged record at from, which no process
// may keep, into the new record at to, and makes anew what follows from the rest.
// What refers to lost rows is left out; items whose articles are lost are
// forgotten, so that they are recorded again where feeds still have them. The file
// at from is only read. progress is told in tables.
func Salvage(ctx context.Context, from, to string, progress Progress) (_ Salvaged, err error) {
	if _, err := os.Lstat(to); err == nil {
		return Salvaged{}, fmt.Errorf("repaired record %s: there is a file already: name one that is not there", to)
	}
	lock, err := keep(from)
	if err != nil {
		return Salvaged{}, fmt.Errorf("record %s: %w", from, err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	v := &salvager{gaps: make(map[string][]Gap)}
	unfinished := to + partial
	if err = v.open(ctx, from, unfinished); err == nil {
		err = v.salvage(ctx, progress)
	}
	err = errors.Join(err, v.close())
	if err == nil {
		err = errors.Join(endLog(ctx, unfinished), Check(ctx, unfinished))
	}
	if err == nil {
		err = putInPlace(unfinished, to)
	}
	if err != nil {
		return Salvaged{}, errors.Join(fmt.Errorf("record %s: %w", from, err), removeRecord(unfinished))
	}
	return v.result, nil
}

// salvager copies one record into another.
type salvager struct {
	from, to *sql.DB // each of one connection
	tx       *sql.Tx // of to
	gaps     map[string][]Gap
	result   Salvaged
}

func (v *salvager) open(ctx context.Context, from, to string) (err error) {
	if v.from, err = sql.Open("sqlite", dsn(from, "ro", "query_only(1)", "cell_size_check(1)")); err != nil {
		return err
	}
	v.from.SetMaxOpenConns(1)
	steps, err := readMigrations(migrations)
	if err != nil {
		return err
	}
	version, err := scanVersion(v.from.QueryRowContext(ctx, versionQuery))
	switch newest := len(steps); {
	case isCorrupt(err):
		return fmt.Errorf("%w; not even its list of tables can be read: restore a backup by marsad restore FILE", err)
	case err != nil:
		return err
	case version != newest:
		return fmt.Errorf("the file is of version %d, and this program repairs those of version %d: use the marsad that wrote it", version, newest)
	}
	if err := removeRecord(to); err != nil { // of a repair that was broken off
		return err
	}
	if err := makeFile(to); err != nil {
		return err
	}
	if v.to, err = sql.Open("sqlite", dsn(to, "rwc", "journal_mode(WAL)", "synchronous(NORMAL)", "cache_size(-50000)")); err != nil {
		return err
	}
	v.to.SetMaxOpenConns(1)
	_, err = v.to.ExecContext(ctx, schema+fmt.Sprintf("; PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version))
	return err
}

func (v *salvager) close() error {
	var errs []error
	for _, db := range []*sql.DB{v.from, v.to} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

func (v *salvager) salvage(ctx context.Context, progress Progress) error {
	tables, err := texts(ctx, v.to, `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
	if err != nil {
		return err
	}
	if v.tx, err = v.to.BeginTx(ctx, nil); err != nil {
		return err
	}
	defer func() { _ = v.tx.Rollback() }() // after a commit it does nothing
	for i, table := range tables {
		progress.tell(int64(i), int64(len(tables)))
		if err := v.copyTable(ctx, table); err != nil {
			return fmt.Errorf("table %s: %w", table, err)
		}
	}
	progress.tell(int64(len(tables)), int64(len(tables)))
	if err := v.mend(ctx); err != nil {
		return err
	}
	return v.tx.Commit()
}

// table is what is known of one, from the new record, which is whole.
type table struct {
	name    string
	columns []string
	rowid   bool     // its rows have numbers
	key     string   // else: its primary key
	indexes []string // by which all of its columns can be read
	insert  string
}

func (v *salvager) table(ctx context.Context, name string) (t table, err error) {
	t.name = name
	if t.columns, err = texts(ctx, v.tx, `SELECT '"' || name || '"' FROM pragma_table_info(?) ORDER BY cid`, name); err != nil {
		return t, err
	}
	list := strings.Join(t.columns, ", ")
	t.insert = fmt.Sprintf(`INSERT OR IGNORE INTO %s (%s) VALUES %s`, name, list, tuples(1, len(t.columns)))
	var without bool
	if err := v.tx.QueryRowContext(ctx, `SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?`, name).Scan(&without); err != nil {
		return t, err
	}
	if t.rowid = !without; t.rowid {
		return t, nil
	}
	keys, err := texts(ctx, v.tx, `SELECT '"' || name || '"' FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk`, name)
	if err != nil {
		return t, err
	}
	t.key = strings.Join(keys, ", ")
	t.indexes, err = texts(ctx, v.tx, `SELECT l.name FROM pragma_index_list(?1) l WHERE l.origin = 'c' AND NOT l.partial
		AND NOT EXISTS (SELECT 1 FROM pragma_table_info(?1) c WHERE c.cid NOT IN (SELECT x.cid FROM pragma_index_xinfo(l.name) x))`, name)
	return t, err
}

// copyTable copies the rows that can be read.
func (v *salvager) copyTable(ctx context.Context, name string) error {
	if derived(name) {
		return nil
	}
	t, err := v.table(ctx, name)
	if err != nil {
		return err
	}
	var whole bool
	if t.rowid {
		whole, err = v.copyNumbered(ctx, &t)
	} else {
		whole, err = v.copyKeyed(ctx, &t)
	}
	if err != nil || whole {
		return err
	}
	lost := SalvagedTable{Name: name, Gaps: v.gaps[name]}
	if err := v.tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+name).Scan(&lost.Rows); err != nil {
		return err
	}
	v.result.Tables = append(v.result.Tables, lost)
	return nil
}

// copyNumbered copies the rows of a table by their numbers. Where it cannot go on
// it takes the next row that can be read: what lies between them is a gap.
func (v *salvager) copyNumbered(ctx context.Context, t *table) (whole bool, err error) {
	query := fmt.Sprintf(`SELECT rowid, %s FROM %s WHERE rowid >= ? ORDER BY rowid`, strings.Join(t.columns, ", "), t.name)
	from := int64(math.MinInt64)
	for {
		last, err := v.copyRows(ctx, t, 1, query, from)
		if err == nil {
			return len(v.gaps[t.name]) == 0, nil
		}
		if !isCorrupt(err) {
			return false, err
		}
		gap := Gap{max(from, last+1, 1), math.MaxInt64}
		next, found, err := v.nextReadable(ctx, t, gap.First)
		if err != nil {
			return false, err
		}
		if found {
			gap.Last = next - 1
		}
		v.gaps[t.name] = append(v.gaps[t.name], gap)
		if !found {
			return false, nil
		}
		from = next
	}
}

// nextReadable gives a number from which on a table can be read again. It doubles
// its step until it can, and goes back by halves: rows between two damaged pages
// that are near to each other may be passed over.
func (v *salvager) nextReadable(ctx context.Context, t *table, from int64) (next int64, found bool, err error) {
	query := fmt.Sprintf(`SELECT %s FROM %s WHERE rowid >= ? ORDER BY rowid LIMIT 1`, strings.Join(t.columns, ", "), t.name)
	readable := func(number int64) (bool, error) {
		err := v.from.QueryRowContext(ctx, query, number).Scan(anyColumns(len(t.columns))...)
		switch {
		case isCorrupt(err):
			return false, nil
		case err == nil, errors.Is(err, sql.ErrNoRows): // the table ends there
			return true, nil
		}
		return false, err
	}
	low, step := from, int64(1) // low cannot be read
	for {
		high := low + step
		if high < low {
			return 0, false, nil
		}
		ok, err := readable(high)
		if err != nil {
			return 0, false, err
		}
		if !ok {
			low, step = high, 2*step
			continue
		}
		for high-low > 1 {
			middle := low + (high-low)/2
			ok, err := readable(middle)
			if err != nil {
				return 0, false, err
			}
			if ok {
				high = middle
			} else {
				low = middle
			}
		}
		return high, true, nil
	}
}

// copyKeyed copies the rows of a table that have no numbers: forwards, and where
// that breaks off backwards, and by each index that holds all of them.
func (v *salvager) copyKeyed(ctx context.Context, t *table) (whole bool, err error) {
	list := strings.Join(t.columns, ", ")
	backwards := strings.ReplaceAll(t.key, ",", " DESC,") + " DESC"
	queries := []string{
		fmt.Sprintf(`SELECT %s FROM %s ORDER BY %s`, list, t.name, t.key),
		fmt.Sprintf(`SELECT %s FROM %s ORDER BY %s`, list, t.name, backwards),
	}
	for _, index := range t.indexes {
		keys, err := texts(ctx, v.tx, `SELECT '"' || name || '"' FROM pragma_index_info(?) ORDER BY seqno`, index)
		if err != nil {
			return false, err
		}
		for _, direction := range []string{"", " DESC"} {
			queries = append(queries, fmt.Sprintf(`SELECT %s FROM %s INDEXED BY %s ORDER BY %s%s`, list, t.name, index, strings.Join(keys, direction+", "), direction))
		}
	}
	for _, query := range queries {
		_, err := v.copyRows(ctx, t, 0, query)
		if err == nil {
			return true, nil
		}
		if !isCorrupt(err) {
			return false, err
		}
	}
	return false, nil
}

// copyRows copies the rows of a query, of which the first columns are not copied,
// and gives the first column of the last that was.
func (v *salvager) copyRows(ctx context.Context, t *table, skip int, query string, args ...any) (last int64, err error) {
	rows, err := v.from.QueryContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	insert, err := v.tx.PrepareContext(ctx, t.insert)
	if err != nil {
		return 0, err
	}
	defer func() { _ = insert.Close() }() // it may be of a transaction that is over
	row := anyColumns(skip + len(t.columns))
	values := make([]any, len(t.columns))
	for rows.Next() {
		if err := rows.Scan(row...); err != nil {
			return last, err
		}
		for i := range values {
			values[i] = *row[skip+i].(*any)
		}
		if _, err := insert.ExecContext(ctx, values...); err != nil {
			return last, err
		}
		if skip > 0 {
			last, _ = (*row[0].(*any)).(int64)
		}
	}
	return last, rows.Err()
}

func anyColumns(n int) []any {
	row := make([]any, n)
	for i := range row {
		row[i] = new(any)
	}
	return row
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// texts reads the only column of a query.
func texts(ctx context.Context, db querier, query string, args ...any) (out []string, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// derived reports whether the rows of a table are made anew of those of others.
func derived(table string) bool {
	return slices.Contains([]string{"steps", "fact_times", "point_series", "point_hours"}, table) || strings.HasPrefix(table, "article_words")
}
