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
	Pace       FeedPace
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
	OutcomeOK           Outcome = "ok"        // a document was read
	OutcomeUnchanged    Outcome = "unchanged" // 304, or the same bytes as last time
	OutcomeDNS          Outcome = "dns"       // the name does not resolve
	OutcomeConnect      Outcome = "connect"   // no connection, or it broke
	OutcomeTLS          Outcome = "tls"       // certificate or handshake
	OutcomeTimeout      Outcome = "timeout"
	OutcomeRefused      Outcome = "refused"      // our own rule: private address, scheme
	OutcomeRedirect     Outcome = "redirect"     // too many, or to nowhere
	OutcomeUnauthorized Outcome = "unauthorized" // 401: user and password, or a key, are asked for
	OutcomeForbidden    Outcome = "forbidden"    // 403
	OutcomeNotFound     Outcome = "not_found"    // 404
	OutcomeGone         Outcome = "gone"         // 410
	OutcomeRateLimited  Outcome = "rate_limited" // 429
	OutcomeServerError  Outcome = "server_error" // 500 to 599
	OutcomeHTTP         Outcome = "http"         // any other status that is not 200 or 304
	OutcomeBotWall      Outcome = "bot_wall"     // a challenge for browsers, whatever its status
	OutcomeTooLarge     Outcome = "too_large"
	OutcomeWebPage      Outcome = "web_page" // HTML instead of a feed
	OutcomeNotFeed      Outcome = "not_feed" // an empty body, anything else
	OutcomeParse        Outcome = "parse"    // a feed that cannot be read
)

// Succeeded reports whether the feed was seen as it is.
func (o Outcome) Succeeded() bool { return o == OutcomeOK || o == OutcomeUnchanged }

// Remedy says what to do about polls that end so; empty where time alone may
// help.
func (o Outcome) Remedy() string {
	switch o {
	case OutcomeDNS:
		return "check the host in its url; if it is right, the machine's name server"
	case OutcomeRefused, OutcomeTooLarge:
		return "see the error for the key of config.yaml that decides"
	case OutcomeRedirect:
		return "open its url in a browser and write the address that it ends at"
	case OutcomeUnauthorized:
		return "write what the publisher asks for under headers of its entry"
	case OutcomeForbidden, OutcomeBotWall:
		return "say in collector.user_agent who you are and how to be reached, poll less often, or ask the publisher to let you in"
	case OutcomeNotFound, OutcomeWebPage, OutcomeNotFeed:
		return "find its new address with: marsad feeds discover SITE"
	case OutcomeGone:
		return "find its new address with: marsad feeds discover SITE, or remove it"
	case OutcomeRateLimited:
		return "poll less often: a longer schedule, or collector.host_interval"
	case OutcomeParse:
		return "see what can be read of it with: marsad feeds test NAME; tell the publisher"
	default:
		return ""
	}
}

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
