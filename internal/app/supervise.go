package app

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	systemd "github.com/coreos/go-systemd/v22/daemon"
)

// tellManagerEvery is how often the service manager is told how the daemon is,
// when its unit asks for no shorter time.
const tellManagerEvery = time.Minute

// supervise tells the service manager that the daemon is up, then that it is alive
// and what it waits for, and at the end that it ends (sd_notify(3)). Alive is that
// the record can be read: what hangs is started again by the watchdog of the unit.
// Without a service manager it does nothing.
func (s *service) supervise(ctx context.Context) error {
	managed, err := systemd.SdNotify(false, systemd.SdNotifyReady)
	if err != nil {
		return fmt.Errorf("service manager not told that the daemon is up: %w", err)
	}
	if !managed {
		return nil
	}
	defer func() { _, _ = systemd.SdNotify(false, systemd.SdNotifyStopping) }() // it sees the end itself, too
	watchdog, err := systemd.SdWatchdogEnabled(false)
	if err != nil {
		return fmt.Errorf("watchdog of the service manager: %w", err)
	}
	period := min(tellManagerEvery, cmp.Or(watchdog/2, tellManagerEvery))
	return every(ctx, period, func() {
		if err := s.tellManager(ctx, period); err != nil {
			s.current.Load().failed(ctx, "supervise", err)
		}
	})
}

func (s *service) tellManager(ctx context.Context, within time.Duration) error {
	asked, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if _, err := s.record.LastStep(asked); err != nil {
		return fmt.Errorf("record does not answer: %w", err)
	}
	status := cmp.Or(strings.Join(s.current.Load().reasons(), "; "), "all is well")
	_, err := systemd.SdNotify(false, systemd.SdNotifyWatchdog+"\nSTATUS="+strings.ReplaceAll(status, "\n", " "))
	return err
}
