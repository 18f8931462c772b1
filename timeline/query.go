package timeline

import (
	"errors"
	"time"
)

// Query selects from the record. Zero fields do not select.
type Query struct {
	From, To  time.Time // half open; of publication, or of whatever time the items have
	Topic     string
	Feed      string
	Lang      string
	Publisher string
	Limit     int    // at most; the record's own limit when 0
	Cursor    string // Page.Next of the page before
}

// Page is a part of an answer, newest first unless said otherwise.
type Page[T any] struct {
	Items []T    `json:"items"` // never null
	Next  string `json:"next"`  // the Cursor of the next page; empty on the last
}

// ErrCursor is returned for a cursor that no page gave.
var ErrCursor = errors.New("cursor not understood")

// ErrNotFound is returned for an id or a name that is not in the record.
var ErrNotFound = errors.New("not in the record")

// MistakeError is a mistake of whoever asked for something, told so that he can mend
// it.
type MistakeError struct{ Err error }

func (e *MistakeError) Error() string { return e.Err.Error() }

// Unwrap gives what is wrong.
func (e *MistakeError) Unwrap() error { return e.Err }

// TakenDownError is returned for an article that was taken down. It is an
// ErrNotFound.
type TakenDownError struct {
	By, Why string
	At      time.Time
}

func (e *TakenDownError) Error() string {
	said := "taken down on " + e.At.UTC().Format(time.DateOnly)
	if e.By != "" {
		said += " by " + e.By
	}
	if e.Why != "" {
		said += ": " + e.Why
	}
	return said
}

// Unwrap gives ErrNotFound.
func (e *TakenDownError) Unwrap() error { return ErrNotFound }

// FoundEvent is an event with where it was found.
type FoundEvent struct {
	Article Article
	Event   Event
	Counts  []Count // those of Event.Counts
	Topics  []string
}

// FoundCount is a count with where it was found.
type FoundCount struct {
	Article Article
	Count   Count
	Topics  []string
}

// FoundWords is an article that holds the words of a search.
type FoundWords struct {
	Article Article
	Facts   Facts
	Words   []Span // where they stand in the reading, in order
	Snippet Span   // the stretch behind the title that has most of them; empty when there is no text
}

// Stats says how much the record holds.
type Stats struct {
	Articles  int
	Feeds     int
	Polls     int
	Stories   int
	Incidents int
	Open      int       // incidents that are not over
	Pending   int       // notices in the outbox
	Oldest    time.Time // when the oldest of these was put there that is not held back; zero when none waits
	Failed    int       // notices given up
	Pages     int       // articles that wait for their page
	Unindexed int       // articles that wait to be found by their words
	LastSeq   int64
	Bytes     int64 // on disk
}

// Lag is how far a follower of the change log is behind it.
type Lag struct {
	Entries int64     // that it has not taken yet
	Since   time.Time // when the first of them was recorded; zero when there are none
}
