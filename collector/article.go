package collector

import (
	"context"
	"errors"
	"fmt"
	"time"

	"marsad/timeline"
)

// FutureSlack is how far ahead of our clock a publisher's may run: a date within
// it is believed and held to the poll, one beyond it is no date.
const FutureSlack = 2 * time.Minute

// newArticle makes the first revision of an article.
func (c *Collector) newArticle(s *source, old *timeline.FeedState, doc *Document, cand *candidate, poll *timeline.Poll) timeline.ReadArticle {
	a := draft(s, doc, cand, poll)
	a.ID = timeline.ArticleID(s.publisher, s.name, cand.identity.Keys[0])
	a.Revision = 1
	a.Countable = countable(s, old, &a, poll)
	return timeline.ReadArticle{Article: a, Identity: cand.identity, Facts: c.reader.Read(&a), AwaitsPage: c.awaitsPage(s, &a)}
}

// awaitsPage reports whether the article is to have the text of its page. It is
// recorded at once with that of the feed, whatever becomes of the page.
func (c *Collector) awaitsPage(s *source, a *timeline.Article) bool {
	return s.fullText && c.pages != nil && a.URL != ""
}

// revision makes the next revision of a known article: other words under its id
// and its first date. The text of a page stays until the page is read again, for
// else what only the page says would be gone meanwhile.
func (c *Collector) revision(ctx context.Context, s *source, doc *Document, cand *candidate, poll *timeline.Poll) (timeline.ReadArticle, error) {
	a := draft(s, doc, cand, poll)
	a.ID = cand.known.Article
	a.Revision = cand.known.Revision + 1
	if !cand.known.Published.IsZero() {
		a.Published = cand.known.Published.In(s.zone)
	}
	awaits := c.awaitsPage(s, &a)
	if awaits {
		kept, err := c.pages.Article(ctx, a.ID)
		if err != nil && !errors.Is(err, timeline.ErrNotFound) { // it may be pruned
			return timeline.ReadArticle{}, fmt.Errorf("article %s of feed %q: %w", a.ID, s.name, err)
		}
		if kept.Article.FromPage {
			a.Text = kept.Article.Text
		}
	}
	return timeline.ReadArticle{Article: a, Identity: cand.identity, Facts: c.reader.Read(&a), AwaitsPage: awaits}, nil
}

// revises reports whether the item says something new about a known article. An
// article belongs to the feed that had it first: a sister feed that carries it
// shorter or longer would otherwise revise it to and fro with every poll.
//
// An item of a damaged part of a document may lack some of its words: that is no
// news.
func revises(s *source, cand *candidate) bool {
	known := &cand.known
	if cand.item.Partial || known.Content == "" || known.Content == contentOf(cand.identity.Keys) {
		return false
	}
	if known.Feed != "" {
		return known.Feed == s.name
	}
	return known.InFeed
}

// draft makes what all revisions have.
func draft(s *source, doc *Document, cand *candidate, poll *timeline.Poll) timeline.Article {
	a := timeline.Article{
		Feed:      s.name,
		Publisher: s.publisher,
		Country:   s.country,
		Lang:      orElse(s.lang, doc.Lang),
		GUID:      cand.item.GUID,
		URL:       cand.item.Link,
		Title:     cand.item.Title,
		Text:      cand.item.Text,
		FirstSeen: poll.At,
	}
	a.Published, a.Dated = date(cand.item.Published, poll.At)
	a.Published = a.Published.In(s.zone)
	return a
}

// date decides when an article was published, given what its feed says and when
// it was polled.
func date(said, polled time.Time) (time.Time, timeline.Dated) {
	switch {
	case said.IsZero():
		return polled, timeline.DatedFirstSeen
	case said.After(polled.Add(FutureSlack)):
		return polled, timeline.DatedClamped
	case said.After(polled):
		return polled, timeline.DatedPublished
	}
	return said, timeline.DatedPublished
}

// countable decides whether a new article may count in the series that alarms
// are raised on. The items of a first poll and those older than it are the
// feed's past, which nobody was watching. An item without a date of its own is
// as new as the time since the feed was last seen is short.
func countable(s *source, old *timeline.FeedState, a *timeline.Article, poll *timeline.Poll) bool {
	if old.FirstPoll.IsZero() || old.LastSuccess.IsZero() {
		return false
	}
	if a.Dated == timeline.DatedPublished {
		return !a.Published.Before(old.FirstPoll)
	}
	return poll.At.Sub(old.LastSuccess) <= 2*s.rhythm(old, poll.At)
}
