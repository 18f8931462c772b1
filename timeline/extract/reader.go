package extract

import (
	"fmt"
	"sync"

	"marsad/timeline"
	"marsad/timeline/text"
)

// Options say what a Reader knows beside its languages.
type Options struct {
	Kinds    Kinds
	Entities []timeline.Entity // named in Topics as @name, in counts as what they are said of
	Topics   []timeline.Topic
}

// Reader reads facts out of articles. It is safe for concurrent use.
type Reader struct {
	room    sync.Pool // of *scan: the room of readings that are over
	lexicon lexicon
	tellers *tellers
	matcher *Matcher
	version string
}

// New compiles a Reader. The errors of topics are those of [NewMatcher].
func New(o Options) (*Reader, error) {
	l, err := newLexicon(o.Kinds)
	if err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	t, err := newTellers()
	if err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	m, err := NewMatcher(o.Topics, o.Entities)
	if err != nil {
		return nil, err
	}
	version, err := versionOf(o)
	if err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	for _, language := range l {
		m.languages = append(m.languages, language)
	}
	return &Reader{lexicon: l, tellers: t, matcher: m, version: version}, nil
}

// Read reads everything there is in the article: dates, counts, other quantities,
// events and mentions, each in the order of the text. Spans count bytes of a.Reading();
// relative dates are resolved against a.Published in its own zone.
func (r *Reader) Read(a *timeline.Article) timeline.Facts {
	s := r.scan(a)
	defer r.room.Put(s)
	t := &s.Text
	for k, sentence := range t.Sentences {
		s.lo, s.hi = sentence.First, sentence.Last
		s.sentence = timeline.Span{Start: sentence.Start, End: sentence.End}
		if s.mute[k] {
			s.readDigits()
			continue
		}
		s.readSentence()
	}
	found := s.found
	found.search(r.matcher, t)
	s.facts.Mentions = r.matcher.mentions(found)
	s.events(a)
	if len(s.facts.Counts)+len(s.facts.Events) > 0 {
		entities := r.matcher.entitySpans(found)
		attribute(s, entities, r.matcher.firsts)
		s.furnish(entities)
	}
	return s.read()
}

// scan begins the reading of an article, in the room of one that is over where
// there is one.
func (r *Reader) scan(a *timeline.Article) *scan {
	s := r.enter()
	s.numerals, s.quantities = kept[numeral]{}, kept[quantity]{}
	s.facts = timeline.Facts{
		Version: r.version,
		Dates:   s.facts.Dates[:0], Counts: s.facts.Counts[:0], Other: s.facts.Other[:0], Events: s.facts.Events[:0],
	}
	s.lo, s.hi, s.year4, s.recent = 0, 0, 0, date{}
	s.trail = s.trail[:0]
	s.ref, s.american = a.Published, r.monthFirst(a)
	text.ReadInto(&s.Text, a.Reading())
	s.found.recognize(r.matcher, &s.Text)
	r.tongues(&s.tongues, a, &s.Text, s.found.forms)
	s.look()
	s.noteAnchors()
	return s
}

// enter gives the room of a reading that is over, or new room. It goes back to
// r.room.
func (r *Reader) enter() *scan {
	if s, ok := r.room.Get().(*scan); ok {
		return s
	}
	return &scan{found: newFindings(), families: families(), relatives: relativeFamilies()}
}

// Mentions reads the topics alone, at several times the speed of Read.
func (r *Reader) Mentions(a *timeline.Article) []timeline.Mention {
	s := r.enter()
	defer r.room.Put(s)
	text.ReadInto(&s.Text, a.Reading())
	s.found.recognize(r.matcher, &s.Text)
	s.found.search(r.matcher, &s.Text)
	return r.matcher.mentions(s.found)
}

// Hashes gives the hash of each topic's definition, by name.
func (r *Reader) Hashes() map[string]string { return r.matcher.Hashes() }

// read gives the facts that the scan has gathered: a copy, as the scan keeps its room.
func (s *scan) read() timeline.Facts {
	return timeline.Facts{
		Version: s.facts.Version, Mentions: s.facts.Mentions,
		Dates: append([]timeline.Date(nil), s.facts.Dates...), Counts: append([]timeline.Count(nil), s.facts.Counts...),
		Other: append([]timeline.Quantity(nil), s.facts.Other...), Events: append([]timeline.Event(nil), s.facts.Events...),
	}
}

// readSentence goes once through the sentence and takes at each token the longest
// expression that begins there.
func (s *scan) readSentence() {
	for i := s.lo; i < s.hi; {
		if s.glosses[i].role == 0 && s.Tokens[i].Script == text.Latin {
			i++ // most words
			continue
		}
		i = max(s.expression(i), i+1)
	}
}

// readDigits reads the dates of a sentence that are wholly in digits, which is all
// that is known of a language without words.
func (s *scan) readDigits() {
	for i := s.lo; i < s.hi; i++ {
		d, ok := s.numericDate(i)
		if !ok || d.rule != "date.numeric" {
			continue
		}
		d.first = i
		s.addDate(d)
		i = d.last - 1
	}
}
