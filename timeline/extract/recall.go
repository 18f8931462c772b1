package extract

import (
	"slices"
	"strings"

	"github.com/blevesearch/snowballstem"

	"marsad/timeline/text"
)

// wordForm is a word as it is written, with all that is known of it: whatever reads a
// text looks there, so that a word is looked up once. It is not changed once it is
// made.
type wordForm struct {
	ids      []int32   // of the words of the vocabulary that it is, each once
	readings []reading // in the languages that are read, in the order in which they are tried
	tells    uint32    // the languages whose function word it is; see tellers
	foreign  bool      // it has a letter that Arabic has not
}

// reading is a way to read a form in a language: without the prefix it is the first
// word of some phrases.
type reading struct {
	in      *language
	phrases []entry
	classes classSet // of all of the phrases
	prefix  string
	start   int // where the word begins, with its article, in bytes of the form
}

// recall remembers the forms of texts, since most words of a text are those of the
// last one. When the fresh ones are enough they are stale, and what is not met again
// before the next are is forgotten. It is room for one search at a time.
type recall struct {
	fresh, stale map[string]*wordForm
	unknown      *wordForm // of all words of which nothing is known

	// Room to look up one word.
	found wordForm
	stems []text.Stem
	keys  []string
	env   *snowballstem.Env
}

// The limits of a recall, which make it some 6 MB. A longer word is looked up
// whenever it comes.
const (
	mostFresh       = 1 << 15 // words
	longestRecalled = 64      // bytes
)

func newRecall() recall {
	return recall{fresh: map[string]*wordForm{}, stale: map[string]*wordForm{}, unknown: &wordForm{}, env: snowballstem.NewEnv("")}
}

// of returns what is known of the token.
func (r *recall) of(m *Matcher, t *text.Token) *wordForm {
	f := r.fresh[t.Raw]
	if f != nil {
		return f
	}
	if len(t.Raw) > longestRecalled {
		own := text.Token{Raw: t.Raw, Folded: t.Folded, Class: t.Class, Script: t.Script}
		return r.lookUp(m, &own)
	}
	// The text is not kept alive by one of its words.
	own := text.Token{Raw: strings.Clone(t.Raw), Class: t.Class, Script: t.Script}
	if own.Folded = own.Raw; t.Folded != t.Raw {
		own.Folded = strings.Clone(t.Folded)
	}
	if f = r.stale[own.Raw]; f == nil {
		f = r.lookUp(m, &own)
	}
	if len(r.fresh) == mostFresh {
		r.fresh, r.stale = r.stale, r.fresh
		clear(r.fresh)
	}
	r.fresh[own.Raw] = f
	return f
}

// lookUp gives what is known of a token.
func (r *recall) lookUp(m *Matcher, t *text.Token) *wordForm {
	f := &r.found
	*f = wordForm{ids: f.ids[:0], readings: f.readings[:0]}
	r.stems = text.AppendStems(r.stems[:0], t)
	if t.Class == text.Word || t.Class == text.Number {
		f.ids = m.words.lookup(f.ids, t, r)
	}
	if t.Class == text.Word {
		f.tells = m.tellers.words[t.Folded]
		f.foreign = t.Script == text.Arabic && hasForeignLetter(t.Folded)
	}
	for _, l := range m.languages {
		if l.script == t.Script && t.Class != text.Number {
			f.readings = l.appendReadings(f.readings, t, r.stems)
		}
	}
	if len(f.ids)+len(f.readings) == 0 && f.tells == 0 && !f.foreign {
		return r.unknown
	}
	return &wordForm{ids: slices.Clone(f.ids), readings: slices.Clone(f.readings), tells: f.tells, foreign: f.foreign}
}

// appendReadings appends the ways to read a token, of which the stems are given, in
// the language and in its words of events.
func (l *language) appendReadings(readings []reading, t *text.Token, stems []text.Stem) []reading {
	for _, stem := range stems {
		readings = l.appendReading(readings, stem.Folded, stem.Prefix, withArticle(stem, stems))
	}
	if bare, ok := strings.CutSuffix(t.Folded, "'s"); ok { // "last year's"
		readings = l.appendReading(readings, bare, "", 0)
	}
	if l.events == nil || t.Class != text.Word {
		return readings
	}
	for _, stem := range stems {
		readings = l.events.appendReading(readings, stem.Folded, stem.Prefix, stem.Start)
	}
	return readings
}

// appendReading appends the way to read a word without its prefix, if it is known.
func (l *language) appendReading(readings []reading, word, prefix string, start int) []reading {
	phrases := l.entries[word]
	if phrases == nil {
		return readings
	}
	r := reading{in: l, phrases: phrases, prefix: prefix, start: start}
	for at := range phrases {
		r.classes.join(&phrases[at].classes)
	}
	return append(readings, r)
}

// withArticle gives the start of a stem, or that of the article it was taken off.
func withArticle(stem text.Stem, stems []text.Stem) int {
	if before, ok := strings.CutSuffix(stem.Prefix, article); ok {
		for _, s := range stems {
			if s.Prefix == before {
				return s.Start
			}
		}
	}
	return stem.Start
}
