package timeline

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxFieldText is the longest string field of a point, in bytes: InfluxDB refuses
// those of 64 KiB and more.
const MaxFieldText = 60_000

// FieldText makes a string field fit for InfluxDB: one line of valid UTF-8 without
// control characters, of MaxFieldText bytes at most. It says whether it was cut.
func FieldText(s string) (text string, cut bool) {
	return shorten(oneLine(s))
}

// oneLine makes one line of valid UTF-8 without control characters.
func oneLine(s string) string {
	if isOneLine(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
}

// isOneLine reports whether oneLine would leave s as it is, as it does with nearly
// all texts.
func isOneLine(s string) bool {
	for _, r := range s {
		switch {
		case r >= ' ' && r < 0x7F: // ASCII that is printed
		case r <= 0xA0 || r == utf8.RuneError:
			return false
		case r >= 0x1680 && unicode.IsSpace(r): // below, only U+0085 and U+00A0 are
			return false
		}
	}
	return true
}

// TagText makes the name of a measurement, or the key or value of a tag, fit for
// InfluxDB. A backslash before the wrong character, or at the end, would swallow
// what follows and has no escape; and the server refuses what cannot be printed,
// the joiners of Arabic script among it.
func TagText(s string) string {
	if isTagText(s) {
		return s
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\\':
			return '/'
		case r == utf8.RuneError:
			return '?'
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, oneLine(s)))
}

// isTagText reports, of ASCII alone, whether TagText would leave s as it is.
func isTagText(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7F || s[i] == '\\' {
			return false
		}
	}
	return s == "" || s[0] != ' ' && s[len(s)-1] != ' '
}

// shorten cuts s at a character so that it fits a string field.
func shorten(s string) (text string, cut bool) {
	if len(s) <= MaxFieldText {
		return s, false
	}
	end := MaxFieldText
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end], true
}
