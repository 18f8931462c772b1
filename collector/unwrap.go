package collector

import (
	"bytes"
	"html"
	"regexp"
	"slices"
)

// Repairs of what is around a document, as Document.Repairs names them.
const (
	repairEscaped  = "markup that was escaped as a whole set right"
	repairRoot     = "the root element, which is missing, added"
	repairChannels = "further channels taken as one with the first"
	repairItems    = "items taken out of an element <items> around them"
	repairEntities = "entities that the document defines replaced"
)

// wrappings are what has to stand around a document that begins with an element
// below the root.
var wrappings = []struct{ first, before, after string }{
	{"channel", `<rss version="2.0">`, `</rss>`},
	{"item", `<rss version="2.0"><channel>`, `</channel></rss>`},
	{"entry", `<feed xmlns="http://www.w3.org/2005/Atom">`, `</feed>`},
}

// nextChannel is where one channel ends and another begins. gofeed keeps the items
// of the last alone.
var nextChannel = regexp.MustCompile(`</channel>\s*<channel(?:\s[^<>]*)?>`)

// unwrap takes a document out of what hides it from a reader of feeds: markup
// that is escaped as a whole, a root that is missing, more channels than one,
// entities of its own.
func unwrap(text []byte) (plain []byte, repairs []string) {
	for _, start := range []string{"&lt;?xml", "&lt;rss", "&lt;feed", "&lt;rdf:RDF"} {
		if bytes.HasPrefix(text, []byte(start)) {
			text = []byte(html.UnescapeString(string(text)))
			repairs = append(repairs, repairEscaped)
			break
		}
	}
	for _, w := range wrappings {
		if bytes.HasPrefix(text, []byte("<"+w.first+">")) || bytes.HasPrefix(text, []byte("<"+w.first+" ")) {
			text = slices.Concat([]byte(w.before), text, []byte(w.after))
			return text, append(repairs, repairRoot)
		}
	}
	if joined := nextChannel.ReplaceAll(text, nil); len(joined) < len(text) {
		text, repairs = joined, append(repairs, repairChannels)
	}
	if taken := takeItems(text); len(taken) < len(text) {
		text, repairs = taken, append(repairs, repairItems)
	}
	if expanded, found := expandEntities(text); found {
		return expanded, append(repairs, repairEntities)
	}
	return text, repairs
}

// itemsAround is where an element begins that holds items, of which gofeed sees
// none. The one of RSS 1.0, a list of their addresses, holds no item.
var itemsAround = regexp.MustCompile(`<items(?:\s[^<>]*)?>(\s*<item[\s>])`)

// takeItems takes items out of the elements around them.
func takeItems(text []byte) []byte {
	if !bytes.Contains(text, []byte("<items")) || !itemsAround.Match(text) {
		return text
	}
	return bytes.ReplaceAll(itemsAround.ReplaceAll(text, []byte("$1")), []byte("</items>"), nil)
}

// Limits of a document's own entities. What one refers to is not replaced again,
// so that none grows.
const (
	maxEntities    = 100
	maxEntity      = 1 << 10 // bytes of its value
	maxEntityTotal = 1 << 20 // bytes added to a document
)

var entityDeclaration = regexp.MustCompile(`<!ENTITY\s+([A-Za-z_][\w.-]*)\s+(?:"([^"<%]*)"|'([^'<%]*)')\s*>`)

// expandEntities replaces the references to entities that the document itself
// defines as text; gofeed leaves them as they are.
func expandEntities(text []byte) (expanded []byte, found bool) {
	head := text[:min(len(text), 64<<10)]
	if !bytes.Contains(head, []byte("<!ENTITY")) {
		return text, false
	}
	values := make(map[string]string)
	end := 0
	for _, m := range entityDeclaration.FindAllSubmatchIndex(head, maxEntities) {
		value := ""
		for _, group := range [][2]int{{m[4], m[5]}, {m[6], m[7]}} {
			if group[0] >= 0 {
				value = string(head[group[0]:group[1]])
			}
		}
		if len(value) <= maxEntity {
			values[string(head[m[2]:m[3]])] = value
		}
		end = m[1]
	}
	out := bytes.NewBuffer(make([]byte, 0, len(text)+len(text)/8))
	out.Write(text[:end])
	for rest := text[end:]; ; {
		at := bytes.IndexByte(rest, '&')
		if at < 0 {
			out.Write(rest)
			break
		}
		out.Write(rest[:at])
		rest = rest[at:]
		semicolon := bytes.IndexByte(rest[:min(len(rest), 64)], ';')
		value, known := "", false
		if semicolon > 0 {
			value, known = values[string(rest[1:semicolon])]
		}
		if !known || out.Len() > len(text)+maxEntityTotal {
			out.WriteByte('&')
			rest = rest[1:]
			continue
		}
		found = true
		out.WriteString(value)
		rest = rest[semicolon+1:]
	}
	return out.Bytes(), found
}
