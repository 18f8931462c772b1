package timeline

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Correction is an analyst's word on a fact that was misread: it is hidden, or has
// other values. It is bound to the words that were read and what was read out of
// them, not to where they stand, so that it holds when the article is read again
// or revised elsewhere.
type Correction struct {
	ID      string // see [ReadingID]
	Article string // id
	Kind    FactKind
	Text    string // the words of the fact
	Context string // its sentence
	Hidden  bool
	// Set has the fields that have other values, by name, as CorrectFacts tells.
	Set map[string]string
	By  string // who says so
	Why string
	At  time.Time
}

// ReadingID names a date, a count or an event of an article by its words, its
// sentence and what was read.
func ReadingID(a *Article, kind FactKind, span, sentence Span, value string) string {
	reading := a.Reading()
	return Hash("reading", a.ID, string(kind), singleSpaced(span.Of(reading)), singleSpaced(sentence.Of(reading)), value)
}

// ReadingID names the date among those of the article.
func (d *Date) ReadingID(a *Article) string {
	return ReadingID(a, KindDate, d.Span, d.Sentence, valueOfTime(d.Interval, d.Precision, d.Relation))
}

// ReadingID names the event likewise.
func (e *Event) ReadingID(a *Article) string {
	return ReadingID(a, KindEvent, e.Span, e.Sentence, valueOfTime(e.Interval, e.Precision, e.Relation))
}

// ReadingID names the count likewise.
func (c *Count) ReadingID(a *Article) string {
	parts := []string{string(c.Bound)}
	for _, side := range []*float64{c.Lo, c.Best, c.Hi} {
		if side == nil {
			parts = append(parts, "")
		} else {
			parts = append(parts, strconv.FormatFloat(*side, 'g', -1, 64))
		}
	}
	return ReadingID(a, KindCount, c.Span, c.Sentence, strings.Join(parts, " "))
}

// Reading is a date, a count or an event as it is read out of an article, before
// corrections.
type Reading struct {
	ID             string // see [ReadingID]
	Kind           FactKind
	Span, Sentence Span
	Rule           string
	Correction     Correction // without ID when nothing corrects it
}

// Readings gives the dates, counts and events that were read out of an article, in
// this order, each with that of the corrections which is its own.
func Readings(a *Article, f Facts, corrections []Correction) []Reading {
	by := make(map[string]Correction, len(corrections))
	for _, c := range corrections {
		by[c.ID] = c
	}
	all := make([]Reading, 0, len(f.Dates)+len(f.Counts)+len(f.Events))
	add := func(id string, kind FactKind, span, sentence Span, rule string) {
		all = append(all, Reading{id, kind, span, sentence, rule, by[id]})
	}
	for i := range f.Dates {
		d := &f.Dates[i]
		add(d.ReadingID(a), KindDate, d.Span, d.Sentence, d.Rule)
	}
	for i := range f.Counts {
		c := &f.Counts[i]
		add(c.ReadingID(a), KindCount, c.Span, c.Sentence, c.Rule)
	}
	for i := range f.Events {
		e := &f.Events[i]
		add(e.ReadingID(a), KindEvent, e.Span, e.Sentence, e.Rule)
	}
	return all
}

func valueOfTime(i Interval, p Precision, r Relation) string {
	return strings.Join([]string{i.Lo.UTC().Format(time.RFC3339), i.Hi.UTC().Format(time.RFC3339), string(p), string(r)}, " ")
}

// CorrectFacts gives the facts of an article as corrected, the corrections by ID.
// The fields of a count are lo, best and hi (a number, or nothing for not said),
// bound, kind, of, by and negated; those of a date and an event lo and hi (a date or
// an instant in RFC 3339), precision and relation. The events keep the counts that
// are hidden out of theirs. f is left as it is.
func CorrectFacts(a *Article, f Facts, corrections map[string]Correction) (Facts, error) {
	hidden := make(map[Span]bool)
	var err error
	if f.Dates, err = correct(f.Dates, func(d *Date) (bool, error) {
		c := corrections[d.ReadingID(a)]
		return c.Hidden, c.setTime(&d.Interval, &d.Precision, &d.Relation)
	}); err != nil {
		return f, err
	}
	if f.Counts, err = correct(f.Counts, func(n *Count) (bool, error) {
		c := corrections[n.ReadingID(a)]
		hidden[n.Span] = c.Hidden
		return c.Hidden, c.setCount(n)
	}); err != nil {
		return f, err
	}
	f.Events, err = correct(f.Events, func(e *Event) (bool, error) {
		c := corrections[e.ReadingID(a)]
		e.Counts = slices.DeleteFunc(slices.Clone(e.Counts), func(s Span) bool { return hidden[s] })
		return c.Hidden, c.setTime(&e.Interval, &e.Precision, &e.Relation)
	})
	return f, err
}

// correct gives the facts that are not hidden, each changed as change does.
func correct[T any](facts []T, change func(*T) (hidden bool, err error)) ([]T, error) {
	out := make([]T, 0, len(facts))
	for _, fact := range facts {
		hidden, err := change(&fact)
		if err != nil {
			return nil, err
		}
		if !hidden {
			out = append(out, fact)
		}
	}
	return out, nil
}

func (c *Correction) setCount(n *Count) error {
	for _, name := range slices.Sorted(maps.Keys(c.Set)) {
		value := c.Set[name]
		var err error
		switch name {
		case "lo":
			n.Lo, err = parseSide(value)
		case "best":
			n.Best, err = parseSide(value)
		case "hi":
			n.Hi, err = parseSide(value)
		case "bound":
			n.Bound, err = oneOf(value, Exact, About, AtLeast, MoreThan, AtMost, LessThan, Between, Vague)
		case "kind":
			n.Kind = value
		case "of":
			n.Of = value
		case "by":
			n.By = value
		case "negated":
			n.Negated, err = strconv.ParseBool(value)
		default:
			err = fmt.Errorf("counts have no such field: there are lo, best, hi, bound, kind, of, by, negated")
		}
		if err != nil {
			return &MistakeError{fmt.Errorf("%s=%s: %w", name, value, err)}
		}
	}
	return nil
}

func (c *Correction) setTime(i *Interval, p *Precision, r *Relation) error {
	for _, name := range slices.Sorted(maps.Keys(c.Set)) {
		value := c.Set[name]
		var err error
		switch name {
		case "lo":
			i.Lo, err = parseInstant(value)
		case "hi":
			i.Hi, err = parseInstant(value)
		case "precision":
			*p, err = oneOf(value, Minute, Hour, Day, Week, Month, Season, Quarter, Half, Year, Decade, Century, UnknownGrain)
		case "relation":
			*r, err = oneOf(value, On, Since, Until, Before, After, BetweenDates, AboutDate)
		default:
			err = fmt.Errorf("dates and events have no such field: there are lo, hi, precision, relation")
		}
		if err != nil {
			return &MistakeError{fmt.Errorf("%s=%s: %w", name, value, err)}
		}
	}
	if len(c.Set) > 0 && !i.Hi.IsZero() && !i.Lo.Before(i.Hi) {
		return &MistakeError{fmt.Errorf("%s is not before %s: the end is the first instant or day that is not of it", i.Lo.Format(time.RFC3339), i.Hi.Format(time.RFC3339))}
	}
	return nil
}

func parseSide(s string) (*float64, error) {
	if s == "" {
		return nil, nil //nolint:nilnil // nothing is said
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v < 0 || v > 1e15 {
		return nil, fmt.Errorf("write a number from 0 to 1e15, or nothing where it is not said")
	}
	return &v, nil
}

func parseInstant(s string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.ParseInLocation(layout, s, time.UTC); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("write a date as 2006-01-02 or an instant in RFC 3339")
}

func oneOf[T ~string](s string, known ...T) (T, error) {
	if !slices.Contains(known, T(s)) {
		return "", fmt.Errorf("write one of %v", known)
	}
	return T(s), nil
}
