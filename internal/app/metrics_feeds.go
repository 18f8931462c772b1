package app

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"marsad/timeline"
)

// watchFeeds adds the number of feeds in each condition.
func (m *metrics) watchFeeds(book feedBook) { m.registry.MustRegister(&feedCollector{book}) }

// feedCollector counts feeds by their condition once a scrape. Each condition has
// a value, so that an alert on one need not ask whether it is there.
type feedCollector struct {
	book feedBook
}

// conditionDesc describes the number of feeds in a condition.
func conditionDesc() *prometheus.Desc {
	return prometheus.NewDesc("marsad_feeds_by_state", "Feeds by state: ok, or the worst that is the matter with them.", []string{"state"}, nil)
}

// Describe implements prometheus.Collector.
func (c *feedCollector) Describe(ch chan<- *prometheus.Desc) { ch <- conditionDesc() }

// Collect implements prometheus.Collector.
func (c *feedCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), statsTimeout)
	defer cancel()
	feeds, err := c.book.Feeds(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(conditionDesc(), err)
		return
	}
	counts := make(map[timeline.FeedCondition]int)
	for i := range feeds {
		counts[feeds[i].Condition()]++
	}
	for _, condition := range timeline.FeedConditions() {
		ch <- prometheus.MustNewConstMetric(conditionDesc(), prometheus.GaugeValue, float64(counts[condition]), string(condition))
	}
}
