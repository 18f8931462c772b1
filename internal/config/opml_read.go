package config

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
)

// outlineReader finds the outlines of an OPML file. It reads tokens, not a tree:
// what is damaged costs the outline it is in and no other, and nothing grows with
// the depth.
type outlineReader struct {
	name string
	text []byte // UTF-8
	feed func(outline) error

	seen     int // offset of the last position that was asked for
	at       position
	isOPML   bool   // there is an element opml
	ended    bool   // and its end
	own      string // prefix of our namespace, once it is declared
	outlines int
	open     []openOutline
	problems Problems
	faults   int
}

// openOutline is one whose end is still to come.
type openOutline struct {
	outline

	group bool // has outlines of its own
}

// read hands every outline that names a feed to feed. Its error, or that of a
// limit, ends the reading.
func (r *outlineReader) read() error {
	for from := 0; from >= 0; {
		fault, err := r.readTokens(from)
		if err != nil {
			return err
		}
		if fault == nil {
			r.finish()
			return nil
		}
		if r.faults++; r.faults > maxOPMLFaults {
			return r.refuse(fault.tag, fmt.Sprintf("has more than %d places that are no XML", maxOPMLFaults), "export the feeds anew")
		}
		from = r.passOver(from, fault)
	}
	return nil
}

// fault is a place that is no XML.
type fault struct {
	at      int // offset
	tag     int // offset at which the token that holds it begins
	message string
}

// readTokens reads from an offset on, until a fault or the end, where there is none.
func (r *outlineReader) readTokens(from int) (*fault, error) {
	d := xml.NewDecoder(bytes.NewReader(r.text[from:]))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	for {
		tag := from + int(d.InputOffset())
		t, err := d.RawToken()
		switch {
		case errors.Is(err, io.EOF):
			return nil, nil
		case err != nil:
			return &fault{at: from + int(d.InputOffset()), tag: tag, message: faultMessage(err)}, nil
		}
		switch t := t.(type) {
		case xml.StartElement:
			err = r.start(tag, t)
		case xml.EndElement:
			if isOutline(t.Name) {
				r.end()
			}
			r.ended = r.ended || strings.EqualFold(t.Name.Local, "opml")
		}
		if err != nil {
			return nil, err
		}
	}
}

func faultMessage(err error) string {
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return syntax.Msg
	}
	return err.Error()
}

func isOutline(name xml.Name) bool { return strings.EqualFold(name.Local, "outline") }

func (r *outlineReader) start(at int, e xml.StartElement) error {
	attrs := make(map[string]string, len(e.Attr))
	for _, a := range e.Attr {
		if a.Name.Space == "xmlns" && a.Value == opmlNamespace {
			r.own = a.Name.Local
		}
		name := strings.ToLower(a.Name.Local)
		if a.Name.Space != "" {
			if a.Name.Space != r.own {
				continue
			}
			name = ownPrefix + name
		}
		if _, twice := attrs[name]; !twice {
			attrs[name] = strings.TrimSpace(a.Value)
		}
	}
	if !isOutline(e.Name) {
		r.isOPML = r.isOPML || strings.EqualFold(e.Name.Local, "opml")
		return nil
	}
	if r.outlines++; r.outlines > maxOPMLOutlines {
		return r.refuse(at, fmt.Sprintf("has more than %d outlines", maxOPMLOutlines), "split the file")
	}
	o := outline{at: r.position(at), attrs: attrs}
	if len(r.open) >= maxOPMLDepth {
		return r.refuse(at, fmt.Sprintf("has outlines that are nested more than %d deep", maxOPMLDepth), "export the feeds anew, in fewer folders")
	}
	r.push(o)
	if o.address() == "" {
		return nil
	}
	for _, around := range r.open[:len(r.open)-1] {
		o.groups = append(o.groups, around.label())
	}
	return r.feed(o)
}

// push opens an outline in those that are open.
func (r *outlineReader) push(o outline) {
	if n := len(r.open); n > 0 {
		r.open[n-1].group = true
	}
	r.open = append(r.open, openOutline{outline: o})
}

// end closes the innermost outline. An end too many is passed over.
func (r *outlineReader) end() {
	n := len(r.open)
	if n == 0 {
		return
	}
	o := r.open[n-1]
	r.open = r.open[:n-1]
	if !o.group && o.address() == "" && (strings.EqualFold(o.attrs["type"], "rss") || o.attrs["htmlurl"] != "" || o.attrs["url"] != "") {
		message := "has no address of a feed (xmlUrl)"
		if label := o.label(); label != "" {
			message = quote(label) + " " + message
		}
		r.problems = append(r.problems, Problem{
			File: r.name, Line: o.at.line, Column: o.at.column, Message: message,
			Remedy: "write it there, or find it with marsad feeds discover",
		})
	}
}

// finish tells of a file that ends early, though between two tags.
func (r *outlineReader) finish() {
	if r.isOPML && !r.ended {
		r.report(len(r.text), "ends before </opml>", cutRemedy)
	}
}

const cutRemedy = "the file is cut off: export it anew; what stands before is taken"

// passOver reports a fault and gives the offset of the next outline's tag, where
// reading goes on; less than 0 where there is none.
func (r *outlineReader) passOver(from int, f *fault) int {
	if next := nextOutline(r.text, max(f.at-1, f.tag+1, from+1)); next >= 0 {
		r.report(f.tag, "is no XML: "+f.message, "the outline that begins here is not taken: mend it, or export the file anew")
		r.openLost(r.text[f.tag:next])
		return next
	}
	if f.at >= len(r.text) {
		r.report(f.tag, "ends in the middle", cutRemedy)
	} else {
		r.report(f.tag, "is no XML: "+f.message, "nothing is read from here to the end: mend it, or export the file anew")
	}
	return -1
}

// openLost opens the outline that a fault made unreadable, unless it closes
// itself, so that its end closes no other.
func (r *outlineReader) openLost(lost []byte) {
	tag := outlineTag.Find(lost)
	if tag == nil || tag[1] == '/' || len(r.open) >= maxOPMLDepth {
		return
	}
	if end := bytes.LastIndexByte(lost, '>'); end < 0 || lost[end-1] != '/' {
		r.push(outline{at: position{line: 1, column: 1}})
		r.open[len(r.open)-1].group = true // nothing is said of it twice
	}
}

var outlineTag = regexp.MustCompile(`(?i)</?outline\b`)

// nextOutline finds the next tag of an outline; less than 0 when there is none.
func nextOutline(text []byte, from int) int {
	if from >= len(text) {
		return -1
	}
	if found := outlineTag.FindIndex(text[from:]); found != nil {
		return from + found[0]
	}
	return -1
}

func (r *outlineReader) report(offset int, message, remedy string) {
	at := r.position(offset)
	r.problems = append(r.problems, Problem{File: r.name, Line: at.line, Column: at.column, Message: message, Remedy: remedy})
}

func (r *outlineReader) refuse(offset int, message, remedy string) error {
	at := r.position(offset)
	return Problems{{File: r.name, Line: at.line, Column: at.column, Message: message, Remedy: remedy}}
}

// position gives the place of an offset. It counts on from the one before, as
// offsets are asked for in their order but for a few.
func (r *outlineReader) position(offset int) position {
	if offset < r.seen || r.at.line == 0 {
		r.seen, r.at = 0, position{line: 1, column: 1}
	}
	passed := r.text[r.seen:offset]
	if lines := bytes.Count(passed, []byte("\n")); lines > 0 {
		r.at = position{line: r.at.line + lines, column: 1}
		passed = passed[bytes.LastIndexByte(passed, '\n')+1:]
	}
	r.at.column += utf8.RuneCount(passed)
	r.seen = offset
	return r.at
}

var xmlEncoding = regexp.MustCompile(`^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)

// decodeOPML gives the text in UTF-8 without BOM and without the characters that
// XML does not allow. sound says that every byte was text in the encoding.
func decodeOPML(data []byte) (text []byte, sound bool) {
	text, sound = data, true
	if e := opmlEncoding(data); e != nil {
		decoded, err := e.NewDecoder().Bytes(data)
		if err == nil {
			text = decoded
			sound = !bytes.ContainsRune(text, utf8.RuneError)
		}
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	sound = sound && utf8.Valid(text)
	return bytes.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\uFFFE' || r == '\uFFFF' {
			return ' '
		}
		return r
	}, text), sound
}

// opmlEncoding tells the encoding by BOM, by how UTF-16 spells <, and by the XML
// declaration; nil is UTF-8. What is UTF-8 all through is believed to be that,
// whatever it says: text in another encoding is not by chance.
func opmlEncoding(data []byte) encoding.Encoding {
	label := ""
	switch {
	case bytes.HasPrefix(data, []byte("\xFE\xFF")), bytes.HasPrefix(data, []byte("\x00<")):
		label = "utf-16be"
	case bytes.HasPrefix(data, []byte("\xFF\xFE")), bytes.HasPrefix(data, []byte("<\x00")):
		label = "utf-16le"
	case utf8.Valid(data):
		return nil
	default:
		if declared := xmlEncoding.FindSubmatch(data); declared != nil {
			label = string(declared[1])
		}
	}
	e, _ := charset.Lookup(label)
	return e
}
