package text

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"
)

// endSentence closes the open sentence, if it has a token.
func (r *reader) endSentence() {
	tokens := r.text.Tokens
	if r.first < len(tokens) {
		r.text.Sentences = append(r.text.Sentences, Sentence{
			Start: tokens[r.first].Start, End: tokens[len(tokens)-1].End,
			First: r.first, Last: len(tokens),
		})
	}
	r.first, r.ended = len(tokens), false
}

// isTerminator reports whether a sentence may end with the token.
func isTerminator(t *Token) bool {
	switch t.Folded {
	case ".", "!", "?", "؟", "۔", "…", "...", "。":
		return true
	}
	return false
}

// isCloser reports whether the token may stand between a full stop and the end
// of its sentence.
func isCloser(t *Token) bool {
	switch t.Folded {
	case "\"", "'", "”", "»", ")", "]", "›":
		return true
	}
	return isTerminator(t)
}

// ends reports whether the open sentence, which has had its full stop, ends
// before next. In doubt it does not: a sentence too long joins what belongs
// apart, one too short tears what belongs together.
func (r *reader) ends(next *Token) bool {
	tokens := r.text.Tokens
	last := len(tokens) - 1
	touches := tokens[last].End == next.Start
	if isCloser(next) && touches {
		return false
	}
	stop := last
	for stop >= r.first && !isTerminator(&tokens[stop]) {
		stop--
	}
	if stop <= r.first {
		return stop < r.first || tokens[stop].Folded != "."
	}
	if tokens[stop].Folded != "." {
		return !touches || next.Class == Word
	}
	before := &tokens[stop-1]
	if touches {
		return before.Script == Arabic && next.Script == Arabic && !isInitial(before)
	}
	if startsLower(next) && before.Folded != "." {
		return false
	}
	if before.End != tokens[stop].Start {
		return true
	}
	switch before.Class {
	case Number:
		return stop-1 > r.first // "1." heads an item of a list
	case Word:
		return !isInitial(before) && !isAbbreviation(before) || afterNumber(tokens[r.first:stop])
	case Punct, Symbol:
	}
	return true
}

func startsLower(t *Token) bool {
	c, _ := utf8.DecodeRuneInString(t.Raw)
	return unicode.IsLower(c)
}

// isInitial reports whether the word is a single letter, as in "J. Smith" and "د. أحمد".
func isInitial(t *Token) bool { return t.Class == Word && utf8.RuneCountInString(t.Folded) == 1 }

// afterNumber reports whether the last word is an Arabic letter set to a number,
// as the era in "1436هـ" and "2015م", which ends sentences as any word does.
func afterNumber(tokens []Token) bool {
	if len(tokens) < 2 {
		return false
	}
	era, number := tokens[len(tokens)-1], tokens[len(tokens)-2]
	return era.Script == Arabic && number.Class == Number
}

// isAbbreviation reports whether the word is one that is written with a point.
func isAbbreviation(t *Token) bool {
	if strings.Contains(t.Folded, ".") {
		return true
	}
	// The list is sixty short words in one string: looking a word up by its
	// borders costs less than a set would, and needs no state.
	i := strings.Index(abbreviations, "\n"+t.Folded+"\n")
	return i >= 0
}

// abbreviations has one a line, folded, without the point, and a line feed
// before the first and after the last.
//
//go:embed abbreviations.txt
var abbreviations string
