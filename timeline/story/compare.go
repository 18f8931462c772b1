package story

// hashes is a set of the hashes of tokens.
type hashes [1 << hashBits / 64]uint64

func (s *hashes) has(h uint16) bool { return s[h/64]&(1<<(h%64)) != 0 }

// add adds a hash and reports whether it was not in the set.
func (s *hashes) add(h uint16) bool {
	was := s.has(h)
	s[h/64] |= 1 << (h % 64)
	return !was
}

// missing counts which of the given are not in the set.
func (s *hashes) missing(of []uint16) (n int) {
	for _, h := range of {
		if !s.has(h) {
			n++
		}
	}
	return n
}

// pairs is a set of shingles of two: a table with open addressing that is never
// more than half full.
type pairs [256]uint32

// add adds a pair, which is not 0, and reports whether it was not in the set.
func (s *pairs) add(p uint32) bool {
	i := s.find(p)
	was := s[i] == p
	s[i] = p
	return !was
}

func (s *pairs) has(p uint32) bool { return s[s.find(p)] == p }

// find gives where a pair stands, or would.
func (s *pairs) find(p uint32) uint8 {
	i := uint8(p * 0x9e3779b1 >> 24)
	for s[i] != 0 && s[i] != p {
		i++
	}
	return i
}

// traits are what two sheets are compared by. Of each list, every hash is there
// once.
type traits struct {
	running bool
	length  int // tokens of the body

	all     hashes
	named   hashes // names: what is a word in one place may be a name in another
	titles  []uint16
	bodies  []uint16
	figures []uint16
	names   []uint16
	leads   []uint16 // names of the lead

	pairs    pairs // neighbours in the body
	distinct []uint32
}

// read takes the traits of a sheet, in place of those from before.
func (t *traits) read(s *sheet) {
	t.readPairs(s)
	t.readRest(s)
}

// readPairs takes the neighbours, which tell most articles apart.
func (t *traits) readPairs(s *sheet) {
	t.pairs, t.distinct = pairs{}, t.distinct[:0]
	t.length = len(s.body)
	for i := 1; i < len(s.body); i++ {
		p := uint32(s.body[i-1].hash())<<hashBits | uint32(s.body[i].hash()) + 1
		if t.pairs.add(p) {
			t.distinct = append(t.distinct, p)
		}
	}
}

// readRest takes everything else.
func (t *traits) readRest(s *sheet) {
	t.running = s.running
	t.all, t.named = hashes{}, hashes{}
	t.titles, t.bodies, t.figures, t.names, t.leads = t.titles[:0], t.bodies[:0], t.figures[:0], t.names[:0], t.leads[:0]
	t.titles = t.list(s.title, t.titles)
	t.bodies = t.list(s.body, t.bodies)
}

// list appends the hashes of a part to its list, and of its figures and names
// those that were not there before.
func (t *traits) list(part []token, to []uint16) []uint16 {
	var own hashes
	for i, tok := range part {
		h := tok.hash()
		if own.add(h) {
			to = append(to, h)
		}
		fresh := t.all.add(h)
		switch tok.class() {
		case figure:
			if fresh {
				t.figures = append(t.figures, h)
			}
		case name:
			if t.named.add(h) {
				t.names = append(t.names, h)
				if i < leadTokens {
					t.leads = append(t.leads, h)
				}
			}
		case word:
		}
	}
	return to
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

	changed, added int // figures that each has of its own, fewer and more
	names, renamed int // names in common, and that each has of its own, fewer
	lead           int // names of the lead that each has of its own, fewer
}

// compareBodies compares what readPairs has taken.
func compareBodies(a, b *traits) likeness {
	l := likeness{body: min(a.length, b.length), fewer: min(len(a.distinct), len(b.distinct))}
	for _, p := range b.distinct {
		if a.pairs.has(p) {
			l.pairs++
		}
	}
	return l
}

// isOtherText reports whether the bodies are long enough to say that the texts are
// two, whatever else they have in common.
func (l *likeness) isOtherText() bool { return l.body >= minBody && 2*l.pairs < l.fewer }

// compareRest adds to what the bodies have in common.
func (l *likeness) compareRest(a, b *traits) {
	l.running = a.running || b.running
	l.exchanged = min(b.all.missing(a.bodies), a.all.missing(b.bodies))
	l.title = min(len(a.titles), len(b.titles))
	var titles hashes
	for _, h := range a.titles {
		titles.add(h)
	}
	l.kept = len(b.titles) - titles.missing(b.titles)
	l.put = len(a.titles) + len(b.titles) - 2*l.kept
	l.told = min(told(a.titles, &b.all), told(b.titles, &a.all))

	own, others := b.all.missing(a.figures), a.all.missing(b.figures)
	l.changed, l.added = min(own, others), max(own, others)
	own, others = b.all.missing(a.names), a.all.missing(b.names)
	l.names, l.renamed = len(a.names)-own, min(own, others)
	l.lead = min(b.all.missing(a.leads), a.all.missing(b.leads))
}

// told gives how much of a title another article says, 1 where there is no title.
func told(title []uint16, by *hashes) float64 {
	if len(title) == 0 {
		return 1
	}
	return 1 - float64(by.missing(title))/float64(len(title))
}

// How many tokens a text needs to be compared by what it says; under the heading
// of a running page it is often a notice that stands there every day.
const (
	minBody    = 8
	minRunning = 30
)

// isOneText reports whether what two articles have in common makes them one
// text. The limits were set on the pairs of testdata/pairs-*.txt.
func (l *likeness) isOneText() bool {
	if l.running && l.body < minRunning {
		return false
	}
	if l.body < minBody {
		return l.isOneHeadline()
	}
	switch {
	case l.isOtherText():
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
