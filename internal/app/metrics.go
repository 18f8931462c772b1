package app

import (
	"cmp"
	"errors"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"marsad/timeline"
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
	reloads     *prometheus.CounterVec
	reloaded    prometheus.Gauge
	configRight prometheus.Gauge
	reread      prometheus.Counter
	stale       prometheus.Gauge
	storiesFull prometheus.Counter
	queryLimits prometheus.Counter
	streams     *prometheus.CounterVec
	limited     prometheus.Counter

	pollLate      prometheus.Histogram
	workSeconds   *prometheus.HistogramVec
	workDone      *prometheus.GaugeVec
	pruned        prometheus.Counter
	writes        prometheus.Gauge
	writeSeconds  prometheus.Histogram
	requests      *prometheus.HistogramVec
	recordLatency prometheus.Histogram
	noticeLatency *prometheus.HistogramVec
}

// latencyBuckets are of what takes as long as feeds take to tell, in seconds: from
// ten seconds to two days.
func latencyBuckets() []float64 {
	return []float64{10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 43200, 86400, 172800}
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
			Name: "marsad_failures_total", Help: "Work that failed and will be tried again, by stage.",
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
	m.pollLate = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "marsad_poll_late_seconds", Help: "How long after their tick polls began: the wait for a place and for the host's turn.",
		Buckets: []float64{.1, 1, 5, 15, 30, 60, 120, 300, 600, 1800},
	})
	m.workSeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "marsad_work_seconds", Help: "How long a turn of regular work took, by stage.",
		Buckets: []float64{.001, .01, .1, .5, 1, 5, 15, 60, 300},
	}, []string{"stage"})
	m.workDone = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "marsad_work_done_timestamp_seconds", Help: "When regular work last succeeded, by stage.",
	}, []string{"stage"})
	m.pruned = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "marsad_articles_pruned_total", Help: "Articles dropped because they are older than record.keep.",
	})
	m.writes = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "marsad_record_writes_waiting", Help: "Writes that wait for the record's one writer, and those it is at.",
	})
	m.writeSeconds = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "marsad_record_write_seconds", Help: "How long writes to the record took, their wait for the writer included.",
		Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 60},
	})
	m.requests = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "marsad_http_request_seconds", Help: "How long requests to the page and the API took, by status; the stream is left out.",
		Buckets: []float64{.005, .025, .1, .25, .5, 1, 2.5, 10, 30},
	}, []string{"code"})
	m.recordLatency = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "marsad_record_latency_seconds", Help: "From the publication of an article, as its feed dates it, to its record; first polls and undated items are left out.",
		Buckets: latencyBuckets(),
	})
	m.noticeLatency = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "marsad_notice_latency_seconds", Help: "Until a receiver had the opening of an incident, since: published, its newest article; opened, the incident's first step.",
		Buckets: latencyBuckets(),
	}, []string{"since"})
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "marsad_build_info", Help: "Always 1; the label is the version.", ConstLabels: prometheus.Labels{"version": version},
	})
	info.Set(1)
	m.registry.MustRegister(m.polls, m.pollSeconds, m.items, m.rejected, m.marks, m.pages, m.failures, m.notices, m.blind, m.reread, m.stale, m.storiesFull, m.queryLimits, m.streams, m.limited,
		m.reloads, m.reloaded, m.configRight, m.pollLate, m.workSeconds, m.workDone, m.pruned, m.writes, m.writeSeconds, m.requests,
		m.recordLatency, m.noticeLatency, info)
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

// writing measures a write to the record.
func (m *metrics) writing() (ended func()) {
	began := now()
	m.writes.Inc()
	return func() {
		m.writes.Dec()
		m.writeSeconds.Observe(now().Sub(began).Seconds())
	}
}

// measured measures what the handler answers. The stream lasts as long as its client
// and says nothing.
func (m *metrics) measured(next http.Handler) http.Handler {
	measured := promhttp.InstrumentHandlerDuration(m.requests, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v1/stream" {
			next.ServeHTTP(w, r)
			return
		}
		measured.ServeHTTP(w, r)
	})
}

// observeArticles measures how late new articles are known.
func (m *metrics) observeArticles(articles []timeline.ReadArticle) {
	for i := range articles {
		a := &articles[i].Article
		if a.Revision == 1 && a.Countable && a.Dated == timeline.DatedPublished {
			m.recordLatency.Observe(a.FirstSeen.Sub(a.Published).Seconds())
		}
	}
}

// observePoll counts a row of the ledger.
func (m *metrics) observePoll(p timeline.Poll) {
	m.pollLate.Observe(max(p.At.Sub(p.Scheduled), 0).Seconds())
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
	if err == nil && n.Kind == timeline.NoticeOpening && n.Held == "" {
		m.noticeLatency.WithLabelValues("opened").Observe(age(n.Incident.Opened))
		if newest := n.Incident.NewestArticle(); !newest.IsZero() {
			m.noticeLatency.WithLabelValues("published").Observe(age(newest))
		}
	}
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
