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
	return fmt.Errorf("record: %s: %w", fmt.Sprintf(format, args...), err)
}

const pathRemedy = "set record.path to a file in a folder that this user may write to"

// withRemedy adds what to do about an error of opening the file, where the
// driver's words leave that open.
func withRemedy(err error) error {
	failure, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	switch failure.Code() & 0xff { // without the details of the extended code
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return fmt.Errorf("%w; %s", err, pathRemedy)
	case sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w; set record.path to a file of Marsad's own", err)
	case sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("%w; restore a backup", err)
	case sqlite3.SQLITE_BUSY:
		return fmt.Errorf("%w; end the program that keeps the file locked", err)
	}
	return err
}
