package collector

import (
	"bytes"
	"fmt"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// declaration is an XML declaration, with or without an encoding.
var declaration = regexp.MustCompile(`<\?xml\s[^>]*?(?:encoding\s*=\s*["']\s*([A-Za-z0-9._:-]+)\s*["'][^>]*)?\?>`)

// byteOrderMarks are longest first: that of UTF-32 begins with that of UTF-16.
var byteOrderMarks = []struct {
	mark     []byte
	encoding encoding.Encoding
}{
	{[]byte{0xff, 0xfe, 0, 0}, utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)},
	{[]byte{0, 0, 0xfe, 0xff}, utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)},
	{[]byte{0xef, 0xbb, 0xbf}, encoding.Nop},
	{[]byte{0xff, 0xfe}, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
	{[]byte{0xfe, 0xff}, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
}

// toUTF8 gives the document in valid UTF-8 without byte order mark and without
// XML declaration, and says what it had to repair. It believes, in this order, a
// byte order mark, text that is valid UTF-8 whatever is said of it, the charset
// of the HTTP header contentType (RFC 7303 section 3), the XML declaration, and
// each of them only as far as the text does not show another. What cannot be
// decoded becomes U+FFFD: one bad byte costs one letter.
func toUTF8(body []byte, contentType string) (text []byte, repairs []string) {
	text, repairs = decode(body, contentType)
	if !utf8.Valid(text) {
		text = bytes.ToValidUTF8(text, []byte("\ufffd"))
		repairs = append(repairs, "bytes that are not valid in the document's encoding replaced")
	}
	text = bytes.TrimLeft(text, " \t\r\n\x00")
	if loc := declaration.FindIndex(text[:min(len(text), maxDeclaration)]); loc != nil && loc[0] == 0 {
		text = bytes.TrimLeft(text[loc[1]:], " \t\r\n\x00")
	}
	return text, repairs
}

func decode(body []byte, contentType string) (text []byte, repairs []string) {
	for _, m := range byteOrderMarks {
		if rest, found := bytes.CutPrefix(body, m.mark); found {
			return decodeAs(rest, m.encoding), nil
		}
	}
	if enc := wideEncoding(body); enc != nil {
		return decodeAs(body, enc), nil
	}
	label, source := declaredCharset(body, contentType)
	enc, name := charset.Lookup(label)
	if utf8.Valid(body) && !sevenBit(name) {
		if label == "" || name == "utf-8" || isASCII(body) {
			return body, nil
		}
		return body, []string{fmt.Sprintf("the %s says %s but the text is UTF-8", source, orElse(name, "another charset"))}
	}
	if enc != nil && name != "utf-8" && !isDefault(name) {
		return checkDecoded(body, enc, name, source)
	}
	if label != "" && enc == nil {
		repairs = []string{fmt.Sprintf("the %s names an unknown charset", source)}
	}
	// Nobody named it, or named what servers name that do not know.
	if mostlyUTF8(body) {
		return body, repairs
	}
	if guess, guessed := guessEncoding(body); guess != nil {
		return decodeAs(body, guess), append(repairs, "the charset was told by the text: "+guessed)
	}
	if !isDefault(name) {
		repairs = append(repairs, "the text is not UTF-8: windows-1252 taken")
	}
	return decodeAs(body, charmap.Windows1252), repairs
}

// isDefault reports whether the charset is one that servers and programs name
// when they were told nothing.
func isDefault(name string) bool { return name == "windows-1252" }

// checkDecoded decodes as was declared, unless the text shows far more of
// another encoding: sites that moved from one to another forget the declaration.
func checkDecoded(body []byte, enc encoding.Encoding, name, source string) (text []byte, repairs []string) {
	guess, guessed := guessEncoding(body)
	if guess != nil && guessed != name && isGuessable(name) {
		return decodeAs(body, guess), []string{fmt.Sprintf("the %s says %s but the text is %s", source, name, guessed)}
	}
	return decodeAs(body, enc), nil
}

// wideEncoding tells UTF-16 and UTF-32 without a byte order mark by the zeros of
// the first character, which is "<" or "{" (XML 1.0 appendix F.1).
func wideEncoding(body []byte) encoding.Encoding {
	if len(body) < 4 {
		return nil
	}
	zeros := [4]bool{body[0] == 0, body[1] == 0, body[2] == 0, body[3] == 0}
	switch zeros {
	case [4]bool{true, true, true, false}:
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)
	case [4]bool{false, true, true, true}:
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)
	case [4]bool{true, false, true, false}:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case [4]bool{false, true, false, true}:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	}
	return nil
}

// declaredCharset gives the charset that the header or else the declaration
// names, and which of the two it was. A header that names a default does not
// stand against a declaration that names something else.
func declaredCharset(body []byte, contentType string) (label, source string) {
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		label, source = strings.Trim(params["charset"], "\"' "), "HTTP header"
	}
	if _, name := charset.Lookup(label); label != "" && !isDefault(name) {
		return label, source
	}
	head := body[:min(len(body), maxDeclaration)]
	if m := declaration.FindSubmatch(head); m != nil && len(m[1]) > 0 {
		return string(m[1]), "XML declaration"
	}
	if label == "" {
		return "", ""
	}
	return label, source
}

// maxDeclaration is how far into a document its XML declaration may stand, in
// bytes: warnings of the server's own may come before.
const maxDeclaration = 4096

// decodeAs decodes what it can; the encodings put U+FFFD for what they cannot.
func decodeAs(body []byte, enc encoding.Encoding) []byte {
	text, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return body
	}
	return text
}

// sevenBit reports whether the encoding writes its characters in ASCII bytes, so
// that its text is always valid UTF-8.
func sevenBit(name string) bool { return name == "iso-2022-jp" }

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
