package collector

import "bytes"

// markupState is what a look at a document's tags tells before it is parsed.
type markupState struct {
	depth   int   // of nesting, at the deepest
	sound   bool  // every tag has its partner, one root, nothing beside it
	rewrite bool  // it has forms that gofeed does not read: see repairMarkup
	dates   []int // where the names of its pubDate tags begin
}

// checkMarkup looks at the tags of a document, without reading any text. gofeed
// takes a tag without a partner for the end of what is open, and then gives the
// items up to there as if they were all.
func checkMarkup(text []byte) markupState {
	s := markupState{sound: true}
	m := markup{text: text}
	open := make([][]byte, 0, 16)
	roots, atom := 0, false
	for {
		p, ok := m.next()
		if !ok {
			break
		}
		if p.cut {
			s.sound = false
		}
		if (p.kind == startTag || p.kind == endTag) && string(p.name) == datedName {
			s.dates = append(s.dates, m.at-len(p.raw)+bytes.Index(p.raw, p.name))
		}
		switch p.kind {
		case prose:
			if len(open) == 0 && len(bytes.TrimSpace(p.raw)) > 0 {
				s.sound = false
			}
		case stray:
			s.sound = false
		case cdata:
			s.sound = s.sound && len(open) > 0 && !bytes.Contains(p.body, []byte("<![CDATA["))
		case startTag:
			if len(open) == 0 {
				roots++
				atom = bytes.EqualFold(local(p.name), []byte("feed"))
			}
			s.rewrite = s.rewrite || needsRewrite(&p, atom, m.text[m.at:])
			open = append(open, p.name)
			s.depth = max(s.depth, len(open))
		case emptyTag:
			if len(open) == 0 {
				roots++
			}
		case endTag:
			if len(open) == 0 || !bytes.Equal(open[len(open)-1], p.name) {
				s.sound = false
			}
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case aside:
		}
	}
	s.sound = s.sound && len(open) == 0 && roots == 1
	return s
}

// needsRewrite reports whether the tag begins one of the forms that gofeed
// passes over: an RDF item's address, an Atom link that is text, base64.
func needsRewrite(p *piece, atom bool, after []byte) bool {
	switch {
	case len(p.attrs) > 0 && bytes.Contains(p.attrs, []byte("base64")):
		return true
	case len(p.attrs) > 0 && string(local(p.name)) == "item" && bytes.Contains(p.attrs, []byte("about")):
		return true
	case atom && string(p.name) == "link" && !bytes.HasPrefix(after, []byte("<")):
		_, found := attribute(p.attrs, "href")
		return !found
	}
	return false
}

// gofeed tries every layout that it knows on the date of an item, which takes a
// third of its time, and reads some wrong. Under another name of the same length
// it leaves the date to us, in Item.Custom.
const (
	datedName  = "pubDate"
	hiddenName = "pubWhen"
)

// hideDates gives the text with the other name in the places that checkMarkup
// found.
func hideDates(text []byte, dates []int) []byte {
	if len(dates) == 0 {
		return text
	}
	hidden := bytes.Clone(text)
	for _, at := range dates {
		copy(hidden[at:], hiddenName)
	}
	return hidden
}
