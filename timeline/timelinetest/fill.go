package timelinetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"marsad/timeline"
)

// Writer takes what Fill writes.
type Writer interface {
	SyncFeeds(ctx context.Context, feeds []timeline.Feed) error
	CommitPoll(ctx context.Context, result timeline.PollResult) error
	CommitStep(ctx context.Context, result timeline.StepResult) error
}

// Fill writes days of news into a store, ending at end: of five feeds of four
// publishers in three languages, on three topics, with counts and events; polls of
// which some fail; evaluations and incidents. The same seed gives the same news.
func Fill(tb testing.TB, w Writer, end time.Time, days, perDay int, seed uint64) {
	tb.Helper()
	f := filling{tb: tb, w: w, rand: rand.New(rand.NewPCG(seed, 1)), start: end.AddDate(0, 0, -days)}
	if err := w.SyncFeeds(tb.Context(), f.feeds()); err != nil {
		tb.Fatal(err)
	}
	for at := f.start; at.Before(end); at = at.Add(6 * time.Hour) {
		for _, feed := range f.feeds() {
			f.poll(feed, at, perDay/4/len(f.feeds())+1)
		}
		f.step(at)
	}
}

// Topics are those that Fill writes of.
func Topics() []string { return []string{"group-merger", "group-split", "floods"} }

type filling struct {
	tb    testing.TB
	w     Writer
	rand  *rand.Rand
	start time.Time
	n     int
}

func (f *filling) feeds() []timeline.Feed {
	var feeds []timeline.Feed
	for _, of := range [][4]string{
		{"example", "Example News", "IQ", "en"},
		{"example-ar", "Example News", "IQ", "ar"},
		{"wire", `The "Wire", it's`, "SY", "ar"},
		{"nowhere", "Nowhere Post", "", "en"},
		{"gazette", "Gazette = 1", "FR", "fr"},
	} {
		feeds = append(feeds, timeline.Feed{
			Name: of[0], URL: "https://example.org/" + of[0], Title: of[0], Publisher: of[1], Country: of[2], Lang: of[3],
			Enabled: true, Rhythm: 10 * time.Minute,
		})
	}
	return feeds
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// poll brings up to so many articles of the six hours before.
func (f *filling) poll(feed timeline.Feed, at time.Time, most int) {
	f.tb.Helper()
	p := timeline.Poll{
		ID: timeline.PollID(feed.Name, at), Feed: feed.Name, Scheduled: at, At: at.Add(time.Duration(f.rand.IntN(1e9))),
		Outcome: timeline.OutcomeOK, Status: 200, Bytes: int64(f.rand.IntN(50_000)), Took: time.Duration(f.rand.IntN(3000)) * time.Millisecond,
	}
	result := timeline.PollResult{}
	if f.rand.IntN(6) == 0 {
		p.Outcome, p.Status, p.Error = timeline.OutcomeHTTP, 503, "503 Service Unavailable"
	} else {
		for range f.rand.IntN(most + 1) {
			result.Articles = append(result.Articles, f.article(feed, at))
		}
		slices.SortStableFunc(result.Articles, func(a, b timeline.ReadArticle) int { return a.Article.Published.Compare(b.Article.Published) })
		p.New, p.Known, p.Rejected = len(result.Articles), f.rand.IntN(20), f.rand.IntN(2)
		p.Fetched = p.New + p.Known + p.Rejected
		if p.Rejected > 0 {
			p.Reasons = map[string]int{"no title": 1}
		}
	}
	result.Poll = p
	result.State = timeline.FeedState{Feed: feed.Name, FirstPoll: f.start, LastPoll: p.At, LastOutcome: p.Outcome}
	if err := f.w.CommitPoll(f.tb.Context(), result); err != nil {
		f.tb.Fatal(err)
	}
}

func (f *filling) article(feed timeline.Feed, at time.Time) timeline.ReadArticle {
	f.n++
	n := 2 + f.rand.IntN(40)
	year := 2001 + f.rand.IntN(30)
	changes := []change{in(feed.Name, feed.Publisher), func(r *timeline.ReadArticle) {
		r.Article.Lang, r.Article.Country = feed.Lang, feed.Country
		r.Article.Published = at.Add(-time.Duration(f.rand.Int64N(int64(6 * time.Hour))))
		r.Article.FirstSeen = at
	}, text(fmt.Sprintf("In %d they were %d men.", year, n)), titled(fmt.Sprintf(`No. %d: "news" of \%s`, f.n, feed.Name))}
	for _, topic := range Topics() {
		if f.rand.IntN(3) == 0 {
			changes = append(changes, pick(f.rand, about, func(topics ...string) change { return aboutSentence(topics[0]) })(topic))
		}
	}
	read := draft(strconv.Itoa(f.n), changes...)
	for i := range read.Facts.Counts {
		c := &read.Facts.Counts[i]
		c.Kind = pick(f.rand, "killed", "fighters", "displaced")
		c.By = pick(f.rand, "", "the army", "the UN")
		lo, hi := *c.Lo-1, *c.Hi+2
		switch f.rand.IntN(3) {
		case 0:
			c.Bound, c.Hi = timeline.AtLeast, nil
		case 1:
			c.Bound, c.Lo, c.Best, c.Hi = timeline.Between, &lo, nil, &hi
		}
	}
	return read
}

// step evaluates all topics, and now and then opens an incident or resolves it.
func (f *filling) step(at time.Time) {
	f.tb.Helper()
	result := timeline.StepResult{Step: at}
	for _, topic := range Topics() {
		for _, window := range []time.Duration{Step, time.Hour, 24 * time.Hour} {
			result.Evaluations = append(result.Evaluations, timeline.Evaluation{
				Topic: topic, Step: at, Window: window, Observed: f.rand.IntN(9), Expected: float64(f.rand.IntN(64)) / 16, Upper: float64(f.rand.IntN(8)),
				P: 1 / float64(1+f.rand.IntN(99)), Exposure: float64(20 + f.rand.IntN(100)), State: timeline.Normal,
			})
		}
		if f.rand.IntN(8) == 0 {
			i := timeline.Incident{
				ID: timeline.IncidentID(topic, at), Topic: topic, Title: "Topic " + topic, State: timeline.IncidentOpen,
				Severity: pick(f.rand, "low", "high"), Opened: at, Updated: at, Observed: 9, Expected: 1.5, Upper: 5, Exposure: 120, P: 1e-9, Window: time.Hour,
				Headlines: []timeline.Headline{{Title: "News", URL: "https://example.org/1", Publisher: "P", Published: at}},
			}
			result.Incidents = append(result.Incidents, i)
		}
	}
	if err := f.w.CommitStep(f.tb.Context(), result); err != nil {
		f.tb.Fatal(err)
	}
}
