package alerts

import (
	"testing"
	"time"

	"marsad/alerts/detect"
	"marsad/timeline"
)

// TestWarmingUntil remembers of each topic what the newest step says, and that a step
// without cover says nothing.
func TestWarmingUntil(t *testing.T) {
	until := time.Date(2017, 5, 27, 0, 0, 0, 0, time.UTC)
	var e Evaluator
	want := func(when string, want time.Time) {
		t.Helper()
		if got := e.WarmingUntil("t"); !got.Equal(want) {
			t.Errorf("%s: warming up until %v, want %v", when, got, want)
		}
	}
	want("before the first step", time.Time{})
	e.warming.note("t", &detect.Judgement{State: timeline.WarmingUp, WarmUntil: until})
	e.warming.note("u", &detect.Judgement{State: timeline.WarmingUp, WarmUntil: until.AddDate(1, 0, 0)})
	want("while it warms up", until)
	e.warming.note("t", &detect.Judgement{State: timeline.Uncovered})
	want("without cover", until)
	e.warming.note("t", &detect.Judgement{State: timeline.Normal})
	want("when it is warm", time.Time{})
}
