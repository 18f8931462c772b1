package story

import "slices"

// traits are what two sheets are compared by.
type traits struct {
	sheet
	hashes  []uint16 // of all tokens, sorted, each once
	titles  []uint16 // of the title's
	bodies  []uint16 // of the body's
	pairs   []uint32 // neighbours in the body, sorted, each once
	figures []uint16
	names   []uint16
	leads   []uint16 // names of the lead
}

func traitsOf(s sheet) traits {
	t := traits{sheet: s, pairs: pairsOf(s.body)}
	for _, tok := range s.title {
		t.titles = append(t.titles, tok.hash())
	}
	for _, tok := range s.body {
		t.bodies = append(t.bodies, tok.hash())
	}
	t.hashes = append(slices.Clone(t.titles), t.bodies...)
	for _, part := range [][]token{s.title, s.body} {
		for i, tok := range part {
			switch tok.class() {
			case figure:
				t.figures = append(t.figures, tok.hash())
			case name:
				t.names = append(t.names, tok.hash())
				if i < leadTokens {
					t.leads = append(t.leads, tok.hash())
				}
			case word:
			}
		}
	}
	for _, values := range []*[]uint16{&t.hashes, &t.titles, &t.bodies, &t.figures, &t.names, &t.leads} {
		*values = set(*values)
	}
	return t
}

// pairsOf gives the shingles of two: each token with the next one.
func pairsOf(tokens []token) []uint32 {
	if len(tokens) < 2 {
		return nil
	}
	pairs := make([]uint32, 0, len(tokens)-1)
	for i := 1; i < len(tokens); i++ {
		pairs = append(pairs, uint32(tokens[i-1].hash())<<hashBits|uint32(tokens[i].hash()))
	}
	return set(pairs)
}

// set sorts the values and drops repeats, in place.
func set[T uint16 | uint32](values []T) []T {
	slices.Sort(values)
	return slices.Compact(values)
}

// shared counts what two sets have in common.
func shared[T uint16 | uint32](a, b []T) (n int) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}

// likeness is what two sheets have in common.
type likeness struct {
	running   bool // one is titled as a running page
	body      int  // tokens of the shorter body
	pairs     int  // shingles in common
	fewer     int  // of the one that has fewer
	exchanged int  // tokens of its body that the other article has not, of the one that has fewer such

	title int // tokens of the shorter title
	kept  int // those of them that the other title has
	put   int // tokens that only one title has

	told float64 // how much of a title the other article says, of the title that is told less

	figures, changed, added int // in common; that each has of its own, fewer and more
	names, renamed          int // likewise
	lead                    int // names of the lead that each has of its own, fewer
}

func liken(a, b *traits) likeness {
	l := likeness{
		running:   a.running || b.running,
		body:      min(len(a.body), len(b.body)),
		pairs:     shared(a.pairs, b.pairs),
		fewer:     min(len(a.pairs), len(b.pairs)),
		exchanged: min(missing(a.bodies, b.hashes), missing(b.bodies, a.hashes)),
		title:     min(len(a.titles), len(b.titles)),
		kept:      shared(a.titles, b.titles),
		told:      min(support(a.titles, b.hashes), support(b.titles, a.hashes)),
		figures:   shared(a.figures, b.figures),
		changed:   min(missing(a.figures, b.hashes), missing(b.figures, a.hashes)),
		added:     max(missing(a.figures, b.hashes), missing(b.figures, a.hashes)),
		names:     shared(a.names, b.names),
		renamed:   min(missing(a.names, b.hashes), missing(b.names, a.hashes)),
		lead:      min(missing(a.leads, b.hashes), missing(b.leads, a.hashes)),
	}
	l.put = len(a.titles) + len(b.titles) - 2*l.kept
	return l
}

// missing counts what is in the first set and not in the second.
func missing(a, b []uint16) int { return len(a) - shared(a, b) }

// support gives how much of a title another article says, 1 where there is no
// title.
func support(title, hashes []uint16) float64 {
	if len(title) == 0 {
		return 1
	}
	return float64(shared(title, hashes)) / float64(len(title))
}

// How many tokens a text needs to be compared by what it says; under the heading
// of a running page it is often a notice that stands there every day.
const (
	minBody    = 8
	minRunning = 30
)

// isOneText reports whether what two articles have in common makes them one
// text. The limits were set on half of the pairs in testdata.
func (l *likeness) isOneText() bool {
	if l.running && l.body < minRunning {
		return false
	}
	if l.body < minBody {
		return l.isOneHeadline()
	}
	switch {
	case 2*l.pairs < l.fewer:
		return false
	case l.told < 0.1, l.told < 0.25 && l.body < 30: // a notice under any title is short
		return false
	case l.exchanged > max(0, (l.body-16)/5): // of a short text every word counts
		return false
	case l.lead > 0, l.renamed > 0 && l.names < 4*l.renamed:
		return false
	case l.changed > 1, l.changed > 0 && l.pairs < 40:
		return false
	}
	return true
}

// isOneHeadline is for articles that are little but a title: one title may say
// more than the other, but not otherwise.
func (l *likeness) isOneHeadline() bool {
	return l.kept >= 5 && l.kept == l.title && 2*l.put <= l.kept && l.added == 0 && l.renamed == 0
}
