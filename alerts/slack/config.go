package slack

import (
	"slices"
	"strings"

	"marsad/internal/config/scalar"
)

// Config is the section slack of config.yaml. With neither a token nor a webhook
// nothing is sent.
type Config struct {
	Token    scalar.Secret `yaml:"token"`     // bot token, xoxb-...
	AppToken scalar.Secret `yaml:"app_token"` // for buttons and commands, xapp-...
	Webhook  scalar.Secret `yaml:"webhook"`   // incoming webhook, in place of a token
	Channel  string        `yaml:"channel"`
	APIURL   string        `yaml:"api_url"` // with a trailing slash
	Allow    Allow         `yaml:"allow"`
}

// Allow is who may press buttons and give commands: who is listed, and everybody
// in a channel that is listed. An empty Allow lets everybody.
type Allow struct {
	Channels []string `yaml:"channels"` // names, with or without #, or ids
	Users    []string `yaml:"users"`    // ids
}

func (a Allow) allows(user, channelID, channelName string) bool {
	if len(a.Channels)+len(a.Users) == 0 || slices.Contains(a.Users, user) {
		return true
	}
	return slices.ContainsFunc(a.Channels, func(listed string) bool {
		listed = strings.TrimPrefix(listed, "#")
		return listed == channelID || listed == channelName
	})
}

// Interactive reports whether buttons and commands can be received.
func (c Config) Interactive() bool { return !c.Token.IsZero() && !c.AppToken.IsZero() }

// DefaultConfig is what holds where config.yaml says nothing.
func DefaultConfig() Config { return Config{APIURL: "https://slack.com/api/"} }

// Enabled reports whether notices can be sent.
func (c Config) Enabled() bool { return !c.Token.IsZero() || !c.Webhook.IsZero() }
