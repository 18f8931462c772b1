package app

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"marsad/timeline"
)

const mainJob = `
timezone: Asia/Baghdad
record: {path: RECORD}
seeds: {feeds: [], topics: [], lexicons: []}
collector: {schedule: "@every 10m"}
alerts: {step: 10m, false_alarms: 1/1w}
slack: {token: xoxb-test, channel: "#watch", api_url: http://slack.test/api/}
feeds:
  - {name: north, url: http://north.test/rss, publisher: North, lang: en}
  - {name: south, url: http://south.test/rss, publisher: South, lang: en}
  - {name: east, url: http://east.test/rss, publisher: East, lang: en}
  - {name: west, url: http://west.test/rss, publisher: West, lang: ar}
topics:
  - name: merger
    title: {en: Group merger, ar: اندماج}
    any: [merger, اندماج]
`

var feedNames = []string{"north", "south", "east", "west"}

// history is an archive of the days up to an instant: an article a feed every
// two hours, one in forty on the topic.
func history(until time.Time, days int) []archiveLine {
	var lines []archiveLine
	for i := range days * 12 {
		at := until.Add(-time.Duration(days*12-i) * 2 * time.Hour)
		for f, feed := range feedNames {
			title := fmt.Sprintf("Report %d of the %s on roads and schools", i, feed)
			if (i*len(feedNames)+f)%40 == 7 {
				title = fmt.Sprintf("Talk of a merger in the %s, part %d", feed, i)
			}
			lines = append(lines, archiveLine{
				ID: fmt.Sprintf("tag:archive,1999:%s-%d", feed, i), Feed: feed, Title: title, Published: at.Format(time.RFC3339),
			})
		}
	}
	return lines
}

// pass lets the time of a synctest bubble pass.
func pass(d time.Duration) { <-time.After(d) }

// quietDays lets days pass in which every feed has an article every two hours,
// none of them on the topic.
func quietDays(w *world, days float64) {
	for i := range int(days * 12) {
		for _, feed := range feedNames {
			w.publish(feed, fmt.Sprintf("At %d the %s reports on roads and schools", time.Now().Unix(), feed),
				fmt.Sprintf("At least %d people were there.", i+2), time.Now())
		}
		pass(2 * time.Hour)
	}
}

// burst is an hour in which the topic takes off.
func burst(w *world) {
	for i := range 6 {
		for _, feed := range feedNames {
			w.publish(feed, fmt.Sprintf("Merger of the two groups, report %d from the %s", i, feed),
				"The merger would have 12,000 to 15,000 fighters, the ministry said.", time.Now().Add(-time.Minute))
		}
		pass(10 * time.Minute)
	}
}

// TestMainJob walks through what Marsad is for: history is loaded, news comes in,
// a topic takes off, the team hears of it once on that day, a restart changes
// nothing, and in the end the incident is resolved.
func TestMainJob(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: a month of history and five days of news; TestFaults has shorter ones")
	}
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, s := newWorld(), newSite(t, mainJob)
		if got := s.load(t, history(time.Now(), 28)); got.Added != 28*12*4 || len(got.Bad) > 0 {
			t.Fatalf("archive loaded: %+v", got)
		}
		_, stop := s.start(t, w)
		quietDays(w, 1)
		if posts := w.sent("chat.postMessage"); len(posts) != 0 {
			t.Fatalf("a quiet day brought %d messages: %+v", len(posts), posts)
		}

		took := time.Now()
		burst(w)
		pass(time.Hour)
		posts := w.sent("chat.postMessage")
		if len(posts) != 1 {
			t.Fatalf("%d messages an hour after the burst, want 1", len(posts))
		}
		opening := posts[0]
		if late := opening.at.Sub(took); late > time.Hour {
			t.Errorf("the team heard of it after %v", late)
		}
		for _, want := range []string{"Group merger", "Merger of the two groups", "12,000", "North"} {
			if !strings.Contains(opening.blocks, want) {
				t.Errorf("the message does not say %q:\n%s", want, opening.blocks)
			}
		}

		stop()
		d, stop := s.start(t, w)
		quietDays(w, 3)
		if n := len(w.sent("chat.postMessage")); n != 1 {
			t.Errorf("%d messages after a restart, want the one", n)
		}
		updates := w.sent("chat.update")
		if len(updates) == 0 || !strings.Contains(updates[len(updates)-1].blocks, "back to normal") {
			t.Errorf("not resolved by the last of %d updates", len(updates))
		}
		for i, u := range updates {
			if u.ts != opening.ts || i > 0 && u.at.Sub(updates[i-1].at) < timeline.UpdateEvery {
				t.Errorf("update of %s at %s, want of %s and a minute apart", u.ts, u.at, opening.ts)
			}
		}
		checkInvariants(t, d, w)
		stop()
	})
}

// TestNothingLoadedFires loads an archive that reaches up to now and is full of
// the topic in its last hours.
func TestNothingLoadedFires(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: a month of history")
	}
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, s := newWorld(), newSite(t, mainJob)
		lines := history(time.Now(), 28)
		for i := range 60 {
			lines = append(lines, archiveLine{
				ID: fmt.Sprintf("tag:late,1999:%d", i), Feed: feedNames[i%4], Title: fmt.Sprintf("The merger again, number %d", i),
				Published: time.Now().Add(-time.Duration(i) * time.Minute).Format(time.RFC3339),
			})
		}
		s.load(t, lines)
		d, stop := s.start(t, w)
		pass(12 * time.Hour)
		if n := len(w.sent("chat.postMessage")); n != 0 {
			t.Errorf("an archive brought %d messages", n)
		}
		checkInvariants(t, d, w)
		stop()
		if again := s.load(t, lines); again.Added != 0 {
			t.Errorf("loading again added %d", again.Added)
		}
	})
}
