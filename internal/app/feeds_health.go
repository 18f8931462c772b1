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
}

// feedHealth is a feed with how it is.
type feedHealth struct {
	timeline.FeedStatus

	Condition timeline.FeedCondition
	At        time.Time // when this was found
}

// feedsHealth gives all feeds: by condition, the most troublesome first; then the
// failing ones by the number of failures, the silent ones by how long they are,
// and all by name.
func feedsHealth(ctx context.Context, book feedBook, at time.Time) ([]feedHealth, error) {
	feeds, err := book.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	health := make([]feedHealth, 0, len(feeds))
	for i := range feeds {
		health = append(health, feedHealth{feeds[i], feeds[i].Condition(), at})
	}
	order := timeline.FeedConditions()
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
		return h.Quiet()
	}
	return 0
}
