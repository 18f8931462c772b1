package timeline

import (
	"net/url"
	"slices"
	"strings"
)

// secretParameters are parts of the names of query parameters that hold secrets.
var secretParameters = []string{"auth", "cred", "key", "pass", "pwd", "secret", "sig", "token"}

// RedactURL is a feed's address as it may be shown: without a user's name and
// password, and with the values of parameters that look like secrets left out.
// One that cannot be read is not shown at all.
func RedactURL(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	u.User = nil
	parts := strings.Split(u.RawQuery, "&")
	for i, part := range parts {
		name, value, _ := strings.Cut(part, "=")
		if value != "" && slices.ContainsFunc(secretParameters, func(s string) bool { return strings.Contains(strings.ToLower(name), s) }) {
			parts[i] = name + "=..."
		}
	}
	u.RawQuery = strings.Join(parts, "&")
	return u.String()
}
