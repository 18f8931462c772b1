package slack

import (
	"math"

	slackapi "github.com/slack-go/slack"

	"marsad/timeline"
)

// Slack's limits of a chart. Source: docs.slack.dev, data visualization block.
const (
	maxChartTitle  = 50
	maxChartLabel  = 20
	maxChartPoints = 20
	// chartSize is the most characters that a chart has: its labels stand three
	// times, as categories and with the points of two series.
	chartSize = maxChartTitle + maxChartLabel*(3*maxChartPoints+2)
)

// chart draws what was observed against what was to be expected at the last
// steps; nothing when there are fewer than two.
func (r renderer) chart(i *timeline.Incident) []slackapi.Block {
	points := i.Series[max(0, len(i.Series)-maxChartPoints):]
	if len(points) < 2 {
		return nil
	}
	labels := r.labels(points)
	if labels == nil {
		return nil
	}
	var observed, expected []slackapi.DataVisualizationDataPoint
	for k, p := range points {
		if math.IsNaN(p.Expected) || math.IsInf(p.Expected, 0) {
			return nil
		}
		observed = append(observed, slackapi.NewDataVisualizationDataPoint(labels[k], float64(p.Observed)))
		expected = append(expected, slackapi.NewDataVisualizationDataPoint(labels[k], math.Round(p.Expected*10)/10))
	}
	return []slackapi.Block{&slackapi.DataVisualizationBlock{
		Type:  slackapi.MBTDataVisualization,
		Title: truncate(fill(r.words.Chart, "window", r.words.duration(i.Window)), maxChartTitle),
		Chart: slackapi.NewDataVisualizationLineChart(slackapi.NewDataVisualizationAxisConfig(labels...),
			slackapi.NewDataVisualizationDataSeries(truncate(r.words.ChartObserved, maxChartLabel), observed...),
			slackapi.NewDataVisualizationDataSeries(truncate(r.words.ChartExpected, maxChartLabel), expected...)),
	}}
}

// labels gives each step a label of its own: the shortest that tells them apart.
func (r renderer) labels(points []timeline.SeriesPoint) []string {
	for _, layout := range []string{"15:04", "01-02 15:04", "01-02 15:04 -0700"} {
		var labels []string
		seen := make(map[string]bool)
		for _, p := range points {
			label := p.Step.In(r.zone).Format(layout)
			if !seen[label] {
				seen[label] = true
				labels = append(labels, label)
			}
		}
		if len(labels) == len(points) {
			return labels
		}
	}
	return nil
}
