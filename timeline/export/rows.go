package export

import (
	"context"
	"iter"
	"time"

	"marsad/timeline"
)

// source is the article that a row is from, as the last columns of a row.
type source struct {
	Article   string    `json:"article"`
	Published time.Time `json:"published"`
	Story     string    `json:"story"`
	Feed      string    `json:"feed"`
	Publisher string    `json:"publisher"`
	Country   string    `json:"country"`
	Lang      string    `json:"lang"`
	Title     string    `json:"title"`
	URL       string    `json:"url"`
}

func sourceOf(a *timeline.Article) source {
	return source{
		Article: a.ID, Published: a.Published.UTC(), Story: a.Story, Feed: a.Feed, Publisher: a.Publisher,
		Country: a.Country, Lang: a.Lang, Title: a.Title, URL: a.URL,
	}
}

type articleRow struct {
	source
	Dated     string    `json:"dated"`
	FirstSeen time.Time `json:"first_seen"`
	Revision  int       `json:"revision"`
	Topics    []string  `json:"topics"`
	Text      string    `json:"text"`
}

func articleRows(r *timeline.ReadArticle) []articleRow {
	topics := make([]string, 0, len(r.Facts.Mentions))
	for _, m := range r.Facts.Mentions {
		topics = append(topics, m.Topic)
	}
	a := &r.Article
	return []articleRow{{sourceOf(a), string(a.Dated), a.FirstSeen.UTC(), a.Revision, topics, a.Text}}
}

// mentionRow is one article that speaks of one topic.
type mentionRow struct {
	Topic   string   `json:"topic"`
	Matches int      `json:"matches"`
	Words   []string `json:"words"` // that matched, as written
	source
}

func mentionRows(topic string) func(*timeline.ReadArticle) []mentionRow {
	return func(r *timeline.ReadArticle) (rows []mentionRow) {
		reading := r.Article.Reading()
		for _, m := range r.Facts.Mentions {
			if topic != "" && m.Topic != topic {
				continue
			}
			row := mentionRow{Topic: m.Topic, Matches: len(m.Spans), source: sourceOf(&r.Article)}
			for _, s := range m.Spans {
				row.Words = append(row.Words, s.Of(reading))
			}
			rows = append(rows, row)
		}
		return rows
	}
}

type countRow struct {
	Topics   []string `json:"topics"`
	Kind     string   `json:"kind"`
	Bound    string   `json:"bound"`
	Lo       *float64 `json:"lo"`
	Best     *float64 `json:"best"`
	Hi       *float64 `json:"hi"`
	Text     string   `json:"text"`
	Object   *string  `json:"object"`
	Of       string   `json:"of"`
	By       string   `json:"by"`
	Negated  bool     `json:"negated"`
	Sentence string   `json:"sentence"`
	source
}

func countRows(f *timeline.FoundCount) []countRow {
	reading := f.Article.Reading()
	c := timeline.EncodeFacts(reading, timeline.Facts{Counts: []timeline.Count{f.Count}}).Counts[0]
	return []countRow{{
		orNone(f.Topics), c.Kind, c.Bound, c.Lo, c.Best, c.Hi, c.Text, c.Object, c.Of, c.By, c.Negated,
		f.Count.Sentence.Of(reading), sourceOf(&f.Article),
	}}
}

type eventRow struct {
	Lo        *string  `json:"lo"`
	Hi        *string  `json:"hi"` // exclusive
	Precision string   `json:"precision"`
	Relation  string   `json:"relation"`
	Planned   bool     `json:"planned"`
	Topics    []string `json:"topics"`
	Text      string   `json:"text"` // the clause
	Actors    []string `json:"actors"`
	Places    []string `json:"places"`
	Counts    []string `json:"counts"` // as written
	Sentence  string   `json:"sentence"`
	source
}

func eventRows(f *timeline.FoundEvent) []eventRow {
	reading := f.Article.Reading()
	e := timeline.EncodeFacts(reading, timeline.Facts{Events: []timeline.Event{f.Event}}).Events[0]
	counts := make([]string, 0, len(f.Counts))
	for i := range f.Counts {
		counts = append(counts, f.Counts[i].Span.Of(reading))
	}
	return []eventRow{{
		e.Lo, e.Hi, e.Precision, e.Relation, e.Planned, orNone(f.Topics), e.Text, e.Actors, e.Places, counts,
		f.Event.Sentence.Of(reading), sourceOf(&f.Article),
	}}
}

type incidentRow struct {
	ID           string     `json:"id"`
	Topic        string     `json:"topic"`
	Kind         string     `json:"kind"` // rise or fall
	State        string     `json:"state"`
	Severity     string     `json:"severity"`
	Opened       time.Time  `json:"opened"`
	Updated      time.Time  `json:"updated"`
	Resolved     *time.Time `json:"resolved"`
	Window       string     `json:"window"`
	Observed     int        `json:"observed"`
	Expected     float64    `json:"expected"`
	Upper        float64    `json:"upper"`
	P            float64    `json:"p"`
	Exposure     float64    `json:"exposure"`
	Total        int        `json:"total"`
	Publishers   int        `json:"publishers"`
	Headline     string     `json:"headline"` // of the story that most publishers tell
	URL          string     `json:"url"`
	Acknowledged string     `json:"acknowledged"` // by whom
	Label        string     `json:"label"`
}

func incidentRows(i *timeline.Incident) []incidentRow {
	row := incidentRow{
		ID: i.ID, Topic: i.Topic, Kind: i.Kind.Name(), State: string(i.State), Severity: i.Severity,
		Opened: i.Opened.UTC(), Updated: i.Updated.UTC(), Window: timeline.FormatWindow(i.Window),
		Observed: i.Observed, Expected: i.Expected, Upper: i.Upper, P: i.P, Exposure: i.Exposure,
		Total: i.Total, Publishers: i.Publishers, Acknowledged: i.Acknowledged.By, Label: string(i.Feedback.Label),
	}
	if !i.Resolved.IsZero() {
		resolved := i.Resolved.UTC()
		row.Resolved = &resolved
	}
	if len(i.Headlines) > 0 {
		row.Headline, row.URL = i.Headlines[0].Title, i.Headlines[0].URL
	}
	return []incidentRow{row}
}

type pollRow struct {
	Feed     string         `json:"feed"`
	At       time.Time      `json:"at"`
	Outcome  string         `json:"outcome"`
	Fetched  int            `json:"fetched"`
	New      int            `json:"new"`
	Known    int            `json:"known"`
	Revised  int            `json:"revised"`
	Rejected int            `json:"rejected"`
	Reasons  map[string]int `json:"reasons"`
	Status   int            `json:"status"`
	Bytes    int64          `json:"bytes"`
	Millis   int64          `json:"ms"`
	Error    string         `json:"error"`
}

func pollRows(p *timeline.Poll) []pollRow {
	reasons := p.Reasons
	if reasons == nil {
		reasons = map[string]int{}
	}
	return []pollRow{{
		p.Feed, p.At.UTC(), string(p.Outcome), p.Fetched, p.New, p.Known, p.Revised, p.Rejected, reasons,
		p.Status, p.Bytes, p.Took.Milliseconds(), p.Error,
	}}
}

// seriesRow is a step of a topic in which anything was collected, with the
// detector's word on the window of one step; null where it has none.
type seriesRow struct {
	Topic    string    `json:"topic"`
	Step     time.Time `json:"step"`
	N        int       `json:"n"`
	Loaded   int       `json:"loaded"`
	Exposure int       `json:"exposure"`
	Expected *float64  `json:"expected"`
	Upper    *float64  `json:"upper"`
	P        *float64  `json:"p"`
	State    string    `json:"state"`
}

// stretch is how much of a series is read at once.
const stretch = 28 * 24 * time.Hour

// seriesRows gives the steps of each topic. Without From a topic is read whole;
// with it in stretches.
func seriesRows(ctx context.Context, series Series, o Options) iter.Seq2[seriesRow, error] {
	topics := o.Topics
	if o.Query.Topic != "" {
		topics = []string{o.Query.Topic}
	}
	return func(yield func(seriesRow, error) bool) {
		for _, topic := range topics {
			for from := o.Query.From; from.Before(o.Query.To); {
				to := o.Query.To
				if end := from.Add(stretch); !from.IsZero() && end.Before(to) {
					to = end
				}
				rows, err := seriesStretch(ctx, series, topic, o.Step, from, to)
				if err != nil {
					yield(seriesRow{}, err)
					return
				}
				for i := range rows {
					if !yield(rows[i], nil) {
						return
					}
				}
				from = to
			}
		}
	}
}

func seriesStretch(ctx context.Context, series Series, topic string, step time.Duration, from, to time.Time) ([]seriesRow, error) {
	counts, err := series.Counts(ctx, topic, from, to)
	if err != nil {
		return nil, err
	}
	evaluations, err := series.Evaluations(ctx, topic, step, from, to)
	if err != nil {
		return nil, err
	}
	rows := make([]seriesRow, len(counts))
	at := 0
	for i, c := range counts {
		rows[i] = seriesRow{Topic: topic, Step: c.Step.UTC(), N: c.N, Loaded: c.Loaded, Exposure: c.Exposure}
		for at < len(evaluations) && evaluations[at].Step.Before(c.Step) {
			at++
		}
		if at == len(evaluations) || !evaluations[at].Step.Equal(c.Step) {
			continue
		}
		e := &evaluations[at]
		rows[i].State = string(e.State)
		if e.State == timeline.Uncovered {
			continue
		}
		rows[i].Expected, rows[i].P = &e.Expected, &e.P
		if e.Upper > 0 {
			rows[i].Upper = &e.Upper
		}
	}
	return rows, nil
}

// orNone keeps a missing list from becoming null.
func orNone(list []string) []string { return append([]string{}, list...) }
