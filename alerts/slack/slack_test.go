package slack_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"marsad/alerts/slack"
	"marsad/internal/config/scalar"
	"marsad/timeline"
)

func incident() timeline.Incident {
	opened := time.Date(2017, 5, 20, 11, 10, 0, 0, time.UTC)
	return timeline.Incident{
		ID: timeline.IncidentID("group-merger", opened), Topic: "group-merger", Title: "Group merger",
		State: timeline.IncidentOpen, Severity: "high", Opened: opened, Updated: opened,
		Observed: 12, Expected: 1.44, Upper: 8, Exposure: 900, P: 1.0 / 4012, Window: 6 * time.Hour,
		Total: 12, Publishers: 3, Langs: []string{"ar", "en"}, Series: series(opened, 20),
		Events: []timeline.DatedEvent{
			{Text: "the groups fought each other", Interval: years(2012, 2015), Precision: timeline.Year, Publisher: "Example News"},
			{Text: "leaders are to meet", Interval: timeline.Interval{Lo: day(2017, 6, 1), Hi: day(2017, 6, 2)}, Precision: timeline.Day, Planned: true},
		},
		Headlines: []timeline.Headline{
			{Story: "s1", Title: "داعش والقاعدة: اندماج محتمل", URL: "https://example.org/a?x=1&y=2", Publisher: "Example News", Publishers: 3, Lang: "ar", Published: opened.Add(-8 * time.Minute)},
			{Story: "s2", Title: "Groups to merge", URL: "https://example.net/b", Publisher: "Other Daily", Publishers: 1, Lang: "en", Published: opened.Add(5 * time.Minute)},
		},
		Figures: []timeline.Figure{
			{Lo: new(12000.0), Hi: new(15000.0), Bound: timeline.Between, Text: "12-15 ألف", Object: "fighters", Kind: "fighters", By: "Newsweek", Publisher: "Example News"},
			{Lo: new(2000.0), Best: new(2000.0), Hi: new(2000.0), Bound: timeline.Exact, Text: "ألفان", Kind: "killed", Publisher: "Other Daily"},
			{Bound: timeline.Vague, Text: "عدة آلاف", Object: "مقاتل", Kind: "fighters", By: "Newsweek"},
		},
	}
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func years(from, to int) timeline.Interval {
	return timeline.Interval{Lo: day(from, 1, 1), Hi: day(to, 1, 1)}
}

// series rises at its end.
func series(last time.Time, n int) []timeline.SeriesPoint {
	var points []timeline.SeriesPoint
	for k := range n {
		p := timeline.SeriesPoint{Step: last.Add(time.Duration(k-n+1) * 10 * time.Minute), Observed: k % 3, Expected: 1.437}
		if k > n-5 {
			p.Observed = 3 * (k - n + 5)
		}
		points = append(points, p)
	}
	return points
}

func opening() timeline.Notice {
	i := incident()
	return timeline.Notice{ID: timeline.NoticeID(i.ID, timeline.NoticeOpening), Kind: timeline.NoticeOpening, Incident: i}
}

func resolution(announced timeline.Receipt) timeline.Notice {
	i := incident()
	i.State, i.Total, i.Announced = timeline.IncidentResolved, 43, announced
	i.Resolved = i.Opened.Add(29*time.Hour + 20*time.Minute)
	return timeline.Notice{ID: timeline.NoticeID(i.ID, timeline.NoticeResolution), Kind: timeline.NoticeResolution, Incident: i}
}

func botConfig(f *fakeSlack) slack.Config {
	return slack.Config{Token: scalar.NewSecret(fakeToken), Channel: "#watch", APIURL: f.URL + "/api/"}
}

func hookConfig(f *fakeSlack) slack.Config {
	return slack.Config{Webhook: scalar.NewSecret(f.URL + "/services/" + fakeSecret)}
}

func options() slack.Options {
	return slack.Options{Zone: time.FixedZone("", 3*3600), BaseURL: "http://127.0.0.1:8780/"}
}

func newNotifier(t *testing.T, cfg slack.Config, o slack.Options) *slack.Notifier {
	t.Helper()
	n, err := slack.New(cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOpeningIsPostedAndResolutionRewritesIt(t *testing.T) {
	f := newFakeSlack(t)
	n := newNotifier(t, botConfig(f), options())
	receipt, err := n.Notify(t.Context(), opening())
	if err != nil {
		t.Fatal(err)
	}
	if want := (timeline.Receipt{Channel: fakeChannel, TS: "1495281600.000001"}); receipt != want {
		t.Errorf("receipt %+v, want %+v", receipt, want)
	}
	again, err := n.Notify(t.Context(), resolution(receipt))
	if err != nil {
		t.Fatal(err)
	}
	if again != receipt {
		t.Errorf("receipt of the resolution %+v, want the opening's %+v", again, receipt)
	}
	posts := f.got()
	if len(posts) != 2 || posts[0].Method != "chat.postMessage" || posts[1].Method != "chat.update" {
		t.Fatalf("Slack got %+v, want a post and its update", posts)
	}
	for _, p := range posts {
		if p.Parse != "none" || p.LinkNames != "false" || p.UnfurlLinks != "false" || p.UnfurlMedia != "false" {
			t.Errorf("%s: parse %q, link_names %q, unfurl_links %q, unfurl_media %q", p.Method, p.Parse, p.LinkNames, p.UnfurlLinks, p.UnfurlMedia)
		}
	}
	contains(t, &posts[0],
		"Group merger: suddenly in the news",
		"Articles within 6 h: 12. Expected: 1.4. By chance so many come about once in 4,000 such windows.",
		"2017-05-20 14:10 +03",
		"3 (Example News, Other Daily)",
		"Languages\nArabic, English",
		"<https://example.org/a?x=1&amp;y=2|داعش والقاعدة: اندماج محتمل>\nExample News + 2, 14:02",
		"12,000–15,000 fighters, Newsweek via Example News",
		"2,000 killed, Other Daily",
		"عدة آلاف مقاتل (vague), Newsweek",
		"Newest: Groups to merge (Other Daily, 14:15)",
		"2012–2014: the groups fought each other, Example News",
		"Articles within 6 h, at each step",
		"<http://127.0.0.1:8780/incidents/"+incident().ID+"|Open the timeline>")
	contains(t, &posts[1], "Group merger: back to normal", "It lasted 1 d 5 h 20 min. Articles in all: 43.", "Expected: 1.4", "as of 2017-05-20 14:10 +03")
}

func TestWebhookSaysBoth(t *testing.T) {
	f := newFakeSlack(t)
	n := newNotifier(t, hookConfig(f), options())
	for _, notice := range []timeline.Notice{opening(), resolution(timeline.Receipt{Channel: slack.WebhookChannel})} {
		receipt, err := n.Notify(t.Context(), notice)
		if err != nil {
			t.Fatal(err)
		}
		if want := (timeline.Receipt{Channel: slack.WebhookChannel}); receipt != want {
			t.Errorf("receipt %+v, want %+v", receipt, want)
		}
	}
	posts := f.got()
	if len(posts) != 2 {
		t.Fatalf("%d posts, want 2", len(posts))
	}
	contains(t, &posts[0], "suddenly in the news")
	contains(t, &posts[1], "back to normal")
	for _, p := range posts {
		if p.Parse != "none" || p.UnfurlLinks != "false" || p.UnfurlMedia != "false" {
			t.Errorf("parse %q, unfurl_links %q, unfurl_media %q", p.Parse, p.UnfurlLinks, p.UnfurlMedia)
		}
	}
}

func TestResolutionOfWhatIsGoneIsPosted(t *testing.T) {
	for name, announced := range map[string]timeline.Receipt{
		"never announced":    {},
		"announced to a log": {Channel: "log"},
		"message deleted":    {Channel: fakeChannel, TS: "1.000001"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFakeSlack(t)
			if _, err := newNotifier(t, botConfig(f), options()).Notify(t.Context(), resolution(announced)); err != nil {
				t.Fatal(err)
			}
			if posts := f.got(); len(posts) != 1 || posts[0].Method != "chat.postMessage" {
				t.Errorf("Slack got %+v, want one new message", posts)
			}
		})
	}
}

func TestArabicNotice(t *testing.T) {
	f := newFakeSlack(t)
	o := options()
	o.Language = "ar"
	i := opening()
	i.Incident.Title = "اندماج الجماعات"
	if _, err := newNotifier(t, botConfig(f), o).Notify(t.Context(), i); err != nil {
		t.Fatal(err)
	}
	contains(t, &f.got()[0],
		"اندماج الجماعات: حضور مفاجئ في الأخبار",
		"عدد المقالات خلال 6 ساعات: 12. المتوقع: 1.4.",
		"اللغات\nالعربية، الإنجليزية",
		"12,000–15,000 fighters، Newsweek عبر Example News",
		"2,000 قتلى، Other Daily")
}

func TestChannelOfTopic(t *testing.T) {
	f := newFakeSlack(t)
	cfg, o := botConfig(f), options()
	cfg.Channel = ""
	o.ChannelOf = func(topic string) string { return map[string]string{"group-merger": "#watch"}[topic] }
	n := newNotifier(t, cfg, o)
	if _, err := n.Notify(t.Context(), opening()); err != nil {
		t.Fatal(err)
	}
	other := opening()
	other.Incident.Topic = "coup"
	_, err := n.Notify(t.Context(), other)
	if failed := deliveryError(t, err); !failed.Permanent {
		t.Errorf("a notice without a channel gives %v, want a permanent error", err)
	}
}

func TestRefusals(t *testing.T) {
	says := func(code string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"ok":false,"error":%q,"response_metadata":{"messages":["[ERROR] see there"]}}`, code)
		}
	}
	status := func(code int, retryAfter, body string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			if retryAfter != "" {
				w.Header().Set("Retry-After", retryAfter)
			}
			w.WriteHeader(code)
			fmt.Fprint(w, body)
		}
	}
	redirect := func(w http.ResponseWriter) {
		w.Header().Set("Location", "http://127.0.0.1:1/")
		w.WriteHeader(http.StatusTemporaryRedirect)
	}
	type outcome struct {
		permanent bool
		after     time.Duration
		text      string
	}
	for _, c := range []struct {
		name   string
		hook   bool
		answer func(http.ResponseWriter)
		want   outcome
	}{
		{"revoked token", false, says("token_revoked"), outcome{true, 0, "token_revoked"}},
		{"no such channel", false, says("channel_not_found"), outcome{true, 0, "channel_not_found"}},
		{"not in the channel", false, says("not_in_channel"), outcome{true, 0, "not_in_channel"}},
		{"missing scope", false, says("missing_scope"), outcome{true, 0, "missing_scope"}},
		{"bad blocks, with Slack's own words", false, says("invalid_blocks"), outcome{true, 0, "[ERROR] see there"}},
		{"internal error", false, says("internal_error"), outcome{false, 0, "internal_error"}},
		{"rate limited in the body", false, says("ratelimited"), outcome{false, 0, "ratelimited"}},
		{"a code nobody knows", false, says("brand_new_code"), outcome{false, 0, "brand_new_code"}},
		{"429", false, status(429, "17", ""), outcome{false, 17 * time.Second, "chat.postMessage"}},
		{"429 without a time", false, status(429, "", ""), outcome{false, 0, "429"}},
		{"500", false, status(500, "", "<html>"), outcome{false, 0, "500"}},
		{"404", false, status(404, "", ""), outcome{true, 0, "404"}},
		{"redirect", false, redirect, outcome{true, 0, "307"}},
		{"not Slack", false, status(200, "", "{}"), outcome{false, 0, "api_url"}},
		{"not JSON", false, status(200, "", "<html>"), outcome{false, 0, "chat.postMessage"}},
		{"webhook gone", true, status(404, "", "no_service"), outcome{true, 0, "no_service"}},
		{"webhook token", true, status(403, "", "invalid_token"), outcome{true, 0, "invalid_token"}},
		{"webhook channel archived", true, status(410, "", "channel_is_archived\n"), outcome{true, 0, "channel_is_archived"}},
		{"webhook 429", true, status(429, "3", ""), outcome{false, 3 * time.Second, "429"}},
		{"webhook 503", true, status(503, "", "upstream "+fakeSecret), outcome{false, 0, "503"}},
		{"webhook redirect", true, redirect, outcome{true, 0, "307"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFakeSlack(t)
			f.give(c.answer)
			cfg := botConfig(f)
			if c.hook {
				cfg = hookConfig(f)
			}
			var logged bytes.Buffer
			o := options()
			o.Logger = slog.New(slog.NewTextHandler(&logged, nil))
			receipt, err := newNotifier(t, cfg, o).Notify(t.Context(), opening())
			failed := deliveryError(t, err)
			if failed.Permanent != c.want.permanent || failed.After != c.want.after || !strings.Contains(err.Error(), c.want.text) {
				t.Errorf("got permanent=%t after=%s %q, want %+v", failed.Permanent, failed.After, err, c.want)
			}
			if receipt != (timeline.Receipt{}) {
				t.Errorf("a refusal comes with the receipt %+v", receipt)
			}
			noSecret(t, err.Error()+logged.String())
		})
	}
}

func TestUnreachable(t *testing.T) {
	for _, hook := range []bool{false, true} {
		f := newFakeSlack(t)
		cfg := botConfig(f)
		if hook {
			cfg = hookConfig(f)
		}
		n := newNotifier(t, cfg, options())
		f.Close()
		_, err := n.Notify(t.Context(), opening())
		if deliveryError(t, err).Permanent {
			t.Errorf("hook=%t: an unreachable Slack is given up: %v", hook, err)
		}
		noSecret(t, err.Error())

		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = n.Notify(cancelled, opening())
		if !errors.Is(err, context.Canceled) {
			t.Errorf("hook=%t: a cancelled notice gives %v, want context.Canceled in it", hook, err)
		}
		noSecret(t, err.Error())
	}
}

func TestNewNamesTheKey(t *testing.T) {
	for _, c := range []struct {
		name string
		cfg  slack.Config
		o    slack.Options
		want string
	}{
		{"nothing", slack.Config{}, slack.Options{}, "slack.webhook"},
		{"no channel", slack.Config{Token: scalar.NewSecret(fakeToken), APIURL: "https://slack.com/api/"}, slack.Options{}, "slack.channel"},
		{"bad api_url", slack.Config{Token: scalar.NewSecret(fakeToken), Channel: "#c", APIURL: "slack.com"}, slack.Options{}, "slack.api_url"},
		{"bad webhook", slack.Config{Webhook: scalar.NewSecret("hooks/" + fakeSecret)}, slack.Options{}, "slack.webhook"},
		{"language", slack.Config{Webhook: scalar.NewSecret("https://h.example/")}, slack.Options{Language: "tlh"}, `"tlh"`},
	} {
		_, err := slack.New(c.cfg, c.o)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one that names %s", c.name, err, c.want)
			continue
		}
		noSecret(t, err.Error())
	}
}

// TestHostileNotice sends what a feed could say at its worst, and more of it
// than Slack takes.
func TestHostileNotice(t *testing.T) {
	evil := "<!channel> <!here|x> <@U123> @here @everyone *bold* _it_ ~no~ `code` :tada: <https://evil.example|click> &amp; \u202eevil\u2066 \x00\r\n> quote | "
	notice := opening()
	i := &notice.Incident
	i.Title, i.Topic, i.Severity = strings.Repeat(evil, 20), evil, evil
	i.Headlines, i.Figures = nil, nil
	for range 30 {
		i.Headlines = append(i.Headlines, timeline.Headline{
			Title: strings.Repeat(evil, 40), URL: "https://example.org/|>" + strings.Repeat("&", 100) + " <!channel>", Publisher: strings.Repeat(evil, 9),
			Publishers: 4,
		})
		i.Figures = append(i.Figures, timeline.Figure{Text: strings.Repeat("😀", 200), Object: evil, Bound: "<!here>", Kind: evil, By: evil, Publisher: "\xff\xfe"})
	}
	for name, config := range map[string]func(*fakeSlack) slack.Config{"bot": botConfig, "webhook": hookConfig} {
		f := newFakeSlack(t)
		if _, err := newNotifier(t, config(f), options()).Notify(t.Context(), notice); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		p := f.got()[0]
		for _, bad := range []string{"<!", "<@", "@here", "@everyone", "@channel", "\u202e", "\u2066", "\x00", "\r"} {
			if strings.Contains(p.all(), bad) {
				t.Errorf("%s: the message holds %q", name, bad)
			}
		}
		for _, text := range p.mrkdwn() {
			if shown := shown(t, text); strings.ContainsAny(shown, "*_~`") || strings.Contains(shown, ":tada:") {
				t.Errorf("%s: mrkdwn text can be formatted: %q", name, shown)
			}
		}
		if strings.Count(p.all(), "\u2068") != strings.Count(p.all(), "\u2069") {
			t.Errorf("%s: isolates are not closed", name)
		}
	}
}

// shown is what Slack shows of a mrkdwn text: links are their labels. It fails
// unless every < opens <http...|label> and is closed by the next >.
func shown(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "<")
		if strings.Contains(before, ">") {
			t.Errorf("a > outside a link before %q", rest)
		}
		b.WriteString(before)
		if !found {
			return b.String()
		}
		inner, after, closed := strings.Cut(rest, ">")
		address, label, split := strings.Cut(inner, "|")
		if !closed || !split || !strings.HasPrefix(address, "http") || label == "" || strings.ContainsAny(label, "<|") {
			t.Errorf("not a link: <%s", rest)
			return b.String()
		}
		b.WriteString(label)
		text = after
	}
}

func contains(t *testing.T, p *post, want ...string) {
	t.Helper()
	all := strings.NewReplacer("\u2068", "", "\u2069", "", "\u200e", "", "\u200f", "").Replace(p.all())
	for _, w := range want {
		if !strings.Contains(all, w) {
			t.Errorf("%s: %q is not in\n%s", p.Method, w, all)
		}
	}
}

func deliveryError(t *testing.T, err error) *timeline.DeliveryError {
	t.Helper()
	var failed *timeline.DeliveryError
	if !errors.As(err, &failed) {
		t.Fatalf("error %v (%T), want a *timeline.DeliveryError", err, err)
	}
	return failed
}

func noSecret(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{fakeToken, fakeSecret, "secret-hook", "secret-token"} {
		if strings.Contains(text, secret) {
			t.Errorf("the text gives the secret away: %s", text)
		}
	}
}
