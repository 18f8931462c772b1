package extract

import (
	"fmt"
	"strings"

	"marsad/timeline/text"
)

// The query language of topics:
//
//	query   = and { "OR" and }
//	and     = not { [ "AND" ] not }          two parts side by side are an AND
//	not     = "NOT" not | near
//	near    = primary [ "NEAR/" n primary ]  n words apart at most; 1 is adjacent
//	primary = "(" query ")" | '"' words '"' | "@" entity | word
//	word    = [ "=" ] letters | letters "*"
//
// Operators are written in capitals. A word is found whatever its case, its
// letter variants, its prefixes and its endings, see stemmer; "=word" is found as
// it is written, but for case; "merg*" finds words that begin so. AND,
// OR and NOT look at the whole reading, NEAR at the distance in words, be it
// across sentences; a phrase stands in one sentence, punctuation within it does
// not matter. An item of the lists any, all and none is a query as well, but
// words side by side are a phrase there.
//
// An Arabic word of three letters or more is found behind every prefix that can be
// written on to it, and a first letter that could be one is taken for one: شار is
// found in بشار too. "=شار" is the way out.

// op is what a node of a query asks for.
type op uint8

const (
	opPhrase op = iota // one word or several in a row
	opEntity           // one of an entity's aliases
	opAnd
	opOr
	opNot
	opNear
)

// node is a part of a query. A parsed query is a tree of them.
type node struct {
	op       op
	source   string // the part as it was written
	kids     []*node
	words    []pattern // of an opPhrase
	entity   string    // of an opEntity
	distance int       // of an opNear

	// phrases are the ids of what the node and its kids are found by, each once,
	// set when the matcher is built.
	phrases []int32
	// alone: each of the phrases is enough, which holds for an OR of places too.
	alone bool
}

// places reports whether the node is found at places, so that a distance from
// it can be measured.
func (n *node) places() bool {
	switch n.op {
	case opPhrase, opEntity:
		return true
	case opOr:
		for _, kid := range n.kids {
			if !kid.places() {
				return false
			}
		}
		return true
	case opAnd, opNot, opNear:
	}
	return false
}

// form says how a word of a query is compared.
type form uint8

const (
	formStem   form = iota // by its stem, see stemmer
	formPrefix             // folded, the beginning
	formExact              // as written, but for case
	formName               // folded, without stemming; in Latin letters with a capital
)

// pattern is one word of a query, ready to be compared.
type pattern struct {
	key  string // of a formStem, its keys separated by blanks
	form form
}

// maxDepth limits how deep the brackets and NOTs of a query may be nested.
const maxDepth = 64

// maxDistance limits the n of NEAR/n: beyond it, AND says the same.
const maxDistance = 1000

// minPrefix is the number of letters that a star needs before it. One letter
// would find a tenth of all words.
const minPrefix = 2

// readWords reads the words of a phrase, an alias or a single word. Where a word
// cannot be used it returns its byte offset in s and what is wrong. Of the names of
// places, words with a capital and Arabic ones are read as names.
func (st *stemmer) readWords(s string, place bool) (words []pattern, at int, message, remedy string) {
	for rest := s; ; {
		trimmed := strings.TrimLeft(rest, " \t\r\n\u00a0")
		at = len(s) - len(trimmed)
		if trimmed == "" {
			break
		}
		chunk := trimmed
		if i := strings.IndexAny(trimmed, " \t\r\n\u00a0"); i >= 0 {
			chunk = trimmed[:i]
		}
		rest = trimmed[len(chunk):]
		chunkWords, message, remedy := st.readWord(chunk, place)
		if message != "" {
			return nil, at, message, remedy
		}
		words = append(words, chunkWords...)
	}
	if len(words) == 0 {
		return nil, 0, "there is no word", "write a word between the quotation marks"
	}
	return words, 0, "", ""
}

// readWord reads one word between blanks, which is several patterns when it has
// a hyphen or the like ("cease-fire").
func (st *stemmer) readWord(chunk string, place bool) (words []pattern, message, remedy string) {
	body, exact := strings.CutPrefix(chunk, "=")
	body, prefix := strings.CutSuffix(body, "*")
	switch {
	case strings.HasPrefix(body, "-") || strings.HasPrefix(body, "+") || strings.HasPrefix(body, "!"):
		return nil, fmt.Sprintf("%q is no operator", body[:1]), "write NOT before a word that must be absent, and nothing before one that must be there"
	case strings.Contains(body, "*"):
		return nil, "a star stands before the end of the word", "put it at the end, as in merg*"
	case exact && prefix:
		return nil, "= and * exclude each other", "take one of them away"
	}
	tokens := text.Read(body).Tokens
	for i := range tokens {
		switch t := &tokens[i]; {
		case t.Class != text.Word && t.Class != text.Number:
		case exact:
			words = append(words, pattern{strings.ToLower(t.Raw), formExact})
		case place && (isCapital(t) || t.Script == text.Arabic):
			words = append(words, pattern{prefixKey(t), formName})
		default:
			words = append(words, pattern{strings.Join(st.queryKeys(nil, t), " "), formStem})
		}
	}
	if len(words) == 0 {
		return nil, fmt.Sprintf("%q has no letter and no digit", chunk), "write a word; operators are AND, OR, NOT and NEAR/n"
	}
	if prefix {
		last := lastWord(tokens)
		key := prefixKey(last)
		if len([]rune(key)) < minPrefix {
			return nil, fmt.Sprintf("%q is too short for a star", chunk), fmt.Sprintf("write %d letters or more before it", minPrefix)
		}
		words[len(words)-1] = pattern{key, formPrefix}
	}
	return words, "", ""
}

// lastWord returns the last word or number. There must be one.
func lastWord(tokens []text.Token) *text.Token {
	for i := len(tokens) - 1; i > 0; i-- {
		if tokens[i].Class == text.Word || tokens[i].Class == text.Number {
			return &tokens[i]
		}
	}
	return &tokens[0]
}
