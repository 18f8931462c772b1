// Package web serves Marsad's pages and its JSON API from the record.
//
// Everything is read-only but for the login form and those that correct what was
// misread or grouped wrongly; these say who sent them and why. The pages need no script,
// have a small one that brings them up to date while they are open, and
// load nothing from elsewhere. All that comes out of a feed is hostile: it goes
// through html/template, its bidirectional controls are isolated, it is clipped
// on lists, and only its http and https links are links.
//
// The server listens nowhere by itself: it is an [http.Handler], and the
// timeouts of connections are those of the http.Server that holds it.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"marsad/timeline"
	"marsad/timeline/influxql"
)

// requestTimeout is how long one request may keep the record busy. It is above
// anything the pages need, and stops what nobody waits for any more.
const requestTimeout = 30 * time.Second

// ArticleStore has the articles with what was read out of them.
type ArticleStore interface {
	// Articles gives articles newest first; Query.Topic selects those that
	// mention the topic.
	Articles(ctx context.Context, q timeline.Query) (timeline.Page[timeline.ReadArticle], error)
	// Article gives one, or timeline.ErrNotFound.
	Article(ctx context.Context, id string) (timeline.ReadArticle, error)
	// Stories gives stories newest first.
	Stories(ctx context.Context, q timeline.Query) (timeline.Page[timeline.Story], error)
	// Story gives one with its articles, or timeline.ErrNotFound.
	Story(ctx context.Context, id string) (timeline.StoryDetail, error)
}

// FactStore has the facts by themselves. The articles that come with them have
// their text, so that spans can be shown.
type FactStore interface {
	// FoundEvents selects by the date of the event.
	FoundEvents(ctx context.Context, q timeline.Query) (timeline.Page[timeline.FoundEvent], error)
	// FoundCounts selects by publication.
	FoundCounts(ctx context.Context, q timeline.Query) (timeline.Page[timeline.FoundCount], error)
	// Happenings gives what events of several articles are one, selected as by
	// FoundEvents.
	Happenings(ctx context.Context, q timeline.Query) (timeline.Page[timeline.Happening], error)
	// Happening gives one, or timeline.ErrNotFound.
	Happening(ctx context.Context, id string) (timeline.Happening, error)
}

// FeedStore has what is collected and how that goes.
type FeedStore interface {
	// Feeds gives all feeds by name.
	Feeds(ctx context.Context) ([]timeline.FeedStatus, error)
	// Polls gives the ledger newest first.
	Polls(ctx context.Context, q timeline.Query) (timeline.Page[timeline.Poll], error)
	// Stats says how much the record holds.
	Stats(ctx context.Context) (timeline.Stats, error)
}

// SeriesStore has the counts of topics and what the detector made of them.
type SeriesStore interface {
	// Counts gives the steps of [from, to) that have any exposure, ascending.
	Counts(ctx context.Context, topic string, from, to time.Time) ([]timeline.StepCount, error)
	// Sums gives the stretches of the width, from the first time on and up to the
	// second, that have any exposure, ascending.
	Sums(ctx context.Context, topic string, width time.Duration, from, to time.Time) ([]timeline.StepCount, error)
	// EvaluationsOf gives those whose window is one of the stretches of its length
	// that follow each other from the first time on, ascending.
	EvaluationsOf(ctx context.Context, topic string, window time.Duration, from, to time.Time) ([]timeline.Evaluation, error)
	// Evaluations gives those whose step is in [from, to), ascending; all
	// windows when window is 0.
	Evaluations(ctx context.Context, topic string, window time.Duration, from, to time.Time) ([]timeline.Evaluation, error)
}

// IncidentStore has the incidents and the notices that are still to be delivered.
type IncidentStore interface {
	// Incidents gives incidents newest first.
	Incidents(ctx context.Context, q timeline.Query) (timeline.Page[timeline.Incident], error)
	// Incident gives one, or timeline.ErrNotFound.
	Incident(ctx context.Context, id string) (timeline.Incident, error)
	// OpenIncidents gives those that are not resolved.
	OpenIncidents(ctx context.Context) ([]timeline.Incident, error)
	// Undelivered gives the notices that wait, then those given up, whose NextTry is
	// zero.
	Undelivered(ctx context.Context, limit int) ([]timeline.Notice, error)
}

// Meter counts what the server refuses or gives up.
type Meter interface {
	// StreamRefused counts a client of the stream that web.streams left no room for.
	StreamRefused()
	// StreamDropped counts one that was given up because it does not read.
	StreamDropped()
	// RateLimited counts a request that web.rate turned away.
	RateLimited()
}

// unmetered is the Meter of a server that nobody counts for.
type unmetered struct{}

func (unmetered) StreamRefused() {}
func (unmetered) StreamDropped() {}
func (unmetered) RateLimited()   {}

// Options is what a server shows and how. The six stores, the desks, Step, Zone, Now and
// Logger are needed.
type Options struct {
	Articles  ArticleStore
	Facts     FactStore
	Feeds     FeedStore
	Series    SeriesStore
	Incidents IncidentStore
	Search    SearchStore
	Explain   Explainer
	FactDesk  FactDesk
	StoryDesk StoryDesk
	Changes   ChangeStore

	Topics   []timeline.Topic  // in the order of the page; not changed afterwards
	Entities []timeline.Entity // what places, groups and persons are called on pages; not changed afterwards
	Step     time.Duration     // width of the grid; divides a day
	Zone     *time.Location    // of the times on pages
	Language string            // of the pages: "en", which is the default, or "ar"
	Notes    []string          // what the first page says about the setup: no Slack, no InfluxDB
	Version  string            // shown at the foot of pages; may be empty

	Now     func() time.Time
	Logger  *slog.Logger
	Query   *influxql.Engine // answers /query; nil: 404
	Metrics http.Handler     // answers /metrics; nil: 404
	Meter   Meter            // counts what is refused; nil: nobody does
	// Warming says until when a topic is warming up at the earliest; zero: it is not, or
	// nobody knows. May be nil.
	Warming func(topic string) time.Time
	Ready   func() []string // why Marsad is not ready; nothing when it is. nil: always ready
	// Reload reads the configuration again and says what differs, a line each; the
	// error says why it was refused. nil: 404.
	Reload  func(ctx context.Context) (changes []string, err error)
	Working func() []string // what is done in the background, which nothing waits for; may be nil
}

// check names the first option that is missing.
func (o *Options) check() error {
	switch {
	case o.Articles == nil, o.Facts == nil, o.Feeds == nil, o.Series == nil, o.Incidents == nil, o.Search == nil, o.Explain == nil, o.FactDesk == nil, o.StoryDesk == nil, o.Changes == nil:
		return errors.New("web options: a store is missing: set Articles, Facts, Feeds, Series, Incidents, Search, Explain, FactDesk, StoryDesk and Changes")
	case o.Zone == nil, o.Now == nil, o.Logger == nil:
		return errors.New("web options: set Zone, Now and Logger")
	case o.Step <= 0 || day%o.Step != 0:
		return fmt.Errorf("web options: step %s does not divide a day", o.Step)
	}
	return nil
}

// Server is the handler of all pages and of the API. It is safe for use by
// several goroutines at once.
type Server struct {
	opts    Options
	guard   *guard
	views   *views
	live    *broadcast
	limiter *limiter
	forms   *http.ServeMux // those that may be sent; they are answered by handler
	handler http.Handler

	queryTimeout time.Duration // of /query; 0: as pages
}

// New makes a server. It is an error to listen beyond loopback without a token,
// and for cfg.Listen or cfg.BaseURL not to be what they have to be; the text
// names the key and the remedy.
func New(cfg Config, o Options) (*Server, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	g, err := newGuard(cfg)
	if err != nil {
		return nil, err
	}
	if o.Meter == nil {
		o.Meter = unmetered{}
	}
	if o.Language == "" {
		o.Language = "en"
	}
	o.Topics = slices.Clone(o.Topics)
	v, err := newViews(o.Language, o.Zone, o.Topics, o.Entities)
	if err != nil {
		return nil, err
	}
	v.version = o.Version
	s := &Server{opts: o, guard: g, views: v, live: newBroadcast(o.Changes, cfg.Streams), limiter: newLimiter(cfg.Rate, o.Now), forms: http.NewServeMux(), queryTimeout: cfg.Query.Timeout}
	s.forms.HandleFunc("POST /login", s.login)
	s.forms.HandleFunc("POST "+queryPath, s.query)
	s.routeForms(s.forms)
	s.routeReload(s.forms)
	s.handler = s.routes()
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

func (s *Server) routes() http.Handler {
	open := http.NewServeMux() // what a probe and a login page need
	open.HandleFunc("/healthz", s.healthz)
	open.HandleFunc("/readyz", s.readyz)
	open.HandleFunc("/login", s.login)
	open.HandleFunc("/static/{file}", s.static)
	open.HandleFunc("/ping", s.ping)

	closed := http.NewServeMux()
	closed.HandleFunc("/{$}", s.page(s.home))
	closed.HandleFunc("/topics/{name}", s.page(s.topic))
	closed.HandleFunc("/articles", s.page(s.articles))
	closed.HandleFunc("/articles/{id}", s.page(s.article))
	closed.HandleFunc("/stories", s.page(s.stories))
	closed.HandleFunc("/stories/{id}", s.page(s.story))
	closed.HandleFunc("/events", s.page(s.events))
	closed.HandleFunc("/events/{id}", s.page(s.event))
	closed.HandleFunc("/search", s.page(s.search))
	closed.HandleFunc("/explain", s.page(s.explainForm))
	closed.HandleFunc("/feeds", s.page(s.feeds))
	closed.HandleFunc("/polls", s.page(s.polls))
	closed.HandleFunc("/incidents", s.page(s.incidents))
	closed.HandleFunc("/incidents/{id}", s.page(s.incident))
	closed.HandleFunc(exportPrefix+"{file}", s.export)
	closed.HandleFunc("/", s.page(func(*http.Request) (view, error) { return view{}, timeline.ErrNotFound }))
	closed.HandleFunc(streamPath, s.stream)
	s.routeAPI(closed)
	if s.opts.Query != nil {
		closed.HandleFunc(queryPath, s.query)
	}
	s.routeForms(closed)
	s.routeReload(closed)
	if s.opts.Metrics != nil {
		closed.Handle("/metrics", s.opts.Metrics)
	}
	open.Handle("/", s.authorise(closed))

	return s.protect(s.withRate(s.withTimeout(open)))
}

// withTimeout ends what a request does to the record after requestTimeout,
// exportTimeout, or that of the configuration.
func (s *Server) withTimeout(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit := requestTimeout
		switch {
		case r.URL.Path == streamPath: // it ends when the client or the server does
			next.ServeHTTP(w, r)
			return
		case strings.HasPrefix(r.URL.Path, exportPrefix):
			limit = exportTimeout
		case r.URL.Path == queryPath && s.queryTimeout > 0:
			limit = s.queryTimeout
		}
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// healthz says that the process is alive.
func (s *Server) healthz(w http.ResponseWriter, r *http.Request) {
	s.writeJSON(w, r, http.StatusOK, map[string]string{"status": "ok"})
}

// readyz says whether the process does its work already, and if not, why.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	if reasons := s.notReady(); len(reasons) > 0 {
		s.writeJSON(w, r, http.StatusServiceUnavailable, map[string]any{"status": "not ready", "reasons": reasons})
		return
	}
	answer := map[string]any{"status": "ready"}
	if working := s.working(); len(working) > 0 {
		answer["working"] = working
	}
	s.writeJSON(w, r, http.StatusOK, answer)
}

func (s *Server) notReady() []string {
	if s.opts.Ready == nil {
		return nil
	}
	return s.opts.Ready()
}

func (s *Server) working() []string {
	if s.opts.Working == nil {
		return nil
	}
	return s.opts.Working()
}

// knowsTopic reports whether the topic is one of those watched for.
func (s *Server) knowsTopic(name string) bool {
	return slices.ContainsFunc(s.opts.Topics, func(t timeline.Topic) bool { return t.Name == name })
}
