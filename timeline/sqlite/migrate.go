package sqlite

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strconv"
	"strings"
)

// What the migrations come to, from nothing. A new record is made by it; where the
// two differ, a test fails.
//
//go:embed schema.sql
var schema string

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks a SQLite file as a record (PRAGMA application_id): "MRSD".
const applicationID = 0x4d525344

// migration is one numbered step from a version of the record to the next. What
// goes through all articles does so in batches, each of which is a transaction,
// so that it takes little memory and goes on where it was broken off.
type migration struct {
	version int
	name    string
	first   string // statements
	each    string // for each batch of articles, with rows after ?1 and up to ?2; empty: there are none
	last    string

	dispensable bool // what only reads does without it
}

// Lines of a migration that begin its parts.
const (
	inBatches = "-- In batches of articles, after ?1 and up to ?2:\n"
	allDone   = "-- When all are done:\n"
)

// dispensable is a line of a migration that only makes something quicker, so that
// a record without it can be read.
const dispensable = "-- What only reads does without.\n"

const (
	// migrateBatch is how many articles are migrated in one transaction, and
	// migrateTold after how many the log is told.
	migrateBatch = 500
	migrateTold  = 50_000
	// underWay is added to the version while its batches are worked on, so that no
	// other program takes the file for one that is whole.
	underWay = 1_000_000
)

// migrate brings the file to the newest version.
func (r *Record) migrate(ctx context.Context) error {
	steps, err := readMigrations(migrations)
	if err != nil {
		return err
	}
	version, err := r.version(ctx)
	if err != nil {
		return err
	}
	newest := steps[len(steps)-1].version
	if err := checkNotLater(version, newest); err != nil {
		return err
	}
	done := version % underWay
	if version > underWay {
		done--
	}
	// Only now: the mode is written into the file, and the file might have been
	// another program's.
	if _, err := r.conn.ExecContext(ctx, `PRAGMA journal_mode = WAL`); err != nil {
		return err
	}
	switch done {
	case newest:
		return nil
	case 0:
		return r.make(ctx, newest)
	}
	if r.lock == nil { // nobody may have it open who knows only the version before
		lock, err := keep(r.path)
		if err != nil {
			return fmt.Errorf("the file is of version %d and has to be migrated to %d: %w", version%underWay, newest, err)
		}
		defer func() { _ = lock.Close() }() // the system lets go of it in any case
	}
	if r.cfg.MigrationBackup && version > 0 && version < underWay {
		if err := r.backUpVersion(ctx, version); err != nil {
			return err
		}
	}
	// Within a transaction it would be too late for foreign keys. What is sorted, or
	// kept in case that it is undone, may be more than memory holds.
	if _, err := r.conn.ExecContext(ctx, `PRAGMA foreign_keys = OFF; PRAGMA temp_store = FILE; PRAGMA cache_size = -50000`); err != nil {
		return err
	}
	for _, m := range steps[done:] {
		if err := r.apply(ctx, m); err != nil {
			return fmt.Errorf("migration %s: %w", m.name, err)
		}
		r.log.LogAttrs(ctx, slog.LevelInfo, "record migrated", slog.String("path", r.path), slog.Int("version", m.version))
	}
	_, err = r.conn.ExecContext(ctx, fmt.Sprintf(`PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -%d; PRAGMA shrink_memory`, writerCache))
	return err
}

// make puts the newest version's tables into an empty file.
func (r *Record) make(ctx context.Context, newest int) error {
	if err := r.applyPart(ctx, 0, newest, schema); err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	r.log.LogAttrs(ctx, slog.LevelInfo, "record made", slog.String("path", r.path), slog.Int("version", newest))
	return nil
}

// backUpVersion keeps a copy of the file as an earlier program left it, next to it.
func (r *Record) backUpVersion(ctx context.Context, version int) error {
	name := fmt.Sprintf("%s.version%d", r.path, version)
	to := name
	for i := 2; ; i++ {
		if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			break
		} else if err != nil {
			return err
		}
		to = fmt.Sprintf("%s-%d", name, i)
	}
	err := copyRecord(ctx, r.path, to+partial, nil)
	if err == nil {
		err = putInPlace(to+partial, to)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("backup before the migration to %s: %w; it takes as much room as the record: make room, or set record.migration_backup to false", to, err),
			removeRecord(to+partial))
	}
	r.log.LogAttrs(ctx, slog.LevelInfo, "record backed up before its migration", slog.String("path", r.path), slog.String("backup", to))
	return nil
}

// version reads the file's version: 0 when it is empty.
func (r *Record) version(ctx context.Context) (int, error) {
	return scanVersion(r.conn.QueryRowContext(ctx, versionQuery))
}

const versionQuery = "SELECT application_id, user_version, (SELECT COUNT(*) FROM sqlite_schema) FROM pragma_application_id, pragma_user_version"

func scanVersion(row scanner) (int, error) {
	var application, version, tables int
	if err := row.Scan(&application, &version, &tables); err != nil {
		return 0, err
	}
	if application != applicationID && (tables > 0 || version != 0) {
		return 0, errors.New("the file is a database of another program: set record.path to a file of Marsad's own")
	}
	return version, nil
}

// checkNotLater refuses a file of a later version than this program's newest.
func checkNotLater(version, newest int) error {
	if version%underWay > newest {
		return fmt.Errorf("the file is of version %d, this program knows up to %d: "+
			"run a newer marsad, or restore a backup from before the upgrade", version%underWay, newest)
	}
	return nil
}

// checkReadable refuses a file that has not all that this program reads.
func checkReadable(version int, steps []migration) error {
	if err := checkNotLater(version, len(steps)); err != nil {
		return err
	}
	needed := 0
	for _, m := range steps {
		if !m.dispensable {
			needed = m.version
		}
	}
	const remedy = "start marsad once, or run a command that writes, as marsad load: it is migrated then, which takes some minutes for a million articles"
	switch {
	case version > underWay:
		return fmt.Errorf("the file is on its way to version %d: wait for the marsad that migrates it; when none does, %s", version%underWay, remedy)
	case version < needed:
		return fmt.Errorf("the file is of version %d, and what only reads needs %d: %s", version, needed, remedy)
	}
	return nil
}

// apply takes the file through a migration, or through what is left of it.
func (r *Record) apply(ctx context.Context, m migration) error {
	if m.each == "" {
		return r.applyPart(ctx, m.version-1, m.version, m.first)
	}
	if err := r.applyPart(ctx, m.version-1, m.version+underWay, m.first,
		`INSERT INTO meta (key, value) VALUES ('migrated', '0') ON CONFLICT (key) DO UPDATE SET value = excluded.value`); err != nil {
		return err
	}
	if err := r.applyBatches(ctx, m); err != nil {
		return err
	}
	return r.applyPart(ctx, m.version+underWay, m.version, m.last, `DELETE FROM meta WHERE key = 'migrated'`)
}

// applyPart runs statements that bring the file from one version to another, if
// it is of the first: another process may have been faster.
func (r *Record) applyPart(ctx context.Context, from, to int, statements ...string) error {
	tx, err := r.conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	var version int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version != from {
		return nil
	}
	for _, statement := range append(statements, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, to)) {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (r *Record) applyBatches(ctx context.Context, m migration) error {
	var done, total int
	if err := r.conn.QueryRowContext(ctx, `SELECT COUNT(*) FILTER (WHERE id <= u.row), COUNT(*)
		FROM articles, (SELECT CAST(value AS INTEGER) AS row FROM meta WHERE key = 'migrated') u`).Scan(&done, &total); err != nil {
		return err
	}
	for {
		n, err := r.applyBatch(ctx, m)
		if err != nil || n == 0 {
			return err
		}
		if (done+n)/migrateTold > done/migrateTold {
			r.log.LogAttrs(ctx, slog.LevelInfo, "record being migrated", slog.String("path", r.path), slog.Int("version", m.version),
				slog.Int("articles", done+n), slog.Int("of", total))
		}
		done += n
	}
}

// applyBatch migrates the next articles and says how many there were.
func (r *Record) applyBatch(ctx context.Context, m migration) (n int, err error) {
	tx, err := r.conn.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	var version int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil || version != m.version+underWay {
		return 0, err
	}
	var after, upto int64
	if err := tx.QueryRowContext(ctx, `SELECT u.row, COUNT(id), COALESCE(MAX(id), 0)
		FROM (SELECT CAST(value AS INTEGER) AS row FROM meta WHERE key = 'migrated') u
		LEFT JOIN (SELECT id FROM articles WHERE id > (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'migrated') ORDER BY id LIMIT ?)`,
		migrateBatch).Scan(&after, &n, &upto); err != nil || n == 0 {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, m.each, after, upto); err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE meta SET value = ? WHERE key = 'migrated'`, strconv.FormatInt(upto, 10)); err != nil {
		return 0, err
	}
	return n, tx.Commit()
}

// readMigrations gives the migrations in order. They are named by their number,
// from 0001 without gaps.
func readMigrations(from fs.FS) ([]migration, error) {
	names, err := fs.Glob(from, "migrations/*.sql") // sorted
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("program holds no migrations: build it from a whole checkout")
	}
	steps := make([]migration, 0, len(names))
	for i, path := range names {
		name := strings.TrimPrefix(path, "migrations/")
		number, _, _ := strings.Cut(name, "_")
		if v, err := strconv.Atoi(number); err != nil || v != i+1 {
			return nil, fmt.Errorf("migration %s: want number %04d", name, i+1)
		}
		text, err := fs.ReadFile(from, path)
		if err != nil {
			return nil, err
		}
		m := migration{version: i + 1, name: name, dispensable: strings.Contains(string(text), dispensable)}
		var batches bool
		m.first, m.each, batches = strings.Cut(string(text), inBatches)
		m.each, m.last, _ = strings.Cut(m.each, allDone)
		if batches && m.last == "" {
			return nil, fmt.Errorf("migration %s: says nothing of when all batches are done", name)
		}
		steps = append(steps, m)
	}
	return steps, nil
}
