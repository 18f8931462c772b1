package web

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"marsad/timeline"
	"marsad/timeline/story"
)

// topicView is the data of a topic's page.
type topicView struct {
	Topic     timeline.Topic
	Period    period
	Choices   []periodChoice
	Standing  standing
	Chart     chart
	Rows      []bucket // those of the chart in which something was counted
	Incidents []timeline.Incident
	Axis      eventAxis
	Events    []story.Account // the latest up to the end of the period, earlier ones too
	Ranges    []rangeChart
	Counts    []timeline.FoundCount
	Stories   []storyLine
	Exports   []string // tables that can be taken away
}

// Selection is the period as parameters of a list or a table.
func (v topicView) Selection() string {
	return url.Values{
		paramTopic: {v.Topic.Name}, paramFrom: {v.Period.From.UTC().Format(time.RFC3339)}, paramTo: {v.Period.To.UTC().Format(time.RFC3339)},
	}.Encode()
}

// storyLine is a story with those of its articles that are on the topic.
type storyLine struct {
	Lead       timeline.ReadArticle // the newest
	Articles   int
	Publishers []string // those that told it last first
}

// How much of each a topic's page reads and shows.
const (
	listed        = 20  // events, counts and incidents
	topicArticles = 60  // the newest, from which the stories are made
	topicStories  = 20  // of those
	axisEvents    = 48  // the latest, of which those of the period are on the axis
	rangeCounts   = 120 // in the charts of counts
)

// topic shows one topic over a period: its chart, and what was found in its articles.
func (s *Server) topic(r *http.Request) (view, error) {
	now := s.opts.Now()
	p, err := parseParams(r.URL.RawQuery, []string{paramSpan, paramFrom, paramTo}, now)
	if err != nil {
		return view{}, err
	}
	data := topicView{Exports: topicExports()}
	if data.Period, data.Choices, err = periodOf(p, now); err != nil {
		return view{}, err
	}
	i := slices.IndexFunc(s.opts.Topics, func(t timeline.Topic) bool { return t.Name == r.PathValue("name") })
	if i < 0 {
		return view{}, timeline.ErrNotFound
	}
	data.Topic = s.opts.Topics[i]
	for _, read := range []func(*http.Request, *topicView) error{s.topicSeries, s.topicEvents, s.topicCounts, s.topicStories} {
		if err := read(r, &data); err != nil {
			return view{}, err
		}
	}
	about := live{About: "topics:" + url.PathEscape(data.Topic.Name) + " steps incidents"}
	if !data.Period.Goes {
		about = live{} // what is over does not change
	}
	return view{name: "topic", text: s.views.topicTitle(data.Topic.Name), live: about, data: data}, nil
}

// topicSeries reads what was counted, and the incidents.
func (s *Server) topicSeries(r *http.Request, data *topicView) (err error) {
	ctx, of := r.Context(), data.Period
	if data.Standing, err = s.standing(ctx, data.Topic.Name, s.opts.Now()); err != nil {
		return err
	}
	incidents, err := s.opts.Incidents.Incidents(ctx, timeline.Query{Topic: data.Topic.Name, From: of.From, To: of.To, Limit: listed})
	if err != nil {
		return err
	}
	data.Incidents = incidents.Items
	width := barWidth(of.length(), s.opts.Step, data.Standing.Windows)
	buckets, err := s.buckets(ctx, data.Topic.Name, newSpan(of.From, of.To, width))
	if err != nil {
		return err
	}
	data.Chart = newChart(buckets, data.Incidents, width, 150, s.opts.Zone, s.views.wording())
	for _, b := range buckets {
		if b.N > 0 {
			data.Rows = append(data.Rows, b)
		}
	}
	return nil
}

// topicEvents reads the events up to the end of the period; of as much time to come as
// half of it when it goes on.
func (s *Server) topicEvents(r *http.Request, data *topicView) error {
	of := data.Period
	axis := axisOf{from: of.From, to: of.To, now: s.opts.Now(), zone: s.opts.Zone}
	if of.Goes {
		axis.to = of.To.Add(of.length() / 2)
	}
	// Earlier ones, too: some reach into the period, and a list of none tells nothing.
	page, err := s.opts.Facts.Happenings(r.Context(), timeline.Query{Topic: data.Topic.Name, To: axis.to, Limit: axisEvents})
	if err != nil {
		return err
	}
	for i := range page.Items {
		data.Events = append(data.Events, story.Tell(&page.Items[i]))
	}
	data.Axis = newEventAxis(axis, data.Events, s.views.eventTitle)
	data.Events = data.Events[:min(len(data.Events), listed)]
	return nil
}

// topicCounts reads what was counted by those who are quoted.
func (s *Server) topicCounts(r *http.Request, data *topicView) error {
	of := data.Period
	page, err := s.opts.Facts.FoundCounts(r.Context(), timeline.Query{Topic: data.Topic.Name, From: of.From, To: of.To, Limit: rangeCounts})
	data.Ranges = newRangeCharts(page.Items, of, s.opts.Zone)
	data.Counts = page.Items
	return err
}

// topicStories reads the newest articles, and puts those of a story together.
func (s *Server) topicStories(r *http.Request, data *topicView) error {
	of := data.Period
	page, err := s.opts.Articles.Articles(r.Context(), timeline.Query{Topic: data.Topic.Name, From: of.From, To: of.To, Limit: topicArticles})
	data.Stories = storyLines(page.Items, topicStories)
	return err
}

// storyLines puts articles of one story together; most is how many stories at most.
func storyLines(articles []timeline.ReadArticle, most int) (lines []storyLine) {
	at := map[string]int{}
	for i := range articles {
		a := &articles[i].Article
		n, known := at[a.Story]
		if !known || a.Story == "" {
			if len(lines) == most {
				continue
			}
			n = len(lines)
			at[a.Story] = n
			lines = append(lines, storyLine{Lead: articles[i]})
		}
		line := &lines[n]
		line.Articles++
		if !slices.Contains(line.Publishers, a.Publisher) {
			line.Publishers = append(line.Publishers, a.Publisher)
		}
	}
	return lines
}
