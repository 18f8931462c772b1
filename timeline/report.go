package timeline

import "time"

// Report is what came in a stretch of time, told in one notice of its own.
type Report struct {
	Name     string // quiet, daily or weekly
	Channel  string // of the team's; empty: its usual one
	From, To time.Time

	Incidents []IncidentReport // what happened to them, the worst first
	Topics    []TopicReport    // those furthest above their expectation first
	Feeds     []FeedReport     // that are not read, or bring nothing
	// Beyond is how many incidents, topics and feeds are left out for want of room.
	Beyond int
}

// The names of reports.
const (
	ReportQuiet  = "quiet" // of quiet hours, when they are over
	ReportDaily  = "daily"
	ReportWeekly = "weekly"
)

// IncidentReport is what happened to an incident in a report's time.
type IncidentReport struct {
	ID, Topic, Title   string
	Kind               IncidentKind
	State              IncidentState // at the end
	Severity           string
	Opened, Resolved   time.Time
	Total, Publishers  int
	Articles           int    // that came in the report's time
	Headline, URL      string // of the widest story
	HasOpened, HasGone bool   // in the report's time
}

// TopicReport is what came in of a topic, against what was to be expected.
type TopicReport struct {
	Topic, Title string
	Observed     int
	Expected     float64
	Figures      []Figure // that the time before did not have
}

// FeedReport is a feed that somebody should see to.
type FeedReport struct {
	Name, Title string
	Condition   FeedCondition
	LastSuccess time.Time // zero: never
}

// Telling is what is told when a report's time is over. It is recorded whole or
// not at all.
type Telling struct {
	Report  string
	Until   time.Time // until when the report has told
	Notices []Notice  // the report, for each of those who get it
	// Covered are held-back notices that the report tells of: they, and all that waits
	// of their incidents for their receivers, are withdrawn.
	Covered []Notice
}
