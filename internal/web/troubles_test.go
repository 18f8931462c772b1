package web

import (
	"strings"
	"testing"
	"time"

	"marsad/timeline"
)

// What the page says of a feed in trouble is what the API says, in the language of
// the page and with the same values.
func TestTroubles(t *testing.T) {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	status := func(change func(*timeline.FeedStatus)) timeline.FeedStatus {
		f := timeline.FeedStatus{Feed: timeline.Feed{Name: "f", Enabled: true}}
		f.LastPoll, f.LastSuccess, f.LastOutcome = at, at, timeline.OutcomeOK
		change(&f)
		return f
	}
	failing := func(outcome timeline.Outcome) timeline.FeedStatus {
		return status(func(f *timeline.FeedStatus) { f.LastOutcome, f.LastError = outcome, "as it was said" })
	}
	statuses := []timeline.FeedStatus{
		status(func(f *timeline.FeedStatus) { f.Pace.Gone = true }),
		status(func(f *timeline.FeedStatus) { f.Pace.Stuck = at }),
		status(func(f *timeline.FeedStatus) { f.Pace.LastNew = at.Add(-90 * 24 * time.Hour) }),
		status(func(f *timeline.FeedStatus) { f.Pace.ZoneError, f.Pace.ZonePolls, f.Pace.Zone = 3, 9, "Etc/GMT-3" }),
		status(func(f *timeline.FeedStatus) { f.Pace.ZoneError, f.Pace.ZonePolls = -2, 9 }),
		status(func(f *timeline.FeedStatus) { f.Pace.Ahead = 4 }),
		status(func(f *timeline.FeedStatus) { f.Pace.MovedTo = "https://example.org/new" }),
		failing(timeline.OutcomeDNS), failing(timeline.OutcomeConnect), failing(timeline.OutcomeTLS), failing(timeline.OutcomeTimeout),
		failing(timeline.OutcomeRefused), failing(timeline.OutcomeRedirect), failing(timeline.OutcomeHTTP), failing(timeline.OutcomeTooLarge),
		failing(timeline.OutcomeNotFeed), failing(timeline.OutcomeParse), failing(timeline.OutcomeUnauthorized), failing(timeline.OutcomeForbidden),
		failing(timeline.OutcomeNotFound), failing(timeline.OutcomeGone), failing(timeline.OutcomeRateLimited),
		failing(timeline.OutcomeServerError), failing(timeline.OutcomeBotWall), failing(timeline.OutcomeWebPage),
	}
	pages := make(map[string]*views)
	for _, language := range []string{"en", "ar"} {
		v, err := newViews(language, time.UTC, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		pages[language] = v
	}
	for _, f := range statuses {
		api, en, ar := f.Troubles(), pages["en"].troubles(f), pages["ar"].troubles(f)
		if len(api) != 1 || len(en) != 1 || len(ar) != 1 {
			t.Fatalf("%+v: %d, %d and %d troubles, want 1", f, len(api), len(en), len(ar))
		}
		want, name := api[0], string(api[0].Name)+" "+string(f.LastOutcome)
		if en[0].Remedy != want.Remedy {
			t.Errorf("%s: remedy %q, want %q", name, en[0].Remedy, want.Remedy)
		}
		switch text := strings.ReplaceAll(en[0].Text, "\u200e", ""); want.Name {
		case timeline.FeedFailing:
			if en[0].Error != want.Text || ar[0].Error != want.Text {
				t.Errorf("%s: error %q and %q, want %q", name, en[0].Error, ar[0].Error, want.Text)
			}
		case timeline.FeedSilent: // spells its durations otherwise
			if !strings.Contains(text, "90d") || !strings.Contains(ar[0].Text, "90d") {
				t.Errorf("%s: %q and %q", name, text, ar[0].Text)
			}
		default:
			if text != want.Text {
				t.Errorf("%s: %q, want %q", name, text, want.Text)
			}
		}
		for _, pair := range [][2]string{{en[0].Text, ar[0].Text}, {en[0].Remedy, ar[0].Remedy}} {
			if (pair[0] == "") != (pair[1] == "") || pair[0] != "" && pair[0] == pair[1] || strings.ContainsAny(pair[0]+pair[1], "{}") {
				t.Errorf("%s: %q in English, %q in Arabic", name, pair[0], pair[1])
			}
		}
	}
}
