package sqlite

import (
	"context"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// errorf says what an error is about: the subject first. An ended context is
// passed on as it is, since it is no failure of the record.
func errorf(err error, format string, args ...any) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	switch {
	case isCorrupt(err):
		err = fmt.Errorf("%w; %s", err, damageRemedy)
	case codeOf(err) == sqlite3.SQLITE_FULL:
		err = fmt.Errorf("%w; %s", err, fullRemedy)
	}
	return fmt.Errorf("record: %s: %w", fmt.Sprintf(format, args...), err)
}

const pathRemedy = "set record.path to a file in a folder that this user may write to"

const damageRemedy = "the file is damaged: put a backup in its place by marsad restore FILE, or save what can be read by marsad repair"

const fullRemedy = "make room on the disk"

// codeOf gives SQLite's code of an error, without the details of the extended
// one; 0 when it is none of SQLite's.
func codeOf(err error) int {
	failure, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return 0
	}
	return failure.Code() & 0xff
}

// isCorrupt reports whether the file is damaged, or overwritten by something else.
func isCorrupt(err error) bool {
	code := codeOf(err)
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
}

// withRemedy adds what to do about an error of opening the file, where the
// driver's words leave that open.
func withRemedy(err error) error {
	switch codeOf(err) {
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return fmt.Errorf("%w; %s", err, pathRemedy)
	case sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w; set record.path to a file of Marsad's own", err)
	case sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("%w; %s", err, damageRemedy)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w; %s", err, fullRemedy)
	case sqlite3.SQLITE_BUSY:
		return fmt.Errorf("%w; end the program that keeps the file locked", err)
	}
	return err
}
