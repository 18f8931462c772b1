package collector

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"marsad/timeline"
)

// Inspection is what a poll would take from a document, for somebody who tries a
// feed out. It is the form in which `marsad feeds test` prints it.
type Inspection struct {
	File    string      `json:"file"` // where the document came from; the caller's to set
	Title   string      `json:"title"`
	Entries []Inspected `json:"entries"` // never null, in the document's order
	Repairs []string    `json:"repairs"` // never null
	Error   *string     `json:"error"`   // null when the document was read
}

// Inspected is one item of an Inspection.
type Inspected struct {
	Title     string   `json:"title"`
	Link      string   `json:"link"`
	ID        string   `json:"id"`
	Published *string  `json:"published"` // RFC 3339 in the feed's zone; null when the item has no date
	Summary   string   `json:"summary"`   // plain text of the description
	Text      string   `json:"text"`      // plain text that would be stored
	Marks     []string `json:"marks"`     // never null

	Page *InspectedPage `json:"page,omitempty"` // null unless pages were asked for
}

// InspectedPage is what full_text would take from the page of an item.
type InspectedPage struct {
	Outcome timeline.Outcome `json:"outcome"`
	Text    string           `json:"text"`  // that would take the place of the feed's; empty when none would
	Error   string           `json:"error"` // why none would
}

// Marks of an inspected item.
const (
	MarkUndated      = "undated"           // no date that can be read
	MarkZoneAssumed  = "zone-assumed"      // the date names no zone that is known; the feed's was taken
	MarkOrderAssumed = "day-order-assumed" // the date could be another day; what is usual was taken
	MarkFuture       = "future-date"       // the date is yet to come and is held to the poll
	MarkPartial      = "partial"           // of a damaged part of the document; revises nothing
)

// InspectDocument reads a document as a poll at the instant at would, and takes
// the same arguments as [ParseDocument]. It stores
// nothing.
func InspectDocument(body []byte, header http.Header, base *url.URL, zone *time.Location, at time.Time) Inspection {
	inspection := Inspection{Entries: []Inspected{}, Repairs: []string{}}
	doc, err := ParseDocument(body, header, base, zone)
	if err != nil {
		inspection.fail(err)
		return inspection
	}
	inspection.Title = doc.Title
	inspection.Repairs = append(inspection.Repairs, doc.Repairs...)
	for i := range doc.Items {
		inspection.Entries = append(inspection.Entries, inspectItem(&doc.Items[i], at))
	}
	return inspection
}

func (i *Inspection) fail(err error) {
	message := oneLine(err.Error())
	i.Error = &message
}

func inspectItem(it *Item, at time.Time) Inspected {
	entry := Inspected{Title: it.Title, Link: it.Link, ID: it.GUID, Summary: it.Summary, Text: it.Text, Marks: []string{}}
	if it.Published.IsZero() {
		entry.Marks = append(entry.Marks, MarkUndated)
	} else {
		published := it.Published
		if published.After(at.Add(FutureSlack)) {
			published = at.In(published.Location())
			entry.Marks = append(entry.Marks, MarkFuture)
		}
		s := published.Format(time.RFC3339Nano)
		entry.Published = &s
	}
	if it.ZoneAssumed {
		entry.Marks = append(entry.Marks, MarkZoneAssumed)
	}
	if it.OrderAssumed {
		entry.Marks = append(entry.Marks, MarkOrderAssumed)
	}
	if it.Partial {
		entry.Marks = append(entry.Marks, MarkPartial)
	}
	return entry
}

// InspectFeed fetches the feed's document under the limits and rules of a poll
// and reads it as a poll at the instant at would. What goes wrong is part of the
// answer. Nothing is stored. Of its first items, so many as pages says, the pages are
// fetched too and read as full_text would.
func InspectFeed(ctx context.Context, cfg Config, feed *Feed, zone *time.Location, at time.Time, pages int) Inspection {
	failed := Inspection{Entries: []Inspected{}, Repairs: []string{}}
	s, err := newSource(feed, &cfg, zone)
	if err != nil {
		failed.fail(err)
		return failed
	}
	f, err := newFetcher(&cfg, nil)
	if err != nil {
		failed.fail(err)
		return failed
	}
	defer f.closeIdle()
	a, err := f.get(ctx, s)
	if err != nil {
		failed.fail(errors.New(f.fetchFailure(err, a.url).message))
		return failed
	}
	if status := statusFailure(a, false); status != nil {
		failed.fail(fmt.Errorf("%s: %s", a.url.Host, status.message))
		return failed
	}
	inspection := InspectDocument(a.body, a.header, a.url, s.zone, at)
	r := newPageReader(f, cfg.UserAgent, func() time.Time { return at }, newLimits(&cfg, func() time.Time { return at }))
	var wait time.Duration
	for i := range inspection.Entries[:min(pages, len(inspection.Entries))] {
		if pause(ctx, wait) == nil {
			wait = r.inspect(ctx, s, &inspection.Entries[i])
		}
	}
	return inspection
}

// inspect reads the page of an item; the next has to wait for so long.
func (r *pageReader) inspect(ctx context.Context, s *source, entry *Inspected) (wait time.Duration) {
	got, failed := r.read(ctx, s, &timeline.Article{URL: entry.Link, Title: entry.Title, Text: entry.Text})
	entry.Page = &InspectedPage{Outcome: timeline.OutcomeOK, Text: got.text}
	if failed != nil {
		entry.Page.Outcome, entry.Page.Error = failed.outcome, oneLine(failed.message)
	}
	return got.delay
}
