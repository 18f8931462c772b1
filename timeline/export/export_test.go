package export

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"marsad/timeline"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// shelf is a record of n articles, each with a mention, a count and an event.
type shelf struct {
	n      int
	broken bool
	widest int // page that was asked for
}

func (s *shelf) article(i int) timeline.ReadArticle {
	text := "At least 16 people were killed on Friday."
	span := timeline.Span{Start: len("=1+1\n"), End: len("=1+1\n") + len("At least 16")}
	sixteen := 16.0
	sentence := timeline.Span{Start: span.Start, End: span.Start + len(text)}
	count := timeline.Count{Span: span, Sentence: sentence, Lo: &sixteen, Best: &sixteen, Bound: timeline.AtLeast, Kind: "killed", By: "@governor"}
	event := timeline.Event{
		Span: sentence, Sentence: sentence, Counts: []timeline.Span{span}, Precision: timeline.Day, Relation: timeline.On,
		Interval: timeline.Interval{Lo: noon.Truncate(24 * time.Hour), Hi: noon.Truncate(24*time.Hour).AddDate(0, 0, 1)},
	}
	return timeline.ReadArticle{
		Article: timeline.Article{ID: fmt.Sprint("a", i), Title: "=1+1", Text: text, Publisher: "-News", Published: noon.In(time.FixedZone("", 3*3600))},
		Facts: timeline.Facts{
			Counts: []timeline.Count{count}, Events: []timeline.Event{event},
			Mentions: []timeline.Mention{{Topic: "truce", Spans: []timeline.Span{span}}, {Topic: "war", Spans: []timeline.Span{span}}},
		},
	}
}

func page[T any](s *shelf, q timeline.Query, item func(int) T) (timeline.Page[T], error) {
	var p timeline.Page[T]
	s.widest = max(s.widest, q.Limit)
	at := 0
	if _, err := fmt.Sscan(q.Cursor, &at); err != nil && q.Cursor != "" {
		return p, timeline.ErrCursor
	}
	if s.broken && at > 0 {
		return p, errors.New("disk is gone")
	}
	for ; at < s.n && len(p.Items) < q.Limit; at++ {
		p.Items = append(p.Items, item(at))
	}
	if at < s.n {
		p.Next = fmt.Sprint(at)
	}
	return p, nil
}

func (s *shelf) Articles(_ context.Context, q timeline.Query) (timeline.Page[timeline.ReadArticle], error) {
	return page(s, q, s.article)
}

func (s *shelf) FoundEvents(_ context.Context, q timeline.Query) (timeline.Page[timeline.FoundEvent], error) {
	return page(s, q, func(i int) timeline.FoundEvent {
		r := s.article(i)
		return timeline.FoundEvent{Article: r.Article, Event: r.Facts.Events[0], Counts: r.Facts.Counts, Topics: []string{"truce", "war"}}
	})
}

func (s *shelf) FoundCounts(_ context.Context, q timeline.Query) (timeline.Page[timeline.FoundCount], error) {
	return page(s, q, func(i int) timeline.FoundCount {
		r := s.article(i)
		return timeline.FoundCount{Article: r.Article, Count: r.Facts.Counts[0]}
	})
}

func (s *shelf) Polls(_ context.Context, q timeline.Query) (timeline.Page[timeline.Poll], error) {
	return page(s, q, func(int) timeline.Poll {
		return timeline.Poll{Feed: "one", At: noon, Outcome: timeline.OutcomeOK, Fetched: 3, New: 2, Rejected: 1, Reasons: map[string]int{"no-title": 1}, Took: 1500 * time.Millisecond}
	})
}

func (s *shelf) Incidents(_ context.Context, q timeline.Query) (timeline.Page[timeline.Incident], error) {
	return page(s, q, func(int) timeline.Incident {
		return timeline.Incident{ID: "i", Topic: "truce", State: timeline.IncidentOpen, Opened: noon, Updated: noon, Window: time.Hour, Headlines: []timeline.Headline{{Title: "+Truce"}}}
	})
}

func (s *shelf) Counts(_ context.Context, topic string, from, to time.Time) (counts []timeline.StepCount, err error) {
	for i := range s.n {
		step := noon.Add(time.Duration(i) * 24 * time.Hour)
		if !step.Before(from) && step.Before(to) && topic == "truce" {
			counts = append(counts, timeline.StepCount{Step: step, N: 1, Exposure: 2})
		}
	}
	return counts, nil
}

func (s *shelf) Evaluations(context.Context, string, time.Duration, time.Time, time.Time) ([]timeline.Evaluation, error) {
	return []timeline.Evaluation{{Step: noon, Expected: 0.5, P: 0.25, State: timeline.WarmingUp}}, nil
}

func table(t *testing.T, s *shelf, o Options) (string, int) {
	t.Helper()
	var out strings.Builder
	n, err := Write(t.Context(), &out, Record{s, s, s, s, s}, o)
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), n
}

func TestEveryTable(t *testing.T) {
	for kind, want := range map[string]string{ // the first row as CSV
		"articles":  `a0,2026-05-01T12:00:00Z,,,'-News,,,'=1+1,,,0001-01-01T00:00:00Z,0,truce; war,At least 16 people were killed on Friday.`,
		"mentions":  `truce,1,At least 16,a0,2026-05-01T12:00:00Z,,,'-News,,,'=1+1,`,
		"counts":    `,killed,at_least,16,16,,At least 16,,,'@governor,false,At least 16 people were killed on Friday.,a0,2026-05-01T12:00:00Z,,,'-News,,,'=1+1,`,
		"events":    `2026-05-01,2026-05-02,day,on,false,truce; war,At least 16 people were killed on Friday.,,,At least 16,At least 16 people were killed on Friday.,a0,2026-05-01T12:00:00Z,,,'-News,,,'=1+1,`,
		"incidents": `i,truce,rise,open,,2026-05-01T12:00:00Z,2026-05-01T12:00:00Z,,1h,0,0,0,0,0,0,0,'+Truce,,,`,
		"polls":     `one,2026-05-01T12:00:00Z,ok,3,2,0,0,1,"{""no-title"":1}",0,0,1500,`,
		"series":    `truce,2026-05-01T12:00:00Z,1,0,2,0.5,,0.25,warming_up`,
	} {
		o := Options{Kind: kind, Format: "csv", Topics: []string{"truce"}, Step: time.Hour, Query: timeline.Query{To: noon.AddDate(10, 0, 0)}}
		const items = 2*pageSize + 1
		rows := items
		if kind == "mentions" {
			rows *= 2
		}
		s := &shelf{n: items}
		out, n := table(t, s, o)
		lines := strings.Split(out, "\n")
		if !strings.HasPrefix(out, byteOrderMark) || lines[1] != want {
			t.Errorf("%s begins\n%s\n%s\nwant\n%s", kind, lines[0], lines[1], want)
		}
		read, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		if err != nil || len(read) != rows+1 || n != rows {
			t.Errorf("%s: %d rows in CSV, %d said (%v), want %d", kind, len(read)-1, n, err, rows)
		}
		if s.widest > pageSize {
			t.Errorf("%s: a page of %d, want no more than %d in memory", kind, s.widest, pageSize)
		}
		o.Format = "jsonl"
		out, _ = table(t, s, o)
		if n := strings.Count(out, "\n"); n != rows {
			t.Errorf("%s: %d JSON lines, want %d", kind, n, rows)
		}
		first := map[string]any{}
		line, _, _ := strings.Cut(out, "\n")
		if err := json.Unmarshal([]byte(line), &first); err != nil || len(first) != len(read[0]) {
			t.Errorf("%s: a line of %d keys (%v), want the %d columns", kind, len(first), err, len(read[0]))
		}
	}
}

func TestSeriesInStretches(t *testing.T) {
	o := Options{Kind: "series", Format: "jsonl", Topics: []string{"truce", "war"}, Step: time.Hour, Query: timeline.Query{From: noon.AddDate(0, 0, 1), To: noon.AddDate(0, 0, 100)}}
	if _, n := table(t, &shelf{n: 200}, o); n != 99 {
		t.Errorf("%d steps, want 99: each once, whatever the stretches", n)
	}
	o.Query.Topic = "war"
	if _, n := table(t, &shelf{n: 200}, o); n != 0 {
		t.Errorf("%d steps of the other topic, want none", n)
	}
}

func TestMistakes(t *testing.T) {
	for want, o := range map[string]Options{
		`"feeds" is no table: write one of articles, mentions`: {Kind: "feeds", Format: "csv"},
		`format "xml" is none: write csv or jsonl`:             {Kind: "polls", Format: "xml"},
		`polls have no topic`:                                  {Kind: "polls", Format: "csv", Query: timeline.Query{Topic: "truce"}},
	} {
		if _, err := Write(t.Context(), nil, Record{}, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v gives %v, want %s", o, err, want)
		}
	}
	var out strings.Builder
	s := &shelf{n: pageSize + 1, broken: true}
	if n, err := Write(t.Context(), &out, Record{s, s, s, s, s}, Options{Kind: "articles", Format: "csv"}); err == nil || n != pageSize {
		t.Errorf("a record that breaks gives %d rows and %v, want %d and an error", n, err, pageSize)
	}
}

func TestHarmless(t *testing.T) {
	for _, tt := range [][2]string{
		{"", ""},
		{"plain", "plain"},
		{`=HYPERLINK("x")`, `'=HYPERLINK("x")`},
		{"+1", "'+1"},
		{"-1", "'-1"},
		{"@SUM", "'@SUM"},
		{"\t=1", "'\t=1"},
		{"＝1", "'＝1"},
		{"1-2", "1-2"},
		{"هدنة", "هدنة"},
		{" =1", " =1"},
	} {
		if got := harmless(tt[0]); got != tt[1] {
			t.Errorf("harmless(%q) = %q, want %q", tt[0], got, tt[1])
		}
	}
}
