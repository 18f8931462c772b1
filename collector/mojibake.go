package collector

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// fixMojibake sets text right that is UTF-8 decoded as windows-1252 ("Ã©" for
// "é"): programs that convert twice make it. It changes text only when all of
// what is not ASCII is such.
func fixMojibake(s string) string {
	if strings.IndexByte(s, 0xc3) < 0 && strings.IndexByte(s, 0xc5) < 0 {
		return s // none of the letters that the first byte of UTF-8 becomes
	}
	fixed := make([]byte, 0, len(s))
	high := false
	for _, r := range s {
		if r >= utf8.RuneSelf {
			high = true
		}
		b, ok := windowsByte(r)
		if !ok {
			return s
		}
		fixed = append(fixed, b)
	}
	if !high || !utf8.Valid(fixed) {
		return s
	}
	return string(fixed)
}

// windowsByte gives the byte of windows-1252 for the character. The five bytes
// that it leaves out stand for the control characters of their number.
func windowsByte(r rune) (byte, bool) {
	if r < utf8.RuneSelf || r >= 0x80 && r < 0xa0 {
		return byte(r), true
	}
	return charmap.Windows1252.EncodeRune(r)
}

// fromWindows gives the character that a control character stands for which is a
// byte of windows-1252 put into UTF-8 as it was; -1 when it stands for none.
func fromWindows(c rune) rune {
	if c == 0x85 {
		return '…' // and not the next line of ISO 6429
	}
	r := charmap.Windows1252.DecodeByte(byte(c))
	if r == utf8.RuneError || unicode.IsControl(r) {
		return -1
	}
	return r
}

const tatweel = "\u0640"

// dropTatweel drops the strokes that stretch a word in Arabic writing. One at the
// end of a word stays: it writes abbreviations.
func dropTatweel(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	for {
		before, after, found := strings.Cut(s, tatweel)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		rest := strings.TrimLeft(after, tatweel)
		last, _ := utf8.DecodeLastRuneInString(before)
		next, _ := utf8.DecodeRuneInString(rest)
		if !isWritten(last) || !isWritten(next) {
			out.WriteString(tatweel)
			out.WriteString(after[:len(after)-len(rest)])
		}
		s = rest
	}
}

// isWritten reports whether the character is a letter or a mark on one.
func isWritten(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }
