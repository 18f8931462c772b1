package extract

import (
	_ "embed"
	"fmt"

	"marsad/timeline"
	"marsad/timeline/text"
)

//go:embed languages/function_words.txt
var functionWords string

// tellers maps a folded function word to the languages in Latin letters that use
// it, as a set of places in tags.
type tellers struct {
	tags  []string
	words map[string]uint32
}

func newTellers() (*tellers, error) {
	words, err := parseWords("languages/function_words.txt", functionWords)
	if err != nil {
		return nil, err
	}
	t := &tellers{words: make(map[string]uint32, len(words))}
	for _, w := range words {
		if len(t.tags) == 0 || t.tags[len(t.tags)-1] != w.section {
			t.tags = append(t.tags, w.section)
		}
		t.words[text.Fold(w.phrase)] |= 1 << (len(t.tags) - 1)
	}
	if len(t.tags) > mostTellers {
		return nil, fmt.Errorf("languages/function_words.txt: %d languages, at most %d", len(t.tags), mostTellers)
	}
	return t, nil
}

const mostTellers = 32

// tally counts the function words of each language.
type tally struct {
	hits  [mostTellers]int
	latin int // words in Latin letters
	other int // words in neither Latin nor Arabic letters
	words int
}

// count adds the words of tokens [first, last).
func (t *tellers) count(into *tally, tokens []text.Token, first, last int) {
	for i := first; i < last; i++ {
		token := &tokens[i]
		if token.Class != text.Word {
			continue
		}
		into.words++
		switch token.Script {
		case text.Latin:
			into.latin++
			for set, k := t.words[token.Folded], 0; set != 0; set, k = set>>1, k+1 {
				if set&1 != 0 {
					into.hits[k]++
				}
			}
		case text.Other:
			into.other++
		case text.Arabic:
		}
	}
}

// of gives the hits of a language.
func (t *tellers) of(n *tally, tag string) int {
	for k, known := range t.tags {
		if known == tag {
			return n.hits[k]
		}
	}
	return 0
}

// best gives the language with the most hits, the first of those listed.
func (t *tellers) best(n *tally) (tag string, hits int) {
	for k, known := range t.tags {
		if n.hits[k] > hits {
			tag, hits = known, n.hits[k]
		}
	}
	return tag, hits
}

// choose gives the language of words in Latin letters that are expected to be in
// the one of hint: another one when at least three function words more than
// twice those of the hint say so.
func (t *tellers) choose(n *tally, hint string) string {
	best, hits := t.best(n)
	if best != "" && best != hint && hits >= 3 && hits > 2*t.of(n, hint) {
		return best
	}
	return hint
}

// usual is the language that Latin letters are read in where nothing tells.
const usual = "en"

// tongues says in which language each script of a text is read, and where that
// differs from sentence to sentence.
type tongues struct {
	arabic, signs *language
	latin         []*language // by sentence; nil where its language has no words
	mute          []bool      // by sentence: it is in a language that is not read
}

// tongues tells the languages of an article, each sentence for itself: by its
// function words, as far as they go against what the whole text and
// Article.Lang say.
func (r *Reader) tongues(into *tongues, a *timeline.Article, t *text.Text) {
	into.arabic, into.signs = r.lexicon["ar"], r.lexicon["signs"]
	into.latin, into.mute = into.latin[:0], into.mute[:0]
	var whole tally
	r.tellers.count(&whole, t.Tokens, 0, len(t.Tokens))
	hint := a.Lang
	if hint == "" || hint == "ar" || hint == "fa" || hint == "ur" {
		hint = usual
		if best, hits := r.tellers.best(&whole); hits >= 2 && hits > r.tellers.of(&whole, usual) {
			hint = best
		}
	}
	hint = r.tellers.choose(&whole, hint)
	for _, sentence := range t.Sentences {
		var n tally
		r.tellers.count(&n, t.Tokens, sentence.First, sentence.Last)
		latin := r.lexicon[r.tellers.choose(&n, hint)]
		into.latin = append(into.latin, latin)
		into.mute = append(into.mute, 2*n.other > n.words || latin == nil && (2*n.latin > n.words || n.words == 0))
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
