package extract

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"marsad/timeline"
	"marsad/timeline/text"
)

// EntitySpan is a place where a text names an entity.
type EntitySpan struct {
	Entity  string // name
	Kind    string // as timeline.Entity has it
	Country string // likewise
	Span    timeline.Span
}

// placeKind is the kind of entities that are places.
const placeKind = "place"

// Entities returns where the text names entities of the lexicon, in order. Of
// aliases that overlap the first counts, and of those the longest; an alias that
// several entities have in common is given for each, by name. Of places that
// have their name in common, as طرابلس is of two countries, the one is given whose
// country the text names most, and none where that does not tell.
func (m *Matcher) Entities(t *text.Text) []EntitySpan {
	f := m.find(t)
	defer m.room.Put(f)
	return m.entitySpans(f)
}

// entitySpans gives the entities among the findings.
func (m *Matcher) entitySpans(f *findings) []EntitySpan {
	slices.SortFunc(f.named, byPlace)
	var spans []EntitySpan
	var last timeline.Span
	same, shared := 0, false // same is the first entry of last
	for _, h := range f.named {
		span := timeline.Span{Start: h.start, End: h.end}
		switch {
		case h.start >= last.End:
			last, same = span, len(spans)
		case span != last:
			continue
		}
		for _, i := range m.named[h.phrase] {
			if i == excepted {
				continue
			}
			e := m.entities[i]
			if found := (EntitySpan{e.name, e.kind, e.country, span}); !slices.Contains(spans[same:], found) {
				spans = append(spans, found)
			}
		}
		shared = shared || len(spans) > same+1
	}
	if shared {
		spans = tellApart(spans)
	}
	return spans
}

// tellApart leaves, of the places that one span names in several countries, the
// one whose country other spans name more than those of the others.
func tellApart(spans []EntitySpan) []EntitySpan {
	told := make(map[string]int)
	for from := 0; from < len(spans); {
		to := endOfSpan(spans, from)
		if to == from+1 {
			told[spans[from].Country]++
		}
		from = to
	}
	out := make([]EntitySpan, 0, len(spans))
	for from := 0; from < len(spans); {
		to := endOfSpan(spans, from)
		same := spans[from:to]
		from = to
		if abroad(same) {
			best := slices.MaxFunc(same, func(a, b EntitySpan) int { return told[a.Country] - told[b.Country] })
			same = slices.DeleteFunc(slices.Clone(same), func(e EntitySpan) bool { return told[e.Country] < told[best.Country] })
			if len(same) == 1 {
				out = append(out, best)
			}
			continue
		}
		out = append(out, same...)
	}
	return out
}

// endOfSpan gives the entry behind those that have the span of the one at from.
func endOfSpan(spans []EntitySpan, from int) int {
	to := from + 1
	for to < len(spans) && spans[to].Span == spans[from].Span {
		to++
	}
	return to
}

// abroad reports whether the entities are places of several countries.
func abroad(same []EntitySpan) bool {
	for _, e := range same {
		if e.Kind != placeKind || e.Country == "" {
			return false
		}
	}
	return len(same) > 1
}

// besideName reports whether another name in Latin letters stands right beside the
// hit, as in "Michael Jordan" and "Jordan Peterson". A function word with the
// capital of a sentence is none ("In Jordan"), nor is what stands behind in a headline
// whose words all have capitals, and where all is in capitals none is told.
func (m *Matcher) besideName(t *text.Text, h hit) bool {
	name := t.Original[h.start:h.end]
	if first, _ := utf8.DecodeRuneInString(name); !unicode.IsUpper(first) || strings.ToUpper(name) == name {
		return false
	}
	if behind, ok := strings.CutPrefix(t.Original[h.end:], " "); ok && !possessive(name) {
		if next, _ := utf8.DecodeRuneInString(behind); unicode.IsUpper(next) && !inTitleCase(behind) {
			return true
		}
	}
	before, ok := strings.CutSuffix(t.Original[:h.start], " ")
	if !ok {
		return false
	}
	word := before[strings.LastIndexFunc(before, func(r rune) bool { return !unicode.IsLetter(r) })+1:]
	first, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(first) && m.tellers.words[text.Fold(word)] == 0
}

// isCapital reports whether a word in Latin letters begins with a capital.
func isCapital(t *text.Token) bool {
	first, _ := utf8.DecodeRuneInString(t.Raw)
	return t.Script == text.Latin && unicode.IsUpper(first)
}

// inTitleCase reports whether the words of a line, three at least that are longer than
// most function words, all begin with a capital.
func inTitleCase(line string) bool {
	const longest, short, enough = 120, 4, 3 // bytes, letters, words
	line = line[:min(len(line), longest)]
	if end := strings.IndexAny(line, "\n.,"); end >= 0 {
		line = line[:end]
	}
	n := 0
	for word := range strings.FieldsSeq(line) {
		if first, _ := utf8.DecodeRuneInString(word); len(word) <= short || !unicode.IsLetter(first) {
			continue
		} else if !unicode.IsUpper(first) {
			return false
		}
		n++
	}
	return n >= enough
}

// possessive reports whether the name has an 's, behind which its own begins.
func possessive(name string) bool {
	return strings.HasSuffix(name, "'s") || strings.HasSuffix(name, "’s")
}
