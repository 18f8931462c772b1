package timeline

import (
	"time"
	"unicode/utf8"
)

// FactsJSON is the form in which facts leave the program: `marsad explain` and
// the API. Offsets count Unicode code points, the end exclusive; a calendar date
// is written 2006-01-02, an instant in RFC 3339, an open side null.
type FactsJSON struct {
	Dates    []DateJSON     `json:"dates"`
	Counts   []CountJSON    `json:"counts"`
	Other    []QuantityJSON `json:"other"`
	Events   []EventJSON    `json:"events"`
	Mentions []MentionJSON  `json:"mentions"`
}

// DateJSON is the form of a Date.
type DateJSON struct {
	Start     int     `json:"start"`
	End       int     `json:"end"`
	Text      string  `json:"text"`
	Lo        *string `json:"lo"`
	Hi        *string `json:"hi"`
	Precision string  `json:"precision"`
	Relation  string  `json:"relation"`
	TIMEX     string  `json:"timex"`
	Rule      string  `json:"rule"`
}

// CountJSON is the form of a Count.
type CountJSON struct {
	Start     int      `json:"start"`
	End       int      `json:"end"`
	Text      string   `json:"text"`
	Lo        *float64 `json:"lo"`
	Best      *float64 `json:"best"`
	Hi        *float64 `json:"hi"`
	Bound     string   `json:"bound"`
	Object    *string  `json:"object"`
	ObjStart  *int     `json:"obj_start"`
	ObjEnd    *int     `json:"obj_end"`
	Kind      string   `json:"kind"`
	Of        string   `json:"of"`
	In        []string `json:"in"`
	Countries []string `json:"countries"`
	By        string   `json:"by"`
	Negated   bool     `json:"negated"`
	Rule      string   `json:"rule"`
}

// QuantityJSON is the form of a Quantity.
type QuantityJSON struct {
	Start int      `json:"start"`
	End   int      `json:"end"`
	Text  string   `json:"text"`
	Type  string   `json:"type"`
	Value *float64 `json:"value"`
	Lo    *float64 `json:"lo,omitempty"`
	Hi    *float64 `json:"hi,omitempty"`
	Unit  string   `json:"unit,omitempty"`
	Norm  string   `json:"norm,omitempty"` // Quantity.Text
	Rule  string   `json:"rule,omitempty"`
}

// EventJSON is the form of an Event. Start, End and Text are those of the
// clause; Dates and Counts are spans.
type EventJSON struct {
	Start     int      `json:"start"`
	End       int      `json:"end"`
	Text      string   `json:"text"`
	Lo        *string  `json:"lo"`
	Hi        *string  `json:"hi"`
	Precision string   `json:"precision"`
	Relation  string   `json:"relation"`
	TIMEX     string   `json:"timex"`
	Planned   bool     `json:"planned"`
	Dates     [][2]int `json:"dates"`
	Counts    [][2]int `json:"counts"`
	Actors    []string `json:"actors"`
	Places    []string `json:"places"`
	Countries []string `json:"countries"`
	Rule      string   `json:"rule"`
}

// MentionJSON is the form of a Mention.
type MentionJSON struct {
	Topic string   `json:"topic"`
	Spans [][2]int `json:"spans"`
}

// EncodeFacts gives the facts read from text in the form in which they leave the
// program. Every span must lie inside text.
func EncodeFacts(text string, f Facts) FactsJSON {
	at := codePoints(text)
	out := FactsJSON{
		Dates:    make([]DateJSON, 0, len(f.Dates)),
		Counts:   make([]CountJSON, 0, len(f.Counts)),
		Other:    make([]QuantityJSON, 0, len(f.Other)),
		Events:   make([]EventJSON, 0, len(f.Events)),
		Mentions: make([]MentionJSON, 0, len(f.Mentions)),
	}
	pairs := func(spans []Span) [][2]int {
		out := make([][2]int, 0, len(spans))
		for _, s := range spans {
			out = append(out, [2]int{at(s.Start), at(s.End)})
		}
		return out
	}
	for _, d := range f.Dates {
		out.Dates = append(out.Dates, DateJSON{
			Start: at(d.Span.Start), End: at(d.Span.End), Text: d.Span.Of(text),
			Lo: formatSide(d.Interval.Lo, d.Precision), Hi: formatSide(d.Interval.Hi, d.Precision),
			Precision: string(d.Precision), Relation: string(d.Relation), TIMEX: d.TIMEX3, Rule: d.Rule,
		})
	}
	for _, c := range f.Counts {
		count := CountJSON{
			Start: at(c.Span.Start), End: at(c.Span.End), Text: c.Span.Of(text),
			Lo: c.Lo, Best: c.Best, Hi: c.Hi, Bound: string(c.Bound), Kind: c.Kind,
			Of: c.Of, In: append([]string{}, c.In...), Countries: append([]string{}, c.Countries...), By: c.By, Negated: c.Negated, Rule: c.Rule,
		}
		if !c.Object.IsZero() {
			object, start, end := c.Object.Of(text), at(c.Object.Start), at(c.Object.End)
			count.Object, count.ObjStart, count.ObjEnd = &object, &start, &end
		}
		out.Counts = append(out.Counts, count)
	}
	for _, q := range f.Other {
		out.Other = append(out.Other, QuantityJSON{
			Start: at(q.Span.Start), End: at(q.Span.End), Text: q.Span.Of(text),
			Type: q.Type, Value: q.Value, Lo: q.Lo, Hi: q.Hi, Unit: q.Unit, Norm: q.Text, Rule: q.Rule,
		})
	}
	for _, e := range f.Events {
		out.Events = append(out.Events, EventJSON{
			Start: at(e.Span.Start), End: at(e.Span.End), Text: e.Span.Of(text),
			Lo: formatSide(e.Interval.Lo, e.Precision), Hi: formatSide(e.Interval.Hi, e.Precision),
			Precision: string(e.Precision), Relation: string(e.Relation), TIMEX: e.TIMEX3, Planned: e.Planned,
			Dates: pairs(e.Dates), Counts: pairs(e.Counts),
			Actors: append([]string{}, e.Actors...), Places: append([]string{}, e.Places...),
			Countries: append([]string{}, e.Countries...), Rule: e.Rule,
		})
	}
	for _, m := range f.Mentions {
		out.Mentions = append(out.Mentions, MentionJSON{Topic: m.Topic, Spans: pairs(m.Spans)})
	}
	return out
}

// formatSide writes one side of an interval as EncodeFacts does.
func formatSide(t time.Time, p Precision) *string {
	if t.IsZero() {
		return nil
	}
	layout := time.RFC3339
	if p.IsCalendar() {
		layout = time.DateOnly
	}
	s := t.Format(layout)
	return &s
}

// codePoints returns a function from byte offsets of text to code point offsets.
// It remembers where it was, so that a walk through a text costs one pass.
func codePoints(text string) func(offset int) int {
	lastByte, lastPoint := 0, 0
	return func(offset int) int {
		if offset < lastByte {
			lastByte, lastPoint = 0, 0
		}
		lastPoint += utf8.RuneCountInString(text[lastByte:offset])
		lastByte = offset
		return lastPoint
	}
}
