package config

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"marsad/alerts/webhook"
)

// A webhook's name is its receiver's in the record, in metrics and on the page.
var webhookName = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)

// reservedNames are those of receivers that are no webhooks.
var reservedNames = []string{"team", "slack", "log"}

func checkWebhooks(hooks []webhook.Config) findings {
	var f findings
	seen := make(map[string]bool)
	for i, w := range hooks {
		at := func(key string) string { return joinPath(itemPath("webhooks", i), key) }
		switch {
		case w.Name == "":
			f.add(at("name"), "is missing", "give a name, as in name: desk")
		case !webhookName.MatchString(w.Name):
			f.add(at("name"), "is not the name of a webhook", "write up to 40 small letters, digits, - and _, a letter first")
		case slices.Contains(reservedNames, w.Name):
			f.add(at("name"), "is the name of another receiver", "choose another name")
		case seen[w.Name]:
			f.add(at("name"), "is another webhook's, too", "give each a name of its own")
		}
		seen[w.Name] = true
		if w.URL.IsZero() {
			f.add(at("url"), "is missing", "write the address, or url_file, or remove the webhook")
		} else {
			f.url(at("url"), w.URL.Reveal(), "https", "http")
		}
		if w.Secret.IsZero() {
			f.add(at("secret"), "is missing", "write whsec_ and 24 to 64 random bytes in base64, as of: echo whsec_$(openssl rand -base64 32)")
		} else if _, err := webhook.Key(w.Secret); err != nil {
			message, remedy, _ := strings.Cut(err.Error(), ": ")
			f.add(at("secret"), message, remedy)
		}
		f.durationBetween(at("timeout"), w.Timeout, time.Second, time.Minute)
	}
	return f
}
