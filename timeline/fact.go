package timeline

import (
	"slices"
	"time"
)

// Span is the half-open byte interval [Start, End) of a reading.
type Span struct{ Start, End int }

// Of returns the text of the span. The span must lie inside text.
func (s Span) Of(text string) string { return text[s.Start:s.End] }

// Len is the number of bytes in the span.
func (s Span) Len() int { return s.End - s.Start }

// IsZero reports whether the span is absent.
func (s Span) IsZero() bool { return s == Span{} }

// Contains reports whether t lies wholly inside s.
func (s Span) Contains(t Span) bool { return s.Start <= t.Start && t.End <= s.End }

// Overlaps reports whether the two share a byte.
func (s Span) Overlaps(t Span) bool { return s.Start < t.End && t.Start < s.End }

// Facts is all that is read out of one revision of an article. Dates, Counts,
// Other and Events depend on the text and on the version of the reader; Mentions
// depend on the text and on the topics. They are read in separate passes.
type Facts struct {
	Dates    []Date
	Counts   []Count
	Other    []Quantity
	Events   []Event
	Mentions []Mention

	// Version names the reader that Dates, Counts, Other and Events were read by
	// and the words it had. The record remembers it, to know what is to be read
	// again, and leaves it out of what it gives back.
	Version string
}

// FactKind tells the kinds of facts apart in ids and in the record.
type FactKind string

// The kinds of facts.
const (
	KindDate  FactKind = "date"
	KindCount FactKind = "count"
	KindOther FactKind = "other"
	KindEvent FactKind = "event"
)

// Date is a dated expression. What is said to have happened then, if anything
// is, is an Event.
type Date struct {
	Span      Span
	Sentence  Span
	Interval  Interval
	Precision Precision
	Relation  Relation
	TIMEX3    string    // value attribute of ISO-TimeML, or empty
	Ref       time.Time // what a relative expression was resolved against
	Rule      string
}

// Interval is half open, [Lo, Hi). A zero Lo or Hi is an open side. For
// precisions of a day and coarser both are midnight UTC of a calendar date
// without a zone; for hour and minute they are instants.
type Interval struct{ Lo, Hi time.Time }

// Precision is the grain of a date.
type Precision string

// The precisions.
const (
	Minute       Precision = "minute"
	Hour         Precision = "hour"
	Day          Precision = "day"
	Week         Precision = "week"
	Month        Precision = "month"
	Season       Precision = "season"
	Quarter      Precision = "quarter"
	Half         Precision = "half"
	Year         Precision = "year"
	Decade       Precision = "decade"
	Century      Precision = "century"
	UnknownGrain Precision = "unknown"
)

// IsCalendar reports whether dates of this precision are calendar dates without
// a zone rather than instants.
func (p Precision) IsCalendar() bool { return p != Minute && p != Hour }

// Relation says how a date is used.
type Relation string

// The relations.
const (
	On           Relation = "on"
	Since        Relation = "since"
	Until        Relation = "until"
	Before       Relation = "before"
	After        Relation = "after"
	BetweenDates Relation = "between"
	AboutDate    Relation = "about"
)

// Count is a number of people or of countable things. Lo, Best and Hi are nil
// where they are not said: exact has all three alike, about has Best only,
// at_least and more_than have Lo = Best, at_most and less_than Best = Hi,
// between Lo and Hi, vague none.
type Count struct {
	Span         Span // the quantity and the bound words next to it
	Sentence     Span
	Lo, Best, Hi *float64
	Bound        Bound
	Object       Span     // the counted noun phrase; zero when it is not there
	Kind         string   // killed, fighters, ... as in the seeds' kinds; "other" when none fits
	Of           string   // the group or place it is said of: an entity's name, or empty
	By           string   // who said it, or empty
	In           []string // the places it is told of: entities' names, each once, in the order of the text
	Countries    []string // of those places, ISO 3166-1 alpha-2, each once
	Negated      bool
	Rule         string
	At           time.Time // time of its points; assigned by the record
}

// Bound says how a count is limited.
type Bound string

// The bounds.
const (
	Exact    Bound = "exact"
	About    Bound = "about"
	AtLeast  Bound = "at_least"
	MoreThan Bound = "more_than"
	AtMost   Bound = "at_most"
	LessThan Bound = "less_than"
	Between  Bound = "between"
	Vague    Bound = "vague"
)

// Quantity is a number that counts nothing.
type Quantity struct {
	Span     Span
	Sentence Span
	// Type is one of money, percent, measure, age, ordinal, duration, time,
	// score, frequency, ratio, fraction, identifier, phone, section, name,
	// idiom, vague-time, number.
	Type  string
	Value *float64 // a duration's in seconds; nil when there is none
	Lo    *float64 // of a range ("one to two months"), else nil
	Hi    *float64
	Unit  string // "%", "USD", "month"; may be empty
	Text  string // normalised value where a number does not do (ISO 8601 "P6Y"); may be empty
	Rule  string
}

// Mention says that an article speaks of a topic.
type Mention struct {
	Topic     string // name
	TopicHash string
	Spans     []Span // what matched; never empty, in order
	// Revision is the first revision in which the topic was found. Only a
	// mention of the first revision counts. The record keeps it; readers leave it 0.
	Revision int
	At       time.Time // time of its point; assigned by the record
}

// TopicsOf gives the topics of a fact: those mentioned in its sentence, else
// those of the title, else none.
func TopicsOf(a *Article, sentence Span, mentions []Mention) []string {
	in := func(where Span) (topics []string) {
		for _, m := range mentions {
			if slices.ContainsFunc(m.Spans, where.Overlaps) {
				topics = append(topics, m.Topic)
			}
		}
		return topics
	}
	if topics := in(sentence); topics != nil {
		return topics
	}
	return in(a.TitleSpan())
}
