// Package export writes what the record holds as tables: CSV that spreadsheets
// open as they should, or JSON Lines.
//
// A table is read page by page and written as it is read, so that its length
// costs no memory. Rows come newest first, those of series oldest first by topic.
// Times are RFC 3339 in UTC, calendar dates 2006-01-02.
package export

import (
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"marsad/timeline"
)

// Kinds are the tables that there are.
func Kinds() []string {
	return []string{"articles", "mentions", "counts", "events", "incidents", "polls", "series"}
}

// Formats are the forms of a table.
func Formats() []string { return []string{"csv", "jsonl"} }

// pageSize is how many items are in memory at once; articles come with their text.
const pageSize = 200

// Articles has the articles and what was read out of them, newest first.
type Articles interface {
	Articles(ctx context.Context, q timeline.Query) (timeline.Page[timeline.ReadArticle], error)
}

// Facts has events by the date of the event, latest first, and counts by
// publication, newest first.
type Facts interface {
	FoundEvents(ctx context.Context, q timeline.Query) (timeline.Page[timeline.FoundEvent], error)
	FoundCounts(ctx context.Context, q timeline.Query) (timeline.Page[timeline.FoundCount], error)
}

// Polls has the ledger, newest first.
type Polls interface {
	Polls(ctx context.Context, q timeline.Query) (timeline.Page[timeline.Poll], error)
}

// Incidents has the incidents, newest first.
type Incidents interface {
	Incidents(ctx context.Context, q timeline.Query) (timeline.Page[timeline.Incident], error)
}

// Series has the counts of topics and what the detector made of them, ascending.
type Series interface {
	Counts(ctx context.Context, topic string, from, to time.Time) ([]timeline.StepCount, error)
	Evaluations(ctx context.Context, topic string, window time.Duration, from, to time.Time) ([]timeline.Evaluation, error)
}

// Record is where tables are read. All of it is needed.
type Record struct {
	Articles  Articles
	Facts     Facts
	Polls     Polls
	Incidents Incidents
	Series    Series
}

// Options says which table is wanted.
type Options struct {
	Kind   string // one of Kinds
	Format string // one of Formats
	// Query selects by From, To, Topic, Feed, Lang and Publisher, those that the
	// table has: From and To are of the event date for events, of the poll for
	// polls, of the opening for incidents, of the step for series, else of
	// publication.
	Query  timeline.Query
	Topics []string      // of series, when Query names none
	Step   time.Duration // width of the grid of series
}

// Check says what is wrong with the options, and what to write instead.
func (o *Options) Check() error {
	switch {
	case !slices.Contains(Kinds(), o.Kind):
		return fmt.Errorf("%q is no table: write one of %s", o.Kind, strings.Join(Kinds(), ", "))
	case !slices.Contains(Formats(), o.Format):
		return fmt.Errorf("format %q is none: write %s", o.Format, strings.Join(Formats(), " or "))
	case o.Kind == "polls" && o.Query.Topic != "":
		return fmt.Errorf("polls have no topic: leave it out")
	}
	return nil
}

// Write writes a table and gives the number of its rows. What was written before
// an error stays written; nothing is before some 4 KiB have come together.
func Write(ctx context.Context, out io.Writer, record Record, o Options) (rows int, err error) {
	if err := o.Check(); err != nil {
		return 0, err
	}
	q := o.Query
	q.Limit = pageSize
	switch o.Kind {
	case "articles":
		return write(out, o.Format, each(pages(ctx, record.Articles.Articles, q), articleRows))
	case "mentions":
		return write(out, o.Format, each(pages(ctx, record.Articles.Articles, q), mentionRows(q.Topic)))
	case "counts":
		return write(out, o.Format, each(pages(ctx, record.Facts.FoundCounts, q), countRows))
	case "events":
		return write(out, o.Format, each(pages(ctx, record.Facts.FoundEvents, q), eventRows))
	case "incidents":
		return write(out, o.Format, each(pages(ctx, record.Incidents.Incidents, q), incidentRows))
	case "polls":
		return write(out, o.Format, each(pages(ctx, record.Polls.Polls, q), pollRows))
	default:
		return write(out, o.Format, seriesRows(ctx, record.Series, o))
	}
}

// pages gives the items of a listing one after the other.
func pages[T any](ctx context.Context, list func(context.Context, timeline.Query) (timeline.Page[T], error), q timeline.Query) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for {
			page, err := list(ctx, q)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range page.Items {
				if !yield(&page.Items[i], nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			q.Cursor = page.Next
		}
	}
}

// each gives the rows that items come to.
func each[T, R any](items iter.Seq2[*T, error], rowsOf func(*T) []R) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		var none R
		for item, err := range items {
			if err != nil {
				yield(none, err)
				return
			}
			for _, row := range rowsOf(item) {
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}

// write writes rows in one format.
func write[R any](out io.Writer, format string, rows iter.Seq2[R, error]) (n int, err error) {
	var encoder interface {
		write(row any) error
		close() error
	}
	if format == "csv" {
		var zero R
		encoder, err = newCSV(out, zero)
	} else {
		encoder = newJSONLines(out)
	}
	if err != nil {
		return 0, err
	}
	for row, err := range rows {
		if err != nil {
			return n, err
		}
		if err := encoder.write(row); err != nil {
			return n, err
		}
		n++
	}
	return n, encoder.close()
}
