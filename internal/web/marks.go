package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"marsad/timeline"
)

// segment is a piece of text over which the same facts are read.
type segment struct {
	Text  string
	Class string // date, count, other, mention, in this order; empty: no fact
	Title string // the readings and their rules
}

// mark is one fact over one span.
type mark struct {
	span  timeline.Span
	class string
	title string
}

// classes gives the order in which the classes of a segment are written.
var classes = [...]string{"date", "count", "other", "mention"}

// marksOf gives a mark for each span of each fact, in the order of the text.
func (v *views) marksOf(f timeline.Facts) []mark {
	marks := make([]mark, 0, len(f.Dates)+len(f.Counts)+len(f.Other)+len(f.Mentions))
	for _, d := range f.Dates {
		marks = append(marks, mark{d.Span, "date", fmt.Sprintf("%s %s (%s)", v.term("relation", d.Relation), formatInterval(d.Interval, d.Precision), d.Rule)})
	}
	for _, c := range f.Counts {
		marks = append(marks, mark{c.Span, "count", fmt.Sprintf("%s: %s (%s)", v.term("kind", c.Kind), formatRange(c.Lo, c.Best, c.Hi), c.Rule)})
	}
	for _, q := range f.Other {
		marks = append(marks, mark{q.Span, "other", fmt.Sprintf("%s %s (%s)", v.term("type", q.Type), formatQuantity(q), q.Rule)})
	}
	for _, m := range f.Mentions {
		for _, s := range m.Spans {
			marks = append(marks, mark{s, "mention", v.topicTitle(m.Topic)})
		}
	}
	sortMarks(marks)
	return marks
}

// sortMarks puts marks in the order of the text.
func sortMarks(marks []mark) {
	slices.SortStableFunc(marks, func(a, b mark) int { return a.span.Start - b.span.Start })
}

// segments cuts the part of the reading that is within into pieces, in order and
// with nothing left out, each under the marks that overlap it. Where marks
// overlap, the piece they share has the classes and the titles of all. The marks
// are in the order of the text.
func segments(reading string, within timeline.Span, marks []mark) []segment {
	cuts := []int{within.Start, within.End}
	inside := make([]mark, 0, len(marks))
	for _, m := range marks {
		m.span.Start, m.span.End = max(m.span.Start, within.Start), min(m.span.End, within.End)
		if m.span.Len() > 0 {
			inside = append(inside, m)
			cuts = append(cuts, m.span.Start, m.span.End)
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)

	var out []segment
	var over []mark // those that reach into the piece
	for i := 0; i+1 < len(cuts); i++ {
		piece := timeline.Span{Start: cuts[i], End: cuts[i+1]}
		over = slices.DeleteFunc(over, func(m mark) bool { return m.span.End <= piece.Start })
		for len(inside) > 0 && inside[0].span.Start == piece.Start {
			over = append(over, inside[0])
			inside = inside[1:]
		}
		out = append(out, segmentOf(piece.Of(reading), over))
	}
	return out
}

func segmentOf(text string, over []mark) segment {
	var names, titles []string
	for _, class := range classes {
		for _, m := range over {
			if m.class == class {
				names = append(names, class)
				titles = append(titles, m.title)
			}
		}
	}
	return segment{text, strings.Join(slices.Compact(names), " "), strings.Join(slices.Compact(titles), "; ")}
}

// marked gives the title and the paragraphs of an article with its facts marked,
// and whether either is longer than is shown.
func (v *views) marked(a *timeline.Article, f timeline.Facts) (title []segment, text [][]segment, clipped bool) {
	marks := v.marksOf(f)
	span := timeline.Span{End: cutAt(a.Title, maxTitle)}
	title = segments(a.Reading(), span, marks)
	text, clipped = paragraphs(a, maxShown, marks)
	return title, text, clipped || span.End < len(a.Title)
}

// cutAt is where to cut s so that at most n bytes are left and no code point is
// cut in two.
func cutAt(s string, n int) int {
	if len(s) <= n {
		return len(s)
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return n
}

// paragraphs gives the text of an article, without its title, line by line, so
// that each line is set in its own direction. Empty lines are left out.
func paragraphs(a *timeline.Article, limit int, marks []mark) (lines [][]segment, clipped bool) {
	reading := a.Reading()
	start := len(reading) - len(a.Text)
	end := start + cutAt(a.Text, limit)
	clipped = end < len(reading)
	var over []mark // those that reach into the line
	for start < end {
		stop := end
		if i := strings.IndexByte(reading[start:end], '\n'); i >= 0 {
			stop = start + i
		}
		line := timeline.Span{Start: start, End: stop}
		over = slices.DeleteFunc(over, func(m mark) bool { return m.span.End <= line.Start })
		for len(marks) > 0 && marks[0].span.Start < line.End {
			over = append(over, marks[0])
			marks = marks[1:]
		}
		if strings.TrimSpace(line.Of(reading)) != "" {
			lines = append(lines, segments(reading, line, over))
		}
		start = stop + 1
	}
	return lines, clipped
}

// formatInterval writes an interval for a person: one day as itself, else both
// sides with an open one left blank. The last day named is the last one inside.
func formatInterval(i timeline.Interval, p timeline.Precision) string {
	if !p.IsCalendar() {
		return formatSide(i.Lo, time.RFC3339) + " – " + formatSide(i.Hi, time.RFC3339)
	}
	last := i.Hi
	if !last.IsZero() {
		last = last.AddDate(0, 0, -1)
	}
	if lo := formatSide(i.Lo, time.DateOnly); lo != formatSide(last, time.DateOnly) {
		return lo + " – " + formatSide(last, time.DateOnly)
	}
	return formatSide(i.Lo, time.DateOnly)
}

func formatSide(t time.Time, layout string) string {
	if t.IsZero() {
		return "…"
	}
	return t.Format(layout)
}

// formatRange writes a count for a person: 2000, 12000–15000, ≈31000, ≥40, ≤9,
// or a question mark where nothing is said.
func formatRange(lo, best, hi *float64) string {
	switch {
	case lo != nil && hi != nil && *lo == *hi:
		return formatNumber(*lo)
	case lo != nil && hi != nil:
		return formatNumber(*lo) + "–" + formatNumber(*hi)
	case lo != nil:
		return "≥" + formatNumber(*lo)
	case hi != nil:
		return "≤" + formatNumber(*hi)
	case best != nil:
		return "≈" + formatNumber(*best)
	}
	return "?"
}

func formatQuantity(q timeline.Quantity) string {
	value := q.Text
	switch {
	case q.Value != nil:
		value = formatNumber(*q.Value)
	case q.Lo != nil || q.Hi != nil:
		value = formatRange(q.Lo, nil, q.Hi)
	}
	return strings.TrimSpace(value + " " + q.Unit)
}

// formatNumber writes a number as short as it can be without losing anything,
// its thousands apart by a narrow space.
func formatNumber(v float64) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	whole, fraction, found := strings.Cut(s, ".")
	digits := strings.TrimPrefix(whole, "-")
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "\u202f" + digits[i:]
	}
	if whole[0] == '-' {
		digits = "-" + digits
	}
	if found {
		digits += "." + fraction
	}
	return digits
}

// formatTold writes from the least to the most that is told of a count.
func formatTold(r timeline.Range) string {
	if r.Lo == r.Hi {
		return formatNumber(r.Lo)
	}
	return formatRange(&r.Lo, nil, &r.Hi)
}
