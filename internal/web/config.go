package web

import "marsad/internal/config/scalar"

// Config is the section web of config.yaml.
type Config struct {
	Listen  string        `yaml:"listen"`
	Token   scalar.Secret `yaml:"token"`    // demanded beyond loopback
	BaseURL string        `yaml:"base_url"` // for links in notices; default: http:// and Listen
}

// DefaultConfig is what holds where config.yaml says nothing.
func DefaultConfig() Config { return Config{Listen: "127.0.0.1:8780"} }
