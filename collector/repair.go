package collector

import (
	"bytes"
	"slices"
	"strings"
)

// Repairs of a document's markup, as Document.Repairs names them.
const (
	repairJunkBefore  = "what stands before the feed skipped"
	repairJunkAfter   = "what follows the feed's end skipped"
	repairCutOff      = "document is cut off: ended after its last complete item"
	repairLostItem    = "document is cut off: its last, incomplete item left out"
	repairUnclosed    = "items that are not closed closed at the next one"
	repairUnclosedTag = "elements that are not closed closed where the next begins"
	repairNesting     = "markup that does not nest taken as text"
	repairStray       = "a \"<\" that begins no tag taken as text"
	repairStrayTag    = "end tags without a beginning dropped"
	repairStrayText   = "text between the elements dropped"
	repairDamaged     = "ids, addresses and dates that are damaged or given twice left out"
	repairTooLong     = "document is damaged beyond repair: ended there"
	repairCharacters  = "characters that XML forbids dropped"
	repairTags        = "tags made well formed"
	repairCDATA       = "CDATA sections that are nested or not closed closed"
)

// repaired is a document that gofeed can read.
type repaired struct {
	text    []byte
	notes   []string // what was repaired
	cut     bool     // the document's end is missing
	partial []int    // items, by their place, that may lack some of their text
}

// repairMarkup makes a document of XML out of one that is nearly that: what
// cannot be told is taken as text of the element that it stands in, and every
// item ends where the next begins. An item that is cut off by the end of the
// document is left out. ok is false when there is no feed in it.
//
// It also writes in forms that gofeed reads those that it passes over: the
// address of an RDF item as its guid, the text of an Atom link as its href,
// base64 as what it says.
func repairMarkup(text []byte) (r repaired, ok bool) {
	w := repairer{in: markup{text: dropIllegal(text)}, item: -1}
	if len(w.in.text) < len(text) {
		w.note(repairCharacters)
	}
	w.budget = maxRescan * len(w.in.text)
	w.out.Grow(len(text) + len(text)/8)
	root, found := w.findRoot()
	if !found {
		return repaired{}, false
	}
	w.run(root)
	return repaired{text: w.out.Bytes(), notes: w.notes, cut: w.cut, partial: w.partial}, true
}

// repairer writes a document anew as it reads it.
type repairer struct {
	in      markup
	out     bytes.Buffer
	open    []string // elements written and not closed: root, channel, item
	notes   []string
	items   int
	item    int      // where in out the open item begins; -1 when none is open
	seen    []string // elements of the open item that it may have once
	partial []int
	cut     bool
	budget  int // bytes that may still be read
}

// maxRescan is how many times over a document is read to find where its
// elements end. One that takes more was made to take long; it ends there.
const maxRescan = 16

// next gives the next piece of the document, or of a look ahead into it. ok is
// false at the end and where the document took too long.
func (w *repairer) next(m *markup) (p piece, ok bool) {
	if w.budget < 0 {
		w.note(repairTooLong)
		return piece{}, false
	}
	p, ok = m.next()
	w.budget -= len(p.raw)
	return p, ok
}

func (w *repairer) note(what string) {
	if !slices.Contains(w.notes, what) {
		w.notes = append(w.notes, what)
	}
}

// findRoot skips to the tag that begins a feed.
func (w *repairer) findRoot() (root piece, found bool) {
	for {
		p, ok := w.in.next()
		if !ok {
			return piece{}, false
		}
		switch p.kind {
		case startTag:
			if isRoot(p.name) {
				return p, true
			}
			w.note(repairJunkBefore)
		case prose:
			if len(bytes.TrimSpace(p.raw)) > 0 {
				w.note(repairJunkBefore)
			}
		case stray, emptyTag, endTag, cdata:
			w.note(repairJunkBefore)
		case aside:
			if p.cut { // it ends where the feed begins
				w.in.at -= len(p.raw)
				w.in.at += indexRoot(p.raw)
				w.note(repairJunkBefore)
			}
		}
	}
}

// indexRoot gives where the tag of a feed may begin, or the text's length.
func indexRoot(text []byte) int {
	at := len(text)
	for _, root := range []string{"<rss", "<rdf:rdf", "<feed"} {
		if i := indexFold(text[:at], root); i >= 0 {
			at = i
		}
	}
	return at
}

func isRoot(name []byte) bool {
	switch strings.ToLower(string(local(name))) {
	case "rss", "rdf", "feed":
		return true
	default:
		return false
	}
}

// isFrame reports whether the element holds the items or is one: what keeps its
// place whatever stands in between. Elements of other vocabularies have a prefix.
func isFrame(name []byte) bool {
	switch strings.ToLower(string(name)) {
	case "rss", "rdf:rdf", "feed", "channel", "item", "entry", "rss:channel", "rss:item", "atom:feed", "atom:entry":
		return true
	default:
		return false
	}
}

func isItem(name []byte) bool {
	switch strings.ToLower(string(name)) {
	case "item", "entry", "rss:item", "atom:entry":
		return true
	default:
		return false
	}
}

// run writes the feed, from its root to its end.
func (w *repairer) run(root piece) {
	w.openFrame(&root)
	for len(w.open) > 0 {
		p, ok := w.next(&w.in)
		if !ok || p.cut && p.kind != cdata {
			w.endCut()
			return
		}
		switch {
		case p.kind == startTag && isRoot(p.name) && isFrame(p.name):
			w.note(repairJunkAfter) // a second feed
			w.closeTo(0)
		case p.kind == startTag && isFrame(p.name):
			w.openFrame(&p)
		case p.kind == endTag && (isFrame(p.name) || isRoot(p.name)):
			w.closeFrame(&p)
		case p.kind == startTag || p.kind == emptyTag:
			if !w.element(&p) {
				w.endCut()
				return
			}
		case p.kind == endTag:
			w.note(repairStrayTag)
		case p.kind == stray, p.kind == cdata, p.kind == prose && len(bytes.TrimSpace(p.raw)) > 0:
			w.note(repairStrayText)
		}
	}
	if rest := bytes.TrimSpace(w.in.text[w.in.at:]); len(rest) > 0 && !onlyAsides(rest) {
		w.note(repairJunkAfter)
	}
}

func onlyAsides(text []byte) bool {
	m := markup{text: text}
	for {
		p, ok := m.next()
		if !ok {
			return true
		}
		if p.kind != aside && len(bytes.TrimSpace(p.raw)) > 0 {
			return false
		}
	}
}

// openFrame opens the root, a channel or an item. An item ends the one before.
func (w *repairer) openFrame(p *piece) {
	if w.item >= 0 {
		w.markPartial()
		w.note(repairUnclosed)
		w.closeTo(len(w.open) - 1)
	}
	start := w.out.Len()
	w.writeStart(p.name, p.attrs, "")
	w.open = append(w.open, string(p.name))
	if !isItem(p.name) {
		return
	}
	w.item = start
	w.items++
	w.seen = w.seen[:0]
	if about, found := attribute(p.attrs, "about"); found {
		prefix := string(p.name[:len(p.name)-len(local(p.name))])
		w.out.WriteString("<" + prefix + `guid isPermaLink="false">`)
		w.out.Write(escapeTags(about))
		w.out.WriteString("</" + prefix + "guid>")
	}
}

// closeFrame closes what the tag closes, and the item in it if that is open.
func (w *repairer) closeFrame(p *piece) {
	at := len(w.open) - 1
	for at >= 0 && !strings.EqualFold(w.open[at], string(p.name)) {
		at--
	}
	if at < 0 {
		w.note(repairStrayTag)
		return
	}
	if w.item >= 0 && at < len(w.open)-1 {
		w.markPartial()
		w.note(repairUnclosed)
	}
	w.closeTo(at)
}

// closeTo closes all but the outermost n.
func (w *repairer) closeTo(n int) {
	for len(w.open) > n {
		last := len(w.open) - 1
		w.out.WriteString("</" + w.open[last] + ">")
		w.open = w.open[:last]
	}
	w.item = -1
}

// endCut ends a document that has no end. The item that it was cut off in is not
// believed: its title may be half a title.
func (w *repairer) endCut() {
	w.cut = true
	if w.item >= 0 {
		w.out.Truncate(w.item)
		w.items--
		w.open = w.open[:len(w.open)-1]
		w.note(repairLostItem)
	} else {
		w.note(repairCutOff)
	}
	w.closeTo(0)
}
