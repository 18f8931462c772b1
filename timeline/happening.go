package timeline

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
	Mentions []FoundEvent // in the order of the record, the first that are left; never none

	// All is how many mentions there are, those beyond Mentions too, and Publishers
	// how many tell of it.
	All        int
	Publishers int
}
