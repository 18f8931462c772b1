package app

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/text/language"

	"marsad/timeline"
)

// LoadResult says what became of the lines of an archive.
type LoadResult struct {
	Lines int
	Added int
	Known int // in the record before, or twice in the archive
	Bad   []LineError
	More  int // bad lines beyond those of Bad
}

// LineError is a line of an archive that was not taken.
type LineError struct {
	File string
	Line int
	Err  error
}

func (e LineError) Error() string { return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err) }

const (
	// loadBatch is how many articles are read together and recorded in one
	// transaction: enough to make the transaction cheap, few enough that a poll
	// of a running Marsad waits for a fraction of a second.
	loadBatch = 500
	// maxLine is the longest line of an archive, in bytes.
	maxLine = 16 << 20
	// earliestYear is the first whole year of which the record can hold an instant.
	earliestYear = 1678
	// maxBadLines is how many bad lines are told one by one.
	maxBadLines = 20
)

// archivist records articles that did not come from a poll.
type archivist interface {
	CommitLoad(ctx context.Context, articles []timeline.ReadArticle) (added int, err error)
}

// factReader reads facts out of an article.
type factReader interface {
	Read(a *timeline.Article) timeline.Facts
}

// loader takes archives in JSON Lines into the record.
type loader struct {
	record   archivist
	reader   factReader
	feeds    map[string]archiveFeed // of config.yaml, by name and by address
	now      func() time.Time
	progress func(LoadResult) // after each batch; may be nil
}

// archiveFeed is what config.yaml says of a feed that an archive names.
type archiveFeed struct {
	name, publisher, country, lang string
	zone                           *time.Location
}

// archiveLine is a line of an archive.
type archiveLine struct {
	ID        string `json:"id"`
	Feed      string `json:"feed"`
	URL       string `json:"url"`
	Title     string `json:"title"`
	Text      string `json:"text"`
	Lang      string `json:"lang"`
	Published string `json:"published"`
	Publisher string `json:"publisher"`
}

// load takes one archive. Bad lines are collected and passed over; an error is
// one of the record or of reading, and what was recorded before it stays.
func (l *loader) load(ctx context.Context, name string, archive io.Reader, result *LoadResult) error {
	batches := make(chan []timeline.ReadArticle, 1)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(batches)
		return l.readBatches(ctx, name, archive, result, batches)
	})
	// What the reading goroutine writes and what this one writes are apart:
	// Lines and Bad there, Added and Known here.
	group.Go(func() error {
		for batch := range batches {
			added, err := l.record.CommitLoad(ctx, batch)
			if err != nil {
				return fmt.Errorf("record archive %s: %w", name, err)
			}
			result.Added += added
			result.Known += len(batch) - added
			if l.progress != nil {
				l.progress(LoadResult{Added: result.Added, Known: result.Known})
			}
		}
		return nil
	})
	return group.Wait()
}

func (l *loader) readBatches(ctx context.Context, name string, archive io.Reader, result *LoadResult, batches chan<- []timeline.ReadArticle) error {
	lines := bufio.NewScanner(archive)
	lines.Buffer(make([]byte, 0, 1<<16), maxLine)
	batch := make([]timeline.ReadArticle, 0, loadBatch)
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		l.readFacts(batch)
		select {
		case batches <- batch:
			batch = make([]timeline.ReadArticle, 0, loadBatch)
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	number := 0
	for lines.Scan() {
		number++
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		result.Lines++
		a, err := l.article(lines.Bytes())
		if err != nil {
			result.reject(LineError{name, number, err})
			continue
		}
		batch = append(batch, a)
		if len(batch) == loadBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("%s:%d: line longer than %d bytes; what comes before it is recorded: shorten it and load again", name, number+1, maxLine)
	case err != nil:
		return fmt.Errorf("read archive %s after line %d: %w", name, number, err)
	}
	return nil
}

func (r *LoadResult) reject(e LineError) {
	if len(r.Bad) == maxBadLines {
		r.More++
		return
	}
	r.Bad = append(r.Bad, e)
}

// readFacts reads the facts of a batch on all cores.
func (l *loader) readFacts(batch []timeline.ReadArticle) {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range batch {
		group.Go(func() error {
			batch[i].Facts = l.reader.Read(&batch[i].Article)
			return nil
		})
	}
	_ = group.Wait() // reading cannot fail
}

// article makes an article of a line.
func (l *loader) article(line []byte) (timeline.ReadArticle, error) {
	var in archiveLine
	if err := json.Unmarshal(line, &in); err != nil {
		return timeline.ReadArticle{}, fmt.Errorf("not a JSON object of the keys id, feed, url, title, text, lang, published, publisher: %w", err)
	}
	in.Title = strings.Join(strings.Fields(in.Title), " ")
	in.Text = strings.TrimSpace(in.Text)
	switch {
	case in.Feed == "":
		return timeline.ReadArticle{}, errors.New("feed is missing: name the feed that the article belongs to")
	case in.Title == "" && in.Text == "":
		return timeline.ReadArticle{}, errors.New("title and text are both empty: give one of them")
	}
	published, err := time.ParseInLocation(time.RFC3339, in.Published, time.UTC)
	if err != nil {
		return timeline.ReadArticle{}, fmt.Errorf("published %q is not a time: write RFC 3339, as in 2017-05-20T12:00:00+03:00", in.Published)
	}
	if published.Year() < earliestYear {
		return timeline.ReadArticle{}, fmt.Errorf("published %q lies before %d, which the record cannot hold: write when the article appeared", in.Published, earliestYear)
	}
	lang, err := primaryLanguage(in.Lang)
	if err != nil {
		return timeline.ReadArticle{}, err
	}
	feed := l.feeds[in.Feed]
	if feed.zone != nil {
		published = published.In(feed.zone)
	}
	now := l.now()
	a := timeline.Article{
		Feed:      cmp.Or(feed.name, in.Feed),
		Publisher: cmp.Or(in.Publisher, feed.publisher, in.Feed),
		Country:   feed.country,
		Lang:      cmp.Or(lang, feed.lang),
		GUID:      in.ID,
		URL:       in.URL,
		Title:     in.Title,
		Text:      in.Text,
		Published: published,
		Dated:     timeline.DatedPublished,
		FirstSeen: now.UTC(),
		Revision:  1,
		Countable: true,
		Loaded:    true,
	}
	if published.After(now) {
		a.Published, a.Dated, a.Countable = now.In(published.Location()), timeline.DatedClamped, false
	}
	identity := timeline.Identity{Feed: a.Feed, Publisher: a.Publisher}
	for _, k := range []timeline.Key{
		{Kind: timeline.KeyGUID, Value: in.ID},
		{Kind: timeline.KeyLink, Value: in.URL},
		{Kind: timeline.KeyContent, Value: timeline.ContentHash(in.Title, in.Text)},
	} {
		if k.Value != "" {
			identity.Keys = append(identity.Keys, k)
		}
	}
	a.ID = timeline.ArticleID(a.Publisher, a.Feed, identity.Keys[0])
	return timeline.ReadArticle{Article: a, Identity: identity}, nil
}

// primaryLanguage gives the primary subtag of a language's code: ar of ar-EG.
// There is none of an empty code.
func primaryLanguage(code string) (string, error) {
	if code == "" {
		return "", nil
	}
	tag, err := language.Parse(code)
	if err != nil {
		return "", fmt.Errorf("lang %q is not the code of a language: write it as in ar or en, or leave it out", code)
	}
	if tag == language.Und {
		return "", nil
	}
	base, _, _ := tag.Raw()
	return base.String(), nil
}
