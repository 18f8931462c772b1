package extract

import (
	"strings"
	"time"

	"marsad/timeline"
)

// headline reads the event of a title that has no date and tells, by its tense,
// of the day of publication: "Army takes town", "مقتل 12 في غارة". The relation is
// about: the day is the title's, not the text's.
func (s *scan) headline(a *timeline.Article) {
	title := a.TitleSpan()
	if title.Len() == 0 || len(s.Tokens) == 0 || len(s.facts.Dates) > 0 && s.facts.Dates[0].Span.Start < title.End {
		return
	}
	last := 0 // sentence
	for last < len(s.Sentences) && s.Sentences[last].End <= title.End {
		last++
	}
	if last == 0 {
		return
	}
	first, end := s.Sentences[0], s.Sentences[last-1]
	s.lo, s.hi = first.First, end.Last
	if !s.reports() {
		return
	}
	day := civilDay(s.ref)
	s.facts.Events = append(s.facts.Events, timeline.Event{
		Span:     timeline.Span{Start: first.Start, End: end.End},
		Sentence: timeline.Span{Start: first.Start, End: first.End},
		Interval: timeline.Interval{Lo: day, Hi: day.AddDate(0, 0, 1)}, Precision: timeline.Day, Relation: timeline.AboutDate,
		TIMEX3: day.Format(time.DateOnly), Rule: "event.headline",
	})
}

// reports reports whether the sentence says of something that it happens or has
// just happened.
func (s *scan) reports() bool {
	const reach = 3 // tokens that "to" and "بعد" bear upon
	found, until := false, -1
	for i := s.lo; i < s.hi; i++ {
		if s.mark(i, "?") || s.mark(i, "؟") {
			return false
		}
		if s.clauseEnd(i) {
			until = -1
		}
		if s.any(i, classFuture) || s.futureVerb(i) {
			until = s.hi
		}
		e, prefix := s.told(i)
		if e == nil {
			continue
		}
		switch {
		case e.classes.has(eventBackground):
			return false
		case e.classes.has(eventProspects):
			if as, _ := s.means(i, eventProspects); as == clausewide {
				until = s.hi
			} else {
				until = max(until, i+len(e.rest)+reach)
			}
		case e.classes.has(eventClauses):
			until = -1
		case e.classes.has(eventHappenings) && !s.asNoun(i, prefix):
			found = found || i > until
		}
	}
	return found
}

// asNoun reports whether the word, found without the prefix, stands behind a
// preposition: what tells of the day stands elsewhere in the headline.
func (s *scan) asNoun(i int, prefix string) bool {
	if s.clitics(i) {
		return strings.HasSuffix(prefix, "س") || strings.HasSuffix(prefix, "ل") || strings.HasSuffix(prefix, "ب")
	}
	return s.any(i-1, classIn, classArticle, classOf, classTo, classFrom, classRelationsAfter, classRelationsBefore)
}
