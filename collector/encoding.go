package collector

import (
	"bytes"
	"fmt"
	"mime"
	"regexp"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// declaration is an XML declaration, with or without an encoding.
var declaration = regexp.MustCompile(`^\s*<\?xml\s[^>]*?(?:encoding\s*=\s*["']\s*([A-Za-z0-9._:-]+)\s*["'][^>]*)?\?>`)

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
// of the HTTP header contentType (RFC 7303 section 3), the XML declaration.
// What cannot be decoded becomes U+FFFD: one bad byte costs one letter.
func toUTF8(body []byte, contentType string) (text []byte, repairs []string) {
	text, repairs = decode(body, contentType)
	if !utf8.Valid(text) {
		text = bytes.ToValidUTF8(text, []byte("\ufffd"))
		repairs = append(repairs, "bytes that are not valid in the document's encoding replaced")
	}
	if loc := declaration.FindIndex(text); loc != nil {
		text = text[loc[1]:]
	}
	return bytes.TrimLeft(text, " \t\r\n\x00"), repairs
}

func decode(body []byte, contentType string) (text []byte, repairs []string) {
	for _, m := range byteOrderMarks {
		if rest, found := bytes.CutPrefix(body, m.mark); found {
			return decodeAs(rest, m.encoding), nil
		}
	}
	label, source := declaredCharset(body, contentType)
	if label == "" {
		return body, nil
	}
	enc, name := charset.Lookup(label)
	switch {
	case name == "utf-8":
		return body, nil
	case utf8.Valid(body) && !sevenBit(name):
		if isASCII(body) {
			return body, nil
		}
		return body, []string{fmt.Sprintf("the %s says %s but the text is UTF-8", source, name)}
	case enc == nil:
		return body, []string{fmt.Sprintf("the %s names an unknown charset", source)}
	}
	return decodeAs(body, enc), nil
}

// declaredCharset gives the charset that the header or else the declaration
// names, and which of the two it was.
func declaredCharset(body []byte, contentType string) (label, source string) {
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		return params["charset"], "HTTP header"
	}
	if m := declaration.FindSubmatch(body); m != nil && len(m[1]) > 0 {
		return string(m[1]), "XML declaration"
	}
	return "", ""
}

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
func sevenBit(name string) bool {
	return name == "iso-2022-jp" || name == "utf-16le" || name == "utf-16be"
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
