package extract

import (
	_ "embed"
	"fmt"
	"math/bits"
	"slices"

	"marsad/timeline"
	"marsad/timeline/text"
)

//go:embed languages/function_words.txt
var functionWords string

// tellers maps a folded function word to the languages that use it, as a set of
// places in tags.
type tellers struct {
	tags   []string
	script []text.Script // of each tag
	words  map[string]uint32
}

func newTellers() (*tellers, error) {
	words, err := parseWords("languages/function_words.txt", functionWords)
	if err != nil {
		return nil, err
	}
	t := &tellers{words: make(map[string]uint32, len(words))}
	for _, w := range words {
		tokens := text.Read(w.phrase).Tokens
		if len(t.tags) == 0 || t.tags[len(t.tags)-1] != w.section {
			t.tags = append(t.tags, w.section)
			t.script = append(t.script, tokens[0].Script)
		}
		t.words[tokens[0].Folded] |= 1 << (len(t.tags) - 1)
	}
	if len(t.tags) > mostTellers {
		return nil, fmt.Errorf("languages/function_words.txt: %d languages, at most %d", len(t.tags), mostTellers)
	}
	return t, nil
}

const mostTellers = 32

// tally counts the function words of each language.
type tally struct {
	hits    [mostTellers]int32
	latin   int32 // words in Latin letters
	arabic  int32 // words in Arabic letters
	foreign int32 // of those, with letters that Arabic has not
	other   int32 // words in neither
	words   int32
}

// add adds what another tally counted.
func (n *tally) add(m *tally) {
	for k, hits := range m.hits {
		n.hits[k] += hits
	}
	n.latin += m.latin
	n.arabic += m.arabic
	n.foreign += m.foreign
	n.other += m.other
	n.words += m.words
}

// count adds the words of tokens, of which the forms are given.
func (n *tally) count(tokens []text.Token, forms []*wordForm) {
	for i := range tokens {
		token := &tokens[i]
		if token.Class != text.Word {
			continue
		}
		n.words++
		switch token.Script {
		case text.Latin:
			n.latin++
		case text.Arabic:
			n.arabic++
			if forms[i].foreign {
				n.foreign++
			}
		case text.Other:
			n.other++
			continue
		}
		for set := forms[i].tells; set != 0; set &= set - 1 {
			n.hits[bits.TrailingZeros32(set)]++
		}
	}
}

// hasForeignLetter reports whether a folded word in Arabic letters has one that
// Arabic does not know: پ and ٹ, or one of U+0680 to U+06FF, such as چ, ڈ, گ, ے.
func hasForeignLetter(folded string) bool {
	for i := 0; i+1 < len(folded); i++ {
		if c := folded[i]; c == 0xda || c == 0xdb || c == 0xd9 && (folded[i+1] == 0xbe || folded[i+1] == 0xb9) {
			return true
		}
	}
	return false
}

// of gives the hits of a language.
func (t *tellers) of(n *tally, tag string) int32 {
	for k, known := range t.tags {
		if known == tag {
			return n.hits[k]
		}
	}
	return 0
}

// best gives the language of a script with the most hits, the first of those
// listed.
func (t *tellers) best(n *tally, script text.Script) (tag string, hits int32) {
	best := -1
	for k, of := range t.script {
		if n.hits[k] > hits && of == script {
			best, hits = k, n.hits[k]
		}
	}
	if best < 0 {
		return "", 0
	}
	return t.tags[best], hits
}

// choose gives the language of words in a script that are expected to be in the
// one of hint: another one when at least three function words more than twice
// those of the hint say so. Letters that Arabic has not count as words do.
func (t *tellers) choose(n *tally, script text.Script, hint string) string {
	const fewest = 3 // function words
	words := n.latin
	if script == text.Arabic {
		words = n.arabic
	}
	if words < fewest {
		return hint
	}
	best, hits := t.best(n, script)
	if best == hint || hits+n.foreign < fewest {
		return hint
	}
	own := t.of(n, hint)
	switch {
	case script == text.Arabic && best != arabicTag:
		hits += n.foreign
		if best == "" {
			best = persianTag // one of those whose letters these are; none is read
		}
	case script == text.Arabic && hint != arabicTag:
		own += n.foreign
	}
	if best != "" && best != hint && hits >= fewest && hits > 2*own {
		return best
	}
	return hint
}

// usual is the language that Latin letters are read in where nothing tells.
const usual = "en"

// The languages in Arabic letters that are told apart.
const (
	arabicTag  = "ar"
	persianTag = "fa"
	urduTag    = "ur"
)

// tongues says in which language each script of a text is read, and where that
// differs from sentence to sentence.
type tongues struct {
	signs   *language
	latin   []*language // by sentence; nil where its language has no words
	arabic  []*language // by sentence, likewise
	mute    []bool      // by sentence: it is in a language that is not read
	tallies []tally     // by sentence
}

// tongues tells the languages of an article, each sentence for itself: by its
// function words, as far as they go against what the whole text and
// Article.Lang say.
func (r *Reader) tongues(into *tongues, a *timeline.Article, t *text.Text, forms []*wordForm) {
	into.signs = r.lexicon["signs"]
	into.latin, into.arabic, into.mute = into.latin[:0], into.arabic[:0], into.mute[:0]
	into.tallies = slices.Grow(into.tallies[:0], len(t.Sentences))[:len(t.Sentences)]
	clear(into.tallies)
	var whole tally
	for k, sentence := range t.Sentences {
		n := &into.tallies[k]
		n.count(t.Tokens[sentence.First:sentence.Last], forms[sentence.First:sentence.Last])
		whole.add(n)
	}
	hint, arabicHint := a.Lang, arabicTag
	if hint == "" || hint == arabicTag || hint == persianTag || hint == urduTag {
		if hint == persianTag || hint == urduTag {
			arabicHint = hint
		}
		hint = usual
		if best, hits := r.tellers.best(&whole, text.Latin); hits >= 2 && hits > r.tellers.of(&whole, usual) {
			hint = best
		}
	}
	hint = r.tellers.choose(&whole, text.Latin, hint)
	arabicHint = r.tellers.choose(&whole, text.Arabic, arabicHint)
	usualLatin, usualArabic := r.lexicon[hint], r.lexicon[arabicHint]
	for k := range into.tallies {
		n := &into.tallies[k]
		latin, arabic := usualLatin, usualArabic
		if tag := r.tellers.choose(n, text.Latin, hint); tag != hint {
			latin = r.lexicon[tag]
		}
		if tag := r.tellers.choose(n, text.Arabic, arabicHint); tag != arabicHint {
			arabic = r.lexicon[tag]
		}
		into.latin, into.arabic = append(into.latin, latin), append(into.arabic, arabic)
		into.mute = append(into.mute, 2*n.other > n.words || arabic == nil && 2*n.arabic > n.words ||
			latin == nil && (2*n.latin > n.words || n.words == 0))
	}
}

// monthFirst reports whether the article writes 7/8 for the eighth of July: by
// its country, else by what is usual in the language (CLDR's likely region of
// English is the United States).
func (r *Reader) monthFirst(a *timeline.Article) bool {
	switch a.Country {
	case "US", "PH", "PR", "GU", "AS", "MP", "VI", "UM", "FM", "MH", "PW":
		return a.Lang != "ar"
	case "":
		l := r.lexicon[a.Lang]
		return l != nil && l.traits&monthFirst != 0
	}
	return false
}
