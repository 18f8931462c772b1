package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"modernc.org/sqlite"
)

const (
	// backupPages is how many pages are copied between two looks at the context: 8 MB.
	backupPages = 2000
	// maxProblems is how many problems of a damaged file are told.
	maxProblems = 20
	// partial is added to the path of a file that is not whole yet.
	partial = ".partial"
)

// Progress is told how much of a long work is done. May be nil.
type Progress func(done, total int64)

func (p Progress) tell(done, total int64) {
	if p != nil {
		p(done, total)
	}
}

// DamagedError says what is wrong with a file, in SQLite's words.
type DamagedError struct {
	Path     string
	Problems []string // at most 20
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("record %s is damaged: %s", e.Path, strings.Join(e.Problems, "; "))
}

// Backup copies the record at from, as it is at one moment, to the new file to,
// while other processes read and write it, and checks the copy: what is at to in
// the end is a whole record, in one file. A file that is there already is refused,
// and one that is damaged is a *DamagedError; progress is told in pages.
func Backup(ctx context.Context, from, to string, progress Progress) error {
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("backup %s: there is a file already: name one that is not there", to), err)
	}
	unfinished := to + partial
	if err := copyRecord(ctx, from, unfinished, progress); err != nil {
		return errors.Join(fmt.Errorf("backup of record %s to %s: %w", from, to, withRemedy(err)), removeRecord(unfinished))
	}
	if err := Check(ctx, unfinished); err != nil {
		if damaged, ok := errors.AsType[*DamagedError](err); ok {
			damaged.Path = from // page by page it is the same
		}
		return errors.Join(fmt.Errorf("backup to %s: %w", to, err), removeRecord(unfinished))
	}
	if err := putInPlace(unfinished, to); err != nil {
		return errors.Join(fmt.Errorf("backup %s: %w", to, err), removeRecord(unfinished))
	}
	return nil
}

// putInPlace renames a file to a name that nobody has meanwhile taken.
func putInPlace(from, to string) error {
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL, 0o600) // rename would replace what is there
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return nil
}

// removeRecord removes a file that was not finished, if it is there.
func removeRecord(path string) error {
	var errs []error
	for _, suffix := range walSuffixes {
		if err := os.Remove(path + suffix); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// walSuffixes are those of a record's file and of the files that SQLite keeps next
// to it.
var walSuffixes = []string{"", "-wal", "-shm", "-journal"}

// backuper is the driver's connection, as far as it makes backups.
type backuper interface {
	NewBackup(uri string) (*sqlite.Backup, error)
}

// copyRecord copies a database page by page to a file that is not there, and
// leaves it without a log next to it.
func copyRecord(ctx context.Context, from, to string, progress Progress) error {
	db, err := sql.Open("sqlite", dsn(from, "ro", "query_only(1)"))
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	// One read transaction: else each write of others would begin the copy anew.
	if _, err := conn.ExecContext(ctx, `BEGIN`); err != nil {
		return err
	}
	defer func() { _, _ = conn.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`) }()
	if _, err := scanVersion(conn.QueryRowContext(ctx, versionQuery)); err != nil {
		return err
	}
	if err := makeFile(to); err != nil { // for nobody but those who may read the record
		return err
	}
	if err := conn.Raw(func(c any) error { return copyPages(ctx, c.(backuper), dsn(to, "rwc"), progress) }); err != nil {
		return err
	}
	return endLog(ctx, to)
}

func copyPages(ctx context.Context, from backuper, to string, progress Progress) (err error) {
	b, err := from.NewBackup(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Finish()) }()
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if more, err = b.Step(backupPages); err != nil {
			return err
		}
		total := int64(b.PageCount())
		progress.tell(total-int64(b.Remaining()), total)
	}
	return nil
}

// endLog takes what is in the log of a record into its file, so that the file alone
// is the record. It fails when anybody else has the record open.
func endLog(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", dsn(path, "rw", "busy_timeout(0)", "synchronous(FULL)"))
	if err != nil {
		return err
	}
	defer db.Close()
	var mode string
	if err := db.QueryRowContext(ctx, `PRAGMA journal_mode = DELETE`).Scan(&mode); err != nil {
		return err
	}
	if mode != "delete" {
		return fmt.Errorf("%s is open elsewhere: end the programs that have it open", path)
	}
	return db.Close()
}

// Check reads all of the record at path and fails with a *DamagedError when it is
// not whole, or not in order: that is seconds for each gigabyte. The file is not
// changed, and others may read and write it meanwhile.
func Check(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", dsn(path, "ro", "query_only(1)"))
	if err != nil {
		return fmt.Errorf("record %s: %w", path, err)
	}
	defer db.Close()
	problems, err := problemsOf(ctx, db)
	if err != nil {
		return fmt.Errorf("record %s: %w", path, withRemedy(err))
	}
	if len(problems) > 0 {
		return &DamagedError{Path: path, Problems: problems}
	}
	return nil
}

func problemsOf(ctx context.Context, db *sql.DB) ([]string, error) {
	if _, err := scanVersion(db.QueryRowContext(ctx, versionQuery)); err != nil {
		if isCorrupt(err) {
			return []string{err.Error()}, nil
		}
		return nil, err
	}
	rows, err := db.QueryContext(ctx, fmt.Sprintf(`PRAGMA integrity_check(%d)`, maxProblems))
	if err != nil {
		if isCorrupt(err) {
			return []string{err.Error()}, nil
		}
		return nil, err
	}
	defer rows.Close()
	var problems []string
	for rows.Next() {
		var problem string
		if err := rows.Scan(&problem); err != nil {
			return nil, err
		}
		if problem != "ok" {
			problems = append(problems, strings.ReplaceAll(problem, "\n", "; "))
		}
	}
	if err := rows.Err(); err != nil && !isCorrupt(err) {
		return nil, err
	} else if err != nil {
		problems = append(problems, err.Error())
	}
	return problems, nil
}
