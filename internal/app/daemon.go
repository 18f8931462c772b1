package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync/atomic"

	"marsad/alerts"
	"marsad/alerts/slack"
	"marsad/collector"
	"marsad/internal/config"
	"marsad/internal/web"
	"marsad/seeds"
	"marsad/timeline"
	"marsad/timeline/extract"
	"marsad/timeline/influx"
	"marsad/timeline/sqlite"
	"marsad/timeline/story"
)

// daemon is every part that a configuration makes, and what they share. It runs
// until another configuration takes its place.
type daemon struct {
	*service

	cfg   *config.Config
	notes []string // what is not set up, for the first page and the log

	reader      *extract.Reader
	collector   *collector.Collector
	evaluator   *alerts.Evaluator
	heartbeat   *alerts.Heartbeat
	darkGroups  *alerts.DarkGroups
	repeater    *alerts.Repeater
	reporter    *alerts.Reporter
	receivers   []receiver           // what the dispatchers are made of
	dispatchers []*alerts.Dispatcher // one for each receiver
	projector   *influx.Projector    // nil without InfluxDB
	socket      *slack.Socket        // nil without slack.app_token
	pages       *web.Server

	arrived atomic.Bool     // articles came in since steps were evaluated
	woken   []chan struct{} // for each dispatcher: there may be something in the outbox
	enough  chan struct{}   // closed when no further poll is to begin

	collected chan struct{} // closed when the last poll has ended
	changes   []string      // from the configuration before, one line each

	waiting atomic.Pointer[string] // why not everything is ready yet; nil when it is
	working atomic.Pointer[string] // what is done in the background; nil when nothing is

	topicsRead chan struct{} // closed when the kept articles have been read for all topics
}

// newDaemon builds the parts from the leaves up. Nothing runs yet, and the record
// is not written to.
func (s *service) newDaemon(cfg *config.Config) (_ *daemon, err error) {
	d := &daemon{
		service: s, cfg: cfg, notes: setupNotes(cfg),
		enough: make(chan struct{}), collected: make(chan struct{}), topicsRead: make(chan struct{}),
	}
	reason := "topics are being read"
	d.waiting.Store(&reason)
	if d.reader, err = newReader(cfg); err != nil {
		return nil, err
	}
	if d.collector, err = collector.New(collector.Options{
		Config: cfg.Collector, Feeds: cfg.Feeds, Zone: cfg.Timezone,
		Record: d.record, Reader: d.reader, Logger: d.logger, Now: d.now, Observe: d.observePoll,
		Pages: d.record, ObservePage: d.observePage,
		Transport: d.world.feeds,
	}); err != nil {
		return nil, err
	}
	if d.evaluator, err = alerts.NewEvaluator(alerts.Options{
		Config: cfg.Alerts, Topics: alertTopics(cfg), Series: d.record, Stories: d.record, Figures: d.record, Names: entityNames(cfg),
		Memory: d.record, Results: d.record, Routing: routing(cfg), Logger: d.logger,
	}); err != nil {
		return nil, err
	}
	if err = d.newDispatchers(); err != nil {
		return nil, err
	}
	d.darkGroups = alerts.NewDarkGroups(alerts.DarkGroupsOptions{
		After: cfg.Alerts.DarkAfter, Share: cfg.Alerts.DarkShare, Started: d.now(), Groups: cfg.FeedGroups,
		Feeds: d.record, Results: d.record, Logger: d.logger, Routing: routing(cfg),
	})
	d.heartbeat = alerts.NewHeartbeat(alerts.HeartbeatOptions{
		After: cfg.Alerts.BlindAfter, Started: d.now(), Feeds: d.record, Results: d.record, Logger: d.logger, Routing: routing(cfg),
	})
	d.repeater = alerts.NewRepeater(alerts.RepeaterOptions{
		Every: cfg.Alerts.Repeat, QuietHours: cfg.Alerts.QuietHours, Silences: cfg.Alerts.Silences, Zone: cfg.Timezone,
		Unanswered: d.record, Results: d.record, Logger: d.logger,
	})
	if d.reporter, err = alerts.NewReporter(alerts.ReporterOptions{
		QuietHours: cfg.Alerts.QuietHours, Digests: cfg.Alerts.Digests, Zone: cfg.Timezone, Topics: alertTopics(cfg),
		Routing: routing(cfg), Tellings: d.record, Found: d.record, Looks: d.record, Results: d.record, Feeds: d.record, Logger: d.logger,
	}); err != nil {
		return nil, err
	}
	if d.socket, err = newSocket(d, cfg, d.world); err != nil {
		return nil, err
	}
	if cfg.Influx.Enabled() {
		if d.projector, err = influx.New(cfg.Influx, influx.Options{Log: d.record, Logger: d.logger, Now: d.now, Transport: d.world.influx}); err != nil {
			return nil, err
		}
	}
	if d.pages, err = web.New(cfg.Web, web.Options{
		Articles: d.record, Facts: d.record, Feeds: d.record, Series: d.record, Incidents: d.record,
		Search: d.record, Explain: &explainDesk{d.reader, pageTopics(cfg), cfg.Collector}, FactDesk: &factDesk{d.record, d.reader}, StoryDesk: &storyDesk{d.record, cfg.Alerts}, Changes: d.record,
		Topics: pageTopics(cfg), Entities: cfg.Entities, Step: cfg.Alerts.Step, Zone: cfg.Timezone, Language: cfg.Language,
		Notes: d.notes, Version: Version(), Now: d.now, Logger: d.logger,
		Query: newQueries(cfg, d.record, d.logger, d.metrics.queryLimits.Inc), Metrics: d.metrics.handler(d.logger, d.watchParts()), Meter: d.metrics, Warming: d.evaluator.WarmingUntil, Ready: d.reasons, Working: d.background,
		Reload: d.askReload,
	}); err != nil {
		return nil, err
	}
	return d, nil
}

// adopt makes the record one of this daemon's configuration: its feeds, topics and
// receivers. When it fails part of that may be done, which whoever adopts next does
// again, or undoes.
func (d *daemon) adopt(ctx context.Context) error {
	if err := d.record.SyncFeeds(ctx, recordFeeds(d.cfg, d.collector)); err != nil {
		return err
	}
	if err := d.record.SyncTopics(ctx, d.watchedTopics(), d.now()); err != nil {
		return err
	}
	return d.adoptReceivers(ctx)
}

// watchedTopics is the configuration's topics as the record knows topics.
func (d *daemon) watchedTopics() []timeline.WatchedTopic {
	hashes := d.reader.Hashes()
	topics := make([]timeline.WatchedTopic, 0, len(d.cfg.Topics))
	for i := range d.cfg.Topics {
		t := &d.cfg.Topics[i]
		topics = append(topics, timeline.WatchedTopic{Name: t.Name, Was: t.Was, Hash: hashes[t.Name], ReadBack: t.ReadBack})
	}
	return topics
}

// outbox is the record's, less what nobody wants to be told now.
func (d *daemon) outbox(cfg *config.Config) alerts.Outbox {
	return alerts.NewQuietOutbox(alerts.QuietOptions{
		Outbox: d.record, Holding: d.record, QuietHours: cfg.Alerts.QuietHours, Silences: cfg.Alerts.Silences,
		Tellings: d.record, Zone: cfg.Timezone, Now: d.now, Logger: d.logger,
	})
}

// newReader builds the reader of facts from the configuration's topics and
// entities and the seeds' kinds of counts.
func newReader(cfg *config.Config) (*extract.Reader, error) {
	kinds, err := extract.ReadKinds(seeds.Kinds())
	if err != nil {
		return nil, err
	}
	return extract.New(extract.Options{Kinds: kinds, Entities: cfg.Entities, Topics: pageTopics(cfg)})
}

// openRecord opens the record that the configuration names, as the one process
// that keeps it.
// s, which may be nil, is told of each article that stories.at_most let go of, and
// of each write.
func openRecord(ctx context.Context, cfg *config.Config, logger *slog.Logger, s *service) (*sqlite.Record, error) {
	stories := story.New(cfg.Stories)
	o := recordOptions(cfg, stories, logger)
	if s != nil {
		stories.Full, o.Writing = s.storiesFull, s.metrics.writing
	}
	return sqlite.Open(ctx, cfg.Record, o)
}

// openRecordBeside opens it for a command that may run beside that process, and
// with a configuration that is newer than that process's.
func openRecordBeside(ctx context.Context, cfg *config.Config, logger *slog.Logger) (*sqlite.Record, error) {
	o := recordOptions(cfg, story.New(cfg.Stories), logger)
	o.Beside = true
	return sqlite.Open(ctx, cfg.Record, o)
}

// openRecordFunc is one of the ways in which commands open a record that exists.
type openRecordFunc func(context.Context, *config.Config, *slog.Logger) (*sqlite.Record, error)

// openExistingRecord opens it likewise, for a command that changes what is in it:
// a record that is not there yet is an error, and is not made.
func openExistingRecord(ctx context.Context, cfg *config.Config, logger *slog.Logger) (*sqlite.Record, error) {
	if err := checkRecordExists(cfg); err != nil {
		return nil, err
	}
	return openRecordBeside(ctx, cfg, logger)
}

// openRecordToRead opens it for a command that only looks.
func openRecordToRead(ctx context.Context, cfg *config.Config, logger *slog.Logger) (*sqlite.Record, error) {
	if err := checkRecordExists(cfg); err != nil {
		return nil, err
	}
	return sqlite.OpenToRead(ctx, cfg.Record, sqlite.Options{Step: cfg.Alerts.Step, StoryCap: cfg.Alerts.StoryCap, Logger: logger})
}

func checkRecordExists(cfg *config.Config) error {
	if _, err := os.Stat(cfg.Record.Path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("record %s is not there yet: start marsad, which makes it, or marsad load an archive", cfg.Record.Path)
	}
	return nil
}

func recordOptions(cfg *config.Config, stories *story.Grouper, logger *slog.Logger) sqlite.Options {
	return sqlite.Options{
		Step:     cfg.Alerts.Step,
		StoryCap: cfg.Alerts.StoryCap,
		Remember: cfg.Collector.Remember,
		Stories:  stories,
		Events:   story.NewEvents(cfg.Stories, cfg.Entities),
		Logger:   logger,
	}
}

// recordFeeds is the configuration's feeds as the record knows feeds.
func recordFeeds(cfg *config.Config, c *collector.Collector) []timeline.Feed {
	feeds := make([]timeline.Feed, 0, len(cfg.Feeds))
	for i := range cfg.Feeds {
		f := &cfg.Feeds[i]
		lang, err := primaryLanguage(f.Lang) // as its articles have it
		if err != nil {
			lang = "" // the configuration was checked: it knows all languages
		}
		feeds = append(feeds, timeline.Feed{
			Name: f.Name, Was: f.Was, URL: timeline.RedactURL(f.URL), Title: cmp.Or(f.Title, f.Name),
			Publisher: f.Publisher, Country: f.Country, Lang: lang,
			Enabled: f.Enabled == nil || *f.Enabled, Rhythm: c.Rhythm(f.Name, now()),
		})
	}
	return feeds
}

// alertTopics is the topics as the evaluator knows them, those that are never to
// alarm included: it counts them all the same.
func alertTopics(cfg *config.Config) []alerts.Topic {
	topics := make([]alerts.Topic, 0, len(cfg.Topics))
	for _, t := range cfg.Topics {
		topics = append(topics, alerts.Topic{Name: t.Name, Title: t.Title.In(cfg.Language, t.Name), Rule: t.Alert})
	}
	return topics
}

// entityNames gives the names of the lexicon's entities in the team's language.
func entityNames(cfg *config.Config) map[string]string {
	names := make(map[string]string, len(cfg.Entities))
	for i := range cfg.Entities {
		e := &cfg.Entities[i]
		names[e.Name] = e.Title.In(cfg.Language, e.Name)
	}
	return names
}

func pageTopics(cfg *config.Config) []timeline.Topic {
	topics := make([]timeline.Topic, 0, len(cfg.Topics))
	for _, t := range cfg.Topics {
		topics = append(topics, t.Topic)
	}
	return topics
}

// setupNotes says what a user may want to set up next.
func setupNotes(cfg *config.Config) []string {
	var notes []string
	if cfg.Source == config.BuiltIn {
		notes = append(notes, "There is no config.yaml: the built-in starter feeds and topics are used. Write one to watch your own.")
	}
	if !cfg.Slack.Enabled() {
		notes = append(notes, "Slack is not set up: notices go to the log and to this page. Set slack.token and slack.channel in config.yaml.")
	}
	if !cfg.Influx.Enabled() {
		notes = append(notes, "InfluxDB is not set up: series are kept in the record alone. Grafana charts them from here, see docs/GRAFANA.md; set influx.url in config.yaml to have them in InfluxDB too.")
	}
	if len(cfg.Feeds) == 0 {
		notes = append(notes, "There are no feeds: nothing is collected. Add some under feeds in config.yaml, or take seeds.")
	}
	return notes
}
