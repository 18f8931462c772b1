package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold returns s in the one form in which texts are compared: lower case; Arabic
// letter variants made one (أإآٱ as ا, ى as ي, ة as ه, ؤ as و, ئ as ي, Persian ی
// and ک as ي and ك); tatweel, vowel signs and other marks, bidi controls and
// zero-width characters dropped; Arabic-Indic and Persian digits and their
// separators written in ASCII; presentation forms and ligatures spelt out; each
// run of white space, the no-break space with it, one space. It neither trims
// nor drops punctuation. Folding what is folded changes nothing.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		if unicode.IsSpace(r) {
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		}
		before := b.Len()
		foldRune(&b, r)
		if b.Len() > before {
			space = false
		}
	}
	return b.String()
}

// foldRune writes what r folds to: nothing, a letter or, for ligatures, several.
func foldRune(b *strings.Builder, r rune) {
	switch {
	case r < utf8.RuneSelf:
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		if r >= ' ' && r != 0x7f {
			b.WriteByte(byte(r))
		}
	case 0x600 <= r && r <= 0x6ff:
		if r = arabicFold(r); r != 0 {
			b.WriteRune(r)
		}
	default:
		foldRare(b, r)
	}
}

// arabicFold maps a character of the Arabic block to its folded one, and those
// that are dropped to 0.
func arabicFold(r rune) rune {
	switch r {
	case 'أ', 'إ', 'آ', 'ٱ', 'ٲ', 'ٳ':
		return 'ا'
	case 'ى', 'ئ', 'ی', 'ې':
		return 'ي'
	case 'ة', 'ە', 'ہ', 'ھ', 'ۀ', 'ۃ':
		return 'ه'
	case 'ؤ':
		return 'و'
	case 'ک', 'ڪ':
		return 'ك'
	case tatweel, 0x61c:
		return 0
	case '٫':
		return '.'
	case '٬':
		return ','
	case '٪':
		return '%'
	}
	switch {
	case '٠' <= r && r <= '٩':
		return r - '٠' + '0'
	case '۰' <= r && r <= '۹':
		return r - '۰' + '0'
	case 0x64b <= r && r <= 0x65f, 0x610 <= r && r <= 0x61a, r == 0x670, 0x600 <= r && r <= 0x605:
		return 0
	case 0x6d6 <= r && r <= 0x6ed && unicode.Is(unicode.Mn, r):
		return 0
	}
	return r
}

const tatweel = 'ـ'

// foldRare folds what is neither ASCII nor of the Arabic block. It decomposes by
// compatibility (NFKD), so that accents become marks, and drops the marks.
func foldRare(b *strings.Builder, r rune) {
	switch r {
	case '\u2018', '\u2019', '\u02bc':
		b.WriteByte('\'')
		return
	case '\u2010', '\u2011', '\u2012', '\u2013', '\u2212':
		b.WriteByte('-')
		return
	case 'ı':
		b.WriteByte('i')
		return
	case utf8.RuneError:
		b.WriteRune(r)
		return
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Cc) {
		return
	}
	if unicode.IsSpace(r) {
		b.WriteByte(' ')
		return
	}
	var raw [utf8.UTFMax]byte
	n := utf8.EncodeRune(raw[:], r)
	parts := norm.NFKD.Properties(raw[:n]).Decomposition()
	if parts == nil {
		if lower := unicode.ToLower(r); lower != r {
			r = lower
		}
		b.WriteRune(r)
		return
	}
	for _, part := range string(parts) {
		// A decomposition is complete: its parts have none of their own.
		if part != r && !unicode.IsSpace(part) {
			foldRune(b, part)
		}
	}
}

// isFolded reports whether folding would give s back, for the common cases that
// can be told at a glance: small ASCII letters, digits, plain Arabic letters.
func isFolded(s string) bool {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c < ' ' || c == 0x7f || 'A' <= c && c <= 'Z' {
				return false
			}
			i++
			continue
		}
		// Two bytes from U+0600 to U+06FF lead with 0xD8 to 0xDB.
		if c < 0xd8 || c > 0xdb || i+1 >= len(s) || s[i+1]&0xc0 != 0x80 {
			return false
		}
		r := rune(c&0x1f)<<6 | rune(s[i+1]&0x3f)
		if arabicFold(r) != r {
			return false
		}
		i += 2
	}
	return true
}
