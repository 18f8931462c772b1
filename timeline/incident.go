package timeline

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
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
	Langs      []string   // of these articles, that of most first
	Headlines  []Headline // distinct stories, widest first
	Figures    []Figure
	Events     []DatedEvent
	Series     []SeriesPoint // of Window, up to the newest step, oldest first; at most SeriesSteps
	TakenDown  int           // articles that it quoted and that were taken down
	// Told names what the team was told of: stories, figures by their Key, and
	// incidents that joined.
	Told      []string
	Announced Receipt // zero until announced

	// Leader is the incident that this one is told with, for both rest on the same
	// stories: it has no message of its own. Empty: it is told by itself.
	Leader string
	// Joined are the incidents of other topics that are told with this one, in the
	// order in which they joined; at most MaxJoined. It stays open until all are over,
	// and is as severe as the most severe of them.
	Joined []Joined

	Feeds []string // names of dark feeds, the first of them

	Change *CountChange // of a CountChanged

	// What people said to it, and of its topic; the record's word, not the body's.
	Acknowledged Acknowledgement
	Feedback     Feedback
	Silence      Silence // the last of its topic, which may be over
}

// NewestArticle is when the newest of its headlines was published; zero when it has
// none.
func (i *Incident) NewestArticle() (newest time.Time) {
	for k := range i.Headlines {
		if at := i.Headlines[k].Published; at.After(newest) {
			newest = at
		}
	}
	return newest
}

// MaxJoined is how many incidents may join one.
const MaxJoined = 20

// Joined is an incident that is told with another, in the figures that this takes.
type Joined struct {
	Incident   string // id
	Topic      string
	Title      string
	State      IncidentState
	Severity   string
	Opened     time.Time
	Updated    time.Time
	Resolved   time.Time // zero while open
	Observed   int
	Expected   float64
	P          float64
	Window     time.Duration
	Weeks      float64
	Total      int
	Publishers int
}

// AsJoined is the incident as another shows it that it is told with.
func (i *Incident) AsJoined() Joined {
	return Joined{
		Incident: i.ID, Topic: i.Topic, Title: i.Title, State: i.State, Severity: i.Severity,
		Opened: i.Opened, Updated: i.Updated, Resolved: i.Resolved,
		Observed: i.Observed, Expected: i.Expected, P: i.P, Window: i.Window, Weeks: i.Weeks,
		Total: i.Total, Publishers: i.Publishers,
	}
}

// Topics are those that the incident tells of and that are not over by themselves,
// its own first.
func (i *Incident) Topics() []string {
	topics := []string{i.Topic}
	for k := range i.Joined {
		if j := &i.Joined[k]; j.State == IncidentOpen {
			topics = append(topics, j.Topic)
		}
	}
	return topics
}

// LastAlarm is the newest step that alarmed, of the incident or of one that joined
// and is open; the end of an incident that is over.
func (i *Incident) LastAlarm() time.Time {
	last := i.Updated
	for k := range i.Joined {
		if j := &i.Joined[k]; j.State == IncidentOpen && j.Updated.After(last) {
			last = j.Updated
		}
	}
	return last
}

// SeriesSteps is how many steps an incident's series has at most: as many as a
// chart in Slack has points.
const SeriesSteps = 20

// SeriesPoint is what was counted within a window at one step, against what was
// to be expected.
type SeriesPoint struct {
	Step     time.Time
	Observed int
	Expected float64
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
	// Blind is no topic's: no feed answered. Opened is when the last one had, Window
	// for how long none had when it opened, Total how many had been asked since.
	Blind IncidentKind = "blind"
	// Dark is no topic's: a group of feeds is heard no more while others answer. Title
	// is the group's name, Opened when the last of its dark feeds was heard, Window for
	// how long they had not been when it opened, Observed how many are dark, of Total.
	Dark IncidentKind = "dark"
	// CountChanged is a count on the topic, said of one entity, that is told beyond the
	// range in which it was known: see Change. It is over when that is known, too.
	CountChanged IncidentKind = "count"
)

// CountChange is a count before and after.
type CountChange struct {
	Kind    string // of the count
	Of      string // name of the entity that it is said of
	OfTitle string // in the team's language
	Was     Range
	Now     Range
}

// Range is from the least to the most that is told of a count.
type Range struct {
	Lo, Hi     float64
	Publishers int      // that told it
	Figures    []Figure // the latest of some of them
}

// ToldFigure is a count that an article says of an entity; it has a value.
type ToldFigure struct {
	Figure

	Of string // name of the entity

	Article   string
	Story     string
	Lang      string
	Published time.Time
	Headline  Headline // the article's
}

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

// Key is what tells one figure from another: value, bound and kind.
func (f *Figure) Key() string {
	side := func(v *float64) string {
		if v == nil {
			return "-"
		}
		return strconv.FormatFloat(*v, 'g', -1, 64)
	}
	return strings.Join([]string{side(f.Lo), side(f.Best), side(f.Hi), string(f.Bound), f.Kind}, " ")
}

// DatedEvent is an event with a date of its own, found in an incident's articles.
type DatedEvent struct {
	Text      string // the clause, as written
	Interval  Interval
	Precision Precision
	Planned   bool
	Publisher string
	URL       string
}

// Notice is one thing to tell a receiver, waiting in the record's outbox until
// the receiver has it.
type Notice struct {
	ID       string
	Kind     NoticeKind
	Receiver string   // empty: the team's own, which is Slack or the log
	Incident Incident // as it is now; Announced is this receiver's receipt of the opening
	News     News     // of an escalation and of a thread notice
	Report   *Report  // of a report, which has no incident; else nil
	Created  time.Time
	Revision int // how often it was put into the outbox; only an update is more than once
	Attempts int // that failed since
	NextTry  time.Time
	Error    string // of the last attempt
	Held     string // why it was held back; empty: it was not
	// Unsure is how many attempts ended without a word from the receiver, which may
	// have the notice all the same; Since is when the first of them began.
	Unsure int
	Since  time.Time
}

// News is what a notice tells beside the state of its incident.
type News struct {
	Severity  string // that the incident rose to
	Headlines []Headline
	Figures   []FigureNews
	Joined    []Joined // topics that rise on the same stories
}

// FigureNews is a figure that was not told before, and the one in whose place it
// comes.
type FigureNews struct {
	Figure

	Was *Figure // of the same kind and object; nil: there was none
}

// NoticeKind is what a notice says.
type NoticeKind string

// The kinds of notices.
const (
	NoticeOpening    NoticeKind = "opening"
	NoticeUpdate     NoticeKind = "update"     // what is shown changed; of several that wait the newest state is told, once
	NoticeThread     NoticeKind = "thread"     // new headlines and figures
	NoticeEscalation NoticeKind = "escalation" // the severity rose
	NoticeResolution NoticeKind = "resolution"
	NoticeRepeat     NoticeKind = "repeat" // still open, and nobody has acknowledged it
	NoticeReport     NoticeKind = "report" // of no incident
)

// Unanswered is an open incident that nobody has acknowledged.
type Unanswered struct {
	Incident Incident
	Receiver string
	Said     time.Time // when the receiver was last told aloud: of its opening, of an escalation, or again
}

// UpdateEvery is the least time between two updates of one incident.
const UpdateEvery = time.Minute

// NoticeID derives a notice's id. An incident has at most one opening, update and
// resolution; what tells its thread notices and escalations apart, and those of
// further receivers, is given as parts.
func NoticeID(incident string, kind NoticeKind, parts ...string) string {
	return Hash(append([]string{"notice", incident, string(kind)}, parts...)...)
}

// ReceiverParts adds to the parts of a notice's id what tells a receiver's apart
// from those of the team's own.
func ReceiverParts(receiver string, parts ...string) []string {
	if receiver == "" {
		return parts
	}
	return append(slices.Clip(parts), "receiver", receiver)
}

// Failure is an attempt at a notice that failed.
type Failure struct {
	Reason string
	Next   time.Time // of the next try; zero gives the notice up
	Unsure int       // what Notice.Unsure is from now on
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
	// Unsure errors leave open whether the receiver has the notice: it did not answer.
	Unsure bool
	Err    error
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
	Breadth
	Langs     []string // that of most articles first
	Headlines []Headline
	Figures   []Figure
	Events    []DatedEvent
}

// Breadth is how many stand behind the count of a topic over some time, without
// what came from an archive.
type Breadth struct {
	Counted    int // articles that count
	Stories    int // that these tell
	Publishers int // of these
}

// StepResult is everything that closing a step changes. It is recorded whole or
// not at all.
type StepResult struct {
	Step        time.Time // the newest step that is closed
	Evaluations []Evaluation
	Incidents   []Incident // opened or changed
	Notices     []Notice   // new; of those in the outbox before, updates wait anew and others are left alone
	Detectors   []DetectorState
}
