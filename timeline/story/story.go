// Package story puts articles that are one text, told by one or more publishers,
// into one story: agency copies under a new headline, shortened, extended or
// lightly edited. It also chooses the dates and sentences that tell a topic best.
//
// It would rather miss a copy than merge two stories: a story that is split
// counts a little too much, one that swallows another hides news.
//
// # Stories
//
// An article is remembered by its print: hashes of the words at its beginning,
// without those that say nothing, in their order, and which of them are figures
// or names. Articles whose prints share a band of MinHash meet, and are compared
// by their prints: by the shingles they share, by the figures and names that each
// has of its own, and by whether each title is said by the other article.
//
// Told apart are therefore: the same event in other words; the same words of
// another day, place or result (a bulletin is a template: any figure or name
// that was exchanged makes it another one, but for a single figure in a long text, as an
// agency has it when a toll rises); and another title over the same notice.
//
// It reads no clock. What is in the window follows from the articles that the
// record has, in their order, so that a replay of the record groups alike.
package story

import (
	_ "embed"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"marsad/timeline"
	"marsad/timeline/text"
)

// Within is how far apart two articles of one story may be published.
const Within = 3 * 24 * time.Hour

// Config is the section stories of config.yaml: the window of the articles that
// new ones are compared with.
type Config struct {
	Remember time.Duration `yaml:"remember"` // since an article was first seen
	AtMost   int           `yaml:"at_most"`  // articles; the newest in the record's order
	Events   int           `yaml:"events"`   // events that new ones are compared with, likewise
}

// DefaultConfig is what holds where nothing is set.
func DefaultConfig() Config {
	return Config{Remember: 4 * 24 * time.Hour, AtMost: 250_000, Events: 100_000}
}

// Grouper tells which articles are one text. It is for one record, and for one
// goroutine at a time.
type Grouper struct {
	// Full, when set, is told of each article that left the window before its time,
	// because there were more than the section's at_most.
	Full func()

	cfg    Config
	window window
	words  scanner

	// Room for one article and for the one it is compared with.
	positions  []int
	tokens     []token
	own, other traits
}

// New returns a grouper whose window is empty.
func New(cfg Config) *Grouper {
	g := &Grouper{cfg: cfg, words: scanner{known: newVocabulary()}}
	g.Reset()
	return g
}

// Reset empties the window.
func (g *Grouper) Reset() {
	g.window = window{remember: g.cfg.Remember, limit: g.cfg.AtMost}
}

// Sign gives what the story of an article is told by: its keys, which are its
// GUID when that is unique in the world, its URL, and its folded title when that
// has at least four words and is not the heading of a running page; and its
// print.
func (g *Grouper) Sign(a *timeline.Article) timeline.Signature {
	title := wordsOf(a.Title)
	running := isRunning(title)
	s := g.words.readSheet(a, running)
	return timeline.Signature{Keys: keysOf(a, title, running), Print: s.print(), From: a.Published.Add(-Within), To: a.Published.Add(Within + 1)}
}

// Add puts an article of the record at the end of the window. Numbers ascend. It
// gives the number of the oldest article that is still in the window; earlier
// prints are not needed any more.
func (g *Grouper) Add(p timeline.Printed) (oldest int64) {
	s, err := parsePrint(p.Print, g.tokens)
	if err == nil {
		g.tokens = s.all()
		keys := bandsOf(&s, uint64(p.Number)*bands)
		if full := g.window.add(printed{number: p.Number, published: p.Published.UnixNano(), seen: p.FirstSeen.UnixNano()}, p.Print, &keys); full && g.Full != nil {
			g.Full()
		}
	}
	if g.window.front == g.window.end {
		return p.Number
	}
	return g.window.at(g.window.front).number
}

// Near gives the numbers of the articles in the window that are one text with
// the signed one. Those that share its GUID or URL are, whether they are in the
// window or not; those that share its title, unless their texts are in the
// window and say otherwise.
func (g *Grouper) Near(sig *timeline.Signature, sharing []timeline.StoryMatch) []int64 {
	var near []int64
	own, err := parsePrint(sig.Print, nil)
	if err != nil {
		return near
	}
	g.own.read(&own)
	for _, m := range sharing {
		if !strings.HasPrefix(m.Key, titlePrefix) || !g.belies(m.Article) {
			near = append(near, m.Article)
		}
	}
	keys := bandsOf(&own, ownBands)
	g.positions = g.window.met(&keys, sig.From, sig.To, g.positions)
	for _, p := range g.positions {
		met := g.window.at(p)
		if l, ok := g.liken(met); ok && l.isOneText() {
			near = append(near, met.number)
		}
	}
	slices.Sort(near)
	return slices.Compact(near)
}

const ownBands = 1 << 62 // no number of an article comes near it

// liken compares the article in g.own with one of the window.
func (g *Grouper) liken(p *printed) (l likeness, ok bool) {
	s, err := parsePrint(g.window.prints.get(p.print), g.tokens)
	if err != nil {
		return l, false
	}
	g.tokens = s.all()
	g.other.readPairs(&s)
	if l = compareBodies(&g.own, &g.other); l.isOtherText() {
		return l, true
	}
	g.other.readRest(&s)
	l.compareRest(&g.own, &g.other)
	return l, true
}

// belies reports whether the text of an article with the same title as that in
// g.own is another.
func (g *Grouper) belies(number int64) bool {
	p := g.window.numbered(number)
	if p == nil {
		return false
	}
	l, ok := g.liken(p)
	return ok && l.body >= minBody && !l.isOneText()
}

const titlePrefix = "title:"

// minWords is how many words a title needs to say what it is about. Numbers and
// single letters are no words.
const minWords = 4

func keysOf(a *timeline.Article, title []string, running bool) []string {
	var keys []string
	if timeline.IsGlobalGUID(a.GUID) && !isFrontPage(a.GUID) {
		keys = append(keys, "guid:"+a.GUID)
	}
	if a.URL != "" && !isFrontPage(a.URL) {
		address, _, _ := strings.Cut(a.URL, "#")
		keys = append(keys, "url:"+address)
	}
	if !running && isTelling(title) {
		keys = append(keys, titlePrefix+timeline.Hash(title...))
	}
	return keys
}

// isFrontPage reports whether an address names a site and no page of it, as
// feeds give it that have no address for their items.
func isFrontPage(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && strings.Trim(u.Path, "/") == "" && u.RawQuery == ""
}

// isTelling reports whether the words of a title say enough.
func isTelling(words []string) bool {
	telling := 0
	for _, w := range words {
		if letters := strings.IndexFunc(w, unicode.IsLetter) >= 0; letters && len([]rune(w)) > 1 {
			telling++
		}
	}
	return telling >= minWords
}

// wordsOf gives the folded words and numbers of a title; punctuation, which
// every house sets its own way, is dropped.
func wordsOf(title string) []string {
	return strings.FieldsFunc(text.Fold(title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

//go:embed running.txt
var running string

// runningPhrases are the phrases of running.txt, folded.
var runningPhrases = sync.OnceValue(func() (phrases [][]string) {
	for line := range strings.Lines(running) {
		if words := wordsOf(line); len(words) > 0 && !strings.HasPrefix(line, "#") {
			phrases = append(phrases, words)
		}
	}
	return phrases
})

// isRunning reports whether a title holds a phrase of running.txt.
func isRunning(words []string) bool {
	return slices.ContainsFunc(runningPhrases(), func(phrase []string) bool { return holds(words, phrase) })
}

func holds(words, phrase []string) bool {
	for i := 0; i+len(phrase) <= len(words); i++ {
		if slices.Equal(words[i:i+len(phrase)], phrase) {
			return true
		}
	}
	return false
}
