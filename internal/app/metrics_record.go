package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"marsad/timeline"
)

// statistician is what the record tells of itself.
type statistician interface {
	Stats(ctx context.Context) (timeline.Stats, error)
	Free() int64
}

// age is how long ago that was, in seconds; 0 when it never was.
func age(of time.Time) float64 {
	if of.IsZero() {
		return 0
	}
	return max(now().Sub(of), 0).Seconds()
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
	{recordDesc("incidents_open", "Incidents that are not over."), func(s timeline.Stats) float64 { return float64(s.Open) }},
	{recordDesc("notices_pending", "Notices waiting in the outbox."), func(s timeline.Stats) float64 { return float64(s.Pending) }},
	{recordDesc("notices_oldest_age_seconds", "How long the oldest notice has been waiting that is not held back; 0 when none waits."), func(s timeline.Stats) float64 { return age(s.Oldest) }},
	{recordDesc("notices_failed", "Notices given up."), func(s timeline.Stats) float64 { return float64(s.Failed) }},
	{recordDesc("article_pages_waiting", "Articles that wait for their page (full_text)."), func(s timeline.Stats) float64 { return float64(s.Pages) }},
	{recordDesc("articles_unindexed", "Articles that wait to be found by their words."), func(s timeline.Stats) float64 { return float64(s.Unindexed) }},
	{recordDesc("change_log_seq", "Number of the newest entry of the change log."), func(s timeline.Stats) float64 { return float64(s.LastSeq) }},
	{recordDesc("record_bytes", "Size of the record on disk."), func(s timeline.Stats) float64 { return float64(s.Bytes) }},
}

func freeDesc() *prometheus.Desc {
	return recordDesc("record_disk_free_bytes", "What may still be written on the record's disk; -1 where the system does not say.")
}

func recordDesc(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("marsad_"+name, help, nil, nil)
}

// Describe implements prometheus.Collector.
func (c *recordCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- freeDesc()
	for _, g := range recordGauges {
		ch <- g.desc
	}
}

// Collect implements prometheus.Collector.
func (c *recordCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), statsTimeout)
	defer cancel()
	ch <- prometheus.MustNewConstMetric(freeDesc(), prometheus.GaugeValue, float64(c.record.Free()))
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
