package web

import (
	"marsad/timeline"
	"marsad/timeline/story"
)

// maxSentence is how much of a sentence a list shows, in bytes.
const maxSentence = 600

// sentence gives the sentence of a count with the count and what is counted marked.
func (v *views) sentence(c timeline.FoundCount) []segment {
	return v.inSentence(&c.Article, c.Count.Sentence, timeline.Facts{Counts: []timeline.Count{c.Count}})
}

// telling gives the sentence in which a source tells of an event, with its dates and
// counts marked.
func (v *views) telling(s story.Source) []segment {
	reading := s.Article.Reading()
	marks := v.marksOf(timeline.Facts{Counts: s.Counts})
	for _, date := range s.Event.Dates {
		marks = append(marks, mark{date, "date", v.term("relation", s.Event.Relation) + " " + formatInterval(s.Event.Interval, s.Event.Precision)})
	}
	sortMarks(marks)
	return clipped(reading, s.Event.Sentence, marks)
}

func (v *views) inSentence(a *timeline.Article, sentence timeline.Span, facts timeline.Facts) []segment {
	return clipped(a.Reading(), sentence, v.marksOf(facts))
}

// clipped cuts what is too long for a list, and takes out what would turn the
// direction of the text around it.
func clipped(reading string, within timeline.Span, marks []mark) []segment {
	end := within.Start + cutAt(within.Of(reading), maxSentence)
	out := segments(reading, timeline.Span{Start: within.Start, End: end}, marks)
	for i := range out {
		out[i].Text = inline(maxSentence, out[i].Text)
	}
	if end < within.End {
		out = append(out, segment{Text: "…"})
	}
	return out
}

// eventTitle says an event in a line.
func (v *views) eventTitle(a *story.Account) string {
	title := formatInterval(a.Interval, a.Precision)
	if a.Planned {
		title += " (" + v.words["planned"] + ")"
	}
	if len(a.Sources) > 0 {
		title += " · " + inline(160, a.Sources[0].Sentence)
	}
	return title
}
