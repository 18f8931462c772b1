package collector

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// plainTitle reads a title out of a feed: markup dropped, entities decoded, on
// one line, words that were stretched to fill it made as long as they are.
func plainTitle(s string) string {
	s = plainText(s)
	if strings.Contains(s, "\n") {
		s = strings.ReplaceAll(s, "\n", " ")
	}
	if strings.Contains(s, tatweel) {
		s = dropTatweel(s)
	}
	return s
}

// plainText reads prose out of a feed: markup, scripts and styles dropped,
// entities decoded, runs of white space folded. A block of the markup or an
// empty line ends a line; a single line feed is a space, as in HTML. What was
// escaped once too often, or decoded in the wrong charset, is set right.
func plainText(s string) string {
	if s == "" {
		return ""
	}
	s = dropSections(s)
	plain := s
	if strings.ContainsAny(s, "<&") {
		plain = dropMarkup(s)
		if !strings.Contains(s, "<") && escapedMarkup(plain) {
			plain = dropMarkup(plain)
		}
	}
	return foldSpace(fixMojibake(plain))
}

// dropSections drops the marks of CDATA that were escaped or nested, and so came
// to be text.
func dropSections(s string) string {
	const begin, end = "<![CDATA[", "]]>"
	if !strings.Contains(s, begin) && !strings.HasSuffix(strings.TrimSpace(s), end) {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, begin, ""), end, "")
}

// escapedMarkup reports whether text that was decoded still looks like markup.
func escapedMarkup(s string) bool {
	for rest := s; ; {
		_, after, found := strings.Cut(rest, "&")
		if !found {
			break
		}
		if name, _, found := strings.Cut(after[:min(len(after), 8)], ";"); found {
			switch name {
			case "amp", "quot", "lt", "gt", "apos", "nbsp", "#39", "#8217", "#8230", "hellip", "rsquo", "laquo", "raquo":
				return true
			}
		}
		rest = after
	}
	return strings.Contains(s, "</") || strings.Contains(s, "<br") || strings.Contains(s, "<img ")
}

// dropMarkup reads the text out of HTML.
func dropMarkup(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	tokens := html.NewTokenizer(strings.NewReader(s))
	var silent atom.Atom // element whose content is not prose
	for {
		switch kind := tokens.Next(); kind {
		case html.ErrorToken:
			return out.String()
		case html.TextToken:
			if silent == 0 {
				out.Write(tokens.Text())
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := tokens.TagName()
			tag := atom.Lookup(local(name))
			switch {
			case silent != 0:
				if kind == html.EndTagToken && tag == silent {
					silent = 0
				}
			case kind == html.StartTagToken && (tag == atom.Script || tag == atom.Style):
				silent = tag
			case endsLine(tag):
				out.WriteString("\n\n")
			}
		case html.CommentToken, html.DoctypeToken:
		}
	}
}

// endsLine reports whether the element stands on lines of its own.
func endsLine(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Br, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd, atom.Tr, atom.Td, atom.Th, atom.Table,
		atom.Blockquote, atom.Pre, atom.Hr, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Article, atom.Section, atom.Header, atom.Footer, atom.Figure, atom.Figcaption:
		return true
	default:
		return false
	}
}

// foldSpace makes paragraphs, divided by empty lines, into lines of single
// spaced words. Most of most texts is written so, and copied in one piece.
func foldSpace(s string) string {
	s = strings.TrimSpace(s)
	done := foldedUpTo(s)
	if done == len(s) {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	for {
		out.WriteString(s[:done])
		s = s[done:]
		if s = foldGap(&out, s); s == "" {
			return out.String()
		}
		done = foldedUpTo(s)
	}
}

// foldGap writes what divides the words at the beginning of s, and gives what
// follows. At the end of a text it writes nothing.
func foldGap(out *strings.Builder, s string) (rest string) {
	space, lines := false, 0
	divide := func() {
		switch {
		case out.Len() == 0:
		case lines > 1:
			out.WriteByte('\n')
		case space || lines == 1:
			out.WriteByte(' ')
		}
		space, lines = false, 0
	}
	for i, r := range s {
		visible := dropInvisible(r)
		switch {
		case r == '\n':
			lines++
		case visible < 0:
		case unicode.IsSpace(visible):
			space = true
		case visible != r:
			divide()
			out.WriteRune(visible)
		default:
			divide()
			return s[i:]
		}
	}
	return ""
}

// foldedUpTo gives how much of the text, which begins with a word, is words with
// single spaces between.
func foldedUpTo(s string) int {
	word := 0 // end of the last word
	for i := 0; i < len(s); {
		if c := s[i]; c > ' ' && c < 0x7f {
			i++
			word = i
			continue
		} else if c == ' ' {
			if word != i {
				return word
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if (r <= 0xa0 || r >= 0x1680 || r == '\u061c') && (dropInvisible(r) != r || unicode.IsSpace(r)) {
			return word
		}
		i += size
		word = i
	}
	return word
}

// dropInvisible drops control characters and marks that turn the direction of
// text around: in a list of headlines they would turn their neighbours too.
func dropInvisible(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case r == '\r' || r == '\v' || r == '\f' || r == '\u2028':
		return ' '
	case r >= 0x80 && r < 0xa0:
		return fromWindows(r)
	case r < ' ' || r == 0x7f:
		return -1
	case r == '\ufeff' || r == '\u200e' || r == '\u200f' || r == '\u061c':
		return -1
	case r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069':
		return -1
	}
	return r
}
