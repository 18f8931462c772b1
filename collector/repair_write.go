package collector

import (
	"bytes"
	"encoding/base64"
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// writeElement writes an element whose end is known. Markup in it that does not
// nest is written as text, as it should have been.
func (w *repairer) writeElement(p *piece, c *content) {
	name := string(p.name)
	attrs := p.attrs
	inner := w.in.text[c.start:c.end]
	mode, _ := attribute(attrs, "mode")
	switch {
	case bytes.EqualFold(mode, []byte("base64")):
		if decoded, ok := decodeBase64(inner); ok {
			w.out.WriteString("<" + name + ` type="html">` + html.EscapeString(decoded) + "</" + name + ">")
			return
		}
	case strings.EqualFold(name, "link"):
		if _, found := attribute(attrs, "href"); !found && bytes.IndexByte(inner, '<') < 0 {
			address := strings.TrimSpace(string(inner))
			attrs = slices.Concat(attrs, []byte(` href="`+strings.ReplaceAll(address, `"`, "&quot;")+`"`))
		}
	case !c.nested:
		if kind, found := attribute(attrs, "type"); found && bytes.Contains(bytes.ToLower(kind), []byte("xhtml")) {
			attrs = []byte(` type="html"`)
		}
	}
	w.writeStart(p.name, attrs, "")
	for m := (markup{text: w.in.text, at: c.start}); m.at < c.end; {
		inside, ok := w.next(&m)
		if !ok {
			break
		}
		if inside.kind == cdata {
			inside = w.closeCDATA(inside, p.name, &m)
		}
		w.writePiece(&inside, c.nested)
	}
	w.out.WriteString("</" + name + ">")
}

func decodeBase64(inner []byte) (string, bool) {
	encoded := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(string(inner)), "<![CDATA["), "]]>")
	decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(encoded), ""))
	return string(decoded), err == nil && utf8.Valid(decoded)
}

// writePiece writes a piece of an element's content.
func (w *repairer) writePiece(p *piece, nested bool) {
	switch p.kind {
	case prose:
		w.out.Write(bytes.ReplaceAll(p.raw, []byte("]]>"), nil))
	case stray:
		w.note(repairStray)
		w.out.WriteString("&lt;")
		w.out.Write(p.raw[1:])
	case cdata:
		w.out.WriteString("<![CDATA[")
		w.out.Write(p.body)
		w.out.WriteString("]]>")
	case startTag, emptyTag, endTag:
		switch {
		case !nested:
			w.note(repairNesting)
			w.out.Write(escapeTags(p.raw))
		case p.kind == startTag:
			w.writeStart(p.name, p.attrs, "")
		case p.kind == emptyTag:
			w.writeStart(p.name, p.attrs, "/")
		default:
			w.out.WriteString("</" + string(p.name) + ">")
		}
	case aside:
	}
}

// writeStart writes a start tag with its attributes quoted.
func (w *repairer) writeStart(name, attrs []byte, slash string) {
	w.out.WriteByte('<')
	w.out.Write(name)
	for a := range eachAttribute(attrs) {
		w.out.WriteByte(' ')
		w.out.Write(a.name)
		w.out.WriteString(`="`)
		w.out.Write(bytes.ReplaceAll(escapeTags(a.value), []byte(`"`), []byte("&quot;")))
		w.out.WriteByte('"')
	}
	w.out.WriteString(slash)
	w.out.WriteByte('>')
}

// escapeTags writes markup as text. References in it are left as they are.
func escapeTags(s []byte) []byte {
	s = bytes.ReplaceAll(s, []byte("<"), []byte("&lt;"))
	return bytes.ReplaceAll(s, []byte(">"), []byte("&gt;"))
}

// dropIllegal drops the characters that XML forbids and the references to them
// (XML 1.0 section 2.2), which gofeed's parser stops at.
func dropIllegal(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == '&' {
			if referred, length := characterReference(text); length > 0 && illegal(referred) {
				text = text[length:]
				continue
			}
		}
		if !illegal(r) {
			out = append(out, text[:size]...)
		}
		text = text[size:]
	}
	return out
}

// characterReference reads a numeric reference at the beginning of the text;
// length is 0 where there is none.
func characterReference(text []byte) (r rune, length int) {
	end := bytes.IndexByte(text[:min(len(text), 12)], ';')
	if end < 0 || !bytes.HasPrefix(text, []byte("&#")) {
		return 0, 0
	}
	digits, base := string(text[2:end]), 10
	if rest, hex := strings.CutPrefix(strings.ToLower(digits), "x"); hex {
		digits, base = rest, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil {
		return 0, 0
	}
	if n > utf8.MaxRune {
		return utf8.MaxRune + 1, end + 1
	}
	return rune(n), end + 1
}

func illegal(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || 0xd800 <= r && r < 0xe000 || r == 0xfffe || r == 0xffff || r > utf8.MaxRune
}
