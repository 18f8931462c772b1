package sqlite

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
)

// lockSuffix is added to the path of a record for the file by which one process
// keeps it. The file stays; the system lets go of the lock when the process ends,
// however it ends.
const lockSuffix = ".lock"

// errKept is why a record cannot be kept by this process.
var errKept = errors.New("kept by another process")

// keep makes this process the one that keeps the record at path, until the lock is
// closed. Whoever only reads needs no lock.
func keep(path string) (*flock.Flock, error) {
	lock := flock.New(path+lockSuffix, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	if err != nil {
		if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w; %s", err, pathRemedy)
		}
		return nil, errors.Join(err, lock.Close())
	}
	if !got {
		return nil, errors.Join(fmt.Errorf("%w%s: end that first (one marsad at a time keeps a record; commands that read work beside it), or set another record.path",
			errKept, keeper(path)), lock.Close())
	}
	// For the message of another process alone, so that what fails here may.
	_ = os.WriteFile(path+lockSuffix, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600)
	return lock, nil
}

// keeper names the process that keeps a record, if that can be told.
func keeper(path string) string {
	f, err := os.Open(path + lockSuffix)
	if err != nil {
		return ""
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 32))
	if err != nil {
		return ""
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return ""
	}
	return fmt.Sprintf(", number %d", pid)
}
