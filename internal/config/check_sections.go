package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"marsad/alerts"
	"marsad/alerts/slack"
	"marsad/collector"
	"marsad/internal/schedule"
	"marsad/internal/web"
	"marsad/timeline/influx"
	"marsad/timeline/sqlite"
	"marsad/timeline/story"
)

func (r *resolver) checkSections() {
	own, doc := r.own, r.docs[0]
	if own.Language != "en" && own.Language != "ar" {
		doc.report("language", "is not a language of the page", "write en or ar")
	}
	doc.reportAll("record", checkRecord(own.Record))
	doc.reportAll("stories", checkStories(own.Stories))
	doc.reportAll("web", checkWeb(own.Web))
	doc.reportAll("collector", checkCollector(own.Collector, own.Record.Keep))
	if _, err := schedule.Parse(own.Collector.Schedule, r.zone); err != nil {
		doc.reportError("collector.schedule", err, own.Collector.Schedule)
	}
	doc.reportAll("alerts", checkAlerts(own.Alerts))
	doc.reportAll("slack", checkSlack(own.Slack))
	doc.reportAll("", checkWebhooks(own.Webhooks))
	if own.Influx.URL == "" {
		// Off. The file of its token may be another machine's.
		doc.withdraw("influx.token_file")
	}
	doc.reportAll("influx", checkInflux(own.Influx, own.Record.Keep))
	var links findings
	links.optionalURL("url", own.Grafana.URL)
	doc.reportAll("grafana", links)
	if own.Cluster.NATS.URL != "" {
		doc.report("cluster.nats.url", "is set, and this version runs on one machine", "leave it empty")
	}
}

func checkRecord(c sqlite.Config) findings {
	var f findings
	if c.Path == "" {
		f.add("path", "is missing", "name a file, as in data/marsad.db")
	}
	f.durationBetween("keep", c.Keep, day, 36500*day)
	f.durationBetween("ledger_keep", c.LedgerKeep, day, 36500*day)
	return f
}

func checkStories(c story.Config) findings {
	var f findings
	f.durationBetween("remember", c.Remember, day, 60*day)
	f.between("at_most", c.AtMost, 1000, 20_000_000)
	f.between("events", c.Events, 1000, 20_000_000)
	return f
}

func checkWeb(c web.Config) findings {
	var f findings
	host, port, err := net.SplitHostPort(c.Listen)
	if number, portErr := strconv.Atoi(port); err != nil || portErr != nil || number < 0 || number > 65535 {
		f.add("listen", "is not an address to listen on", "write HOST:PORT, as in 127.0.0.1:8780")
	} else if !isLoopback(host) && c.Token.IsZero() {
		f.add("listen", "can be reached from other machines, and web.token is empty", "set web.token, or listen on 127.0.0.1:"+port)
	}
	f.url("base_url", c.BaseURL, "http", "https")
	f.between("streams", c.Streams, 0, 10_000)
	f.between("rate.per_second", c.Rate.PerSecond, 0, 100_000)
	f.between("rate.burst", c.Rate.Burst, 1, 1_000_000)
	f.between("query.points", c.Query.Points, 1000, 100_000_000)
	f.between("query.series", c.Query.Series, 1, 1_000_000)
	f.between("query.buckets", c.Query.Buckets, 100, 10_000_000)
	f.durationBetween("query.timeout", c.Query.Timeout, time.Second, 15*time.Minute)
	return f
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

func checkCollector(c collector.Config, keep time.Duration) findings {
	var f findings
	f.between("concurrency", c.Concurrency, 1, 1024)
	f.between("per_host", c.PerHost, 1, 64)
	f.durationBetween("host_interval", c.HostInterval, 0, time.Minute)
	f.durationBetween("max_backoff", c.MaxBackoff, time.Minute, 31*day)
	f.durationBetween("max_retry_after", c.MaxRetryAfter, time.Minute, 31*day)
	if proxy := c.Proxy.Reveal(); proxy != "" {
		u, err := url.Parse(proxy)
		if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "socks5"}, u.Scheme) {
			f.add("proxy", "is not the URL of a proxy", "write http://, https:// or socks5://, the host and the port")
		}
	}
	if c.UserAgent == "" {
		f.add("user_agent", "is empty", "say who is asking: publishers refuse what does not")
	}
	f.text("user_agent", c.UserAgent, maxTitle)
	f.durationBetween("timeout", c.Timeout, time.Second, 10*time.Minute)
	if c.MaxBytes < 1e3 || c.MaxBytes > 1e9 {
		f.add("max_bytes", "is out of range", "write a size from 1kB to 1GB")
	}
	f.between("max_items", c.MaxItems, 1, 1_000_000)
	f.between("max_redirects", c.MaxRedirects, 0, 20)
	if c.Remember < keep {
		f.add("remember", "is less than record.keep, so that articles still on record could come in again",
			"write "+spell(keep)+" or more")
	}
	return f
}

func checkAlerts(c alerts.Config) findings {
	var f findings
	switch {
	case c.Step < time.Minute || c.Step > day || day%c.Step != 0 || c.Step%time.Minute != 0:
		f.add("step", "is not a whole number of minutes that divides a day", "write 10m, 15m, 30m or 1h")
	default:
		f.durationBetween("horizon", c.Horizon, c.Step, week)
		checkBudget(&f, "false_alarms", c.FalseAlarms, c.Step)
	}
	f.between("story_cap", c.StoryCap, 1, 1000)
	if c.BlindAfter != 0 {
		f.durationBetween("blind_after", c.BlindAfter, 5*time.Minute, week)
	}
	f.between("counts.publishers", c.Counts.Publishers, 0, 100)
	f.durationBetween("counts.remember", c.Counts.Remember, 2*day, 36500*day)
	if c.DarkAfter != 0 {
		f.durationBetween("dark_after", c.DarkAfter, 15*time.Minute, 4*week)
	}
	if c.ReadBack != 0 {
		f.durationBetween("read_back", c.ReadBack, day, 36500*day)
	}
	if c.Repeat != 0 {
		f.durationBetween("repeat", c.Repeat, 10*time.Minute, week)
	}
	for i, m := range c.Silences {
		key := itemPath("silences", i)
		switch {
		case m.From.IsZero():
			f.add(joinPath(key, "from"), "is missing", "write when the silence begins, as in 2026-03-01T22:00:00+03:00")
		case m.To.IsZero():
			f.add(joinPath(key, "to"), "is missing", "write when the silence ends, as in 2026-03-02T06:00:00+03:00")
		case !m.From.Before(m.To.Time):
			f.add(joinPath(key, "to"), "is not after from", "write a later time")
		}
		f.text(joinPath(key, "reason"), m.Reason, maxTitle)
	}
	return f
}

// checkSilences refuses a silence of a topic that is none: it would silence
// nothing.
func (r *resolver) checkSilences() {
	for i, m := range r.own.Alerts.Silences {
		for j, topic := range m.Topics {
			if _, found := r.topicAt[foldName(topic)]; !found {
				r.docs[0].report(itemPath(joinPath("alerts."+itemPath("silences", i), "topics"), j), "is not a topic", "write the name of one, or leave topics out for all")
			}
		}
	}
}

// checkBudget refuses a promise that cannot be broken.
func checkBudget(f *findings, key string, b alerts.Budget, step time.Duration) {
	if !b.IsZero() && b.N*float64(step) > float64(b.Per) {
		f.add(key, "is more than one false alarm a step", fmt.Sprintf("write less than one in %s, as in 1/4w", spell(step)))
	}
}

func checkSlack(c slack.Config) findings {
	var f findings
	token, webhook := c.Token.Reveal(), c.Webhook.Reveal()
	if token != "" && webhook != "" {
		f.add("webhook", "is given beside token", "keep one of the two")
	}
	if strings.HasPrefix(token, "xapp-") {
		f.add("token", "is an app-level token", "write the bot token, which begins with xoxb-")
	}
	if strings.HasPrefix(c.AppToken.Reveal(), "xox") {
		f.add("app_token", "is not an app-level token", "write the one that begins with xapp-")
	}
	if webhook != "" {
		f.url("webhook", webhook, "https", "http")
	}
	switch {
	case c.Channel != "":
		checkChannel(&f, "channel", c.Channel)
	case token != "":
		f.add("channel", "is missing", `name the channel for notices, as in "#news-watch"`)
	}
	f.url("api_url", c.APIURL, "https", "http")
	if !c.AppToken.IsZero() && token == "" {
		f.add("app_token", "is given without token", "give the bot token as well: what is pressed is shown in its messages")
	}
	for i, channel := range c.Allow.Channels {
		checkChannel(&f, itemPath("allow.channels", i), channel)
	}
	for i, user := range c.Allow.Users {
		if !userID.MatchString(user) {
			f.add(itemPath("allow.users", i), "is not the id of a Slack user", "copy it from the user's profile, as in U024BE7LH")
		}
	}
	return f
}

// A user is given by id: names can be changed by those who have them.
var userID = regexp.MustCompile(`^[UW][A-Z0-9]{6,}$`)

var channelID = regexp.MustCompile(`^[CGDU][A-Z0-9]{6,}$`)

// A channel is given by its name, with or without #, or by its id.
func checkChannel(f *findings, key, v string) {
	if !isChannelName(strings.TrimPrefix(v, "#")) && !channelID.MatchString(v) {
		f.add(key, "is not a Slack channel", `write its name in lower case, as in "#news-watch", or its id, as in C024BE91L`)
	}
}

// isChannelName reports whether a text is 1 to 80 small letters, letters of scripts
// that have no small ones, digits, hyphens and underscores. As a regular expression
// this takes 3 MB.
func isChannelName(s string) bool {
	n := utf8.RuneCountInString(s)
	return 1 <= n && n <= 80 && strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && r != '-' && !unicode.In(r, unicode.Ll, unicode.Lo, unicode.Lm, unicode.M, unicode.N)
	}) < 0
}

func checkInflux(c influx.Config, keep time.Duration) findings {
	var f findings
	if !c.Enabled() {
		return nil
	}
	f.url("url", c.URL, "http", "https")
	if c.Token.IsZero() {
		f.add("token", "is missing", "give token or token_file, or leave influx.url empty")
	}
	for _, name := range []struct{ key, value string }{
		{"org", c.Org}, {"bucket", c.Bucket}, {"events_bucket", c.EventsBucket},
	} {
		if name.value == "" {
			f.add(name.key, "is missing", "write its name in InfluxDB, or leave influx.url empty")
		}
		f.text(name.key, name.value, maxName)
	}
	if c.Bucket == c.EventsBucket && c.Bucket != "" {
		f.add("events_bucket", "is the same as influx.bucket", "give it a name of its own: event dates lie decades apart")
	}
	switch {
	case c.Retention > keep:
		f.add("retention", "is longer than record.keep, so that points would outlive their articles",
			"write "+spell(keep)+" or less, or raise record.keep")
	case c.Retention < time.Hour:
		f.add("retention", "is out of range", "write a duration of 1h or more")
	}
	f.between("batch", c.Batch, 1, 100_000)
	f.durationBetween("timeout", c.Timeout, time.Second, 10*time.Minute)
	return f
}
