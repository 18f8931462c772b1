package app

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"marsad/internal/config"
	"marsad/timeline/sqlite"
	"marsad/timeline/story"
)

// reloadPatience is how long polls at work may take to end before another
// configuration takes over. One that takes longer is given up whole, and is made
// again by the next daemon.
const reloadPatience = 10 * time.Second

// reloaded is what came of reading the configuration again.
type reloaded struct {
	changes []string // one line each; none when nothing differs
	err     error    // why it was refused
}

// errNoReload says that nobody is there who could read the configuration again.
var errNoReload = errors.New("configuration not read again: marsad is ending")

// askReload has the configuration read again, and waits for what comes of it.
func (s *service) askReload(ctx context.Context) (changes []string, err error) {
	answer := make(chan reloaded, 1)
	select {
	case s.asked <- answer:
	case <-ctx.Done():
		return nil, errNoReload
	}
	select {
	case r := <-answer:
		return r.changes, r.err
	case <-ctx.Done():
		return nil, errNoReload
	}
}

// runDaemons runs the daemon that holds, and after it each that takes its place.
func (s *service) runDaemons(ctx context.Context) error {
	for {
		next, answer, err := s.runDaemon(ctx, s.current.Load())
		if next == nil {
			return err
		}
		if err := s.swap(ctx, next, answer); err != nil {
			return err
		}
	}
}

// runDaemon runs a daemon until ctx ends, until it cannot go on, or until another
// one stands ready to take its place, when it has stopped and all its work is on
// record.
func (s *service) runDaemon(ctx context.Context, d *daemon) (next *daemon, answer chan<- reloaded, err error) {
	running, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- d.run(running) }()
	for next == nil {
		answer = nil
		select {
		case err := <-ended:
			return nil, nil, err
		case <-s.hangup:
		case answer = <-s.asked:
		}
		next = s.prepare(d.cfg, answer)
	}
	d.finishPolls(ctx)
	stop()
	if err := <-ended; err != nil {
		s.tell(answer, reloaded{err: err})
		return nil, nil, err
	}
	if ctx.Err() != nil {
		s.tell(answer, reloaded{err: errNoReload})
		return nil, nil, nil
	}
	return next, answer, nil
}

// prepare does all that can fail of taking another configuration without touching
// what runs: it is read, checked and made into a daemon. There is none when nothing
// differs, or when it is refused, which is logged, counted and told.
func (s *service) prepare(running *config.Config, answer chan<- reloaded) *daemon {
	cfg, err := s.load()
	if err != nil {
		s.refuse(err, answer)
		return nil
	}
	diff := cfg.Since(running)
	d, err := s.newDaemon(cfg.AsRunning(running))
	if err != nil {
		s.refuse(err, answer)
		return nil
	}
	if diff.IsZero() {
		s.hold(s.current.Load())
		s.metrics.reloads.WithLabelValues("taken").Inc()
		s.logger.Info("configuration read again, nothing differs", "source", cfg.Source)
		s.tell(answer, reloaded{})
		return nil
	}
	d.changes = describeChanges(&diff)
	return d
}

// swap lets the next daemon take the place of the one that has stopped. When the
// record does not take its feeds and topics, one like the one before goes on; the
// error says that it cannot.
func (s *service) swap(ctx context.Context, next *daemon, answer chan<- reloaded) error {
	before := s.current.Load()
	if err := next.adopt(ctx); err != nil {
		again, failed := s.newDaemon(before.cfg)
		if failed != nil {
			return failed
		}
		if failed := again.adopt(ctx); failed != nil && ctx.Err() == nil {
			s.logger.Error("record not brought back to the configuration that holds; the next reload or start does it", "error", failed)
		}
		s.current.Store(again)
		s.refuse(err, answer)
		return nil
	}
	s.reconfigure(ctx, before.cfg, next.cfg)
	s.hold(next)
	s.metrics.reloads.WithLabelValues("taken").Inc()
	s.logger.Info("configuration taken", "source", next.cfg.Source, "changes", len(next.changes))
	for _, change := range next.changes {
		s.logger.Info("configuration changed", "change", change)
	}
	s.tell(answer, reloaded{changes: next.changes})
	return nil
}

// reconfigure tells the record what it takes from the configuration.
func (s *service) reconfigure(ctx context.Context, before, now *config.Config) {
	options := sqlite.Options{Remember: now.Collector.Remember}
	if now.Stories != before.Stories {
		stories := story.New(now.Stories)
		stories.Full = s.storiesFull
		options.Stories = stories
	}
	if now.Stories != before.Stories || !reflect.DeepEqual(now.Entities, before.Entities) {
		options.Events = story.NewEvents(now.Stories, now.Entities)
	}
	if err := s.record.Reconfigure(ctx, now.Record, options); err != nil && ctx.Err() == nil {
		s.logger.Error("record goes on as it was until the next reload or start", "error", err)
	}
}

// refuse keeps the configuration that holds, and says why.
func (s *service) refuse(err error, answer chan<- reloaded) {
	s.metrics.reloads.WithLabelValues("refused").Inc()
	s.metrics.configRight.Set(0)
	s.logger.Error("configuration refused, the one before holds", "error", err)
	reason := fmt.Sprintf("The configuration was refused at %s, and the one before holds: %s",
		now().UTC().Format(time.RFC3339), strings.Join(strings.Split(err.Error(), "\n"), " | "))
	s.refused.Store(&reason)
	s.tell(answer, reloaded{err: err})
}

// tell answers whoever asked.
func (s *service) tell(answer chan<- reloaded, r reloaded) {
	if answer != nil {
		answer <- r
	}
}

// describeChanges says line by line what differs.
func describeChanges(d *config.Diff) (lines []string) {
	for _, of := range []struct {
		what    string
		changes *config.Changes
	}{{"feed", &d.Feeds}, {"topic", &d.Topics}, {"lexicon", &d.Entities}} {
		for _, kind := range []struct {
			verb  string
			names []string
		}{
			{"added", of.changes.Added},
			{"removed", of.changes.Removed},
			{"renamed", of.changes.Renamed},
			{"changed", of.changes.Changed},
		} {
			for _, name := range kind.names {
				lines = append(lines, fmt.Sprintf("%s %s: %s", of.what, kind.verb, name))
			}
		}
	}
	for _, key := range d.Settings {
		line := "setting changed: " + key
		if slices.Contains(d.Restart, key) {
			line += " (holds when marsad is restarted)"
		}
		lines = append(lines, line)
	}
	return lines
}

// collect polls feeds.
func (d *daemon) collect(ctx context.Context) error {
	err := d.collector.Run(ctx, d.enough)
	close(d.collected)
	if err != nil || ctx.Err() != nil {
		return err
	}
	<-ctx.Done() // the other parts go on until they are told to stop
	return ctx.Err()
}

// finishPolls lets no further poll begin, and waits for those at work.
func (d *daemon) finishPolls(ctx context.Context) {
	close(d.enough)
	select {
	case <-d.collected:
	case <-time.After(reloadPatience):
		d.logger.Warn("polls broken off for another configuration, they are made again", "polls", d.collector.Stats().Running, "after", reloadPatience)
	case <-ctx.Done():
	}
}
