package app

import "net/url"

// redactURL is a feed's address as it may be shown: without a user's name and
// password. One that cannot be read is not shown at all.
func redactURL(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	u.User = nil
	return u.String()
}
