package sqlite

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"strings"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks a SQLite file as a record (PRAGMA application_id): "MRSD".
const applicationID = 0x4d525344

// migration is one numbered step from a version of the record to the next.
type migration struct {
	version int
	name    string
	sql     string
}

// migrate brings the file to the newest version, one transaction for each step.
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
	if version > newest {
		return fmt.Errorf("the file is of version %d, this program knows up to %d: "+
			"run a newer marsad, or restore a backup from before the upgrade", version, newest)
	}
	if version == newest {
		return nil
	}
	// Within a transaction it would be too late.
	if _, err := r.conn.ExecContext(ctx, `PRAGMA foreign_keys = OFF`); err != nil {
		return err
	}
	for _, m := range steps[version:] {
		if err := r.apply(ctx, m); err != nil {
			return fmt.Errorf("migration %s: %w", m.name, err)
		}
		r.log.LogAttrs(ctx, slog.LevelInfo, "record migrated", slog.String("path", r.path), slog.Int("version", m.version))
	}
	_, err = r.conn.ExecContext(ctx, `PRAGMA foreign_keys = ON`)
	return err
}

// version reads the file's version: 0 when it is empty.
func (r *Record) version(ctx context.Context) (int, error) {
	var application, version, tables int
	if err := r.conn.QueryRowContext(ctx,
		"SELECT application_id, user_version, (SELECT COUNT(*) FROM sqlite_schema) FROM pragma_application_id, pragma_user_version",
	).Scan(&application, &version, &tables); err != nil {
		return 0, err
	}
	if application != applicationID && (tables > 0 || version != 0) {
		return 0, errors.New("the file is a database of another program: set record.path to a file of Marsad's own")
	}
	return version, nil
}

func (r *Record) apply(ctx context.Context, m migration) error {
	tx, err := r.conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	var version int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version >= m.version {
		return nil // another process has been faster
	}
	if _, err := tx.ExecContext(ctx, m.sql); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, m.version)); err != nil {
		return err
	}
	return tx.Commit()
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
		steps = append(steps, migration{version: i + 1, name: name, sql: string(text)})
	}
	return steps, nil
}
