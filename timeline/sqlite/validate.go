package sqlite

import (
	"fmt"
	"math"
	"slices"

	"marsad/timeline"
)

// validArticle says what makes an article impossible to record.
func validArticle(read *timeline.ReadArticle) error {
	a := &read.Article
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("article %q of feed %q: %s", a.ID, a.Feed, fmt.Sprintf(format, args...))
	}
	switch {
	case a.ID == "":
		return wrong("has no id: derive it with timeline.ArticleID")
	case a.Publisher == "":
		return wrong("has no publisher: take the feed's")
	case a.Revision < 1:
		return wrong("has revision %d: they count from 1", a.Revision)
	case a.Published.IsZero() || !projectable(a.Published):
		return wrong("was published at %v: want 1677-09-22 to 2262-04-10", a.Published)
	case a.FirstSeen.IsZero() || !projectable(a.FirstSeen):
		return wrong("was first seen at %v: want 1677-09-22 to 2262-04-10", a.FirstSeen)
	}
	length := a.ReadingLen()
	for _, span := range spansOf(&read.Facts) {
		if span.Start < 0 || span.End < span.Start || span.End > length {
			return wrong("a fact has the span %d to %d: want bytes of its reading, which has %d", span.Start, span.End, length)
		}
	}
	for i := range read.Facts.Events {
		if e := &read.Facts.Events[i]; e.Interval.Lo.IsZero() || !e.Interval.Lo.Before(e.Interval.Hi) {
			return wrong("an event is from %v to %v: want a time with a beginning and an end", e.Interval.Lo, e.Interval.Hi)
		}
	}
	for _, m := range read.Facts.Mentions {
		if m.Topic == "" {
			return wrong("a mention names no topic")
		}
	}
	return nil
}

func spansOf(f *timeline.Facts) []timeline.Span {
	var spans []timeline.Span
	for i := range f.Dates {
		spans = append(spans, f.Dates[i].Span, f.Dates[i].Sentence)
	}
	for i := range f.Counts {
		spans = append(spans, f.Counts[i].Span, f.Counts[i].Sentence, f.Counts[i].Object)
	}
	for i := range f.Other {
		spans = append(spans, f.Other[i].Span, f.Other[i].Sentence)
	}
	for i := range f.Events {
		spans = append(spans, f.Events[i].Span, f.Events[i].Sentence)
		spans = append(append(spans, f.Events[i].Dates...), f.Events[i].Counts...)
	}
	for i := range f.Mentions {
		spans = append(spans, f.Mentions[i].Spans...)
	}
	return spans
}

// validPoll says what makes a poll impossible to record.
func validPoll(result *timeline.PollResult) error {
	p := &result.Poll
	switch {
	case p.ID == "":
		return fmt.Errorf("poll of feed %q has no id: derive it with timeline.PollID", p.Feed)
	case p.At.IsZero():
		return fmt.Errorf("poll %s of feed %q has no time", p.ID, p.Feed)
	case !p.Sums():
		return fmt.Errorf("poll %s of feed %q does not sum: %d fetched, but %d new + %d known + %d revised + %d rejected (reasons %v)",
			p.ID, p.Feed, p.Fetched, p.New, p.Known, p.Revised, p.Rejected, p.Reasons)
	case result.State.Feed != "" && result.State.Feed != p.Feed:
		return fmt.Errorf("poll %s of feed %q brings the state of feed %q", p.ID, p.Feed, result.State.Feed)
	}
	for i := range result.Articles {
		if err := validArticle(&result.Articles[i]); err != nil {
			return fmt.Errorf("poll %s: %w", p.ID, err)
		}
	}
	return nil
}

// validStep says what makes the result of a step impossible to record.
func validStep(result *timeline.StepResult) error {
	if result.Step.IsZero() {
		return fmt.Errorf("step result names no step")
	}
	for i := range result.Evaluations {
		e := &result.Evaluations[i]
		if slices.ContainsFunc([]float64{e.Expected, e.Upper, e.P, e.Exposure}, math.IsNaN) {
			return fmt.Errorf("evaluation of topic %q at %v holds NaN", e.Topic, e.Step)
		}
		if e.Topic == "" || e.Step.IsZero() {
			return fmt.Errorf("evaluation of topic %q at %v needs both a topic and a step", e.Topic, e.Step)
		}
	}
	for i := range result.Incidents {
		if inc := &result.Incidents[i]; inc.ID == "" || inc.Opened.IsZero() || inc.Updated.IsZero() {
			return fmt.Errorf("incident %q of topic %q needs an id, Opened and Updated", inc.ID, inc.Topic)
		}
	}
	for i := range result.Notices {
		if n := &result.Notices[i]; n.ID == "" || n.Created.IsZero() {
			return fmt.Errorf("notice %q of incident %q needs an id and Created", n.ID, n.Incident.ID)
		}
	}
	return nil
}
