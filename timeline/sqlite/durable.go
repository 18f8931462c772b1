package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// A commit outlives the process, but not a power cut, until the log is on the disk:
// that comes with the next time the log is written back. Nothing would be lost,
// for feeds have it still; but what was told others on the strength of such a commit
// would be told again. So the log is brought to the disk before others are told.

// makeDurable brings all that is committed to the disk. A program that only reads
// leaves that to the one that writes.
func (r *Record) makeDurable() error {
	if r.writer == nil {
		return nil
	}
	if err := r.flush(r.path + "-wal"); err != nil {
		return fmt.Errorf("record: log to the disk: %w", err)
	}
	return nil
}

// flushFile brings a file to the disk, if it is there. SQLite's locks are on other
// files: closing this one lets go of none.
func flushFile(path string) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return f.Sync()
}
