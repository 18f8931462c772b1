package webhook

import (
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"marsad/internal/config/scalar"
)

// Config is an entry of the section webhooks of config.yaml.
type Config struct {
	Name string `yaml:"name"` // the record knows the receiver by it
	// URL is a secret: many services put theirs into the address.
	URL     scalar.Secret `yaml:"url"`
	Secret  scalar.Secret `yaml:"secret"`  // what requests are signed with; see Key
	Timeout time.Duration `yaml:"timeout"` // of one request; DefaultTimeout where 0
}

// DefaultTimeout limits a request. Source: Standard Webhooks 1.0.0, which
// recommends 15 to 30 seconds.
const DefaultTimeout = 20 * time.Second

// Bounds of a key, in bytes. Source: Standard Webhooks 1.0.0, section Signature
// scheme.
const (
	shortestKey = 24
	longestKey  = 64
)

const secretPrefix = "whsec_"

// Key gives the key that a secret holds: whsec_ and 24 to 64 bytes in base64. The
// error does not quote the secret.
func Key(secret scalar.Secret) ([]byte, error) {
	text, found := strings.CutPrefix(secret.Reveal(), secretPrefix)
	key, err := base64.StdEncoding.DecodeString(text)
	if !found || err != nil || len(key) < shortestKey || len(key) > longestKey {
		return nil, errors.New("is not the secret of a webhook: write whsec_ and 24 to 64 random bytes in base64, as of: echo whsec_$(openssl rand -base64 32)")
	}
	return key, nil
}
