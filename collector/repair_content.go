package collector

import (
	"bytes"
	"slices"
	"strings"
)

// element writes an element of a channel or an item with all that is in it. It
// reports false when the document ends in it.
func (w *repairer) element(p *piece) bool {
	if p.kind == emptyTag {
		w.writeStart(p.name, p.attrs, "/")
		return true
	}
	c := w.content(p.name)
	if c.cut {
		return false
	}
	if w.item >= 0 && isPlain(p.name) && (w.damaged(&c) || w.again(p.name)) {
		// Half an id is another article's, and so is one out of a part that was
		// an element of its own.
		w.note(repairDamaged)
		w.markPartial()
		w.in.at = c.next
		return true
	}
	if c.unclosed {
		w.note(repairUnclosedTag)
		w.markPartial()
	}
	w.writeElement(p, &c)
	w.in.at = c.next
	return true
}

// markPartial notes that the open item, if one is, may lack some of its text.
func (w *repairer) markPartial() {
	if w.item >= 0 && !slices.Contains(w.partial, w.items-1) {
		w.partial = append(w.partial, w.items-1)
	}
}

// isPlain reports whether the element holds an id, an address or a date, in
// which there is never any markup.
func isPlain(name []byte) bool {
	switch strings.ToLower(string(name)) {
	case "guid", "id", "link", "pubdate", "published", "updated", "issued", "modified", "dc:date", "dcterms:issued", "dc:identifier":
		return true
	default:
		return false
	}
}

// damaged reports whether the content has no end, tags that do not nest or a "<"
// that begins none.
func (w *repairer) damaged(c *content) bool {
	for m := (markup{text: w.in.text, at: c.start}); c.nested && m.at < c.end; {
		p, ok := w.next(&m)
		if !ok || p.kind == stray {
			return true
		}
	}
	return c.unclosed || !c.nested
}

// again reports whether the open item has such an element already. Links may be
// many.
func (w *repairer) again(name []byte) bool {
	lower := strings.ToLower(string(name))
	if lower == "link" {
		return false
	}
	if slices.Contains(w.seen, lower) {
		return true
	}
	w.seen = append(w.seen, lower)
	return false
}

// content is what stands between a start tag and its end.
type content struct {
	start, end int  // where it stands in the document
	next       int  // where the document goes on after it
	nested     bool // every tag in it has its partner
	unclosed   bool // the end tag is missing
	cut        bool // the document ends in it
}

// content finds the end of the element that was just begun: its own end tag, or
// else the next tag that cannot stand in it.
func (w *repairer) content(name []byte) content {
	c := content{start: w.in.at, nested: true}
	m := w.in
	var open [][]byte
	sibling := content{end: -1} // as far as an element that would be the next of the item's
	for {
		at := m.at
		p, ok := w.next(&m)
		switch {
		case !ok || p.cut && p.kind != cdata:
			c.cut = true
			return c
		case p.kind == cdata:
			w.closeCDATA(p, name, &m)
		case (p.kind == startTag || p.kind == endTag) && isFrame(p.name) && !bytes.EqualFold(p.name, name):
			c.nested = c.nested && len(open) == 0
			return c.unclosedAt(at, sibling)
		case p.kind == startTag:
			if sibling.end < 0 && isSibling(p.name) {
				sibling = content{end: at, nested: c.nested && len(open) == 0}
			}
			open = append(open, p.name)
		case p.kind == endTag && len(open) > 0 && bytes.Equal(open[len(open)-1], p.name):
			open = open[:len(open)-1]
		case p.kind == endTag && bytes.EqualFold(p.name, name):
			c.nested = c.nested && len(open) == 0
			if !c.nested && sibling.end >= 0 && !w.ownEnd(name, sibling.end) {
				return c.unclosedAt(at, sibling)
			}
			c.end, c.next = at, m.at
			return c
		case p.kind == endTag:
			c.nested = false
		}
	}
}

// unclosedAt ends content that has no end tag where the next sibling begins, or
// else at the offset.
func (c content) unclosedAt(at int, sibling content) content {
	if sibling.end >= 0 {
		at, c.nested = sibling.end, sibling.nested
	}
	c.unclosed, c.end, c.next = true, at, at
	return c
}

// ownEnd reports whether the next end tag of the name after the offset belongs
// to an element that began before it.
func (w *repairer) ownEnd(name []byte, at int) bool {
	m := markup{text: w.in.text, at: at}
	for {
		p, ok := w.next(&m)
		switch {
		case !ok:
			return false
		case p.kind == startTag && bytes.EqualFold(p.name, name):
			return false
		case p.kind == endTag && bytes.EqualFold(p.name, name):
			return true
		}
	}
}

// isSibling reports whether the element is one that an item has and that stands
// in no text, so that what is open before it was not closed.
func isSibling(name []byte) bool {
	switch strings.ToLower(string(name)) {
	case "title", "guid", "pubdate", "description", "category", "content:encoded", "dc:date", "dc:creator", "link", "updated", "published", "id", "summary", "content", "enclosure":
		return true
	default:
		return false
	}
}

// closeCDATA gives the CDATA section that ends where its element does, if it
// took in what follows: it is not closed, or another begins in it after that.
// The section is the piece before m.
func (w *repairer) closeCDATA(p piece, element []byte, m *markup) piece {
	inner := bytes.Index(p.body, []byte("<![CDATA["))
	if inner < 0 && !p.cut {
		return p
	}
	w.note(repairCDATA)
	end := indexFold(p.body, "</"+string(element))
	if end < 0 || !p.cut && end > inner {
		end = len(p.body)
	} else {
		m.at += len("<![CDATA[") + end - len(p.raw)
	}
	p.body = bytes.ReplaceAll(p.body[:end], []byte("<![CDATA["), []byte(" "))
	return p
}

// indexFold is bytes.Index that takes upper and lower case for one; s is ASCII.
func indexFold(text []byte, s string) int {
	for at := 0; ; at++ {
		next := bytes.IndexByte(text[at:], s[0])
		if next < 0 || len(text)-at-next < len(s) {
			return -1
		}
		if at += next; strings.EqualFold(string(text[at:at+len(s)]), s) {
			return at
		}
	}
}
