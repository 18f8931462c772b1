package timeline

import "time"

// StepStart returns the start of the step that t falls in, on the grid of the
// given width aligned to midnight UTC. The width must divide a day.
func StepStart(t time.Time, width time.Duration) time.Time {
	return t.UTC().Truncate(width)
}

// StepCount is what was counted of one topic in one step: articles that mention
// it and are their publisher's first of their story, up to the story cap.
type StepCount struct {
	Step     time.Time // start, UTC
	N        int       // all that count
	Loaded   int       // those of N that came from an archive
	Exposure int       // the same count over all articles, whatever their topic
}

// Delay is how many of the articles that count were first seen so long after the
// step in which they were published had ended.
type Delay struct {
	After time.Duration // whole minutes, rounded up; 0 for what was seen before the end
	N     int
}

// Evaluation is the detector's word on one topic, one step and one window that
// ends with it.
type Evaluation struct {
	Topic    string
	Step     time.Time     // start of the newest step of the window, UTC
	Window   time.Duration // length; the step's width or a multiple
	Observed int
	Expected float64
	Upper    float64 // the count that would have alarmed; 0 while warming up
	P        float64 // tail probability of Observed or more; 1 while warming up
	Exposure float64 // articles collected in the window
	State    EvaluationState
}

// EvaluationState says what an evaluation is worth.
type EvaluationState string

// The states of an evaluation.
const (
	Normal    EvaluationState = "normal"
	Alarming  EvaluationState = "alarm"
	WarmingUp EvaluationState = "warming_up" // too little history for the promise
	Uncovered EvaluationState = "uncovered"  // nothing was collected, so nothing can be said
	Gated     EvaluationState = "gated"      // rare enough, but too few stories or publishers
	Fallen    EvaluationState = "fallen"     // so little that it is rare; P is of so little or less
)

// DetectorState is what a detector has learnt of a topic from the steps that are
// final.
type DetectorState struct {
	Topic   string
	Upto    time.Time // start of the last step it has learnt from, UTC
	History int64     // the history that it learnt from; of another one it says nothing
	Data    []byte    // the detector's own
}
