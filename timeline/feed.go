package timeline

import "time"

// Feed is a source of articles as the record knows it.
type Feed struct {
	Name      string // unique; the feed's identity
	Was       string // its name before, when it was renamed
	URL       string // empty for an archive
	Title     string
	Publisher string
	Country   string
	Lang      string
	Archive   bool // filled by loading, never polled
	Enabled   bool
	Rhythm    time.Duration // typical time between two scheduled polls; 0 for an archive
}

// FeedState is what a poll leaves for the next one. A zero state is a feed that
// was never polled.
type FeedState struct {
	Feed         string
	ETag         string    // verbatim, as the server sent it
	LastModified string    // verbatim
	BodyHash     string    // of the last body that was read whole and parsed
	FirstPoll    time.Time // the first that succeeded; zero until then
	LastPoll     time.Time
	LastSuccess  time.Time // last poll with a body, 304 or unchanged body
	NextPoll     time.Time // zero when nothing is scheduled
	Failures     int       // polls failed in a row
	LastOutcome  Outcome
	LastError    string // of the last poll; empty when it succeeded

	Items      int       // in the last document that was read
	Overflowed time.Time // the last poll marked MarkOverflow; zero when none was
	Habits     Habits
}

// Habits are what was learned of how a feed tells its items apart. The zero value
// is a feed that tells them apart by GUID, or else by link, as it should.
type Habits struct {
	// GUIDs says why its GUIDs are not believed: MarkGUIDChurn or MarkGUIDReuse;
	// empty while they are.
	GUIDs Mark `json:"guids,omitempty"`
	// Doubts counts the documents in a row that spoke against its GUIDs.
	Doubts int `json:"doubts,omitempty"`
	// Links is MarkLinksMerge when its links may not be shortened; else empty.
	Links Mark `json:"links,omitempty"`
}

// marksFor is how long a feed shows that it overflowed.
const marksFor = 24 * time.Hour

// Marks gives what is out of the ordinary about a feed that can be read.
func (s *FeedState) Marks() []Mark {
	var marks []Mark
	if !s.Overflowed.IsZero() && s.LastPoll.Sub(s.Overflowed) < marksFor {
		marks = append(marks, MarkOverflow)
	}
	for _, m := range []Mark{s.Habits.GUIDs, s.Habits.Links} {
		if m != "" {
			marks = append(marks, m)
		}
	}
	return marks
}

// FeedStatus is a feed with its state and what it has brought.
type FeedStatus struct {
	Feed
	FeedState
	Articles int
	Pages    PageCounts
}

// FeedCondition says in a word how a feed is.
type FeedCondition string

// The conditions of feeds.
const (
	FeedOK       FeedCondition = "ok"       // the last poll went well
	FeedFailing  FeedCondition = "failing"  // the last poll saw nothing
	FeedSilent   FeedCondition = "silent"   // nothing new for much longer than usual
	FeedWaiting  FeedCondition = "waiting"  // not polled yet
	FeedDisabled FeedCondition = "disabled" // kept, not polled any more
	FeedArchive  FeedCondition = "archive"  // filled by loading
)

// Condition tells how the feed is from its last poll. Whether it is silent takes
// its articles to say.
func (f *FeedStatus) Condition() FeedCondition {
	switch {
	case f.Archive:
		return FeedArchive
	case !f.Enabled:
		return FeedDisabled
	case f.LastPoll.IsZero():
		return FeedWaiting
	case f.LastOutcome.Succeeded():
		return FeedOK
	}
	return FeedFailing
}

// Poll is a row of the ledger: one look at one feed. Fetched is always the sum
// of New, Known, Revised and Rejected.
type Poll struct {
	ID        string
	Feed      string
	Scheduled time.Time
	At        time.Time // when it began
	Outcome   Outcome
	Fetched   int // items in the document
	New       int
	Known     int
	Revised   int
	Rejected  int
	Reasons   map[string]int // rejected items by reason; sums to Rejected
	Status    int            // HTTP status; 0 when there was no answer
	Bytes     int64          // of the body, decoded
	Took      time.Duration
	Error     string // what went wrong, for a person; empty when nothing did
	Marks     []Mark // what was out of the ordinary though nothing went wrong
}

// Mark names what is out of the ordinary about a poll, and about a feed as long
// as it goes on.
type Mark string

// The marks of polls.
const (
	// MarkOverflow says that every item was new to a feed that had items before:
	// some may have come and gone since the last poll.
	MarkOverflow Mark = "overflow"
	// MarkGUIDChurn says that known items came under new GUIDs.
	MarkGUIDChurn Mark = "guid-churn"
	// MarkGUIDReuse says that other items came under known GUIDs.
	MarkGUIDReuse Mark = "guid-reuse"
	// MarkLinksMerge says that different items have one link but for parameters
	// that elsewhere say where a reader came from.
	MarkLinksMerge Mark = "links-merge"
)

// Sums reports whether nothing was lost on the way.
func (p Poll) Sums() bool {
	reasons := 0
	for _, n := range p.Reasons {
		reasons += n
	}
	return p.Fetched == p.New+p.Known+p.Revised+p.Rejected && reasons == p.Rejected
}

// Outcome is what became of a poll.
type Outcome string

// The outcomes of polls.
const (
	OutcomeOK        Outcome = "ok"        // a document was read
	OutcomeUnchanged Outcome = "unchanged" // 304, or the same bytes as last time
	OutcomeDNS       Outcome = "dns"       // the name does not resolve
	OutcomeConnect   Outcome = "connect"   // no connection, or it broke
	OutcomeTLS       Outcome = "tls"       // certificate or handshake
	OutcomeTimeout   Outcome = "timeout"
	OutcomeRefused   Outcome = "refused"  // our own rule: private address, scheme
	OutcomeRedirect  Outcome = "redirect" // too many, or to nowhere
	OutcomeHTTP      Outcome = "http"     // a status other than 200 and 304
	OutcomeTooLarge  Outcome = "too_large"
	OutcomeNotFeed   Outcome = "not_feed" // a web page, an empty body, anything else
	OutcomeParse     Outcome = "parse"    // a feed that cannot be read
)

// Succeeded reports whether the feed was seen as it is.
func (o Outcome) Succeeded() bool { return o == OutcomeOK || o == OutcomeUnchanged }

// PollResult is everything one poll changes. It is recorded whole or not at all.
type PollResult struct {
	Poll  Poll
	State FeedState
	// Articles are the new and the revised ones, oldest first.
	Articles []ReadArticle
	// Seen are the identities of the known ones, to be remembered for longer.
	Seen []Sighting
}

// Sighting is a known item that the feed still has.
type Sighting struct {
	Article  string // id
	Identity Identity
}
