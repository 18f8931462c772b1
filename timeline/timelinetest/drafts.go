package timelinetest

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"marsad/timeline"
)

// noon is when the articles of the tests are published, unless they say
// otherwise: the start of a step.
var noon = time.Date(2017, time.May, 20, 12, 0, 0, 0, time.UTC)

// change makes a draft something else than usual.
type change func(*timeline.ReadArticle)

// draft makes an article of feed f and publisher P that mentions no topic. Its
// title speaks of its name and its text has a count and a date.
func draft(name string, changes ...change) timeline.ReadArticle {
	read := timeline.ReadArticle{Article: timeline.Article{
		Feed: "f", Publisher: "P", Country: "IQ", Lang: "en",
		GUID: "tag:example.org,2017:" + name, URL: "https://example.org/" + name,
		Title: "News of " + name, Text: "In 2015 they were 12 men.",
		Published: noon, Dated: timeline.DatedPublished, FirstSeen: noon.Add(time.Minute),
		Revision: 1, Countable: true,
	}}
	for _, c := range changes {
		c(&read)
	}
	a := &read.Article
	read.Identity = timeline.Identity{Feed: a.Feed, Publisher: a.Publisher, Keys: []timeline.Key{
		{Kind: timeline.KeyGUID, Value: a.GUID}, {Kind: timeline.KeyLink, Value: a.URL},
	}}
	a.ID = timeline.ArticleID(a.Publisher, a.Feed, read.Identity.Keys[0])
	found := factsOf(a)
	read.Facts.Counts, read.Facts.Dates, read.Facts.Events = found.Counts, found.Dates, found.Events
	return read
}

func drafts(n int, name string, changes ...change) (out []timeline.ReadArticle) {
	for i := range n {
		out = append(out, draft(name+strconv.Itoa(i), changes...))
	}
	return out
}

// in puts a draft into another feed.
func in(feed, publisher string) change {
	return func(r *timeline.ReadArticle) { r.Article.Feed, r.Article.Publisher = feed, publisher }
}

// at has it published and seen so long after noon.
func at(d time.Duration) change {
	return func(r *timeline.ReadArticle) {
		r.Article.Published, r.Article.FirstSeen = noon.Add(d), noon.Add(d+time.Minute)
	}
}

func titled(title string) change {
	return func(r *timeline.ReadArticle) { r.Article.Title = title }
}

// about mentions topics in the title.
func about(topics ...string) change {
	return func(r *timeline.ReadArticle) {
		for _, topic := range topics {
			r.Facts.Mentions = append(r.Facts.Mentions, timeline.Mention{
				Topic: topic, TopicHash: "h-" + topic, Spans: []timeline.Span{{Start: 0, End: 4}},
			})
		}
	}
}

// aboutSentence mentions a topic in the sentence of the facts alone.
func aboutSentence(topic string) change {
	return func(r *timeline.ReadArticle) {
		start := len(r.Article.Title) + 1
		r.Facts.Mentions = append(r.Facts.Mentions, timeline.Mention{
			Topic: topic, TopicHash: "h-" + topic, Spans: []timeline.Span{{Start: start, End: start + 2}},
		})
	}
}

func text(s string) change {
	return func(r *timeline.ReadArticle) { r.Article.Text = s }
}

func revision(n int) change {
	return func(r *timeline.ReadArticle) { r.Article.Revision = n }
}

func uncounted(r *timeline.ReadArticle) { r.Article.Countable = false }

func loaded(r *timeline.ReadArticle) { r.Article.Loaded = true }

// factsOf reads the count, the date and the event that an article of the tests
// may have.
func factsOf(a *timeline.Article) (f timeline.Facts) {
	f.Counts, f.Dates = countsIn(a.Reading()), datesIn(a.Reading())
	for _, d := range f.Dates {
		e := timeline.Event{
			Span: d.Sentence, Sentence: d.Sentence, Dates: []timeline.Span{d.Span}, Actors: []string{"isis"},
			Interval: d.Interval, Precision: d.Precision, Relation: d.Relation, TIMEX3: d.TIMEX3, Rule: "test",
		}
		for _, c := range f.Counts {
			e.Counts = append(e.Counts, c.Span)
		}
		f.Events = append(f.Events, e)
	}
	return f
}

// countsIn finds "N men".
func countsIn(reading string) []timeline.Count {
	end := strings.Index(reading, " men")
	if end < 0 {
		return nil
	}
	start := strings.LastIndexByte(reading[:end], ' ') + 1
	n, err := strconv.ParseFloat(reading[start:end], 64)
	if err != nil {
		return nil
	}
	return []timeline.Count{{
		Span: timeline.Span{Start: start, End: end}, Sentence: lineAround(reading, start), Lo: &n, Best: &n, Hi: &n,
		Bound: timeline.Exact, Object: timeline.Span{Start: end + 1, End: end + 4}, Kind: "fighters", In: []string{"mosul", "aleppo"}, Countries: []string{"IQ", "SY"}, Of: "isis", By: "P", Rule: "test",
	}}
}

// datesIn finds "In YYYY".
func datesIn(reading string) []timeline.Date {
	start := strings.Index(reading, "In ") + 3
	if start < 3 {
		return nil
	}
	end := start + strings.IndexByte(reading[start:], ' ')
	year, err := strconv.Atoi(reading[start:end])
	if err != nil {
		return nil
	}
	lo := time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC)
	return []timeline.Date{{
		Span: timeline.Span{Start: start, End: end}, Sentence: lineAround(reading, start),
		Interval:  timeline.Interval{Lo: lo, Hi: lo.AddDate(1, 0, 0)},
		Precision: timeline.Year, Relation: timeline.On, TIMEX3: strconv.Itoa(year), Ref: noon, Rule: "test",
	}}
}

func lineAround(s string, i int) timeline.Span {
	start := strings.LastIndexByte(s[:i], '\n') + 1
	if end := strings.IndexByte(s[i:], '\n'); end >= 0 {
		return timeline.Span{Start: start, End: i + end}
	}
	return timeline.Span{Start: start, End: len(s)}
}

// poll makes the result of a poll of the feed so long after noon that brought
// the articles, whose revision says whether they are new.
func poll(feed string, after time.Duration, articles ...timeline.ReadArticle) timeline.PollResult {
	at := noon.Add(after)
	p := timeline.Poll{
		ID: timeline.PollID(feed, at), Feed: feed, Scheduled: at, At: at.Add(1234567 * time.Nanosecond), Outcome: timeline.OutcomeOK,
		Fetched: len(articles) + 1, Rejected: 1, Reasons: map[string]int{"no title": 1}, Status: 200, Bytes: 4096, Took: 250 * time.Millisecond,
		Marks: []timeline.Mark{timeline.MarkOverflow, timeline.MarkGUIDChurn},
	}
	for i := range articles {
		if articles[i].Article.Revision > 1 {
			p.Revised++
		} else {
			p.New++
		}
	}
	return timeline.PollResult{Poll: p, Articles: articles, State: timeline.FeedState{
		Feed: feed, ETag: `W/"` + p.ID + `"`, LastModified: "Sat, 20 May 2017 12:00:00 GMT", BodyHash: p.ID,
		FirstPoll: noon, LastPoll: p.At, LastSuccess: p.At, NextPoll: at.Add(10 * time.Minute), LastOutcome: p.Outcome,
		Items: p.Fetched, Overflowed: p.At, Habits: timeline.Habits{GUIDs: timeline.MarkGUIDChurn, Doubts: 2, Links: timeline.MarkLinksMerge},
	}}
}

// register registers feeds, given as name and publisher by turns.
func register(t *testing.T, s Store, pairs ...string) {
	t.Helper()
	var feeds []timeline.Feed
	for i := 0; i < len(pairs); i += 2 {
		feeds = append(feeds, timeline.Feed{
			Name: pairs[i], URL: "https://example.org/" + pairs[i] + ".xml", Title: "Feed " + pairs[i], Publisher: pairs[i+1],
			Country: "IQ", Lang: "en", Enabled: true, Rhythm: 10 * time.Minute,
		})
	}
	if err := s.SyncFeeds(t.Context(), feeds); err != nil {
		t.Fatal(err)
	}
}

// commit records polls.
func commit(t *testing.T, s Store, polls ...timeline.PollResult) {
	t.Helper()
	for _, p := range polls {
		if err := s.CommitPoll(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
}
