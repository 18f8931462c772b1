package app

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"marsad/collector"
	"marsad/timeline"
	"marsad/timeline/influx"
)

// metrics is what Prometheus sees of a running Marsad. Every name begins with
// marsad_.
type metrics struct {
	registry    *prometheus.Registry
	polls       *prometheus.CounterVec
	pollSeconds prometheus.Histogram
	items       *prometheus.CounterVec
	rejected    *prometheus.CounterVec
	marks       *prometheus.CounterVec
	pages       *prometheus.CounterVec
	failures    *prometheus.CounterVec
	notices     *prometheus.CounterVec
	blind       prometheus.Counter
	closed      prometheus.Gauge
	reloads     *prometheus.CounterVec
	reloaded    prometheus.Gauge
	configRight prometheus.Gauge
	reread      prometheus.Counter
	stale       prometheus.Gauge
	storiesFull prometheus.Counter
	queryLimits prometheus.Counter
	streams     *prometheus.CounterVec
	limited     prometheus.Counter
}

func newMetrics(version string) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		polls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "marsad_polls_total", Help: "Polls of feeds, by outcome.",
		}, []string{"outcome"}),
		pollSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "marsad_poll_seconds", Help: "How long polls took, from the request to the end of the body.",
			Buckets: []float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}),
		items: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "marsad_items_total", Help: "Items fetched, by what became of them: new, known, revised or rejected.",
		}, []string{"state"}),
		rejected: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "marsad_rejected_items_total", Help: "Items not taken, by reason.",
		}, []string{"reason"}),
		marks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "marsad_poll_marks_total", Help: "Polls with something out of the ordinary: overflow, guid-churn, guid-reuse, links-merge.",
		}, []string{"mark"}),
		pages: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "marsad_article_pages_total", Help: "Tries at pages of articles (full_text), by outcome and by what follows: read, retry or failed.",
		}, []string{"outcome", "then"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "marsad_failures_total", Help: "Work that failed and will be tried again, by stage: evaluate, heartbeat, feed_groups, repeat, report, deliver, prune, read_mentions, read_facts, read_pages.",
		}, []string{"stage"}),
		notices: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "marsad_notices_total", Help: "Attempts at notices, by receiver (team: Slack, or the log), kind and outcome: delivered, retry or refused.",
		}, []string{"receiver", "kind", "outcome"}),
		blind: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "marsad_notices_unchecked_total", Help: "Notices posted again that Slack may have had, since the token may not look them up.",
		}),
		reread: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "marsad_articles_reread_total", Help: "Kept articles whose facts were read again by a newer reader, or with another lexicon.",
		}),
		stale: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "marsad_articles_stale", Help: "Kept articles whose facts are still to be read again.",
		}),
		storiesFull: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "marsad_stories_dropped_total", Help: "Articles that left the window of stories before stories.remember, because of stories.at_most.",
		}),
		queryLimits: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "marsad_query_limits_total", Help: "Statements of /query refused because of web.query.points, series or buckets.",
		}),
		streams: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "marsad_streams_ended_total", Help: "Clients of /api/v1/stream that were refused because of web.streams, or dropped because they do not read.",
		}, []string{"reason"}),
		limited: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "marsad_requests_limited_total", Help: "Requests turned away because of web.rate.",
		}),
		closed: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "marsad_evaluated_timestamp_seconds", Help: "When steps were last evaluated.",
		}),
	}
	m.reloads = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "marsad_config_reloads_total", Help: "Times that a running Marsad was asked to read its configuration again, by outcome: taken or refused.",
	}, []string{"outcome"})
	m.reloaded = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "marsad_config_taken_timestamp_seconds", Help: "When the configuration that holds was read.",
	})
	m.configRight = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "marsad_config_right", Help: "1 when the configuration that was read last holds; 0 when it was refused and the one before holds.",
	})
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "marsad_build_info", Help: "Always 1; the label is the version.", ConstLabels: prometheus.Labels{"version": version},
	})
	info.Set(1)
	m.registry.MustRegister(m.polls, m.pollSeconds, m.items, m.rejected, m.marks, m.pages, m.failures, m.notices, m.blind, m.closed, m.reread, m.stale, m.storiesFull, m.queryLimits, m.streams, m.limited,
		m.reloads, m.reloaded, m.configRight, info)
	m.prefixed().MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// prefixed registers what others have named.
func (m *metrics) prefixed() prometheus.Registerer {
	return prometheus.WrapRegistererWithPrefix("marsad_", m.registry)
}

// handler shows them, and with them those of the parts of one configuration.
func (m *metrics) handler(logger *slog.Logger, parts prometheus.Gatherer) http.Handler {
	return promhttp.HandlerFor(prometheus.Gatherers{m.registry, parts}, promhttp.HandlerOpts{
		Registry:      m.prefixed(),
		ErrorLog:      slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
		ErrorHandling: promhttp.ContinueOnError, // the other numbers are still worth having
	})
}

// StreamRefused implements web.Meter.
func (m *metrics) StreamRefused() { m.streams.WithLabelValues("refused").Inc() }

// RateLimited implements web.Meter.
func (m *metrics) RateLimited() { m.limited.Inc() }

// StreamDropped implements web.Meter.
func (m *metrics) StreamDropped() { m.streams.WithLabelValues("dropped").Inc() }

// observePoll counts a row of the ledger.
func (m *metrics) observePoll(p timeline.Poll) {
	m.polls.WithLabelValues(string(p.Outcome)).Inc()
	m.pollSeconds.Observe(p.Took.Seconds())
	for state, n := range map[string]int{"new": p.New, "known": p.Known, "revised": p.Revised, "rejected": p.Rejected} {
		m.items.WithLabelValues(state).Add(float64(n))
	}
	for reason, n := range p.Reasons {
		m.rejected.WithLabelValues(reason).Add(float64(n))
	}
	for _, mark := range p.Marks {
		m.marks.WithLabelValues(string(mark)).Inc()
	}
}

// observeNotice counts an attempt at a notice.
func (m *metrics) observeNotice(n timeline.Notice, err error) {
	outcome := "delivered"
	if err != nil {
		outcome = "retry"
		if failed, ok := errors.AsType[*timeline.DeliveryError](err); ok && failed.Permanent {
			outcome = "refused"
		}
	}
	m.notices.WithLabelValues(cmp.Or(n.Receiver, "team"), string(n.Kind), outcome).Inc()
}

// observePage counts a try at the page of an article.
func (m *metrics) observePage(p timeline.PageResult) {
	then := "failed"
	switch {
	case p.Read != nil:
		then = "read"
	case !p.Next.IsZero():
		then = "retry"
	}
	m.pages.WithLabelValues(string(p.Outcome), then).Inc()
}

// statistician is what the record tells of itself.
type statistician interface {
	Stats(ctx context.Context) (timeline.Stats, error)
}

// watchRecord adds gauges that ask the record when Prometheus asks for them.
func (m *metrics) watchRecord(record statistician) {
	m.registry.MustRegister(&recordCollector{record: record})
}

// recordCollector reads the record's statistics once a scrape.
type recordCollector struct {
	record statistician
}

// statsTimeout keeps a scrape from waiting for a busy disk.
const statsTimeout = 5 * time.Second

var recordGauges = []struct {
	desc  *prometheus.Desc
	value func(timeline.Stats) float64
}{
	{recordDesc("articles", "Articles in the record."), func(s timeline.Stats) float64 { return float64(s.Articles) }},
	{recordDesc("stories", "Stories in the record."), func(s timeline.Stats) float64 { return float64(s.Stories) }},
	{recordDesc("feeds", "Feeds in the record, archives and disabled ones included."), func(s timeline.Stats) float64 { return float64(s.Feeds) }},
	{recordDesc("ledger_rows", "Polls in the ledger."), func(s timeline.Stats) float64 { return float64(s.Polls) }},
	{recordDesc("incidents", "Incidents in the record."), func(s timeline.Stats) float64 { return float64(s.Incidents) }},
	{recordDesc("notices_pending", "Notices waiting in the outbox."), func(s timeline.Stats) float64 { return float64(s.Pending) }},
	{recordDesc("notices_failed", "Notices given up."), func(s timeline.Stats) float64 { return float64(s.Failed) }},
	{recordDesc("article_pages_waiting", "Articles that wait for their page (full_text)."), func(s timeline.Stats) float64 { return float64(s.Pages) }},
	{recordDesc("change_log_seq", "Number of the newest entry of the change log."), func(s timeline.Stats) float64 { return float64(s.LastSeq) }},
	{recordDesc("record_bytes", "Size of the record on disk."), func(s timeline.Stats) float64 { return float64(s.Bytes) }},
}

func recordDesc(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("marsad_"+name, help, nil, nil)
}

// Describe implements prometheus.Collector.
func (c *recordCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, g := range recordGauges {
		ch <- g.desc
	}
}

// Collect implements prometheus.Collector.
func (c *recordCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), statsTimeout)
	defer cancel()
	stats, err := c.record.Stats(ctx)
	if err != nil {
		for _, g := range recordGauges {
			ch <- prometheus.NewInvalidMetric(g.desc, err)
		}
		return
	}
	for _, g := range recordGauges {
		ch <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, g.value(stats))
	}
}

// watchParts makes the gauges of the parts that go with their configuration. The
// projector may be nil.
func watchParts(c *collector.Collector, p *influx.Projector) *prometheus.Registry {
	registry := prometheus.NewRegistry()
	watchCollector(registry, c)
	if p != nil {
		watchProjector(registry, p)
	}
	return registry
}

// watchCollector adds gauges of the collector's queue.
func watchCollector(registry *prometheus.Registry, c *collector.Collector) {
	for _, g := range []struct {
		name, help string
		value      func(collector.Stats) int64
	}{
		{"marsad_feeds_scheduled", "Feeds that are polled.", func(s collector.Stats) int64 { return int64(s.Feeds) }},
		{"marsad_polls_waiting", "Polls that wait for a place (collector.concurrency, collector.per_host).", func(s collector.Stats) int64 { return s.Waiting }},
		{"marsad_polls_running", "Polls at work.", func(s collector.Stats) int64 { return s.Running }},
		{"marsad_polls_unrecorded", "Polls that the record could not take, since the start.", func(s collector.Stats) int64 { return s.Unrecorded }},
		{"marsad_polls_skipped", "Ticks passed over because the poll before was still at work, since the start.", func(s collector.Stats) int64 { return s.Skipped }},
		{"marsad_retry_after_held", "Answers whose Retry-After was longer than collector.max_retry_after, since the start.", func(s collector.Stats) int64 { return s.HeldRetryAfter }},
	} {
		registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: g.name, Help: g.help},
			func() float64 { return float64(g.value(c.Stats())) }))
	}
}

// watchProjector adds gauges of the projection to InfluxDB.
func watchProjector(registry *prometheus.Registry, p *influx.Projector) {
	for _, g := range []struct {
		name, help string
		value      func(influx.Status) float64
	}{
		{"marsad_projection_seq", "Entry of the change log that InfluxDB has; compare with marsad_change_log_seq.", func(s influx.Status) float64 { return float64(s.Position) }},
		{"marsad_projection_failures", "Attempts that failed in a row; 0 while all is well.", func(s influx.Status) float64 { return float64(s.Failures) }},
		{"marsad_projection_points", "Points written since the start.", func(s influx.Status) float64 { return float64(s.Written) }},
		{"marsad_projection_poisoned", "Points that InfluxDB refused, since the start; the log names them.", func(s influx.Status) float64 { return float64(s.Poisoned) }},
		{"marsad_projection_kept", "Points that are gone from the record and that InfluxDB 3 Core cannot delete, since the start.", func(s influx.Status) float64 { return float64(s.Kept) }},
		{"marsad_projection_beyond", "Events outside 1677-2262, which have no point, since the start.", func(s influx.Status) float64 { return float64(s.Beyond) }},
		{"marsad_projection_dropped", "Points older than the retention, since the start.", func(s influx.Status) float64 { return float64(s.Dropped) }},
	} {
		registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: g.name, Help: g.help},
			func() float64 { return g.value(p.Status()) }))
	}
}
