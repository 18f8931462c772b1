package collector

import "bytes"

// markup takes a document in XML apart, however broken it is: whatever the
// bytes, each belongs to one piece. It decides nothing.
type markup struct {
	text []byte
	at   int
}

// piece is a tag, a section or the text between them.
type piece struct {
	kind  pieceKind
	raw   []byte // all of it
	name  []byte // of a tag, as written
	attrs []byte // of a tag: what follows the name, without ">" and "/>"
	body  []byte // of a CDATA section
	cut   bool   // the document ends before the piece does
}

type pieceKind uint8

const (
	prose    pieceKind = iota // text, without "<"
	stray                     // a "<" that begins nothing
	startTag                  // <a b="c">
	emptyTag                  // <a b="c"/>
	endTag                    // </a>
	cdata                     // <![CDATA[...]]>
	aside                     // comment, processing instruction, document type
)

// next gives the piece that follows; ok is false at the end.
func (m *markup) next() (p piece, ok bool) {
	rest := m.text[m.at:]
	if len(rest) == 0 {
		return piece{}, false
	}
	p = cutPiece(rest)
	m.at += len(p.raw)
	return p, true
}

// cutPiece gives the piece at the beginning of the text, which is not empty.
func cutPiece(text []byte) piece {
	if text[0] != '<' {
		end := bytes.IndexByte(text, '<')
		if end < 0 {
			end = len(text)
		}
		return piece{kind: prose, raw: text[:end]}
	}
	switch {
	case len(text) < len("<![CDATA[") && bytes.IndexByte(text, '>') < 0:
		return piece{kind: stray, raw: text, cut: true} // the beginning of anything
	case isNameStart(text[1]):
		return cutTag(text, startTag, 1)
	case text[1] == '/' && len(text) > 2 && isNameStart(text[2]):
		return cutTag(text, endTag, 2)
	case bytes.HasPrefix(text, []byte("<!--")):
		return cutSection(text, aside, "<!--", "-->")
	case bytes.HasPrefix(text, []byte("<![CDATA[")):
		return cutSection(text, cdata, "<![CDATA[", "]]>")
	case text[1] == '?':
		return cutSection(text, aside, "<?", "?>")
	case text[1] == '!' && len(text) > 2 && isNameStart(text[2]):
		return cutDoctype(text)
	}
	return piece{kind: stray, raw: text[:1]}
}

func cutSection(text []byte, kind pieceKind, start, end string) piece {
	body := text[len(start):]
	length := bytes.Index(body, []byte(end))
	if length < 0 {
		return piece{kind: kind, raw: text, body: body, cut: true}
	}
	return piece{kind: kind, raw: text[:len(start)+length+len(end)], body: body[:length]}
}

// cutDoctype cuts a document type, with the declarations that it has in brackets.
func cutDoctype(text []byte) piece {
	depth := 0
	for i, c := range text {
		switch c {
		case '[':
			depth++
		case ']':
			depth--
		case '>':
			if depth <= 0 {
				return piece{kind: aside, raw: text[:i+1]}
			}
		}
	}
	return piece{kind: aside, raw: text, cut: true}
}

// cutTag cuts a tag whose name begins at the offset. A "<" within it shows that
// its own began nothing; so does the end of the document, if no tag was cut off
// there.
func cutTag(text []byte, kind pieceKind, nameAt int) piece {
	end := nameAt
	for end < len(text) && isName(text[end]) {
		end++
	}
	p := piece{kind: kind, name: text[nameAt:end]}
	var quote byte
	for i := end; i < len(text); i++ {
		switch c := text[i]; {
		case c == '<':
			if quote != 0 { // the quote was never closed
				if length := bytes.IndexByte(text[end:i], '>'); length >= 0 {
					return p.close(text, end, end+length)
				}
			}
			return piece{kind: stray, raw: text[:1]}
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && bytes.HasSuffix(bytes.TrimRight(text[end:i], " \t\r\n"), []byte("=")):
			quote = c
		case c == '>':
			return p.close(text, end, i)
		}
	}
	if quote != 0 {
		if length := bytes.IndexByte(text[end:], '>'); length >= 0 {
			return p.close(text, end, end+length)
		}
	}
	p.raw, p.attrs, p.cut = text, text[end:], true
	return p
}

// close completes a tag whose attributes begin at one offset and whose ">" is at
// the other.
func (p piece) close(text []byte, attrsAt, at int) piece {
	p.raw, p.attrs = text[:at+1], text[attrsAt:at]
	if p.kind == startTag && bytes.HasSuffix(p.attrs, []byte("/")) {
		p.kind, p.attrs = emptyTag, p.attrs[:len(p.attrs)-1]
	}
	return p
}

func isNameStart(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' }

func isName(c byte) bool {
	return isNameStart(c) || '0' <= c && c <= '9' || c == ':' || c == '-' || c == '.' || c >= 0x80
}

// local gives a name without its prefix.
func local(name []byte) []byte {
	return name[bytes.LastIndexByte(name, ':')+1:]
}

// attribute gives the value of an attribute by its local name, without quotes
// and as written; found is false where there is none.
func attribute(attrs []byte, name string) (value []byte, found bool) {
	for a := range eachAttribute(attrs) {
		if bytes.EqualFold(local(a.name), []byte(name)) {
			return a.value, true
		}
	}
	return nil, false
}

type attr struct{ name, value []byte }

// eachAttribute gives the attributes of a tag, quoted or not. What is none is
// passed over.
func eachAttribute(s []byte) func(yield func(attr) bool) {
	return func(yield func(attr) bool) {
		for {
			for len(s) > 0 && !isNameStart(s[0]) {
				s = s[1:]
			}
			if len(s) == 0 {
				return
			}
			end := 0
			for end < len(s) && isName(s[end]) {
				end++
			}
			a := attr{name: s[:end]}
			s = bytes.TrimLeft(s[end:], " \t\r\n")
			if bytes.HasPrefix(s, []byte("=")) {
				a.value, s = cutValue(bytes.TrimLeft(s[1:], " \t\r\n"))
			}
			if !yield(a) {
				return
			}
		}
	}
}

// cutValue cuts the value of an attribute off what begins with it.
func cutValue(s []byte) (value, rest []byte) {
	if len(s) > 0 && (s[0] == '"' || s[0] == '\'') {
		if end := bytes.IndexByte(s[1:], s[0]); end >= 0 {
			return s[1 : 1+end], s[2+end:]
		}
		s = s[1:]
	}
	end := bytes.IndexAny(s, " \t\r\n\"'")
	if end < 0 {
		end = len(s)
	}
	return s[:end], s[end:]
}
