package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/internal/config"
	"marsad/timeline"
)

// condition is a feed of the record with what its polls left.
type condition struct {
	name      string
	outcome   timeline.Outcome // empty: never polled
	failures  int
	success   time.Duration   // how long ago it was last seen
	published []time.Duration // how long ago its articles were published
	disabled  bool
	url       string
	rhythm    time.Duration
}

func TestFeedsHealth(t *testing.T) {
	const hour, day = time.Hour, 24 * time.Hour
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	daily := func(first time.Duration) (ago []time.Duration) {
		for i := range 30 {
			ago = append(ago, first+time.Duration(i)*day)
		}
		return ago
	}
	feeds := []condition{
		{name: "well", outcome: timeline.OutcomeOK, published: []time.Duration{hour, 2 * hour}},
		{name: "failing-long", outcome: timeline.OutcomeConnect, failures: 12, success: 5 * day, published: daily(5 * day), url: "https://u:s3cret@example.org/"},
		{name: "failing-once", outcome: timeline.OutcomeHTTP, failures: 1},
		{name: "waiting"},
		{name: "silent", outcome: timeline.OutcomeUnchanged, published: daily(3 * day)},
		{name: "silent-longer", outcome: timeline.OutcomeUnchanged, published: daily(9 * day)},
		{name: "slow", outcome: timeline.OutcomeUnchanged, published: []time.Duration{9 * day, 14 * day, 20 * day}},
		{name: "night", outcome: timeline.OutcomeUnchanged, published: []time.Duration{20 * hour, 20*hour + time.Minute}},
		{name: "rare-polls", outcome: timeline.OutcomeUnchanged, published: []time.Duration{5 * day, 6 * day}, rhythm: 7 * day},
		{name: "one-article", outcome: timeline.OutcomeUnchanged, published: []time.Duration{10 * day}},
		{name: "one-article-long-ago", outcome: timeline.OutcomeUnchanged, published: []time.Duration{20 * day}},
		{name: "not-looked-at", outcome: timeline.OutcomeOK, success: 30 * day, published: daily(30 * day)},
		{name: "disabled", outcome: timeline.OutcomeConnect, failures: 3, disabled: true},
	}
	record := recordOf(t, at, feeds)
	health, err := feedsHealth(t.Context(), record, at)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]string, 0, len(health))
	for _, h := range health {
		got = append(got, fmt.Sprintf("%s %s", h.Name, h.Condition))
	}
	want := []string{
		"failing-long failing", "failing-once failing",
		"one-article-long-ago silent", "silent-longer silent", "silent silent",
		"waiting waiting",
		"night ok", "not-looked-at ok", "one-article ok", "rare-polls ok", "slow ok", "well ok",
		"archive archive", "disabled disabled",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("feeds (-want +got):\n%s", diff)
	}

	t.Run("table", func(t *testing.T) {
		var out bytes.Buffer
		if err := healthTable(&out, health); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{
			`(?m)^FEED +STATE +NEWEST +RHYTHM +ITEMS +POLLS +NEXT +LAST$`,
			`(?m)^failing-long +failing +5d +24h +30 +10m +5m +connect ×12\n  nothing\x{FFFD}\[31m answers$`,
			`(?m)^waiting +waiting +- +10m +0 +10m +due +-$`,
			`(?m)^one-article-long-ago +silent +20d +10m +1 +10m +5m +unchanged\n  silent: nothing new for 1[89] days, and never before for more than about 7 days → look`,
			`(?m)^14 feeds: 2 failing, 3 silent, 1 waiting, 6 ok, 1 archive, 1 disabled$`,
		} {
			if !regexp.MustCompile(want).MatchString(out.String()) {
				t.Errorf("no %s in\n%s", want, out.String())
			}
		}
		column := strings.Index(out.String(), "STATE")
		for i, line := range strings.Split(out.String(), "\n")[1:] {
			if len(line) > column && line[0] != ' ' && line[0] != '1' && (line[column-1] != ' ' || line[column] == ' ') {
				t.Errorf("line %d is not in its columns: %s", i+2, line)
			}
		}
		for line := range strings.Lines(out.String()) {
			if n := len([]rune(line)); n > 81 && !strings.HasPrefix(line, "  ") {
				t.Errorf("%d columns: %s", n-1, line)
			}
		}
	})
	t.Run("JSON", func(t *testing.T) {
		var out bytes.Buffer
		if err := healthJSON(&out, health); err != nil {
			t.Fatal(err)
		}
		var list struct{ Items []map[string]any }
		if err := json.Unmarshal(out.Bytes(), &list); err != nil || len(list.Items) != len(feeds)+1 {
			t.Fatalf("%d items: %v", len(list.Items), err)
		}
		want := map[string]any{
			"name": "failing-long", "title": "failing-long", "url": "https://example.org/", "state": "failing", "outcome": "connect", "error": "nothing\x1b[31m answers",
			"failures": 12.0, "newest": "2026-11-17T12:00:00Z", "last_poll": "2026-11-22T11:55:00Z", "next_poll": "2026-11-22T12:05:00Z", "rhythm": "24h0m0s", "poll_every": "10m0s", "articles": 30.0, "marks": []any{},
			"troubles": []any{map[string]any{"name": "failing", "text": "nothing\x1b[31m answers", "remedy": ""}},
		}
		if diff := cmp.Diff(want, list.Items[0]); diff != "" {
			t.Errorf("first item (-want +got):\n%s", diff)
		}
	})
}

// recordOf makes a record in which the feeds are as they are said to be, and an
// archive.
func recordOf(t *testing.T, at time.Time, feeds []condition) feedBook {
	t.Helper()
	cfg, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	cfg.Record.Path = filepath.Join(t.TempDir(), "marsad.db")
	record, err := openRecord(t.Context(), cfg, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := record.Close(); err != nil {
			t.Error(err)
		}
	})
	known := make([]timeline.Feed, 0, len(feeds))
	for _, f := range feeds {
		rhythm := f.rhythm
		if rhythm == 0 {
			rhythm = 10 * time.Minute
		}
		known = append(known, timeline.Feed{Name: f.name, Title: f.name, URL: f.url, Publisher: "P", Enabled: !f.disabled, Rhythm: rhythm})
	}
	if err := record.SyncFeeds(t.Context(), known); err != nil {
		t.Fatal(err)
	}
	articles := []timeline.ReadArticle{articleOf("archive", at, 100*24*time.Hour)}
	for _, f := range feeds {
		for _, ago := range f.published {
			articles = append(articles, articleOf(f.name, at, ago))
		}
		if f.outcome == "" {
			continue
		}
		last := at.Add(-5 * time.Minute)
		state := timeline.FeedState{
			Feed: f.name, FirstPoll: at.Add(-60 * 24 * time.Hour), LastPoll: last, LastSuccess: last, NextPoll: at.Add(5 * time.Minute),
			Failures: f.failures, LastOutcome: f.outcome,
		}
		if f.success > 0 {
			state.LastSuccess = at.Add(-f.success)
		}
		for _, ago := range slices.Backward(f.published) {
			state.Pace.Arrive(at.Add(-ago))
		}
		if f.failures > 0 {
			state.LastError = "nothing\x1b[31m answers"
		}
		poll := timeline.Poll{ID: timeline.PollID(f.name, last), Feed: f.name, Scheduled: last, At: last, Outcome: f.outcome, Error: state.LastError}
		if err := record.CommitPoll(t.Context(), timeline.PollResult{Poll: poll, State: state}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := record.CommitLoad(t.Context(), articles); err != nil {
		t.Fatal(err)
	}
	return record
}

func articleOf(feed string, at time.Time, ago time.Duration) timeline.ReadArticle {
	guid := fmt.Sprintf("%s-%d", feed, ago)
	identity := timeline.Identity{Feed: feed, Publisher: "P", Keys: []timeline.Key{{Kind: timeline.KeyGUID, Value: guid}}}
	return timeline.ReadArticle{
		Identity: identity,
		Article: timeline.Article{
			ID: timeline.ArticleID("P", feed, identity.Keys[0]), Feed: feed, Publisher: "P", GUID: guid, Title: guid,
			Published: at.Add(-ago), Dated: timeline.DatedPublished, FirstSeen: at.Add(-ago), Revision: 1, Loaded: true,
		},
	}
}

func TestRoughly(t *testing.T) {
	for _, test := range []struct {
		d    time.Duration
		want string
	}{
		{-time.Second, "0s"},
		{59 * time.Second, "59s"},
		{61 * time.Second, "1m"},
		{47 * time.Hour, "47h"},
		{48 * time.Hour, "2d"},
		{400 * 24 * time.Hour, "400d"},
	} {
		if got := roughly(test.d); got != test.want {
			t.Errorf("roughly(%s) = %s, want %s", test.d, got, test.want)
		}
	}
}
