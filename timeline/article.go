package timeline

import "time"

// Article is one publisher's text, in its newest revision.
type Article struct {
	ID        string // see ArticleID
	Feed      string // name of the feed that had it first
	Publisher string // never empty
	Country   string // ISO 3166-1 alpha-2, or empty
	Lang      string // BCP 47 primary subtag ("ar", "en"), or empty
	GUID      string // as the feed has it, trimmed; may be empty
	URL       string // absolute, or empty
	Title     string // plain text, one line
	Text      string // plain text; may be empty

	// Published is the publication instant, in the zone the article is to be
	// read in (the feed's). Never zero and never after FirstSeen.
	Published time.Time
	Dated     Dated
	FirstSeen time.Time // UTC

	// Revision counts from 1. A revision changes the words, never Published.
	Revision int

	// Countable says that the article may count in series that alarms are raised
	// on: not a first poll, not older than the feed's first poll, and dated well
	// enough. The rest is kept and shown all the same.
	Countable bool

	// Loaded says that the article came from an archive. It counts as history
	// and fires nothing.
	Loaded bool

	// FromPage says that Text is that of the article's page; else it is the feed's.
	FromPage bool

	// Story is the story the record put it in; empty until it is recorded.
	Story string

	// At is the time of its point: Published to the second, and nanoseconds of
	// its own. Assigned by the record.
	At time.Time
}

// Reading is the string that facts are read from and spans count in.
func (a *Article) Reading() string {
	switch {
	case a.Title == "":
		return a.Text
	case a.Text == "":
		return a.Title
	}
	return a.Title + "\n" + a.Text
}

// ReadingLen is the length of the reading in bytes.
func (a *Article) ReadingLen() int {
	if a.Title == "" || a.Text == "" {
		return len(a.Title) + len(a.Text)
	}
	return len(a.Title) + len("\n") + len(a.Text)
}

// Said gives the part of the reading that a span covers, without making the
// whole where the span lies within the title or the text.
func (a *Article) Said(s Span) string {
	before := a.ReadingLen() - len(a.Text)
	switch {
	case s.End <= len(a.Title):
		return s.Of(a.Title)
	case s.Start >= before:
		return a.Text[s.Start-before : s.End-before]
	}
	return s.Of(a.Reading())
}

// TitleSpan is where the title stands in Reading.
func (a *Article) TitleSpan() Span { return Span{0, len(a.Title)} }

// Dated says where an article's publication time comes from.
type Dated string

// The ways to date an article.
const (
	DatedPublished Dated = "published"  // the feed said so
	DatedFirstSeen Dated = "first_seen" // the feed said nothing that could be read
	DatedClamped   Dated = "clamped"    // the feed named a time yet to come; held to the poll
)

// KeyKind is one of the three ways to tell articles apart.
type KeyKind string

// The kinds of keys, in the order in which the policy "auto" prefers them.
const (
	KeyGUID    KeyKind = "guid"
	KeyLink    KeyKind = "link"
	KeyContent KeyKind = "content"
)

// Key is one identity of an article.
type Key struct {
	Kind  KeyKind
	Value string
}

// Identity is what an item can be recognised by. All keys that exist are
// recorded, whatever the policy, so that the policy may change and nothing is
// counted again.
type Identity struct {
	Feed      string // name
	Publisher string
	Keys      []Key // at most one of a kind; the deciding one first
}

// Known is what the record remembers of an identity.
type Known struct {
	Article  string // id; empty when the identity is new
	Content  string // ContentHash of the newest revision
	Revision int
	InFeed   bool // seen in the asking feed before, not only in a sister feed

	// Feed names the feed that had it first, the one whose revisions are
	// followed: sister feeds that carry it in other lengths revise nothing.
	Feed string
	// Published is its publication instant, so that a revision's relative dates
	// are read as the first revision's were. Zero when the article was pruned.
	Published time.Time
}

// ReadArticle is an article together with all that was read out of it.
type ReadArticle struct {
	Article  Article
	Identity Identity
	Facts    Facts

	// AwaitsPage says that the article is to have the text of its page.
	AwaitsPage bool
}

// Signature is what the story of an article is told by.
type Signature struct {
	Keys     []string  // what other articles of the story may share
	Print    []byte    // what its text says, for comparison
	From, To time.Time // when the others are published: [From, To)
}

// StoryMatch is an earlier article that shares a key with a new one.
type StoryMatch struct {
	Article int64 // its number in the record
	Key     string
}

// Printed is an article of the record as it is compared with new ones.
type Printed struct {
	Number    int64 // in the record; ascends in its order
	Published time.Time
	FirstSeen time.Time
	Print     []byte
}

// Story is one text, told by one or more publishers.
type Story struct {
	ID         string
	Title      string // of its first article, in record order
	URL        string
	Lang       string
	First      time.Time // publication of its earliest article
	Last       time.Time // and of its latest
	Articles   int
	Publishers []string // sorted
	Topics     []string // sorted
}

// StoryDetail is a story with its articles.
type StoryDetail struct {
	Story   Story
	Members []StoryMember // in the order of the record
	// Moved are the articles that rulings took out of it, with where they are now.
	Moved []StoryMove
}

// StoryMember is an article of a story.
type StoryMember struct {
	Article Article
	Counted bool // whether it counts in series, its mentions with it
	// Was is the story it was in before it was ruled to be here, at the given time;
	// empty when it was grouped here.
	Was     string
	Ruled   time.Time
	By, Why string
}

// StoryMove is an article that was ruled to be in another story.
type StoryMove struct {
	Article string // id
	Story   string // where it is now
	Ruled   time.Time
	By, Why string
}

// Ruling is an analyst's word on which articles are one story.
type Ruling struct {
	At time.Time
	// Since is where steps begin that are not final yet: articles published before
	// it count on as they did.
	Since time.Time
	// By is who says so, and Why the reason; either may be empty.
	By, Why string
}

// RankedArticle is an article that may count.
type RankedArticle struct {
	Article Article
	Rank    int // among the articles of its story that may count, from 0; it counts below the story cap
}
