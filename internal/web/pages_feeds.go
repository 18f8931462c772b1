package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"marsad/timeline"
)

// conditionOf is for the templates.
func conditionOf(f timeline.FeedStatus) timeline.FeedCondition { return f.Condition() }

// collection sums up how collecting goes.
type collection struct {
	Total    int // feeds that are polled
	OK       int // those that answer
	Troubled int // of those, with something to see to
	Waiting  int
	Failing  int      // those that are gone included
	Reasons  []reason // of those failing, the most frequent first
}

// reason is why feeds fail, with one of them and its error for an example.
type reason struct {
	Outcome timeline.Outcome
	Feeds   int
	Feed    string
	Error   string
}

func collectionOf(feeds []timeline.FeedStatus) collection {
	var c collection
	for _, f := range feeds {
		switch condition := f.Condition(); {
		case condition.Answers():
			c.OK++
			if condition != timeline.FeedOK {
				c.Troubled++
			}
		case condition == timeline.FeedWaiting:
			c.Waiting++
		case condition == timeline.FeedFailing, condition == timeline.FeedGone:
			c.Failing++
			i := slices.IndexFunc(c.Reasons, func(r reason) bool { return r.Outcome == f.LastOutcome })
			if i < 0 {
				i = len(c.Reasons)
				c.Reasons = append(c.Reasons, reason{Outcome: f.LastOutcome, Feed: f.Name, Error: f.LastError})
			}
			c.Reasons[i].Feeds++
		}
	}
	c.Total = c.OK + c.Waiting + c.Failing
	slices.SortStableFunc(c.Reasons, func(a, b reason) int { return cmp.Compare(b.Feeds, a.Feeds) })
	return c
}

// feedsView is the data of the list of feeds.
type feedsView struct {
	Sum   collection
	Feeds []timeline.FeedStatus
}

// feeds lists all feeds with their state, those in trouble first.
func (s *Server) feeds(r *http.Request) (view, error) {
	if _, err := parseParams(r.URL.RawQuery, nil, s.opts.Now()); err != nil {
		return view{}, err
	}
	feeds, err := s.opts.Feeds.Feeds(r.Context())
	if err != nil {
		return view{}, err
	}
	order := timeline.FeedConditions()
	slices.SortStableFunc(feeds, func(a, b timeline.FeedStatus) int {
		return cmp.Compare(slices.Index(order, a.Condition()), slices.Index(order, b.Condition()))
	})
	return view{name: "feeds", title: "feeds.title", live: live{About: "feeds"}, data: feedsView{collectionOf(feeds), feeds}}, nil
}

// pollsView is the data of the ledger.
type pollsView struct {
	Query timeline.Query
	Polls []timeline.Poll
	Older string // query string of the next page
}

// polls shows the ledger, the newest poll first.
func (s *Server) polls(r *http.Request) (view, error) {
	p, err := parseParams(r.URL.RawQuery, []string{paramFeed, paramFrom, paramTo, paramLimit, paramCursor}, s.opts.Now())
	if err != nil {
		return view{}, err
	}
	page, err := s.opts.Feeds.Polls(r.Context(), p.Query)
	if err != nil {
		return view{}, err
	}
	data := pollsView{p.Query, page.Items, older(r, page.Next)}
	about := "feeds"
	if p.Feed != "" {
		about += ":" + url.PathEscape(p.Feed)
	}
	return view{name: "polls", title: "polls.title", live: fresh(r, live{About: about}), data: data}, nil
}
