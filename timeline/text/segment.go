package text

import (
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/words"
)

// segmentEnd gives the end of the segment of UAX #29 that begins at byte p of s,
// where one must begin. What news is mostly made of (words of ASCII or Arabic
// letters before a blank or a plain mark) is told here, at a third of the cost;
// everything else is for the library.
func segmentEnd(s string, p int) int {
	if end := plainEnd(s, p); end > p {
		return end
	}
	segments := words.FromString(s[p:])
	segments.Next()
	return p + segments.End()
}

// plainEnd gives the end of the segment at p, or p where that takes more than a
// look at the next byte.
func plainEnd(s string, p int) int {
	c := s[p]
	end := p + 1
	switch {
	case isLetter(c):
		for end < len(s) && isLetter(s[end]) {
			end++
		}
	case isArabicLetter(s, p):
		end = p + 2
		for isArabicLead(s, end) {
			end += 2
		}
	case c > ' ' && c < utf8.RuneSelf && !isDigit(c) && c != '_' && c != 0x7f:
		// A mark is a segment of its own, unless a mark of Unicode is set on it.
		if end < len(s) && s[end] < utf8.RuneSelf {
			return end
		}
		return p
	case c == ' ':
		// A vowel sign would be set on the blank.
		if end < len(s) && s[end] != ' ' && s[end] < utf8.RuneSelf || isArabicLetter(s, end) {
			return end
		}
		return p
	default:
		return p
	}
	if end == len(s) || endsWord(s, end) {
		return end
	}
	return p
}

// endsWord reports whether a word of letters ends before byte i: at a blank or
// at a mark that joins no letters, or at a full stop with a blank behind it.
func endsWord(s string, i int) bool {
	switch c := s[i]; c {
	case '_', '\'', ':':
		return false
	case '.':
		return i+1 < len(s) && (s[i+1] == ' ' || s[i+1] == '\n')
	default:
		return c < utf8.RuneSelf && !isLetter(c) && !isDigit(c)
	}
}

func isLetter(c byte) bool { c |= 0x20; return 'a' <= c && c <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isArabicLetter reports whether a letter from hamza to yeh begins at byte i.
func isArabicLetter(s string, i int) bool {
	return isArabicLead(s, i) && (s[i] == 0xd8 || s[i+1] <= 0x8a)
}

// isArabicLead reports whether a letter of the Arabic alphabet, from hamza to
// yeh, or a vowel sign begins at byte i.
func isArabicLead(s string, i int) bool {
	if i+1 >= len(s) {
		return false
	}
	switch s[i] {
	case 0xd8: // U+0621 to U+063A
		return 0xa1 <= s[i+1] && s[i+1] <= 0xba
	case 0xd9: // U+0641 to U+0652
		return 0x81 <= s[i+1] && s[i+1] <= 0x92
	}
	return false
}
