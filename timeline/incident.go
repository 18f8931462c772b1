package timeline

import (
	"fmt"
	"time"
)

// Incident is a topic that is suddenly in the news, or suddenly out of them, from
// the step that opened it until it is back to normal.
type Incident struct {
	ID       string
	Topic    string
	Kind     IncidentKind
	Title    string // of the topic, in the team's language
	State    IncidentState
	Severity string
	Opened   time.Time // start of the step that opened it, UTC
	Updated  time.Time // start of the newest step that changed it
	Resolved time.Time // zero while open

	// The evaluation that opened it.
	Observed int
	Expected float64
	Upper    float64
	Exposure float64
	P        float64
	Window   time.Duration
	// Dispersion is the squared coefficient of variation of the expectation.
	Dispersion float64
	// Weeks is in how many weeks chance brings as much to this topic once.
	Weeks float64

	Total      int // counted articles from the opening window to Updated
	Publishers int
	Headlines  []Headline // distinct stories, widest first
	Figures    []Figure
	Announced  Receipt // zero until announced

	// What people said to it, and of its topic; the record's word, not the body's.
	Acknowledged Acknowledgement
	Feedback     Feedback
	Silence      Silence // the last of its topic, which may be over
}

// IncidentState is where an incident is in its life.
type IncidentState string

// The states of an incident.
const (
	IncidentOpen     IncidentState = "open"
	IncidentResolved IncidentState = "resolved"
)

// IncidentKind is which way a topic went.
type IncidentKind string

// The kinds of incidents.
const (
	Rise IncidentKind = "" // more than was to be expected
	Fall IncidentKind = "fall"
)

// Headline is one story of an incident.
type Headline struct {
	Story      string
	Article    string
	Title      string
	URL        string
	Publisher  string
	Publishers int
	Lang       string
	Published  time.Time
}

// Figure is a count found in an incident's articles.
type Figure struct {
	Lo, Best, Hi *float64
	Bound        Bound
	Text         string // as written
	Object       string // as written, may be empty
	Kind         string
	By           string
	Publisher    string
	URL          string
}

// Notice is one thing to tell the team, waiting in the record's outbox until a
// receiver has it.
type Notice struct {
	ID       string
	Kind     NoticeKind
	Incident Incident // as it is now
	Created  time.Time
	Attempts int
	NextTry  time.Time
	Error    string // of the last attempt
	Held     string // why it was held back; empty: it was not
}

// NoticeKind is what a notice says.
type NoticeKind string

// The kinds of notices.
const (
	NoticeOpening    NoticeKind = "opening"
	NoticeResolution NoticeKind = "resolution"
)

// NoticeID derives a notice's id; an incident has at most one of a kind.
func NoticeID(incident string, kind NoticeKind) string {
	return Hash("notice", incident, string(kind))
}

// Receipt is a receiver's word that it has a notice. The zero receipt is none.
type Receipt struct {
	Channel string // Slack's channel id, or the name of another receiver
	TS      string // Slack's message timestamp; empty where there is none
}

// DeliveryError says that a notice was not delivered, and what to do about it.
type DeliveryError struct {
	// Permanent errors will not go away by trying again: a revoked token, a
	// channel that does not exist.
	Permanent bool
	// After is how long the receiver asked to be left alone; 0 when it did not say.
	After time.Duration
	Err   error
}

func (e *DeliveryError) Error() string {
	switch {
	case e.Permanent:
		return fmt.Sprintf("notice refused: %v", e.Err)
	case e.After > 0:
		return fmt.Sprintf("notice put off for %s: %v", e.After, e.Err)
	}
	return fmt.Sprintf("notice not delivered: %v", e.Err)
}

func (e *DeliveryError) Unwrap() error { return e.Err }

// Evidence is what stands behind a topic's count in some span of time.
type Evidence struct {
	Counted    int // articles that count and did not come from an archive
	Stories    int
	Publishers int
	Headlines  []Headline
	Figures    []Figure
}

// StepResult is everything that closing a step changes. It is recorded whole or
// not at all.
type StepResult struct {
	Step        time.Time // the newest step that is closed
	Evaluations []Evaluation
	Incidents   []Incident // opened or changed
	Notices     []Notice   // new; one that is in the outbox already is left alone
	Detectors   []DetectorState
}
