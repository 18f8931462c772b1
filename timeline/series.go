package timeline

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Point is one point of a time series, in InfluxDB's terms. Writing it twice
// changes nothing: the same fact has the same measurement, tags and time.
type Point struct {
	Bucket      Bucket
	Measurement string
	Tags        []Tag   // sorted by key; bounded sets only
	Fields      []Field // at least one, but for points that are to be deleted
	Time        time.Time
}

// Bucket is which of the two buckets a point belongs in.
type Bucket int

// The buckets. Event dates lie decades apart, so that they have their own.
const (
	BucketSeries Bucket = iota
	BucketEvents
)

// Tag is a tag of a point. A tag with an empty value is left out.
type Tag struct{ Key, Value string }

// Field is a field of a point; Value is an int64, a float64, a string or a bool.
type Field struct {
	Key   string
	Value any
}

// Change is one entry of the change log. First all of Delete goes, then all of
// Write comes.
type Change struct {
	Seq    int64
	At     time.Time // when it was recorded
	Delete []Point   // without fields
	Write  []Point
	// Beyond counts the events outside 1677-2262, which have no point.
	Beyond int
}

// NoTopic is the topic tag of a fact that has none.
const NoTopic = "none"

// ArticlePoints gives all points of a recorded article: itself, its mentions,
// its counts and its events, one for each topic of a fact.
func ArticlePoints(a *Article, f Facts) []Point {
	points := make([]Point, 0, 1+len(f.Mentions)+len(f.Counts)+len(f.Events))
	points = append(points, Point{
		Measurement: "articles",
		Time:        a.At,
		Tags: []Tag{
			{"country", a.Country}, {"feed", a.Feed}, {"lang", a.Lang}, {"publisher", a.Publisher},
		},
		Fields: []Field{{"n", int64(1)}, {"story", a.Story}},
	})
	for i := range f.Mentions {
		points = append(points, mentionPoint(a, &f.Mentions[i]))
	}
	reading := a.Reading()
	for i := range f.Counts {
		for _, topic := range topicsOrNone(a, f.Counts[i].Sentence, f.Mentions) {
			points = append(points, countPoint(a, reading, &f.Counts[i], topic))
		}
	}
	for i := range f.Events {
		if f.Events[i].At.IsZero() {
			continue
		}
		for _, topic := range topicsOrNone(a, f.Events[i].Sentence, f.Mentions) {
			points = append(points, eventPoint(a, reading, &f.Events[i], topic, f.Counts))
		}
	}
	return points
}

func topicsOrNone(a *Article, sentence Span, mentions []Mention) []string {
	if topics := TopicsOf(a, sentence, mentions); topics != nil {
		return topics
	}
	return []string{NoTopic}
}

func mentionPoint(a *Article, m *Mention) Point {
	return Point{
		Measurement: "mentions",
		Time:        m.At,
		Tags: []Tag{
			{"country", a.Country}, {"feed", a.Feed}, {"lang", a.Lang}, {"publisher", a.Publisher}, {"topic", m.Topic},
		},
		Fields: []Field{
			{"n", int64(1)},
			{"matches", int64(len(m.Spans))},
			{"story", a.Story},
			{"title", a.Title},
			{"url", a.URL},
		},
	}
}

func countPoint(a *Article, reading string, c *Count, topic string) Point {
	fields := make([]Field, 0, 8)
	for _, side := range []struct {
		key   string
		value *float64
	}{{"lo", c.Lo}, {"best", c.Best}, {"hi", c.Hi}} {
		if side.value != nil {
			fields = append(fields, Field{side.key, *side.value})
		}
	}
	fields = append(fields,
		Field{"object", c.Object.Of(reading)}, Field{"by", c.By}, Field{"negated", c.Negated},
		Field{"sentence", c.Sentence.Of(reading)}, Field{"url", a.URL})
	return Point{
		Measurement: "counts",
		Time:        c.At,
		Tags: []Tag{
			{"bound", string(c.Bound)}, {"kind", c.Kind}, {"lang", a.Lang}, {"publisher", a.Publisher}, {"topic", topic},
		},
		Fields: fields,
	}
}

// eventPoint gives the point of an event. Its sentence is the clause that tells
// of it, publishers how many had told of the happening so far, and best the first count in there that has one.
func eventPoint(a *Article, reading string, e *Event, topic string, counts []Count) Point {
	fields := []Field{
		{"title", a.Title},
		{"sentence", e.Span.Of(reading)},
		{"url", a.URL},
		{"publishers", int64(max(1, e.Publishers))},
		{"hi", e.Interval.Hi.UTC().Format(time.RFC3339)},
		{"actors", strings.Join(e.Actors, ",")},
		{"places", strings.Join(e.Places, ",")},
		{"planned", e.Planned},
	}
	for i := range counts {
		if best := counts[i].Best; best != nil && slices.Contains(e.Counts, counts[i].Span) {
			fields = append(fields, Field{"best", *best})
			break
		}
	}
	return Point{
		Bucket:      BucketEvents,
		Measurement: "events",
		Time:        e.At,
		Tags: []Tag{
			{"lang", a.Lang}, {"precision", string(e.Precision)}, {"relation", string(e.Relation)}, {"topic", topic},
		},
		Fields: fields,
	}
}

// Point gives the point of the ledger row.
func (p *Poll) Point() Point {
	return Point{
		Measurement: "polls",
		Time:        p.At,
		Tags:        []Tag{{"feed", p.Feed}, {"outcome", string(p.Outcome)}},
		Fields: []Field{
			{"fetched", int64(p.Fetched)},
			{"new", int64(p.New)},
			{"known", int64(p.Known)},
			{"revised", int64(p.Revised)},
			{"rejected", int64(p.Rejected)},
			{"status", int64(p.Status)},
			{"bytes", p.Bytes},
			{"ms", p.Took.Milliseconds()},
		},
	}
}

// Point gives the evaluation's point.
func (e *Evaluation) Point() Point {
	return Point{
		Measurement: "expected",
		Time:        e.Step,
		Tags:        []Tag{{"topic", e.Topic}, {"window", FormatWindow(e.Window)}},
		Fields: []Field{
			{"observed", int64(e.Observed)},
			{"expected", e.Expected},
			{"upper", e.Upper},
			{"p", e.P},
			{"exposure", e.Exposure},
		},
	}
}

// FormatWindow spells a window as operators write it: 10m, 1h, 24h. Windows are
// whole minutes.
func FormatWindow(d time.Duration) string {
	if d%time.Hour == 0 {
		return strconv.Itoa(int(d/time.Hour)) + "h"
	}
	return strconv.Itoa(int(d/time.Minute)) + "m"
}

// Point gives the point of the incident's last change.
func (i *Incident) Point(text, url string) Point {
	return Point{
		Measurement: "incidents",
		Time:        i.Updated,
		Tags:        []Tag{{"severity", i.Severity}, {"state", string(i.State)}, {"topic", i.Topic}},
		Fields:      []Field{{"title", i.Title}, {"text", text}, {"url", url}},
	}
}
