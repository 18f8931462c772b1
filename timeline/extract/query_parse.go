package extract

import (
	"fmt"
	"strings"
)

// parser reads one query. The first error of syntax ends it; errors of meaning
// (an unknown entity) do not, so that all are told at once.
type parser struct {
	query    string
	list     bool // an item of a list: words side by side are a phrase
	stemmer  *stemmer
	entities map[string]*entity
	report   func(offset int, message, remedy string) // offset in bytes

	at    int // bytes read
	ahead lexeme
	depth int
	bad   bool // an error of syntax has been reported
}

// parse returns the tree of a query, nil when it has an error.
func (p *parser) parse() *node {
	if strings.TrimSpace(p.query) == "" {
		p.fail(0, "the query is empty", "write a word, a \"phrase\" or an @entity")
		return nil
	}
	p.advance()
	n := p.or()
	if !p.bad && p.ahead.kind == lexClose {
		p.fail(p.ahead.start, "the bracket closes nothing", "take it away, or open one before it")
	}
	if p.bad {
		return nil
	}
	return n
}

// fail reports an error of syntax and ends the parse: all lexemes after it are
// the end.
func (p *parser) fail(offset int, message, remedy string) {
	if !p.bad {
		p.report(offset, message, remedy)
	}
	p.bad = true
	p.at = len(p.query)
	p.ahead = lexeme{kind: lexEnd, start: len(p.query), end: len(p.query)}
}

func (p *parser) advance() {
	if l, ok := p.next(); ok {
		p.ahead = l
	}
}

func (p *parser) or() *node {
	start := p.ahead.start
	kids := []*node{p.and()}
	for p.ahead.kind == lexOr {
		p.advance()
		kids = append(kids, p.and())
	}
	return p.join(opOr, start, kids)
}

func (p *parser) and() *node {
	start := p.ahead.start
	kids := []*node{p.not()}
	for {
		switch p.ahead.kind {
		case lexAnd:
			p.advance()
		case lexNot, lexOpen, lexWord, lexPhrase, lexEntity:
		case lexEnd, lexClose, lexOr, lexNear:
			return p.join(opAnd, start, kids)
		}
		kids = append(kids, p.not())
	}
}

// join makes a node of the kids, or gives the kid when it is the only one.
func (p *parser) join(op op, start int, kids []*node) *node {
	if len(kids) == 1 {
		return kids[0]
	}
	return &node{op: op, source: p.since(start), kids: kids}
}

// since returns what was written from start to the lexeme ahead.
func (p *parser) since(start int) string {
	return strings.TrimSpace(p.query[min(start, p.ahead.start):p.ahead.start])
}

func (p *parser) not() *node {
	if p.ahead.kind != lexNot {
		return p.near()
	}
	start := p.ahead.start
	if !p.enter(start) {
		return nil
	}
	defer p.leave()
	p.advance()
	kid := p.not()
	return &node{op: opNot, source: p.since(start), kids: []*node{kid}}
}

func (p *parser) near() *node {
	start := p.ahead.start
	left := p.primary()
	if p.ahead.kind != lexNear {
		return left
	}
	distance := p.ahead.distance
	p.advance()
	rightStart := p.ahead.start
	right := p.primary()
	n := &node{op: opNear, source: p.since(start), distance: distance, kids: []*node{left, right}}
	if p.ahead.kind == lexNear {
		p.fail(p.ahead.start, "NEAR follows NEAR", "write (a NEAR/5 b) AND (b NEAR/5 c)")
	}
	if p.bad {
		return n
	}
	for i, offset := range []int{start, rightStart} {
		if !n.kids[i].places() {
			p.fail(offset, "a distance can be measured from words only", "give NEAR words, phrases, @entities or an OR of them on either side, and put AND, NOT and NEAR outside")
		}
	}
	return n
}

func (p *parser) primary() *node {
	l := p.ahead
	switch l.kind {
	case lexOpen:
		return p.group()
	case lexWord:
		return p.word()
	case lexPhrase:
		p.advance()
		return p.phrase(l.text, l.inner, p.query[l.start:l.end])
	case lexEntity:
		p.advance()
		if p.entities[l.text] == nil {
			p.report(l.start, fmt.Sprintf("there is no entity @%s", l.text), "define it under lexicons, or select the seeds that do")
		}
		return &node{op: opEntity, source: p.query[l.start:l.end], entity: l.text}
	case lexClose:
		p.fail(l.start, "the bracket closes where a word should stand", "write a word, a \"phrase\" or an @entity before it")
	case lexEnd:
		p.fail(l.start, "the query ends where a word should follow", "write a word, a \"phrase\" or an @entity")
	case lexAnd, lexOr, lexNot, lexNear:
		p.fail(l.start, p.query[l.start:l.end]+" stands where a word should", "write a word, a \"phrase\" or an @entity, or put the word in quotation marks")
	}
	return nil
}

func (p *parser) group() *node {
	open := p.ahead.start
	if !p.enter(open) {
		return nil
	}
	defer p.leave()
	p.advance()
	n := p.or()
	switch {
	case p.bad:
	case p.ahead.kind == lexClose:
		p.advance()
	default:
		p.fail(open, "the bracket is not closed", "add )")
	}
	return n
}

// word reads a word, and in a list those beside it.
func (p *parser) word() *node {
	first := p.ahead
	end := first.end
	p.advance()
	for p.list && p.ahead.kind == lexWord {
		end = p.ahead.end
		p.advance()
	}
	return p.phrase(p.query[first.start:end], first.start, p.query[first.start:end])
}

func (p *parser) phrase(s string, offset int, source string) *node {
	words, at, message, remedy := p.stemmer.readWords(s, false)
	if message != "" {
		p.fail(offset+at, message, remedy)
	}
	return &node{op: opPhrase, source: source, words: words}
}

func (p *parser) enter(offset int) bool {
	p.depth++
	if p.depth > maxDepth {
		p.fail(offset, "the query is nested too deep", fmt.Sprintf("use at most %d brackets and NOTs within one another", maxDepth))
	}
	return !p.bad
}

func (p *parser) leave() { p.depth-- }
