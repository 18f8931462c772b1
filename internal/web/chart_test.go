package web

import (
	"strings"
	"testing"
	"time"

	"marsad/timeline"
)

func TestChart(t *testing.T) {
	start := time.Date(2017, 5, 20, 0, 0, 0, 0, time.UTC)
	buckets := []bucket{
		{Start: start, N: 2, Exposure: 10, Expected: new(1.0), Upper: new(4.0), State: timeline.Normal},
		{Start: start.Add(time.Hour), N: 8, Exposure: 10, Expected: new(1.0), Upper: new(4.0), State: timeline.Alarming},
		{Start: start.Add(2 * time.Hour)},
		{Start: start.Add(3 * time.Hour), N: 0, Exposure: 10, Expected: new(2.0)},
	}
	words := wording{"articles", "expected", "alarm from", "nothing collected"}
	c := newChart(buckets, nil, time.Hour, 100, time.UTC, words)
	wantEqual(t, "total", 10, c.Total)
	wantEqual(t, "label", "articles: 10", c.Label)
	wantEqual(t, "top", "8", c.Top)
	wantEqual(t, "bars", []bar{
		{"2.50", "75.00", "20.00", "25.00", "", "2017-05-20 00:00–01:00: 2, expected 1, alarm from 4"},
		{"27.50", "0.00", "20.00", "100.00", "alarm", "2017-05-20 01:00–02:00: 8, expected 1, alarm from 4"},
		{"77.50", "100.00", "20.00", "0.00", "", "2017-05-20 03:00–04:00: 0, expected 2"},
	}, c.Bars)
	wantEqual(t, "gaps", []bar{{"50.00", "0", "25.00", "100", "", "2017-05-20 02:00–03:00: nothing collected"}}, c.Gaps)
	wantEqual(t, "expected", []string{
		"0.00,87.50 25.00,87.50 25.00,87.50 50.00,87.50",
		"75.00,75.00 100.00,75.00",
	}, c.Expected)
	wantEqual(t, "upper", []string{"0.00,50.00 25.00,50.00 25.00,50.00 50.00,50.00"}, c.Upper)

	if c := newChart(nil, nil, time.Hour, 100, time.UTC, words); c.Total != 0 || c.Top != "1" {
		t.Errorf("chart of nothing: %+v", c)
	}
}

func TestTicks(t *testing.T) {
	kabul := time.FixedZone("Kabul", 4*3600+1800)
	for name, tt := range map[string]struct {
		zone  *time.Location
		width time.Duration
		n     int
		want  string
	}{
		"a day":               {time.UTC, time.Hour, 24, "18:00 00:00 06:00"}, // 12:00 is at the edge
		"a day by half hours": {kabul, time.Hour, 24, "18:30 00:30 06:30 12:30"},
		"a week":              {time.UTC, time.Hour, 168, "05-21 05-22 05-23 05-24 05-25 05-26 05-27"},
		"four weeks":          {time.UTC, 6 * time.Hour, 112, "05-28 06-04 06-11"},
	} {
		t.Run(name, func(t *testing.T) {
			buckets := make([]bucket, tt.n)
			for i := range buckets {
				buckets[i].Start = time.Date(2017, 5, 20, 12, 0, 0, 0, time.UTC).Add(time.Duration(i) * tt.width)
			}
			var got []string
			for _, k := range ticks(buckets, tt.width, 100/float64(tt.n), tt.zone) {
				got = append(got, k.Label)
			}
			wantEqual(t, "labels", tt.want, strings.Join(got, " "))
		})
	}
}

func TestSpan(t *testing.T) {
	for _, tt := range []struct {
		from, to time.Time
		width    time.Duration
		want     int
	}{
		{now.Add(-time.Hour), now, time.Hour, 2},
		{now.Truncate(time.Hour).Add(-time.Hour), now.Truncate(time.Hour), time.Hour, 1},
		{now, now, time.Hour, 1},
		{now.Truncate(time.Hour), now.Truncate(time.Hour), time.Hour, 0},
	} {
		s := newSpan(tt.from, tt.to, tt.width)
		if s.len() != tt.want || s.From.After(tt.from) || s.To.Before(tt.to) {
			t.Errorf("newSpan(%s, %s): %d buckets from %s to %s, want %d around both", tt.from, tt.to, s.len(), s.From, s.To, tt.want)
		}
	}
}

func TestSummarise(t *testing.T) {
	const n, a, w, u, g = timeline.Normal, timeline.Alarming, timeline.WarmingUp, timeline.Uncovered, timeline.Gated
	for _, tt := range []struct {
		states []timeline.EvaluationState
		want   timeline.EvaluationState
	}{
		{[]timeline.EvaluationState{n, n, n}, n},
		{[]timeline.EvaluationState{n, a, w}, a},
		{[]timeline.EvaluationState{u, n, n}, u},
		{[]timeline.EvaluationState{u, a, n}, a},
		{[]timeline.EvaluationState{n, g, n}, g},
		{[]timeline.EvaluationState{n, w, w}, n},
		{[]timeline.EvaluationState{w, w, w}, w},
		{[]timeline.EvaluationState{w, w, u}, w},
	} {
		var windows []timeline.Evaluation
		for _, s := range tt.states {
			windows = append(windows, timeline.Evaluation{State: s})
		}
		if got := summarise(windows); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.states, got, tt.want)
		}
	}
}
