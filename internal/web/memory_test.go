package web

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/internal/config/scalar"
	"marsad/timeline"
)

// memory is a record in memory, filled by fill.
type memory struct {
	articles    []timeline.ReadArticle
	stories     []timeline.Story
	feeds       []timeline.FeedStatus
	polls       []timeline.Poll
	counts      []timeline.StepCount
	evaluations []timeline.Evaluation
	incidents   []timeline.Incident
	notices     []timeline.Notice
	corrections []timeline.Correction
	ruled       []string
	down        string
	err         error // returned by everything when set
	asked       []timeline.Query

	mu      sync.Mutex // of changes
	changes []string   // articles
}

// listOf pages items, whose cursor is the index of the next one.
func listOf[T any](m *memory, items []T, q timeline.Query) (timeline.Page[T], error) {
	m.asked = append(m.asked, q)
	if m.err != nil {
		return timeline.Page[T]{}, m.err
	}
	first := 0
	if q.Cursor != "" {
		var err error
		if first, err = strconv.Atoi(q.Cursor); err != nil || first > len(items) {
			return timeline.Page[T]{}, timeline.ErrCursor
		}
	}
	page := timeline.Page[T]{Items: items[first:min(first+q.Limit, len(items))]}
	if first+q.Limit < len(items) {
		page.Next = strconv.Itoa(first + q.Limit)
	}
	return page, nil
}

func (m *memory) Articles(_ context.Context, q timeline.Query) (timeline.Page[timeline.ReadArticle], error) {
	var found []timeline.ReadArticle
	for _, a := range m.articles {
		if (q.Topic == "" || slices.Contains(topicsOf(a.Facts), q.Topic)) && (q.Feed == "" || a.Article.Feed == q.Feed) &&
			(q.Lang == "" || a.Article.Lang == q.Lang) {
			found = append(found, a)
		}
	}
	return listOf(m, found, q)
}

func (m *memory) Article(_ context.Context, id string) (timeline.ReadArticle, error) {
	for _, a := range m.articles {
		if a.Article.ID == id {
			return a, m.err
		}
	}
	if id == m.down {
		return timeline.ReadArticle{}, &timeline.TakenDownError{By: "Zahra", Why: "asked for", At: now}
	}
	return timeline.ReadArticle{}, timeline.ErrNotFound
}

func (m *memory) Stories(_ context.Context, q timeline.Query) (timeline.Page[timeline.Story], error) {
	return listOf(m, m.stories, q)
}

func (m *memory) Story(_ context.Context, id string) (timeline.StoryDetail, error) {
	for _, s := range m.stories {
		if s.ID == id {
			d := timeline.StoryDetail{Story: s, Moved: []timeline.StoryMove{{Article: "gone", Story: timeline.Hash("other"), Ruled: now}}}
			for i := range m.articles[:2] {
				d.Members = append(d.Members, timeline.StoryMember{Article: m.articles[i].Article, Counted: i == 0})
			}
			d.Members[1].Was, d.Members[1].Ruled = timeline.Hash("other"), now
			return d, m.err
		}
	}
	return timeline.StoryDetail{}, first(m.err, timeline.ErrNotFound)
}

func (m *memory) Readings(ctx context.Context, article string) ([]timeline.Reading, error) {
	a, err := m.Article(ctx, article)
	return timeline.Readings(&a.Article, a.Facts, m.corrections), err
}

func (m *memory) Corrections(_ context.Context, article string) (of []timeline.Correction, err error) {
	for _, c := range m.corrections {
		if article == "" || c.Article == article {
			of = append(of, c)
		}
	}
	return of, m.err
}

func (m *memory) CorrectFact(_ context.Context, c timeline.Correction) error {
	m.corrections = append(m.corrections, c)
	return m.err
}

func (m *memory) RestoreFact(_ context.Context, _, fact string) error {
	before := len(m.corrections)
	m.corrections = slices.DeleteFunc(m.corrections, func(c timeline.Correction) bool { return c.ID == fact })
	if len(m.corrections) == before {
		return timeline.ErrNotFound
	}
	return m.err
}

func (m *memory) SplitStory(_ context.Context, id string, articles []string, by, why string) (string, error) {
	if len(articles) == 0 {
		return "", &timeline.MistakeError{Err: errors.New("none was named")}
	}
	m.ruled = append(m.ruled, strings.Join(append([]string{"split", id, by, why}, articles...), " "))
	return "split", m.err
}

func (m *memory) MergeStories(_ context.Context, into string, stories []string, by, why string) error {
	m.ruled = append(m.ruled, strings.Join(append([]string{"merge", into, by, why}, stories...), " "))
	return m.err
}

func (m *memory) TakeDown(_ context.Context, article, by, why string) error {
	m.ruled = append(m.ruled, strings.Join([]string{"takedown", article, by, why}, " "))
	m.articles = slices.DeleteFunc(m.articles, func(a timeline.ReadArticle) bool { return a.Article.ID == article })
	m.down = article
	return m.err
}

func (m *memory) Search(ctx context.Context, query string, q timeline.Query) (timeline.Page[timeline.FoundWords], error) {
	if query == "" {
		return timeline.Page[timeline.FoundWords]{}, &timeline.MistakeError{Err: errors.New("q: no word to look for")}
	}
	articles, err := m.Articles(ctx, q)
	page := timeline.Page[timeline.FoundWords]{Items: []timeline.FoundWords{}, Next: articles.Next}
	for _, a := range articles.Items {
		reading := a.Article.Reading()
		f := timeline.FoundWords{Article: a.Article, Facts: a.Facts, Snippet: timeline.Span{Start: len(a.Article.Title) + 1, End: len(reading)}}
		for at := 0; ; {
			i := strings.Index(reading[at:], query)
			if i < 0 {
				break
			}
			f.Words = append(f.Words, timeline.Span{Start: at + i, End: at + i + len(query)})
			at += i + len(query)
		}
		if len(f.Words) > 0 {
			page.Items = append(page.Items, f)
		}
	}
	return page, err
}

func (m *memory) Explain(a *timeline.Article) (timeline.Facts, []timeline.TopicReason, error) {
	f := timeline.Facts{}
	if i := strings.Index(a.Reading(), "12"); i >= 0 {
		f.Counts = []timeline.Count{{Span: timeline.Span{Start: i, End: i + 2}, Lo: new(12.0), Best: new(12.0), Hi: new(12.0), Kind: "killed", Rule: "count.plain"}}
	}
	return f, []timeline.TopicReason{{Topic: "group-merger", Matched: true, Parts: "+ merge*"}, {Topic: "ceasefire", Parts: "none is there: truce"}}, m.err
}

func (m *memory) Fetch(_ context.Context, url string) (timeline.Article, error) {
	if strings.Contains(url, "gone") {
		return timeline.Article{}, &timeline.MistakeError{Err: errors.New("404 Not Found")}
	}
	return timeline.Article{Title: "A page", Text: "It has 12 words.\n" + published(url)}, m.err
}

func published(url string) string { return "Published at " + url }

func (m *memory) FoundEvents(_ context.Context, q timeline.Query) (timeline.Page[timeline.FoundEvent], error) {
	var found []timeline.FoundEvent
	for _, a := range m.articles {
		for _, e := range a.Facts.Events {
			found = append(found, timeline.FoundEvent{Article: a.Article, Event: e, Topics: topicsOf(a.Facts)})
		}
	}
	return listOf(m, found, q)
}

func (m *memory) Happenings(ctx context.Context, q timeline.Query) (timeline.Page[timeline.Happening], error) {
	events, err := m.FoundEvents(ctx, q)
	page := timeline.Page[timeline.Happening]{Items: []timeline.Happening{}, Next: events.Next}
	for i, e := range events.Items {
		page.Items = append(page.Items, timeline.Happening{ID: "h" + strconv.Itoa(i), Mentions: []timeline.FoundEvent{e}, All: 1, Publishers: 1})
	}
	return page, err
}

func (m *memory) Happening(ctx context.Context, id string) (timeline.Happening, error) {
	page, err := m.Happenings(ctx, timeline.Query{Limit: maxLimit})
	for _, h := range page.Items {
		if h.ID == id {
			return h, err
		}
	}
	return timeline.Happening{}, first(err, timeline.ErrNotFound)
}

func (m *memory) FoundCounts(_ context.Context, q timeline.Query) (timeline.Page[timeline.FoundCount], error) {
	var found []timeline.FoundCount
	for _, a := range m.articles {
		for _, c := range a.Facts.Counts {
			found = append(found, timeline.FoundCount{Article: a.Article, Count: c, Topics: topicsOf(a.Facts)})
		}
	}
	return listOf(m, found, q)
}

func (m *memory) Feeds(context.Context) ([]timeline.FeedStatus, error) {
	return slices.Clone(m.feeds), m.err
}

func (m *memory) Polls(_ context.Context, q timeline.Query) (timeline.Page[timeline.Poll], error) {
	return listOf(m, m.polls, q)
}

func (m *memory) Stats(context.Context) (timeline.Stats, error) {
	return timeline.Stats{Articles: len(m.articles), Feeds: len(m.feeds), Pending: len(m.notices), Failed: 1}, m.err
}

func (m *memory) Counts(_ context.Context, topic string, from, to time.Time) (in []timeline.StepCount, err error) {
	for _, c := range m.counts {
		if topic == "group-merger" && !c.Step.Before(from) && c.Step.Before(to) {
			in = append(in, c)
		}
	}
	return in, m.err
}

func (m *memory) Sums(ctx context.Context, topic string, width time.Duration, from, to time.Time) (in []timeline.StepCount, err error) {
	counts, err := m.Counts(ctx, topic, from, to)
	for _, c := range counts {
		start := from.Add(c.Step.Sub(from).Truncate(width))
		if len(in) == 0 || !in[len(in)-1].Step.Equal(start) {
			in = append(in, timeline.StepCount{Step: start})
		}
		sum := &in[len(in)-1]
		sum.N, sum.Loaded, sum.Exposure = sum.N+c.N, sum.Loaded+c.Loaded, sum.Exposure+c.Exposure
	}
	return in, err
}

func (m *memory) EvaluationsOf(ctx context.Context, topic string, window time.Duration, from, to time.Time) (in []timeline.Evaluation, err error) {
	all, err := m.Evaluations(ctx, topic, window, from, to)
	for _, e := range all {
		if e.Step.Add(10*time.Minute).Sub(from)%window == 0 {
			in = append(in, e)
		}
	}
	return in, err
}

func (m *memory) Evaluations(_ context.Context, topic string, window time.Duration, from, to time.Time) (in []timeline.Evaluation, err error) {
	for _, e := range m.evaluations {
		if e.Topic == topic && (window == 0 || e.Window == window) && !e.Step.Before(from) && e.Step.Before(to) {
			in = append(in, e)
		}
	}
	return in, m.err
}

func (m *memory) Incidents(_ context.Context, q timeline.Query) (timeline.Page[timeline.Incident], error) {
	return listOf(m, m.incidents, q)
}

func (m *memory) Incident(_ context.Context, id string) (timeline.Incident, error) {
	for _, i := range m.incidents {
		if i.ID == id {
			return i, m.err
		}
	}
	return timeline.Incident{}, timeline.ErrNotFound
}

func (m *memory) LastChange(context.Context) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return int64(len(m.changes)), m.err
}

// Changed gives one article a change.
func (m *memory) Changed(_ context.Context, after int64, limit int) (timeline.Changed, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	upto := min(after+int64(limit), int64(len(m.changes)))
	return timeline.Changed{Seq: upto, Articles: m.changes[after:upto], More: upto < int64(len(m.changes))}, m.err
}

// change makes changes for the stream.
func (m *memory) change(articles ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.changes = append(m.changes, articles...)
}

func (m *memory) OpenIncidents(context.Context) ([]timeline.Incident, error) {
	return slices.DeleteFunc(slices.Clone(m.incidents), func(i timeline.Incident) bool { return i.State != timeline.IncidentOpen }), m.err
}

func (m *memory) Undelivered(context.Context, int) ([]timeline.Notice, error) {
	return m.notices, m.err
}

// first gives the first error that is one.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// now is when all tests happen.
var now = time.Date(2017, 5, 20, 12, 34, 0, 0, time.UTC)

// at finds words in the reading.
func at(reading, words string) timeline.Span {
	i := strings.Index(reading, words)
	if i < 0 {
		panic("no such words: " + words)
	}
	return timeline.Span{Start: i, End: i + len(words)}
}

func dateOnly(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// arabic is an article as the whole of Marsad is tried on.
func arabic() timeline.ReadArticle {
	a := timeline.Article{
		ID: timeline.Hash("seed"), Feed: "example-ar", Publisher: "Example", Country: "IQ", Lang: "ar",
		GUID: "tag:example.org,2017:1", URL: "https://example.org/1",
		Title: "تقرير عن اندماج تنظيم داعش والقاعدة",
		Text: "حسب مجلة Newsweek فإن عدد المقاتلين ما بين 12 ألفاً إلى 15 ألف ارهابي.\n" +
			"ومنذ عام 2012 زاد العدد، وقد يتم الاندماج خلال شهر إلى شهرين.",
		Published: time.Date(2017, 5, 20, 12, 0, 0, 0, time.FixedZone("+03", 3*3600)), Dated: timeline.DatedPublished,
		FirstSeen: now.Add(-3 * time.Hour), Revision: 1, Countable: true, Story: timeline.Hash("story"),
	}
	reading := a.Reading()
	sentence := timeline.Span{Start: len(a.Title) + 1, End: strings.LastIndex(reading, "\n")}
	second := timeline.Span{Start: sentence.End + 1, End: len(reading)}
	return timeline.ReadArticle{Article: a, Facts: timeline.Facts{
		Dates: []timeline.Date{{
			Span: at(reading, "عام 2012"), Sentence: second,
			Interval:  timeline.Interval{Lo: dateOnly("2012-01-01"), Hi: dateOnly("2013-01-01")},
			Precision: timeline.Year, Relation: timeline.Since, TIMEX3: "2012", Rule: "ar.year",
		}},
		Counts: []timeline.Count{{
			Span: at(reading, "ما بين 12 ألفاً إلى 15 ألف"), Sentence: sentence, Lo: new(12000.0), Hi: new(15000.0), Bound: timeline.Between,
			Object: at(reading, "ارهابي"), Kind: "fighters", Of: "داعش", In: []string{"syria"}, Countries: []string{"SY"}, By: "Newsweek", Rule: "ar.between",
		}},
		Other: []timeline.Quantity{{
			Span: at(reading, "شهر إلى شهرين"), Sentence: second, Type: "duration", Lo: new(2592000.0), Hi: new(5184000.0), Unit: "s", Rule: "ar.duration",
		}},
		Events: []timeline.Event{{
			Span: second, Sentence: second, Dates: []timeline.Span{at(reading, "عام 2012")}, Actors: []string{"isis"},
			Interval:  timeline.Interval{Lo: dateOnly("2012-01-01"), Hi: dateOnly("2013-01-01")},
			Precision: timeline.Year, Relation: timeline.On, TIMEX3: "2012", Rule: "event.dated",
		}},
		Mentions: []timeline.Mention{{Topic: "group-merger", Spans: []timeline.Span{at(reading, "اندماج"), at(reading, "داعش")}}},
	}}
}

// fill makes a record with something of everything.
func fill() *memory {
	m := &memory{articles: []timeline.ReadArticle{arabic()}}
	for i := range 5 {
		a := timeline.ReadArticle{Article: timeline.Article{
			ID: timeline.Hash("plain", strconv.Itoa(i)), Feed: "example-en", Publisher: "Example News", Lang: "en",
			URL: "https://example.org/en/" + strconv.Itoa(i), Title: "Two groups announce a merger, " + strconv.Itoa(20+i) + " sources say",
			Text: "The merger was announced on Friday.", Published: now.Add(-time.Duration(4+i) * time.Hour),
			Dated: timeline.DatedFirstSeen, FirstSeen: now.Add(-time.Duration(4+i) * time.Hour), Revision: 1 + i%2,
		}}
		a.Facts.Mentions = []timeline.Mention{{Topic: "group-merger", Spans: []timeline.Span{at(a.Article.Reading(), "merger")}}}
		m.articles = append(m.articles, a)
	}
	m.stories = []timeline.Story{{
		ID: timeline.Hash("story"), Title: m.articles[0].Article.Title, URL: "https://example.org/1", Lang: "ar",
		First: now.Add(-5 * time.Hour), Last: now, Articles: 2, Publishers: []string{"Example", "Example News"}, Topics: []string{"group-merger"},
	}}
	m.feeds = []timeline.FeedStatus{
		{
			Feed:      timeline.Feed{Name: "example-ar", URL: "https://user:secret@example.org/rss", Title: "مثال", Publisher: "Example", Lang: "ar", Enabled: true, Rhythm: 10 * time.Minute},
			FeedState: timeline.FeedState{FirstPoll: now.Add(-day), LastPoll: now, LastSuccess: now, NextPoll: now.Add(10 * time.Minute), LastOutcome: timeline.OutcomeOK}, Articles: 1,
		},
		{
			Feed:      timeline.Feed{Name: "example-en", URL: "https://example.net/rss", Title: "Example News", Publisher: "Example News", Lang: "en", Enabled: true, Rhythm: 10 * time.Minute},
			FeedState: timeline.FeedState{LastPoll: now, NextPoll: now.Add(10 * time.Minute), LastOutcome: timeline.OutcomeDNS, LastError: "lookup example.net: no such host", Failures: 3}, Articles: 5,
		},
		{Feed: timeline.Feed{Name: "new", Publisher: "New", Enabled: true, Rhythm: time.Hour}},
		{Feed: timeline.Feed{Name: "old", Publisher: "Old"}},
		{Feed: timeline.Feed{Name: "paper", Publisher: "Paper", Archive: true, Enabled: true}},
	}
	m.polls = []timeline.Poll{
		{
			ID: timeline.Hash("poll"), Feed: "example-ar", Scheduled: now, At: now, Outcome: timeline.OutcomeOK, Fetched: 7, New: 3, Known: 2, Revised: 1,
			Rejected: 1, Reasons: map[string]int{"no_identity": 1}, Status: 200, Bytes: 12345, Took: 87 * time.Millisecond,
		},
		{ID: timeline.Hash("poll2"), Feed: "example-en", Scheduled: now, At: now, Outcome: timeline.OutcomeDNS, Took: time.Millisecond, Error: "lookup example.net: no such host"},
	}
	seed := &m.articles[0]
	count, date := &seed.Facts.Counts[0], &seed.Facts.Dates[0]
	m.corrections = []timeline.Correction{
		{
			ID: count.ReadingID(&seed.Article), Article: seed.Article.ID, Kind: timeline.KindCount, Text: "ما بين 12 ألفاً إلى 15 ألف",
			Set: map[string]string{"kind": "fighters"}, By: "Zahra", Why: "they fight", At: now,
		},
		{ID: timeline.Hash("elsewhere"), Article: "gone", Kind: timeline.KindDate, Text: "2012", Hidden: true, By: "Zahra", At: now},
		{ID: date.ReadingID(&seed.Article), Article: seed.Article.ID, Kind: timeline.KindDate, Text: "عام 2012", Hidden: true, By: "Omar", Why: "no date", At: now},
	}
	m.fillSeries()
	figure := timeline.Figure{Lo: new(12000.0), Hi: new(15000.0), Bound: timeline.Between, Text: "ما بين 12 ألفاً إلى 15 ألف", Object: "ارهابي", Kind: "fighters", Publisher: "Example", URL: "https://example.org/1"}
	headline := timeline.Headline{
		Story: timeline.Hash("story"), Article: m.articles[0].Article.ID, Title: m.articles[0].Article.Title, URL: "https://example.org/1",
		Publisher: "Example", Publishers: 2, Lang: "ar", Published: now.Add(-3 * time.Hour),
	}
	open := timeline.Incident{
		ID: timeline.IncidentID("group-merger", now.Truncate(time.Hour)), Topic: "group-merger", Title: "Group merger", State: timeline.IncidentOpen, Severity: "high",
		Opened: now.Truncate(time.Hour), Updated: now.Truncate(time.Hour), Observed: 9, Expected: 1.25, Upper: 6, Exposure: 120, P: 1e-5, Window: time.Hour,
		Total: 9, Publishers: 4, Headlines: []timeline.Headline{headline}, Figures: []timeline.Figure{figure},
	}
	resolved := open
	resolved.ID, resolved.State, resolved.Resolved = timeline.Hash("resolved"), timeline.IncidentResolved, now
	resolved.Announced = timeline.Receipt{Channel: "C1", TS: "1495281600.000100"}
	m.incidents = []timeline.Incident{open, resolved}
	m.notices = []timeline.Notice{{ID: "n", Kind: timeline.NoticeOpening, Incident: open, Attempts: 2, NextTry: now.Add(time.Minute), Error: "slack: rate limited"}}
	return m
}

// fillSeries adds eight days of steps, with a gap and a burst at the end.
func (m *memory) fillSeries() {
	const step = 10 * time.Minute
	last := now.Truncate(step).Add(-step)
	for i := range 8 * 24 * 6 {
		when := last.Add(-time.Duration(i) * step)
		n := 0
		if i%11 == 0 {
			n = 1
		}
		if i < 4 {
			n = 3
		}
		if i > 60 && i < 80 {
			continue
		}
		m.counts = append(m.counts, timeline.StepCount{Step: when, N: n, Exposure: 20 + i%7})
		for _, w := range []time.Duration{time.Hour, 6 * time.Hour, day} {
			e := timeline.Evaluation{
				Topic: "group-merger", Step: when, Window: w, Observed: n * 2, Expected: .6 * w.Hours(), Upper: 5 + w.Hours(),
				P: .4, Exposure: 120 * w.Hours(), State: timeline.Normal,
			}
			if i < 4 {
				e.State, e.P = timeline.Alarming, 1e-5
			}
			m.evaluations = append(m.evaluations, e)
		}
	}
	slices.Reverse(m.counts)
	slices.Reverse(m.evaluations)
}

// optionsOf serves the record as it is at now.
func optionsOf(m *memory) Options {
	return Options{
		Articles: m, Facts: m, Feeds: m, Series: m, Incidents: m, Search: m, Explain: m, FactDesk: m, StoryDesk: m, Changes: m,
		Topics: []timeline.Topic{
			{Name: "group-merger", Title: timeline.Text{"en": "Group merger", "ar": "اندماج الجماعات"}, Query: "(merge* OR اندماج) NEAR/12 @isis"},
			{Name: "ceasefire", Title: timeline.Text{"en": "Ceasefire", "ar": "وقف إطلاق النار"}, Any: []string{"ceasefire", "هدنة"}},
		},
		Entities: []timeline.Entity{{Name: "isis", Title: timeline.Text{"en": "Islamic State", "ar": "داعش"}, Kind: "group"}},
		Step:     10 * time.Minute, Zone: time.UTC, Notes: []string{"Slack is not configured: notices go to the log and to this page."},
		Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler),
	}
}

// newServer serves on loopback without a token, unless change says otherwise.
func newServer(t *testing.T, m *memory, change func(*Config, *Options)) *Server {
	t.Helper()
	cfg, o := DefaultConfig(), optionsOf(m)
	if change != nil {
		change(&cfg, &o)
	}
	s, err := New(cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func withToken(cfg *Config, _ *Options) { cfg.Token = scalar.NewSecret("a token of some length") }

func wantEqual(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
