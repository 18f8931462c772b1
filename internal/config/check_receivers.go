package config

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"marsad/alerts"
	"marsad/alerts/webhook"
	"marsad/internal/schedule"
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

// checkRoutes refuses a route that leads nowhere, or that takes nothing.
func (r *resolver) checkRoutes() {
	var f findings
	for i, route := range r.own.Alerts.Routes {
		at := func(key string) string { return joinPath(itemPath("routes", i), key) }
		r.checkTo(&f, at("to"), route.To)
		for k, topic := range route.Topics {
			if _, found := r.topicAt[foldName(topic)]; !found {
				f.add(itemPath(at("topics"), k), "is not a topic", "write the name of one, or leave topics out for all")
			}
		}
		for k, severity := range route.Severities {
			f.oneOf(itemPath(at("severities"), k), severity, alerts.Severities()...)
		}
	}
	r.docs[0].reportAll("alerts", f)
}

func (r *resolver) checkTo(f *findings, key, to string) {
	isHook := slices.ContainsFunc(r.own.Webhooks, func(w webhook.Config) bool { return w.Name == to })
	switch slack := r.own.Slack; {
	case to == alerts.Team || isHook:
	case to == "":
		f.add(key, "is missing", `write team, the name of a webhook, or a channel of Slack, as in "#watch"`)
	case !alerts.IsChannel(to):
		f.add(key, "is neither team nor the name of a webhook", `write one of them, or a channel of Slack, as in "#watch"`)
	case !slack.Webhook.IsZero():
		f.add(key, "is a channel, and slack.webhook posts to its own alone", "set slack.token in its place, or write team")
	case strings.TrimPrefix(to, "#") == strings.TrimPrefix(slack.Channel, "#"):
		f.add(key, "is slack.channel, where the team is told", "write team")
	default:
		checkChannel(f, key, to)
	}
}

// checkDigests refuses a schedule that cannot be read, or has no ticks.
func (r *resolver) checkDigests() {
	var f findings
	for _, d := range []struct {
		key, spec string
		least     time.Duration
	}{{"daily", r.own.Alerts.Digests.Daily, time.Hour}, {"weekly", r.own.Alerts.Digests.Weekly, day}} {
		key := joinPath("digests", d.key)
		if d.spec == "" {
			continue
		}
		spec, err := schedule.Parse(d.spec, r.zone)
		switch {
		case err != nil:
			r.docs[0].reportError(joinPath("alerts", key), err, d.spec)
		case spec.IsZero():
			f.add(key, "is not a time", `write five fields of cron, as in "0 8 * * *"`)
		case spec.Rhythm(time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)) < d.least:
			f.add(key, "is more often than once in "+spell(d.least), `write a time of the day, as in "0 8 * * *", or of the week, as in "0 8 * * 1"`)
		}
	}
	if channel := r.own.Alerts.Digests.Channel; channel != "" {
		checkChannel(&f, "digests.channel", channel)
	}
	r.docs[0].reportAll("alerts", f)
}
