package app

import (
	"cmp"
	"context"
	"slices"
	"time"

	"marsad/timeline"
)

// feedBook is what the record knows of feeds.
type feedBook interface {
	Feeds(ctx context.Context) ([]timeline.FeedStatus, error)
	Articles(ctx context.Context, q timeline.Query) (timeline.Page[timeline.ReadArticle], error)
}

// conditions gives all conditions of feeds, the most troublesome first.
func conditions() []timeline.FeedCondition {
	return []timeline.FeedCondition{timeline.FeedFailing, timeline.FeedSilent, timeline.FeedWaiting, timeline.FeedOK, timeline.FeedArchive, timeline.FeedDisabled}
}

// feedHealth is a feed with how it is.
type feedHealth struct {
	timeline.FeedStatus

	Condition timeline.FeedCondition
	At        time.Time     // when this was found
	Newest    time.Time     // publication of its newest article; zero when it has none
	Quiet     time.Duration // from there to its last successful poll
}

// How long a feed may bring nothing before it is silent: silentAfter times the
// longest time between two of its newest silenceSample articles, where that is
// at least leastGap (nights are quiet everywhere) and its rhythm. unknownGap is
// for a feed with too few articles to tell.
const (
	silentAfter   = 2
	silenceSample = 20
	leastGap      = 12 * time.Hour
	unknownGap    = 7 * 24 * time.Hour
)

// feedsHealth gives all feeds: the failing ones by the number of failures, the
// silent ones by how long they are, then the rest by condition and name.
func feedsHealth(ctx context.Context, book feedBook, at time.Time) ([]feedHealth, error) {
	feeds, err := book.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	health := make([]feedHealth, 0, len(feeds))
	for i := range feeds {
		h, err := healthOf(ctx, book, &feeds[i])
		if err != nil {
			return nil, err
		}
		h.At = at
		health = append(health, h)
	}
	order := conditions()
	slices.SortStableFunc(health, func(a, b feedHealth) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.Condition), slices.Index(order, b.Condition)),
			cmp.Compare(b.failures(), a.failures()),
			cmp.Compare(b.silence(), a.silence()),
			cmp.Compare(a.Name, b.Name),
		)
	})
	return health, nil
}

func (h *feedHealth) failures() int {
	if h.Condition == timeline.FeedFailing {
		return h.Failures
	}
	return 0
}

func (h *feedHealth) silence() time.Duration {
	if h.Condition == timeline.FeedSilent {
		return h.Quiet
	}
	return 0
}

func healthOf(ctx context.Context, book feedBook, f *timeline.FeedStatus) (feedHealth, error) {
	h := feedHealth{FeedStatus: *f}
	newest, err := publications(ctx, book, f.Name, 1)
	if err != nil {
		return h, err
	}
	// What was not looked at cannot be called quiet: up to the last success, not
	// to the present.
	since := f.FirstPoll
	if len(newest) > 0 {
		h.Newest, since = newest[0], newest[0]
	}
	if !since.IsZero() && f.LastSuccess.After(since) {
		h.Quiet = f.LastSuccess.Sub(since)
	}
	h.Condition = f.Condition()
	if h.Condition == timeline.FeedOK {
		silent, err := isSilent(ctx, book, &h)
		if err != nil {
			return h, err
		}
		if silent {
			h.Condition = timeline.FeedSilent
		}
	}
	return h, nil
}

// isSilent compares a feed's quiet with how long it was quiet before.
func isSilent(ctx context.Context, book feedBook, h *feedHealth) (bool, error) {
	least := max(leastGap, h.Rhythm)
	if h.Quiet <= silentAfter*least {
		return false, nil // most feeds, without reading more of them
	}
	times, err := publications(ctx, book, h.Name, silenceSample)
	if err != nil {
		return false, err
	}
	gap := unknownGap
	if len(times) > 1 {
		gap = 0
		for i := range times[1:] {
			gap = max(gap, times[i].Sub(times[i+1]))
		}
	}
	return h.Quiet > silentAfter*max(gap, least), nil
}

// publications gives when the newest articles were published that the feed had
// first, the newest first.
func publications(ctx context.Context, book feedBook, feed string, limit int) ([]time.Time, error) {
	page, err := book.Articles(ctx, timeline.Query{Feed: feed, Limit: limit})
	if err != nil {
		return nil, err
	}
	times := make([]time.Time, 0, len(page.Items))
	for i := range page.Items {
		times = append(times, page.Items[i].Article.Published)
	}
	return times, nil
}
