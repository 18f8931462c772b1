package timeline

import "time"

// EventPrint is an event of the record as it is compared with others.
type EventPrint struct {
	Article  int64 // number of its article in the record
	Revision int   // of the article
	Span     Span  // of its clause
	Print    []byte
}

// Happening is what one or more articles tell of as one happening: the events
// that were put together when they were recorded.
type Happening struct {
	ID       string       // see HappeningID
	Mentions []FoundEvent // in the order of the record, the first that are left, on lists the first and the last; never none

	// All is how many mentions there are, those beyond Mentions too, and Publishers
	// how many tell of it.
	All        int
	Publishers int

	// Former is what sources said before they revised their articles, and do not say
	// any more, in the order of the record.
	Former []FormerCount
}

// FormerCount is a count of a revision before the newest. It has no spans.
type FormerCount struct {
	Article  Article // in its newest revision
	Revision int     // the last that said so
	Until    time.Time
	Count    Count
	Text     string // as written
}
