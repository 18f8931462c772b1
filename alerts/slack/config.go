package slack

import "marsad/internal/config/scalar"

// Config is the section slack of config.yaml. With neither a token nor a webhook
// nothing is sent.
type Config struct {
	Token    scalar.Secret `yaml:"token"`     // bot token, xoxb-...
	AppToken scalar.Secret `yaml:"app_token"` // for buttons; not used yet
	Webhook  scalar.Secret `yaml:"webhook"`   // incoming webhook, in place of a token
	Channel  string        `yaml:"channel"`
	APIURL   string        `yaml:"api_url"` // with a trailing slash
}

// DefaultConfig is what holds where config.yaml says nothing.
func DefaultConfig() Config { return Config{APIURL: "https://slack.com/api/"} }

// Enabled reports whether notices can be sent.
func (c Config) Enabled() bool { return !c.Token.IsZero() || !c.Webhook.IsZero() }
