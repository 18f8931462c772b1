package collector

import (
	"testing"
	"time"

	"marsad/timeline"
)

// What counts and by which time, on a feed whose rhythm is ten minutes.
func TestArticleDates(t *testing.T) {
	const firstPoll = -24 * time.Hour
	tests := []struct {
		name        string
		pubDate     string
		lastSuccess time.Duration // before the poll; 0 = never
		published   time.Duration // against the poll
		dated       timeline.Dated
		countable   bool
	}{
		{name: "dated", pubDate: "Sun, 12 Jan 2025 07:50:00 GMT", lastSuccess: 10 * time.Minute, published: -10 * time.Minute, dated: timeline.DatedPublished, countable: true},
		{name: "dated, after a long outage", pubDate: "Sun, 12 Jan 2025 07:50:00 GMT", lastSuccess: 9 * time.Hour, published: -10 * time.Minute, dated: timeline.DatedPublished, countable: true},
		{name: "dated, on the first poll", pubDate: "Sun, 12 Jan 2025 07:50:00 GMT", published: -10 * time.Minute, dated: timeline.DatedPublished},
		{name: "from before the first poll", pubDate: "Sat, 11 Jan 2025 07:50:00 GMT", lastSuccess: 10 * time.Minute, published: -24*time.Hour - 10*time.Minute, dated: timeline.DatedPublished},
		{name: "undated", lastSuccess: 10 * time.Minute, dated: timeline.DatedFirstSeen, countable: true},
		{name: "undated, one poll missed", lastSuccess: 20 * time.Minute, dated: timeline.DatedFirstSeen, countable: true},
		{name: "undated, after an outage", lastSuccess: 21 * time.Minute, dated: timeline.DatedFirstSeen},
		{name: "undated, on the first poll", dated: timeline.DatedFirstSeen},
		{name: "unreadable", pubDate: "yesterday", lastSuccess: 10 * time.Minute, dated: timeline.DatedFirstSeen, countable: true},
		{name: "a placeholder", pubDate: "Thu, 01 Jan 1970 00:00:00 GMT", lastSuccess: 10 * time.Minute, dated: timeline.DatedFirstSeen, countable: true},
		{name: "a fast clock", pubDate: "Sun, 12 Jan 2025 08:02:00 GMT", lastSuccess: 10 * time.Minute, dated: timeline.DatedPublished, countable: true},
		{name: "in the future", pubDate: "Sun, 12 Jan 2025 08:02:01 GMT", lastSuccess: 10 * time.Minute, dated: timeline.DatedClamped, countable: true},
		{name: "in the future, after an outage", pubDate: "Mon, 12 Jan 2026 08:00:00 GMT", lastSuccess: time.Hour, dated: timeline.DatedClamped},
		{name: "no zone is the feed's", pubDate: "Sun, 12 Jan 2025 10:30:00", lastSuccess: 10 * time.Minute, published: -30 * time.Minute, dated: timeline.DatedPublished, countable: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			item := `<guid>a</guid><title>News</title><pubDate>` + tt.pubDate + `</pubDate>`
			b := newBench(t, body("text/xml", rss(item)), nil)
			if tt.lastSuccess != 0 {
				b.record.states["feed"] = timeline.FeedState{
					Feed: "feed", FirstPoll: ready.Add(firstPoll), LastPoll: ready.Add(-time.Minute), LastSuccess: ready.Add(-tt.lastSuccess),
				}
			}
			a := b.poll(t).Articles[0].Article
			if got := a.Published.Sub(ready); got != tt.published || a.Dated != tt.dated || a.Countable != tt.countable {
				t.Errorf("published %s (%s), countable %t; want %s (%s), %t", got, a.Dated, a.Countable, tt.published, tt.dated, tt.countable)
			}
			if !a.FirstSeen.Equal(ready) || a.FirstSeen.Location() != time.UTC {
				t.Errorf("first seen %s: want the poll in UTC", a.FirstSeen)
			}
		})
	}
}

// A feed's first poll is its first that succeeds: what was missed while it could
// not be reached is its past too.
func TestFirstPollIsTheFirstSuccess(t *testing.T) {
	feed := &changing{}
	b := newBench(t, feed, nil)
	feed.set("<html>")
	b.poll(t)
	feed.set(rss(first))
	b.now = b.now.Add(10 * time.Minute)
	if r := b.poll(t); r.Articles[0].Article.Countable || !r.State.FirstPoll.Equal(b.now) {
		t.Errorf("first success: %+v", r)
	}
	feed.set(rss(`<guid>x</guid><title>New</title><pubDate>Sun, 12 Jan 2025 08:11:00 GMT</pubDate>`, first))
	b.now = b.now.Add(10 * time.Minute)
	if r := b.poll(t); !r.Articles[0].Article.Countable {
		t.Errorf("second success: %+v", r)
	}
}
