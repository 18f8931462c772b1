package web

import (
	"time"

	"marsad/internal/config/scalar"
	"marsad/timeline/influxql"
)

// Config is the section web of config.yaml.
type Config struct {
	Listen  string        `yaml:"listen"`
	Token   scalar.Secret `yaml:"token"`    // demanded beyond loopback
	BaseURL string        `yaml:"base_url"` // for links in notices; default: http:// and Listen
	Streams int           `yaml:"streams"`  // clients of the stream of changes at once
	Rate    RateConfig    `yaml:"rate"`
	Query   QueryConfig   `yaml:"query"`
}

// DefaultConfig is what holds where config.yaml says nothing.
func DefaultConfig() Config {
	return Config{
		Listen:  "127.0.0.1:8780",
		Streams: 100,
		Rate:    RateConfig{PerSecond: 50, Burst: 500},
		Query:   QueryConfig{Limits: influxql.Limits{Points: 2_000_000, Series: 10_000, Buckets: 50_000}, Timeout: 30 * time.Second},
	}
}
