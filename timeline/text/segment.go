package text

import (
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/words"
)

// segmentEnd gives the end of the segment of UAX #29 that begins at byte p of s,
// where one must begin.
func segmentEnd(s string, p int) int {
	segments := words.FromString(s[p:])
	segments.Next()
	return p + segments.End()
}

// plain is what a segment is that is told at a glance.
type plain uint8

const (
	anything      plain = iota // it takes more than a glance
	blank                      // one of ASCII
	oneMark                    // a mark or a sign of ASCII
	latinFolded                // small letters of ASCII
	latinLetters               // letters of ASCII
	arabicFolded               // Arabic letters that fold to themselves
	arabicLetters              // Arabic letters, with vowel signs or without
)

func (p plain) script() Script {
	if p == arabicFolded || p == arabicLetters {
		return Arabic
	}
	return Latin
}

// plainEnd gives the end of the segment of UAX #29 that begins at byte p of s, where
// one must begin, and what it is. What news is mostly made of, words of ASCII or
// Arabic letters before a blank or a plain mark, is told here, at a fraction of the
// cost; anything else is for segmentEnd.
func plainEnd(s string, p int) (end int, what plain) {
	c := s[p]
	end = p + 1
	switch {
	case isLetter(c):
		small := c & 0x20
		for end < len(s) && isLetter(s[end]) {
			small &= s[end]
			end++
		}
		if what = latinLetters; small != 0 {
			what = latinFolded
		}
	case isArabicLetter(s, p):
		folds := foldsArabic(s, p)
		for end = p + 2; isArabicLead(s, end); end += 2 {
			folds = folds || foldsArabic(s, end)
		}
		if what = arabicFolded; folds {
			what = arabicLetters
		}
	case c > ' ' && c < utf8.RuneSelf && !isDigit(c) && c != '_' && c != 0x7f:
		// A mark is a segment of its own, unless a mark of Unicode is set on it.
		if end < len(s) && s[end] < utf8.RuneSelf {
			return end, oneMark
		}
		return p, anything
	case c == ' ':
		// A vowel sign would be set on the blank.
		if end < len(s) && s[end] != ' ' && s[end] < utf8.RuneSelf || isArabicLetter(s, end) {
			return end, blank
		}
		return p, anything
	default:
		return p, anything
	}
	if end == len(s) || endsWord(s, end) {
		return end, what
	}
	return p, anything
}

// foldsArabic reports whether the letter or sign at byte i, for which isArabicLead
// holds, folds to another or to nothing.
func foldsArabic(s string, i int) bool {
	const first = 'ء'
	const folds = 1<<('آ'-first) | 1<<('أ'-first) | 1<<('ؤ'-first) | 1<<('إ'-first) | 1<<('ئ'-first) | 1<<('ة'-first) |
		1<<('ى'-first) | 0xff<<(0x64b-first) // and the vowel signs
	r := rune(s[i]&0x1f)<<6 | rune(s[i+1]&0x3f)
	return uint64(folds)>>(r-first)&1 != 0
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
