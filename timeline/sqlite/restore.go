package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Restore puts a copy of the record at from, once it is checked, in the place of
// the record at path, which no other process may keep. What is at path is kept at
// aside, whole or damaged as it is; it need not be there. The file at from stays.
func Restore(ctx context.Context, from, path, aside string, progress Progress) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("record %s: %w; %s", path, err, pathRemedy)
	}
	lock, err := keep(path)
	if err != nil {
		return fmt.Errorf("record %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if err := checkRestorable(ctx, from); err != nil {
		return err
	}
	unfinished := path + partial
	if err := removeRecord(unfinished); err != nil { // of a restoring that was broken off
		return err
	}
	if err := copyRecord(ctx, from, unfinished, progress); err != nil {
		return errors.Join(fmt.Errorf("restore %s: %w", from, withRemedy(err)), removeRecord(unfinished))
	}
	if err := setAside(ctx, path, aside); err != nil {
		return errors.Join(fmt.Errorf("record %s was not set aside, and stays: %w", path, err), removeRecord(unfinished))
	}
	if err := os.Rename(unfinished, path); err != nil {
		return fmt.Errorf("restore %s: %w", from, err)
	}
	return nil
}

// checkRestorable refuses what this program could not open.
func checkRestorable(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	if err := Check(ctx, path); err != nil {
		return err
	}
	steps, err := readMigrations(migrations)
	if err != nil {
		return err
	}
	version, err := versionOf(ctx, path)
	if err == nil && version == 0 {
		err = errors.New("the file is empty: name a backup")
	}
	if err == nil {
		err = checkNotLater(version, len(steps))
	}
	if err != nil {
		return fmt.Errorf("record %s: %w", path, err)
	}
	return nil
}

// versionOf reads the version of the record at path.
func versionOf(ctx context.Context, path string) (int, error) {
	db, err := sql.Open("sqlite", dsn(path, "ro", "query_only(1)"))
	if err != nil {
		return 0, err
	}
	defer db.Close()
	return scanVersion(db.QueryRowContext(ctx, versionQuery))
}

// setAside gives the record at path, if there is one, another name. A second name
// comes first, so that there is a record at path at any time.
func setAside(ctx context.Context, path, aside string) error {
	if _, err := os.Lstat(aside); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("%s is there already", aside), err)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := endLog(ctx, path); err != nil && !isCorrupt(err) {
		return withRemedy(err)
	}
	for _, suffix := range walSuffixes[1:] { // where the log could not be taken in
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := os.Link(path, aside); err == nil {
		return nil
	}
	return os.Rename(path, aside) // a file system that has no second names
}
