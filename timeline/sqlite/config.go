package sqlite

import (
	"context"
	"time"
)

// Config is the section record of config.yaml.
type Config struct {
	Path       string        `yaml:"path"`
	Keep       time.Duration `yaml:"keep"`        // of articles with their text and facts
	LedgerKeep time.Duration `yaml:"ledger_keep"` // of polls
	// MigrationBackup is whether a copy of a record of an earlier version is kept next
	// to it, as PATH.versionN, when it is migrated. It takes as much room again.
	MigrationBackup bool `yaml:"migration_backup"`
}

// DefaultConfig is what holds where config.yaml says nothing.
func DefaultConfig() Config {
	return Config{
		Path:       "data/marsad.db",
		Keep:       400 * 24 * time.Hour,
		LedgerKeep: 30 * 24 * time.Hour,

		MigrationBackup: true,
	}
}

// Reconfigure makes an open record one of another configuration: how long it keeps
// articles, polls and items, and, where they are given, what groups articles and
// events. The path, the grid and the story cap stay what they were when it was
// opened. It is not to be called while Prune is at work.
func (r *Record) Reconfigure(ctx context.Context, cfg Config, o Options) error {
	err := r.write(ctx, func(context.Context, *session) error {
		r.cfg.Keep, r.cfg.LedgerKeep, r.opts.Remember = cfg.Keep, cfg.LedgerKeep, o.Remember
		if o.Stories != nil {
			r.opts.Stories, r.prints = o.Stories, prints{}
		}
		if o.Events != nil {
			r.opts.Events, r.events = o.Events, remembered{}
		}
		return nil
	})
	return errorf(err, "another configuration")
}
