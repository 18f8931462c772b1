package influx

import (
	"time"

	"marsad/internal/config/scalar"
)

// Config is the section influx of config.yaml. Without a URL nothing is
// projected.
type Config struct {
	URL          string        `yaml:"url"`
	Token        scalar.Secret `yaml:"token"`
	Org          string        `yaml:"org"`
	Bucket       string        `yaml:"bucket"`
	EventsBucket string        `yaml:"events_bucket"`
	Retention    time.Duration `yaml:"retention"` // of Bucket, when Marsad creates it; at most record.keep
	Batch        int           `yaml:"batch"`     // points in one write
	Timeout      time.Duration `yaml:"timeout"`   // of one write
}

// DefaultConfig is what holds where config.yaml says nothing.
func DefaultConfig() Config {
	return Config{
		Org:          "news",
		Bucket:       "marsad",
		EventsBucket: "marsad_events",
		Retention:    400 * 24 * time.Hour,
		Batch:        5000,
		Timeout:      30 * time.Second,
	}
}

// Enabled reports whether there is anything to project to.
func (c Config) Enabled() bool { return c.URL != "" }
