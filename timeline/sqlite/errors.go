package sqlite

import (
	"context"
	"errors"
	"fmt"
)

// errorf says what an error is about: the subject first. An ended context is
// passed on as it is, since it is no failure of the record.
func errorf(err error, format string, args ...any) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("record: %s: %w", fmt.Sprintf(format, args...), err)
}
