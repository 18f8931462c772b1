package sqlite

import "time"

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
