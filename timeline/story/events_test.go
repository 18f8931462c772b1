package story_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"marsad/timeline"
	"marsad/timeline/story"
)

// told makes an article whose one event is its whole text, on the day of its
// publication.
func told(published time.Time, text string) (timeline.Article, timeline.Event) {
	day := time.Date(published.Year(), published.Month(), published.Day(), 0, 0, 0, 0, time.UTC)
	whole := timeline.Span{End: len(text)}
	return timeline.Article{Text: text, Published: published}, timeline.Event{
		Span: whole, Sentence: whole, Interval: timeline.Interval{Lo: day, Hi: day.AddDate(0, 0, 1)}, Precision: timeline.Day, Relation: timeline.On,
	}
}

// What is beyond the limit is forgotten, the oldest first, and what is left is
// found as before.
func TestEventsForget(t *testing.T) {
	t.Parallel()
	g := story.NewEvents(story.Config{Events: 100}, nil)
	if got := g.Reset(); got != 100 {
		t.Errorf("it remembers %d events, want 100", got)
	}
	of := func(i int) []byte {
		a, e := told(day, fmt.Sprintf("Troops captured the village of Place%d from the rebels after heavy clashes", i))
		return g.Sign(&a, &e, nil)
	}
	for i := range 1000 {
		oldest := g.Add(timeline.EventPrint{Article: int64(i + 1), Print: of(i)})
		if want := int64(max(0, i-98)); i >= 100 && oldest != want || i < 100 && oldest != 0 {
			t.Fatalf("after %d events the oldest is of article %d, want %d", i+1, oldest, want)
		}
	}
	for i, want := range map[int]int64{950: 951, 999: 1000, 900: 901, 899: 0, 10: 0} {
		got := int64(0)
		if near := g.Near(of(i)); len(near) > 0 {
			got = near[0].Article
		}
		if got != want {
			t.Errorf("event %d is near article %d, want %d", i, got, want)
		}
	}
	for _, bad := range [][]byte{nil, {1}, []byte(strings.Repeat("x", 300))} {
		if got := g.Near(bad); len(got) != 0 {
			t.Errorf("print %q is near %v", bad, got)
		}
		g.Add(timeline.EventPrint{Article: 2000, Print: bad})
	}
}

// Events of a year are compared with those of the same year alone, and what is so
// known that it says little is near to nothing.
func TestEventsDates(t *testing.T) {
	t.Parallel()
	const clause = "Rebels captured the town of Sirte from loyalists after fierce battles"
	at := func(lo, hi string, p timeline.Precision, planned bool) func(*timeline.Event) {
		return func(e *timeline.Event) {
			e.Interval.Lo, _ = time.Parse(time.DateOnly, lo)
			e.Interval.Hi, _ = time.Parse(time.DateOnly, hi)
			e.Precision, e.Planned = p, planned
		}
	}
	for name, c := range map[string]struct {
		a, b func(*timeline.Event)
		want bool
	}{
		"a day":                        {at("2011-10-20", "2011-10-21", timeline.Day, false), at("2011-10-20", "2011-10-21", timeline.Day, false), true},
		"the next day":                 {at("2011-10-20", "2011-10-21", timeline.Day, false), at("2011-10-21", "2011-10-22", timeline.Day, false), false},
		"a time of the day":            {at("2011-10-20", "2011-10-21", timeline.Day, false), at("2011-10-20", "2011-10-20", timeline.Hour, false), true},
		"planned and done":             {at("2011-10-20", "2011-10-21", timeline.Day, true), at("2011-10-20", "2011-10-21", timeline.Day, false), true},
		"the month of a day":           {at("2011-10-20", "2011-10-21", timeline.Day, false), at("2011-10-01", "2011-11-01", timeline.Month, false), true},
		"a day of a month":             {at("2011-10-01", "2011-11-01", timeline.Month, false), at("2011-10-20", "2011-10-21", timeline.Day, false), true},
		"the week of a day":            {at("2011-10-20", "2011-10-21", timeline.Day, false), at("2011-10-17", "2011-10-24", timeline.Week, false), true},
		"another month":                {at("2011-10-20", "2011-10-21", timeline.Day, false), at("2011-09-01", "2011-10-01", timeline.Month, false), false},
		"a year":                       {at("2011-01-01", "2012-01-01", timeline.Year, false), at("2011-01-01", "2012-01-01", timeline.Year, false), true},
		"a day of a year":              {at("2011-01-01", "2012-01-01", timeline.Year, false), at("2011-10-20", "2011-10-21", timeline.Day, false), false},
		"a year before there was news": {at("0900-01-01", "0901-01-01", timeline.Year, false), at("0900-01-01", "0901-01-01", timeline.Year, false), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := story.NewEvents(story.Config{Events: 100}, nil)
			of := func(change func(*timeline.Event)) []byte {
				a, e := told(day, clause)
				change(&e)
				return g.Sign(&a, &e, nil)
			}
			g.Add(timeline.EventPrint{Article: 1, Print: of(c.a)})
			if got := len(g.Near(of(c.b))) > 0; got != c.want {
				t.Errorf("one happening: %v, want %v", got, c.want)
			}
		})
	}
}

// FuzzEvents gives the grouper prints as a damaged record might.
func FuzzEvents(f *testing.F) {
	g := story.NewEvents(story.Config{Events: 100}, nil)
	a, e := told(day, "Troops captured the village of Sirte from the rebels")
	f.Add(g.Sign(&a, &e, nil))
	f.Add([]byte("\x02\x00\x00\x00\x80\xff\xff\xff\x7f\x00\x00\x00\x00\x00\x00")) // a month of all days there are
	f.Fuzz(func(_ *testing.T, signed []byte) {
		g.Add(timeline.EventPrint{Article: 1, Print: signed})
		g.Near(signed)
	})
}

// BenchmarkEvents groups the events of a busy newsroom: two a second, each told of
// the day, a fifth of them retold.
func BenchmarkEvents(b *testing.B) {
	const events = 40_000
	n := newNewsroom()
	texts := make([]string, events)
	for i := range texts {
		texts[i] = n.sentence()
		if i%5 == 0 && i > 1000 {
			texts[i] = texts[i-1-i%997] + " " + n.word(uint64(i))
		}
		n.made++
	}
	g := story.NewEvents(story.DefaultConfig(), nil)
	i := 0
	began := cpuTime(b)
	for b.Loop() {
		a, e := told(day.Add(time.Duration(i)*500*time.Millisecond), texts[i%events])
		signed := g.Sign(&a, &e, nil)
		g.Near(signed)
		g.Add(timeline.EventPrint{Article: int64(i + 1), Print: signed})
		i++
	}
	b.ReportMetric(float64((cpuTime(b)-began).Nanoseconds())/float64(i), "cpu-ns/event")
}
