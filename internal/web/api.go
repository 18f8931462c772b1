package web

import (
	"bytes"
	"context"
	_ "embed" // of openapi.json
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"marsad/timeline"
)

// apiPrefix is where the API is.
const apiPrefix = "/api/v1/"

// problem is what a request gets that cannot be answered.
type problem struct {
	status int
	Text   string `json:"error"`
	Remedy string `json:"remedy"`
}

// endpoint answers a request for a resource of the API.
type endpoint func(r *http.Request, p params) (any, error)

// openAPI describes the API as OpenAPI 3.1 does. Its test holds it to the routes,
// to their parameters and to what they answer.
//
//go:embed openapi.json
var openAPI []byte

// apiRoute is a resource of the API.
type apiRoute struct {
	path    string // after apiPrefix, as a pattern of http.ServeMux
	answer  endpoint
	allowed []string // parameters
}

// apiRoutes gives all resources. Every list has the form
// {"items":[...],"next":"..."}; next is the cursor of the page that follows, empty
// on the last.
func (s *Server) apiRoutes() []apiRoute {
	found := []string{paramFrom, paramTo, paramTopic, paramFeed, paramLang, paramPublisher, paramLimit, paramCursor}
	return []apiRoute{
		{"topics", s.apiTopics, []string{paramTopic, paramLimit, paramCursor}},
		{"articles", s.apiArticles, found},
		{"articles/{id}", s.apiArticle, nil},
		{"stories", s.apiStories, found},
		{"stories/{id}", s.apiStory, nil},
		{"events", s.apiEvents, found},
		{"events/mentions", s.apiMentions, found},
		{"events/{id}", s.apiEvent, nil},
		{"counts", s.apiCounts, found},
		{"series", s.apiSeries, []string{paramFrom, paramTo, paramTopic, paramStep, paramLimit, paramCursor}},
		{"search", s.apiSearch, searchParams()},
		{"corrections", s.apiCorrections, []string{paramArticle, paramLimit, paramCursor}},
		{"incidents", s.apiIncidents, []string{paramFrom, paramTo, paramTopic, paramLimit, paramCursor}},
		{"incidents/{id}", s.apiIncident, nil},
		{"feeds", s.apiFeeds, []string{paramFeed, paramLang, paramPublisher, paramLimit, paramCursor}},
		{"polls", s.apiPolls, []string{paramFrom, paramTo, paramFeed, paramLimit, paramCursor}},
		{"openapi.json", func(*http.Request, params) (any, error) { return json.RawMessage(openAPI), nil }, nil},
	}
}

// routeAPI adds the API.
func (s *Server) routeAPI(mux *http.ServeMux) {
	for _, route := range s.apiRoutes() {
		mux.HandleFunc(apiPrefix+route.path, s.api(route.answer, route.allowed))
	}
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, problem{http.StatusNotFound, "no such resource", "see " + apiPrefix + "openapi.json for what there is"})
	})
}

func (s *Server) api(e endpoint, allowed []string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p, err := parseParams(r.URL.RawQuery, allowed, s.opts.Now())
		var answer any
		if err == nil {
			answer, err = e(r, p)
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.writeJSON(w, r, http.StatusOK, answer)
	}
}

// fail answers a request that err came of.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var bad *paramError
	mistake, isMistake := asMistake(err)
	down, isDown := errors.AsType[*timeline.TakenDownError](err)
	switch {
	case errors.As(err, &bad):
		s.refuse(w, r, problem{http.StatusBadRequest, bad.Error(), bad.Remedy})
	case isMistake:
		s.refuse(w, r, mistake)
	case errors.Is(err, timeline.ErrCursor):
		s.refuse(w, r, problem{http.StatusBadRequest, "cursor: not one that this list gave", "take it from next of the page before, with the same filters"})
	case isDown:
		s.refuse(w, r, problem{http.StatusGone, down.Error(), "look for the news in another article: this one does not come back"})
	case errors.Is(err, timeline.ErrNotFound):
		s.refuse(w, r, problem{http.StatusNotFound, "not in the record", "look for it in the list; what is older than record.keep is gone"})
	case errors.Is(r.Context().Err(), context.Canceled):
		// Nobody is left to be answered.
	case errors.Is(r.Context().Err(), context.DeadlineExceeded):
		s.opts.Logger.WarnContext(r.Context(), "request took too long", "path", r.URL.Path, "limit", requestTimeout)
		s.refuse(w, r, problem{http.StatusServiceUnavailable, "the record took too long to answer", "ask for a shorter span or a smaller limit"})
	default:
		s.opts.Logger.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "error", err)
		s.refuse(w, r, problem{http.StatusInternalServerError, "the record could not be read", "see Marsad's log for the reason"})
	}
}

// refuse says what is wrong in the form the client reads.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, p problem) {
	if wantsJSON(r) {
		s.writeJSON(w, r, p.status, p)
		return
	}
	s.render(w, r, p.status, view{name: "error", title: "error.title", data: p})
}

// wantsJSON reports whether the path is one that programs ask for.
func wantsJSON(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") || r.URL.Path == "/readyz" || r.URL.Path == "/healthz" || r.URL.Path == reloadPath
}

func (s *Server) writeJSON(w http.ResponseWriter, r *http.Request, status int, v any) {
	var body bytes.Buffer
	if err := json.NewEncoder(&body).Encode(v); err != nil {
		s.opts.Logger.Error("answer not encoded", "error", err)
		http.Error(w, `{"error":"the answer could not be written","remedy":"see Marsad's log for the reason"}`, http.StatusInternalServerError)
		return
	}
	answer(w, r, status, "application/json; charset=utf-8", body.Bytes())
}

// checkTopic refuses a topic that nobody watches for: most often a slip of the
// pen, which an empty list would hide.
func (s *Server) checkTopic(p params) error {
	if p.Topic != "" && !s.knowsTopic(p.Topic) {
		return &paramError{paramTopic, "no topic is named " + strconv.Quote(clip(40, p.Topic)), "see " + apiPrefix + "topics for the names"}
	}
	return nil
}

func (s *Server) apiArticles(r *http.Request, p params) (any, error) {
	if err := s.checkTopic(p); err != nil {
		return nil, err
	}
	page, err := s.opts.Articles.Articles(r.Context(), p.Query)
	return pageOf(page, articleJSONOf), err
}

func (s *Server) apiArticle(r *http.Request, _ params) (any, error) {
	a, err := s.opts.Articles.Article(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	readings, err := s.opts.FactDesk.Readings(r.Context(), a.Article.ID)
	return articleDetailJSON{articleJSONOf(a), correctedJSONOf(&a.Article, readings)}, err
}

func (s *Server) apiStories(r *http.Request, p params) (any, error) {
	if err := s.checkTopic(p); err != nil {
		return nil, err
	}
	page, err := s.opts.Articles.Stories(r.Context(), p.Query)
	return pageOf(page, storyJSONOf), err
}

func (s *Server) apiStory(r *http.Request, _ params) (any, error) {
	d, err := s.opts.Articles.Story(r.Context(), r.PathValue("id"))
	return storyDetailJSONOf(&d), err
}

func (s *Server) apiEvents(r *http.Request, p params) (any, error) {
	if err := s.checkTopic(p); err != nil {
		return nil, err
	}
	page, err := s.opts.Facts.Happenings(r.Context(), p.Query)
	return pageOf(page, happeningJSONOf), err
}

func (s *Server) apiEvent(r *http.Request, _ params) (any, error) {
	h, err := s.opts.Facts.Happening(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return happeningJSONOf(h), nil
}

// apiMentions gives each article's telling by itself.
func (s *Server) apiMentions(r *http.Request, p params) (any, error) {
	if err := s.checkTopic(p); err != nil {
		return nil, err
	}
	page, err := s.opts.Facts.FoundEvents(r.Context(), p.Query)
	return pageOf(page, eventJSONOf), err
}

func (s *Server) apiCounts(r *http.Request, p params) (any, error) {
	if err := s.checkTopic(p); err != nil {
		return nil, err
	}
	page, err := s.opts.Facts.FoundCounts(r.Context(), p.Query)
	return pageOf(page, countJSONOf), err
}

func (s *Server) apiIncidents(r *http.Request, p params) (any, error) {
	page, err := s.opts.Incidents.Incidents(r.Context(), p.Query)
	now := s.opts.Now()
	return pageOf(page, func(i timeline.Incident) incidentJSON { return incidentJSONOf(i, now) }), err
}

func (s *Server) apiIncident(r *http.Request, _ params) (any, error) {
	i, err := s.opts.Incidents.Incident(r.Context(), r.PathValue("id"))
	return incidentJSONOf(i, s.opts.Now()), err
}

func (s *Server) apiPolls(r *http.Request, p params) (any, error) {
	page, err := s.opts.Feeds.Polls(r.Context(), p.Query)
	return pageOf(page, pollJSONOf), err
}

func (s *Server) apiFeeds(r *http.Request, p params) (any, error) {
	feeds, err := s.opts.Feeds.Feeds(r.Context())
	if err != nil {
		return nil, err
	}
	feeds = slices.DeleteFunc(feeds, func(f timeline.FeedStatus) bool {
		return p.Feed != "" && f.Name != p.Feed || p.Lang != "" && f.Lang != p.Lang || p.Publisher != "" && f.Publisher != p.Publisher
	})
	page, err := cut(feeds, p, func(f timeline.FeedStatus) string { return f.Name })
	return pageOf(page, feedJSONOf), err
}

// apiTopics gives the topics with what the newest step says of them.
func (s *Server) apiTopics(r *http.Request, p params) (any, error) {
	page, err := s.topicPage(p)
	if err != nil {
		return nil, err
	}
	items := make([]topicJSON, 0, len(page.Items))
	for _, t := range page.Items {
		standing, err := s.standing(r.Context(), t.Name, s.opts.Now())
		if err != nil {
			return nil, err
		}
		items = append(items, topicJSONOf(t, standing))
	}
	return timeline.Page[topicJSON]{Items: items, Next: page.Next}, nil
}

// apiSeries gives one series for each topic, of the last 24 hours in steps of an
// hour where the request does not say otherwise.
func (s *Server) apiSeries(r *http.Request, p params) (any, error) {
	span, err := s.spanOf(p)
	if err != nil {
		return nil, err
	}
	page, err := s.topicPage(p)
	if err != nil {
		return nil, err
	}
	items := make([]seriesJSON, 0, len(page.Items))
	for _, t := range page.Items {
		buckets, err := s.buckets(r.Context(), t.Name, span)
		if err != nil {
			return nil, err
		}
		items = append(items, seriesJSONOf(t.Name, span, buckets))
	}
	return timeline.Page[seriesJSON]{Items: items, Next: page.Next}, nil
}

// topicPage selects topics as a request asks.
func (s *Server) topicPage(p params) (timeline.Page[timeline.Topic], error) {
	if err := s.checkTopic(p); err != nil {
		return timeline.Page[timeline.Topic]{}, err
	}
	topics := slices.DeleteFunc(slices.Clone(s.opts.Topics), func(t timeline.Topic) bool { return p.Topic != "" && t.Name != p.Topic })
	return cut(topics, p, func(t timeline.Topic) string { return t.Name })
}

// spanOf reads the span and the step of a series. Both ends are moved outward to
// the grid of the step.
func (s *Server) spanOf(p params) (span, error) {
	width := p.Step
	if width == 0 {
		width = max(time.Hour, s.opts.Step)
	}
	if width%s.opts.Step != 0 {
		return span{}, &paramError{paramStep, "not a multiple of alerts.step", "write a multiple of " + timeline.FormatWindow(s.opts.Step)}
	}
	from, to := p.From, p.To
	if to.IsZero() {
		to = s.opts.Now()
	}
	if from.IsZero() {
		from = to.Add(-day)
	}
	if to.Before(from) {
		return span{}, &paramError{paramFrom, "in the future", "write an earlier from, or a to as well"}
	}
	sp := newSpan(from, to, width)
	if sp.len() > maxPoints {
		return span{}, &paramError{paramFrom, "more points than " + strconv.Itoa(maxPoints) + " between from and to", "write a later from or a wider step"}
	}
	return sp, nil
}
