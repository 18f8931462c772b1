package extract

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexeme is a token of a query.
type lexeme struct {
	kind       lexKind
	start, end int    // bytes of the query
	text       string // of a word or phrase, without its quotation marks; of an entity, its name
	distance   int    // of a lexNear
	inner      int    // byte offset at which text begins
}

type lexKind uint8

const (
	lexEnd lexKind = iota
	lexOpen
	lexClose
	lexAnd
	lexOr
	lexNot
	lexNear
	lexWord
	lexPhrase
	lexEntity
)

// closingQuote returns the mark that closes a phrase opened with open.
func closingQuote(open rune) (closing string, ok bool) {
	switch open {
	case '"':
		return `"`, true
	case '“', '”':
		return "”", true
	case '«':
		return "»", true
	}
	return "", false
}

// next reads the lexeme at p.at and moves on. ok is false when there is none
// that can be read; the error is noted.
func (p *parser) next() (l lexeme, ok bool) {
	s := p.query
	for p.at < len(s) {
		r, n := utf8.DecodeRuneInString(s[p.at:])
		if !unicode.IsSpace(r) {
			break
		}
		p.at += n
	}
	start := p.at
	if start == len(s) {
		return lexeme{kind: lexEnd, start: start, end: start}, true
	}
	r, n := utf8.DecodeRuneInString(s[start:])
	switch r {
	case '(':
		p.at += n
		return lexeme{kind: lexOpen, start: start, end: p.at}, true
	case ')':
		p.at += n
		return lexeme{kind: lexClose, start: start, end: p.at}, true
	}
	if closing, isQuote := closingQuote(r); isQuote {
		inner := start + n
		length := strings.Index(s[inner:], closing)
		if length < 0 {
			p.fail(start, "the quotation mark is not closed", "add "+closing+" at the end of the phrase")
			return lexeme{}, false
		}
		p.at = inner + length + len(closing)
		return lexeme{kind: lexPhrase, start: start, end: p.at, text: s[inner : inner+length], inner: inner}, true
	}
	for p.at < len(s) {
		r, n := utf8.DecodeRuneInString(s[p.at:])
		_, isQuote := closingQuote(r)
		if unicode.IsSpace(r) || r == '(' || r == ')' || isQuote || r == '»' {
			break
		}
		p.at += n
	}
	if p.at == start { // a closing mark alone
		p.fail(start, "the quotation mark closes nothing", "open the phrase with «")
		return lexeme{}, false
	}
	return p.bare(start, s[start:p.at])
}

// bare tells operators, entities and words apart.
func (p *parser) bare(start int, s string) (l lexeme, ok bool) {
	l = lexeme{start: start, end: start + len(s), text: s, inner: start}
	name, slash, hasSlash := strings.Cut(s, "/")
	switch {
	case s == "AND":
		l.kind = lexAnd
	case s == "OR":
		l.kind = lexOr
	case s == "NOT":
		l.kind = lexNot
	case s == "NEAR" || name == "NEAR" && hasSlash:
		n, err := strconv.Atoi(slash)
		if err != nil || n < 1 || n > maxDistance {
			p.fail(start, s+" has no distance that can be used", fmt.Sprintf("write NEAR/n with n from 1 (adjacent) to %d", maxDistance))
			return l, false
		}
		l.kind, l.distance = lexNear, n
	case !p.list && isOperator(name):
		p.fail(start, fmt.Sprintf("%q is an operator only in capitals", s), fmt.Sprintf("write %s, or \"%s\" in quotation marks for the word", strings.ToUpper(s), s))
		return l, false
	case strings.HasPrefix(s, "@"):
		l.kind, l.text = lexEntity, s[1:]
	default:
		l.kind = lexWord
	}
	return l, true
}

func isOperator(s string) bool {
	for _, operator := range []string{"AND", "OR", "NOT", "NEAR"} {
		if strings.EqualFold(s, operator) {
			return true
		}
	}
	return false
}
