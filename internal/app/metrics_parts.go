package app

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"marsad/alerts"
	"marsad/collector"
	"marsad/timeline"
	"marsad/timeline/influx"
)

// watchParts makes the metrics of the parts that go with their configuration.
func (d *daemon) watchParts() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	watchCollector(registry, d.collector)
	watchTopics(registry, pageTopics(d.cfg), d.evaluator)
	if d.projector != nil {
		watchProjector(registry, d.projector)
		registry.MustRegister(&lagCollector{record: d.record, follower: d.projector.Follower(), name: "influxdb"})
	}
	return registry
}

// watchTopics adds the number of topics by what the detector can do with them.
func watchTopics(registry *prometheus.Registry, topics []timeline.Topic, e *alerts.Evaluator) {
	warming := func() (n int) {
		for i := range topics {
			if !e.WarmingUntil(topics[i].Name).IsZero() {
				n++
			}
		}
		return n
	}
	registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "marsad_topics", Help: "Topics that are watched for.",
	}, func() float64 { return float64(len(topics)) }), prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "marsad_topics_warming", Help: "Topics that have too little history yet for an alarm.",
	}, func() float64 { return float64(warming()) }))
}

// partMetric is a gauge or counter of what one part tells of itself.
type partMetric[S any] struct {
	kind       prometheus.ValueType
	name, help string
	value      func(S) int64
}

// register adds them, each asking for the status when Prometheus asks for it.
func register[S any](registry *prometheus.Registry, all []partMetric[S], status func() S) {
	for _, m := range all {
		value := func() float64 { return float64(m.value(status())) }
		if m.kind == prometheus.CounterValue {
			registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: m.name, Help: m.help}, value))
		} else {
			registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: m.name, Help: m.help}, value))
		}
	}
}

// watchCollector adds the collector's queues and the limits that bite there.
func watchCollector(registry *prometheus.Registry, c *collector.Collector) {
	const gauge, counter = prometheus.GaugeValue, prometheus.CounterValue
	register(registry, []partMetric[collector.Stats]{
		{gauge, "marsad_feeds_scheduled", "Feeds that are polled.", func(s collector.Stats) int64 { return int64(s.Feeds) }},
		{gauge, "marsad_polls_waiting", "Polls that wait for a place (collector.concurrency, per_host, host_interval).", func(s collector.Stats) int64 { return s.Waiting }},
		{gauge, "marsad_polls_running", "Polls at work.", func(s collector.Stats) int64 { return s.Running }},
		{counter, "marsad_polls_unrecorded_total", "Polls that the record could not take.", func(s collector.Stats) int64 { return s.Unrecorded }},
		{counter, "marsad_polls_skipped_total", "Ticks passed over because the poll before was still at work.", func(s collector.Stats) int64 { return s.Skipped }},
		{counter, "marsad_retry_after_held_total", "Answers whose Retry-After was longer than collector.max_retry_after.", func(s collector.Stats) int64 { return s.HeldRetryAfter }},
	}, c.Stats)
}

// watchProjector adds how the projection to InfluxDB goes.
func watchProjector(registry *prometheus.Registry, p *influx.Projector) {
	const gauge, counter = prometheus.GaugeValue, prometheus.CounterValue
	register(registry, []partMetric[influx.Status]{
		{gauge, "marsad_projection_seq", "Entry of the change log that InfluxDB has.", func(s influx.Status) int64 { return s.Position }},
		{gauge, "marsad_projection_failures", "Attempts to write to InfluxDB that failed in a row; 0 while all is well.", func(s influx.Status) int64 { return int64(s.Failures) }},
		{counter, "marsad_projection_points_total", "Points written to InfluxDB, those written again included.", func(s influx.Status) int64 { return s.Written }},
		{counter, "marsad_projection_poisoned_total", "Points that InfluxDB refused; the log names them.", func(s influx.Status) int64 { return s.Poisoned }},
		{counter, "marsad_projection_kept_total", "Points that are gone from the record and that InfluxDB 3 Core cannot delete.", func(s influx.Status) int64 { return s.Kept }},
		{counter, "marsad_projection_beyond_total", "Events outside 1677-2262, which have no point.", func(s influx.Status) int64 { return s.Beyond }},
		{counter, "marsad_projection_dropped_total", "Points older than the retention of their bucket.", func(s influx.Status) int64 { return s.Dropped }},
		{counter, "marsad_projection_shortened_total", "Points of which a text was cut to fit.", func(s influx.Status) int64 { return s.Shortened }},
	}, p.Status)
}

// lagger tells how far followers of the change log are behind.
type lagger interface {
	Lag(ctx context.Context, follower string) (timeline.Lag, error)
}

// lagCollector asks once a scrape how far a follower of the change log is behind.
type lagCollector struct {
	record         lagger
	follower, name string
}

// lagDescs describe the entries and the age of a follower's lag.
func lagDescs() (entries, seconds *prometheus.Desc) {
	labels := []string{"follower"}
	return prometheus.NewDesc("marsad_change_log_lag_entries", "Entries of the change log that a follower (influxdb) has not taken yet.", labels, nil),
		prometheus.NewDesc("marsad_change_log_lag_seconds", "How long the first of these has been waiting; 0 when there is none.", labels, nil)
}

// Describe implements prometheus.Collector.
func (c *lagCollector) Describe(ch chan<- *prometheus.Desc) {
	entries, seconds := lagDescs()
	ch <- entries
	ch <- seconds
}

// Collect implements prometheus.Collector.
func (c *lagCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), statsTimeout)
	defer cancel()
	entries, seconds := lagDescs()
	lag, err := c.record.Lag(ctx, c.follower)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(entries, err)
		ch <- prometheus.NewInvalidMetric(seconds, err)
		return
	}
	ch <- prometheus.MustNewConstMetric(entries, prometheus.GaugeValue, float64(lag.Entries), c.name)
	ch <- prometheus.MustNewConstMetric(seconds, prometheus.GaugeValue, age(lag.Since), c.name)
}
