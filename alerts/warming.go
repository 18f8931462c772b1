package alerts

import (
	"sync"
	"time"

	"marsad/alerts/detect"
	"marsad/timeline"
)

// warming is until when topics are warming up, for those who show it while steps are
// evaluated.
type warming struct {
	mu    sync.Mutex
	until map[string]time.Time
}

// note takes the newest word on the shortest window of a topic.
func (w *warming) note(topic string, j *detect.Judgement) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.until == nil {
		w.until = make(map[string]time.Time)
	}
	switch j.State {
	case timeline.WarmingUp:
		w.until[topic] = j.WarmUntil
	case timeline.Uncovered: // which says nothing of how much history there is
	case timeline.Normal, timeline.Alarming, timeline.Gated, timeline.Fallen:
		delete(w.until, topic)
	}
}

// WarmingUntil gives when the topic has enough history at the earliest, as the step
// says that was evaluated last; zero when it has, or was not evaluated yet. It may be
// called at any time.
func (e *Evaluator) WarmingUntil(topic string) time.Time {
	e.warming.mu.Lock()
	defer e.warming.mu.Unlock()
	return e.warming.until[topic]
}
