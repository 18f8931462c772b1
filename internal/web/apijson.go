package web

import (
	"encoding/base64"
	"net/url"
	"slices"
	"time"

	"marsad/timeline"
)

// articleJSON is an article with its facts. Offsets of dates, counts, other and
// mentions count Unicode code points of title + "\n" + text, or of the one of
// the two that is there when the other is empty.
type articleJSON struct {
	ID        string         `json:"id"`
	GUID      string         `json:"guid"`
	Feed      string         `json:"feed"`
	Publisher string         `json:"publisher"`
	Country   string         `json:"country"`
	Lang      string         `json:"lang"`
	URL       string         `json:"url"`
	Title     string         `json:"title"`
	Text      string         `json:"text"`
	Published time.Time      `json:"published"`
	Dated     timeline.Dated `json:"dated"`
	FromPage  bool           `json:"from_page"` // the text is that of the article's page
	FirstSeen time.Time      `json:"first_seen"`
	Revision  int            `json:"revision"`
	Story     string         `json:"story"`
	Topics    []string       `json:"topics"`
	timeline.FactsJSON
}

// articleDetailJSON is an article by itself.
type articleDetailJSON struct {
	articleJSON
	Corrections []correctedJSON `json:"corrections"` // those that hold in it
}

func articleJSONOf(r timeline.ReadArticle) articleJSON {
	a := &r.Article
	return articleJSON{
		ID: a.ID, GUID: a.GUID, Feed: a.Feed, Publisher: a.Publisher, Country: a.Country, Lang: a.Lang,
		URL: a.URL, Title: a.Title, Text: a.Text, Published: a.Published, Dated: a.Dated, FromPage: a.FromPage,
		FirstSeen: a.FirstSeen.UTC(), Revision: a.Revision, Story: a.Story, Topics: topicsOf(r.Facts),
		FactsJSON: timeline.EncodeFacts(a.Reading(), r.Facts),
	}
}

// topicsOf names the topics mentioned, sorted.
func topicsOf(f timeline.Facts) []string {
	topics := make([]string, 0, len(f.Mentions))
	for _, m := range f.Mentions {
		topics = append(topics, m.Topic)
	}
	slices.Sort(topics)
	return slices.Compact(topics)
}

type storyJSON struct {
	ID         string    `json:"id"`
	Title      string    `json:"title"`
	URL        string    `json:"url"`
	Lang       string    `json:"lang"`
	First      time.Time `json:"first"`
	Last       time.Time `json:"last"`
	Articles   int       `json:"articles"`
	Publishers []string  `json:"publishers"`
	Topics     []string  `json:"topics"`
}

func storyJSONOf(s timeline.Story) storyJSON {
	return storyJSON{
		ID: s.ID, Title: s.Title, URL: s.URL, Lang: s.Lang, First: s.First.UTC(), Last: s.Last.UTC(),
		Articles: s.Articles, Publishers: orEmpty(s.Publishers), Topics: orEmpty(s.Topics),
	}
}

// storyDetailJSON is a story with its articles, and those that corrections took out
// of it.
type storyDetailJSON struct {
	storyJSON
	Members []memberJSON `json:"members"` // in the order of the record
	Moved   []moveJSON   `json:"moved"`
}

type memberJSON struct {
	Article   string     `json:"article"`
	Feed      string     `json:"feed"`
	Publisher string     `json:"publisher"`
	Lang      string     `json:"lang"`
	URL       string     `json:"url"`
	Title     string     `json:"title"`
	Published time.Time  `json:"published"`
	Revision  int        `json:"revision"`
	Counted   bool       `json:"counted"` // in series
	Was       string     `json:"was"`     // the story it was in before a correction put it here; empty
	Ruled     *time.Time `json:"ruled"`   // when; null
	By        string     `json:"by"`
	Why       string     `json:"why"`
}

type moveJSON struct {
	Article string    `json:"article"`
	Story   string    `json:"story"` // where it is now
	Ruled   time.Time `json:"ruled"`
	By      string    `json:"by"`
	Why     string    `json:"why"`
}

func storyDetailJSONOf(d *timeline.StoryDetail) storyDetailJSON {
	out := storyDetailJSON{storyJSONOf(d.Story), make([]memberJSON, 0, len(d.Members)), make([]moveJSON, 0, len(d.Moved))}
	for i := range d.Members {
		m := &d.Members[i]
		a := &m.Article
		out.Members = append(out.Members, memberJSON{
			a.ID, a.Feed, a.Publisher, a.Lang, a.URL, a.Title, a.Published, a.Revision, m.Counted, m.Was, timeline.EncodeTime(m.Ruled), m.By, m.Why,
		})
	}
	for _, m := range d.Moved {
		out.Moved = append(out.Moved, moveJSON{m.Article, m.Story, m.Ruled.UTC(), m.By, m.Why})
	}
	return out
}

// foundJSON is where an event or a count was found.
type foundJSON struct {
	Article   string    `json:"article"`
	Feed      string    `json:"feed"`
	Publisher string    `json:"publisher"`
	Lang      string    `json:"lang"`
	URL       string    `json:"url"`
	Title     string    `json:"title"`
	Published time.Time `json:"published"`
	Topics    []string  `json:"topics"`
	Sentence  string    `json:"sentence"`
}

func foundJSONOf(a *timeline.Article, sentence timeline.Span, topics []string) foundJSON {
	return foundJSON{
		Article: a.ID, Feed: a.Feed, Publisher: a.Publisher, Lang: a.Lang, URL: a.URL, Title: a.Title,
		Published: a.Published, Topics: orEmpty(topics), Sentence: sentence.Of(a.Reading()),
	}
}

// eventJSON is an event with its counts, whose spans are those of Counts.
type eventJSON struct {
	foundJSON
	timeline.EventJSON
	Figures []timeline.CountJSON `json:"figures"`
}

func eventJSONOf(f timeline.FoundEvent) eventJSON {
	facts := timeline.EncodeFacts(f.Article.Reading(), timeline.Facts{Events: []timeline.Event{f.Event}, Counts: f.Counts})
	return eventJSON{foundJSONOf(&f.Article, f.Event.Sentence, f.Topics), facts.Events[0], facts.Counts}
}

type countJSON struct {
	foundJSON
	timeline.CountJSON
}

func countJSONOf(f timeline.FoundCount) countJSON {
	facts := timeline.EncodeFacts(f.Article.Reading(), timeline.Facts{Counts: []timeline.Count{f.Count}})
	return countJSON{foundJSONOf(&f.Article, f.Count.Sentence, f.Topics), facts.Counts[0]}
}

type topicJSON struct {
	Name    string                   `json:"name"`
	Title   timeline.Text            `json:"title"`
	Query   string                   `json:"query"`
	Any     []string                 `json:"any"`
	All     []string                 `json:"all"`
	None    []string                 `json:"none"`
	State   timeline.EvaluationState `json:"state"` // empty before the first step is evaluated
	Step    *time.Time               `json:"step"`
	Windows []windowJSON             `json:"windows"`
}

// windowJSON is what the newest step says of one window.
type windowJSON struct {
	Window   string                   `json:"window"`
	Observed int                      `json:"observed"`
	Expected float64                  `json:"expected"`
	Upper    float64                  `json:"upper"`
	P        float64                  `json:"p"`
	Exposure float64                  `json:"exposure"`
	State    timeline.EvaluationState `json:"state"`
}

func topicJSONOf(t timeline.Topic, s standing) topicJSON {
	out := topicJSON{
		Name: t.Name, Title: t.Title, Query: t.Query, Any: orEmpty(t.Any), All: orEmpty(t.All), None: orEmpty(t.None),
		State: s.State, Step: timeline.EncodeTime(s.Step), Windows: make([]windowJSON, 0, len(s.Windows)),
	}
	if out.Title == nil {
		out.Title = timeline.Text{}
	}
	for _, e := range s.Windows {
		out.Windows = append(out.Windows, windowJSON{
			timeline.FormatWindow(e.Window), e.Observed, e.Expected, e.Upper, e.P, e.Exposure, e.State,
		})
	}
	return out
}

// seriesJSON is the series of a topic. Steps in which nothing was collected
// have no point.
type seriesJSON struct {
	Topic  string      `json:"topic"`
	Step   string      `json:"step"`
	Points []pointJSON `json:"points"`
}

// pointJSON is one step. Expected and upper are null where the detector has no
// word on a window of this step's width, and upper while it warms up.
type pointJSON struct {
	T        time.Time `json:"t"`
	N        int       `json:"n"`
	Loaded   int       `json:"loaded"` // those of n that came from an archive
	Expected *float64  `json:"expected"`
	Upper    *float64  `json:"upper"`
	Exposure int       `json:"exposure"`
}

func seriesJSONOf(topic string, sp span, buckets []bucket) seriesJSON {
	points := make([]pointJSON, 0, len(buckets))
	for _, b := range buckets {
		if b.Exposure > 0 {
			points = append(points, pointJSON{b.Start, b.N, b.Loaded, b.Expected, b.Upper, b.Exposure})
		}
	}
	return seriesJSON{Topic: topic, Step: timeline.FormatWindow(sp.Width), Points: points}
}

type incidentJSON struct {
	ID         string                    `json:"id"`
	Kind       string                    `json:"kind"` // rise, fall, blind, dark or count
	Topic      string                    `json:"topic"`
	Title      string                    `json:"title"`
	State      timeline.IncidentState    `json:"state"`
	Severity   string                    `json:"severity"`
	Opened     time.Time                 `json:"opened"`
	Updated    time.Time                 `json:"updated"`
	Resolved   *time.Time                `json:"resolved"`
	Observed   int                       `json:"observed"`
	Expected   float64                   `json:"expected"`
	Upper      float64                   `json:"upper"`
	Exposure   float64                   `json:"exposure"`
	P          float64                   `json:"p"`
	Window     string                    `json:"window"`
	Total      int                       `json:"total"`
	Publishers int                       `json:"publishers"`
	Stories    []timeline.HeadlineJSON   `json:"stories"`
	Figures    []timeline.FigureJSON     `json:"figures"`
	TakenDown  int                       `json:"taken_down"` // articles that it quoted and that were taken down
	Announced  *announcedJSON            `json:"announced"`  // null until announced
	Leader     string                    `json:"leader"`     // id of the incident it is told with; empty: by itself
	Joined     []joinedJSON              `json:"joined"`     // incidents of other topics told with it
	Feeds      []string                  `json:"feeds"`      // dark ones, the first of them; of a dark
	Change     *timeline.CountChangeJSON `json:"change"`     // of a count; else null

	Acknowledged *timeline.ResponseJSON `json:"acknowledged"` // null until somebody did
	Feedback     *timeline.FeedbackJSON `json:"feedback"`     // null until somebody gave some
	Silence      *timeline.SilenceJSON  `json:"silence"`      // the topic's; null when there is none now
}

// joinedJSON is an incident on the same stories, in short.
type joinedJSON struct {
	ID         string                 `json:"id"`
	Topic      string                 `json:"topic"`
	Title      string                 `json:"title"`
	State      timeline.IncidentState `json:"state"`
	Severity   string                 `json:"severity"`
	Opened     time.Time              `json:"opened"`
	Resolved   *time.Time             `json:"resolved"`
	Observed   int                    `json:"observed"`
	Expected   float64                `json:"expected"`
	P          float64                `json:"p"`
	Window     string                 `json:"window"`
	Total      int                    `json:"total"`
	Publishers int                    `json:"publishers"`
}

type announcedJSON struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

func incidentJSONOf(i timeline.Incident, now time.Time) incidentJSON {
	out := incidentJSON{
		ID: i.ID, Kind: i.Kind.Name(), Topic: i.Topic, Title: i.Title, State: i.State, Severity: i.Severity,
		Opened: i.Opened.UTC(), Updated: i.Updated.UTC(), Resolved: timeline.EncodeTime(i.Resolved),
		Observed: i.Observed, Expected: i.Expected, Upper: i.Upper, Exposure: i.Exposure, P: i.P,
		Window: timeline.FormatWindow(i.Window), Total: i.Total, TakenDown: i.TakenDown, Publishers: i.Publishers,
		Stories: timeline.EncodeHeadlines(i.Headlines), Figures: timeline.EncodeFigures(i.Figures), Change: timeline.EncodeCountChange(i.Change),
		Acknowledged: i.Acknowledged.Encode(), Feedback: i.Feedback.Encode(), Silence: i.Silence.Encode(now),
		Feeds:  append([]string{}, i.Feeds...),
		Leader: i.Leader, Joined: make([]joinedJSON, 0, len(i.Joined)),
	}
	for _, j := range i.Joined {
		out.Joined = append(out.Joined, joinedJSON{
			ID: j.Incident, Topic: j.Topic, Title: j.Title, State: j.State, Severity: j.Severity, Opened: j.Opened.UTC(), Resolved: timeline.EncodeTime(j.Resolved),
			Observed: j.Observed, Expected: j.Expected, P: j.P, Window: timeline.FormatWindow(j.Window), Total: j.Total, Publishers: j.Publishers,
		})
	}
	if i.Announced != (timeline.Receipt{}) {
		out.Announced = &announcedJSON{i.Announced.Channel, i.Announced.TS}
	}
	return out
}

type feedJSON struct {
	Name      string                 `json:"name"`
	Title     string                 `json:"title"`
	URL       string                 `json:"url"` // without user and password
	Publisher string                 `json:"publisher"`
	Country   string                 `json:"country"`
	Lang      string                 `json:"lang"`
	State     timeline.FeedCondition `json:"state"`
	Outcome   string                 `json:"outcome"` // of the last poll
	Error     string                 `json:"error"`
	Failures  int                    `json:"failures"` // in a row
	FirstPoll *time.Time             `json:"first_poll"`
	LastPoll  *time.Time             `json:"last_poll"`
	NextPoll  *time.Time             `json:"next_poll"`
	Newest    *time.Time             `json:"newest"`     // when something new came last
	Rhythm    string                 `json:"rhythm"`     // usual time between new items, else between polls; empty for an archive
	PollEvery string                 `json:"poll_every"` // empty for an archive
	Articles  int                    `json:"articles"`
	Troubles  []troubleJSON          `json:"troubles"` // the worst first; never null
	Marks     []timeline.Mark        `json:"marks"`    // never null
	Pages     pagesJSON              `json:"pages"`
}

// pagesJSON counts the feed's articles by what became of their pages (full_text).
type pagesJSON struct {
	Waiting int    `json:"waiting"`
	Read    int    `json:"read"`
	Failed  int    `json:"failed"`
	Error   string `json:"error"` // of the last page given up
}

// troubleJSON is something that somebody should see to. Its name is a state.
type troubleJSON struct {
	Name   timeline.FeedCondition `json:"name"`
	Text   string                 `json:"text"`
	Remedy string                 `json:"remedy"` // empty where nothing can be done
}

func feedJSONOf(f timeline.FeedStatus) feedJSON {
	out := feedJSON{
		Name: f.Name, Title: f.Title, URL: withoutUser(f.URL), Publisher: f.Publisher, Country: f.Country, Lang: f.Lang,
		State: f.Condition(), Outcome: string(f.LastOutcome), Error: f.LastError, Failures: f.Failures,
		FirstPoll: timeline.EncodeTime(f.FirstPoll), LastPoll: timeline.EncodeTime(f.LastPoll), NextPoll: timeline.EncodeTime(f.NextPoll), Articles: f.Articles,
		Newest: timeline.EncodeTime(f.Pace.LastNew), Troubles: []troubleJSON{},
		Marks: append([]timeline.Mark{}, f.Marks()...),
		Pages: pagesJSON{f.Pages.Waiting, f.Pages.Read, f.Pages.Failed, f.Pages.LastError},
	}
	if rhythm := f.Expected(); rhythm > 0 {
		out.Rhythm, out.PollEvery = rhythm.String(), f.PollEvery().Round(time.Second).String()
	}
	for _, t := range f.Troubles() {
		out.Troubles = append(out.Troubles, troubleJSON(t))
	}
	return out
}

// withoutUser drops what a feed's address may have of credentials.
func withoutUser(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	u.User = nil
	return u.String()
}

type pollJSON struct {
	ID       string           `json:"id"`
	Feed     string           `json:"feed"`
	At       time.Time        `json:"at"`
	Outcome  timeline.Outcome `json:"outcome"`
	Fetched  int              `json:"fetched"`
	New      int              `json:"new"`
	Known    int              `json:"known"`
	Revised  int              `json:"revised"`
	Rejected int              `json:"rejected"`
	Reasons  map[string]int   `json:"reasons"`
	Status   int              `json:"status"`
	Bytes    int64            `json:"bytes"`
	MS       int64            `json:"ms"`
	Error    string           `json:"error"`
	Marks    []timeline.Mark  `json:"marks"` // never null
}

func pollJSONOf(p timeline.Poll) pollJSON {
	out := pollJSON{
		ID: p.ID, Feed: p.Feed, At: p.At.UTC(), Outcome: p.Outcome, Fetched: p.Fetched, New: p.New, Known: p.Known,
		Revised: p.Revised, Rejected: p.Rejected, Reasons: p.Reasons, Status: p.Status, Bytes: p.Bytes,
		MS: p.Took.Milliseconds(), Error: p.Error,
		Marks: append([]timeline.Mark{}, p.Marks...),
	}
	if out.Reasons == nil {
		out.Reasons = map[string]int{}
	}
	return out
}

// pageOf turns a page of the record into one of the API.
func pageOf[T, J any](page timeline.Page[T], encode func(T) J) timeline.Page[J] {
	items := make([]J, 0, len(page.Items))
	for _, item := range page.Items {
		items = append(items, encode(item))
	}
	return timeline.Page[J]{Items: items, Next: page.Next}
}

// cut pages a list that is in memory and whose names are unique. The cursor is
// the name of the last item, so that an item that comes or goes shifts nothing.
func cut[T any](items []T, p params, name func(T) string) (timeline.Page[T], error) {
	if p.Cursor != "" {
		last, err := base64.RawURLEncoding.DecodeString(p.Cursor)
		i := slices.IndexFunc(items, func(item T) bool { return name(item) == string(last) })
		if err != nil || i < 0 {
			return timeline.Page[T]{}, timeline.ErrCursor
		}
		items = items[i+1:]
	}
	page := timeline.Page[T]{Items: items}
	if len(items) > p.Limit {
		page.Items = items[:p.Limit]
		page.Next = base64.RawURLEncoding.EncodeToString([]byte(name(page.Items[p.Limit-1])))
	}
	return page, nil
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
