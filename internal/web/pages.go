package web

import (
	"net/http"
	"slices"
	"time"

	"marsad/timeline"
)

const (
	// maxCards is how many topics the first page shows with their charts; the
	// rest it names.
	maxCards = 60
	// maxNotices is how many undelivered notices the first page lists.
	maxNotices = 50
	newestOn   = 3 // articles on a topic's card
)

// homeView is the data of the first page.
type homeView struct {
	NotReady  []string
	Notes     []string
	Stats     timeline.Stats
	Feeds     collection
	Incidents []timeline.Incident
	Notices   []timeline.Notice
	Topics    []card
	States    []timeline.EvaluationState // those of the cards that need a word, once each
	More      []string                   // names of the topics without a card
}

// card is a topic on the first page.
type card struct {
	Name   string
	State  timeline.EvaluationState
	Warm   time.Time // when warming up ends at the earliest; zero when it is not known
	Chart  chart
	Newest []timeline.ReadArticle
}

// home shows the topics with their last 24 hours, and what else a team wants to
// know first: whether Marsad works, and whether it has said all it had to say.
func (s *Server) home(r *http.Request) (view, error) {
	if _, err := parseParams(r.URL.RawQuery, nil, s.opts.Now()); err != nil {
		return view{}, err
	}
	ctx, now := r.Context(), s.opts.Now()
	data := homeView{NotReady: s.notReady(), Notes: slices.Concat(s.working(), s.opts.Notes)}
	var err error
	if data.Stats, err = s.opts.Feeds.Stats(ctx); err != nil {
		return view{}, err
	}
	feeds, err := s.opts.Feeds.Feeds(ctx)
	if err != nil {
		return view{}, err
	}
	data.Feeds = collectionOf(feeds)
	if data.Incidents, err = s.opts.Incidents.OpenIncidents(ctx); err != nil {
		return view{}, err
	}
	if data.Notices, err = s.opts.Incidents.Undelivered(ctx, maxNotices); err != nil {
		return view{}, err
	}
	for i, t := range s.opts.Topics {
		if i >= maxCards {
			data.More = append(data.More, t.Name)
			continue
		}
		c, err := s.card(r, t.Name, now)
		if err != nil {
			return view{}, err
		}
		data.Topics = append(data.Topics, c)
		if c.State != timeline.Normal && !slices.Contains(data.States, c.State) {
			data.States = append(data.States, c.State)
		}
	}
	return view{name: "home", title: "home.title", live: live{About: "articles feeds incidents steps"}, data: data}, nil
}

func (s *Server) card(r *http.Request, topic string, now time.Time) (card, error) {
	width := max(time.Hour, s.opts.Step)
	c := card{Name: topic}
	buckets, err := s.buckets(r.Context(), topic, newSpan(now.Add(-day), now, width))
	if err != nil {
		return c, err
	}
	c.Chart = newChart(buckets, nil, width, 64, s.opts.Zone, s.views.wording())
	standing, err := s.standing(r.Context(), topic, now)
	if err != nil {
		return c, err
	}
	c.State, c.Warm = standing.State, standing.Warm
	newest, err := s.opts.Articles.Articles(r.Context(), timeline.Query{Topic: topic, Limit: newestOn})
	c.Newest = newest.Items
	return c, err
}

// incidentsView is the data of the list of incidents.
type incidentsView struct {
	Query     timeline.Query
	Incidents []timeline.Incident
	Older     string // query string of the next page
}

// incidents lists incidents, the newest first.
func (s *Server) incidents(r *http.Request) (view, error) {
	p, err := parseParams(r.URL.RawQuery, []string{paramTopic, paramFrom, paramTo, paramLimit, paramCursor}, s.opts.Now())
	if err != nil {
		return view{}, err
	}
	page, err := s.opts.Incidents.Incidents(r.Context(), p.Query)
	if err != nil {
		return view{}, err
	}
	data := incidentsView{p.Query, page.Items, older(r, page.Next)}
	return view{name: "incidents", title: "incidents.title", live: fresh(r, live{About: "incidents"}), data: data}, nil
}

// incidentView is the data of the page of an incident.
type incidentView struct {
	timeline.Incident

	Silenced bool // its topic is, now
}

// incident shows one incident with what stands behind it.
func (s *Server) incident(r *http.Request) (view, error) {
	i, err := s.opts.Incidents.Incident(r.Context(), r.PathValue("id"))
	if err != nil {
		return view{}, err
	}
	data := incidentView{i, i.Silence.Active(s.opts.Now())}
	return view{name: "incident", text: s.views.topicTitle(i.Topic), live: live{About: "incidents:" + i.ID}, data: data}, nil
}

// fresh is what the first page of a list is about; the later ones are about the past.
func fresh(r *http.Request, about live) live {
	if r.URL.Query().Get(paramCursor) != "" {
		return live{}
	}
	return about
}

// older gives the query string of the next page of a list with the same filters,
// or nothing on the last.
func older(r *http.Request, next string) string {
	if next == "" {
		return ""
	}
	values := r.URL.Query()
	values.Set(paramCursor, next)
	return "?" + values.Encode()
}
